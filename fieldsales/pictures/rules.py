"""How a picture is recognised after it was re-encoded, and what of its EXIF can be believed to mean something.

The difference hash (dHash, after Neal Krawetz, "Kind of Like That", 2013) says of each of 8 × 8 neighbouring pairs in a
grey miniature which side is brighter. Encoding and resizing hardly change that; another picture is much like a throw of
64 coins. The threshold was measured: `benchmarks/picture_hashes.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

WIDTH, HEIGHT = 9, 8
ALIKE_BITS = 7
"""Hashes that differ in so many of 64 bits at most are of the same picture; the bands find no more than that."""
PLAIN = 4.0
"""Mean brightness step (of 255) between neighbours below which a picture is too plain to tell from others."""
BANDS = 8


def dhash(grey: bytes) -> int | None:
    """Return the hash of a miniature of 9 × 8 grey pixels by rows, as a signed 64-bit number; None if too plain.

    Raises ValueError for a miniature of another size.
    """
    if len(grey) != WIDTH * HEIGHT:
        raise ValueError(f"{len(grey)} pixels are not {WIDTH} × {HEIGHT}")
    steps = [grey[at + 1] - grey[at] for row in range(HEIGHT) for at in range(row * WIDTH, row * WIDTH + WIDTH - 1)]
    if sum(map(abs, steps)) < PLAIN * len(steps):
        return None
    bits = sum(1 << place for place, step in enumerate(steps) if step > 0)
    return bits - (1 << 64) if bits >> 63 else bits


def bits_apart(one: int, other: int) -> int:
    """Return in how many of 64 bits two hashes differ."""
    return ((one ^ other) & (2**64 - 1)).bit_count()


def bands(found: int) -> Iterator[tuple[int, int]]:
    """Return the eight bytes of a hash, each with its number: hashes at most 7 bits apart share one."""
    for band in range(BANDS):
        yield band, (found >> (8 * band)) & 0xFF


def facts(exif: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a camera's EXIF tags say, tidy: `taken_at`, `latitude`, `longitude`, `make`, `model`, `software`,
    `orientation`; only what is there and makes sense.

    `taken_at` is ISO 8601, without an offset where the camera did not know its own; `gps_at` is of the satellites, UTC.
    Latitude and longitude are WGS-84 degrees.
    """
    told = {
        "taken_at": _taken_at(exif),
        "gps_at": _gps_at(exif),
        **_position(exif),
        "make": _words(exif.get("Make")),
        "model": _words(exif.get("Model")),
        "software": _words(exif.get("Software")),
        "orientation": _whole(exif.get("Orientation"), 1, 8),
    }
    return {name: value for name, value in told.items() if value is not None}


def _taken_at(exif: Mapping[str, Any]) -> str | None:
    for when, offset in (("DateTimeOriginal", "OffsetTimeOriginal"), ("DateTimeDigitized", "OffsetTimeDigitized")):
        text, zone = _words(exif.get(when)), _words(exif.get(offset))
        try:
            moment = datetime.strptime(text or "", "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 -- the camera's wall clock
        except ValueError:
            continue
        if moment.year >= 1990:
            return moment.replace(tzinfo=_zone(zone)).isoformat()
    return None


def _zone(text: str | None) -> timezone | None:
    try:
        sign, hours, minutes = (text or "")[:1], int((text or "")[1:3]), int((text or "")[4:6])
        away = timedelta(hours=hours, minutes=minutes)
        return timezone(-away if sign == "-" else away) if sign in {"+", "-"} and len(text or "") == 6 else None
    except ValueError:
        return None


def _gps_at(exif: Mapping[str, Any]) -> str | None:
    try:
        day = date.fromisoformat((_words(exif.get("GPSDateStamp")) or "").replace(":", "-"))
        hour, minute, second = (float(part) for part in exif.get("GPSTimeStamp") or ())
        moment = datetime.combine(day, time(int(hour), int(minute), int(second)), UTC)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment.isoformat() if moment.year >= 1990 else None


def _position(exif: Mapping[str, Any]) -> dict[str, float]:
    latitude = _degrees(exif.get("GPSLatitude"), exif.get("GPSLatitudeRef"), "S", 90)
    longitude = _degrees(exif.get("GPSLongitude"), exif.get("GPSLongitudeRef"), "W", 180)
    if latitude is None or longitude is None or latitude == longitude == 0:  # many cameras write zeros for "unknown"
        return {}
    return {"latitude": latitude, "longitude": longitude}


def _degrees(parts: Any, reference: Any, negative: str, most: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError):
        return None
    found = degrees + minutes / 60 + seconds / 3600
    if not (math.isfinite(found) and 0 <= found <= most):
        return None
    return round(-found if str(reference).strip("\x00 ").upper() == negative else found, 6)


def _words(value: Any) -> str | None:
    """Return a text without what no database or screen can hold, at most 100 signs of it."""
    if not isinstance(value, str):
        return None
    kept = "".join(sign for sign in value if sign.isprintable()).strip()[:100]
    return kept.encode("utf-8", "ignore").decode() or None


def _whole(value: Any, least: int, most: int) -> int | None:
    known = isinstance(value, int | float) and math.isfinite(value) and least <= value <= most
    return int(value) if known else None
