"""A person's positions as rows, as GeoJSON (RFC 7946) and as GPX 1.1, piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

COLUMNS = (
    "at",
    "latitude",
    "longitude",
    "accuracy_m",
    "speed_mps",
    "heading_deg",
    "mock",
    "provider",
    "source",
    "received_at",
)
_GPX = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="fieldsales">\n<trk>\n'
)


@dataclass(frozen=True, slots=True)
class Position:
    """One position that is kept, in the order of `COLUMNS`."""

    at: datetime
    latitude: float
    longitude: float
    accuracy_m: float | None
    speed_mps: float | None
    heading_deg: float | None
    mock: bool
    provider: str | None
    source: str
    received_at: datetime


def as_row(position: Position) -> list[str]:
    """Return a position as cells of a table."""
    return [_cell(getattr(position, name)) for name in COLUMNS]


def geojson_pieces(positions: Iterable[Position]) -> Iterator[str]:
    """Return a FeatureCollection with a point for each position, in pieces."""
    yield '{"type": "FeatureCollection", "features": ['
    for place, each in enumerate(positions):
        facts = {name: _plain(getattr(each, name)) for name in COLUMNS if name not in ("latitude", "longitude")}
        spot = {"type": "Point", "coordinates": [each.longitude, each.latitude]}
        feature = {"type": "Feature", "geometry": spot, "properties": facts}
        yield ("\n" if place == 0 else ",\n") + json.dumps(feature, ensure_ascii=False)
    yield "\n]}\n"


def gpx_pieces(positions: Iterable[Position], zone: ZoneInfo) -> Iterator[str]:
    """Return GPX 1.1 with a segment for each local day, in pieces. The positions come in order."""
    yield _GPX
    for _, some in groupby(positions, key=lambda each: each.at.astimezone(zone).date()):
        yield "<trkseg>\n"
        for each in some:
            when = f"{each.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{each.at.microsecond // 1000:03d}Z"
            yield f'<trkpt lat="{each.latitude:.7f}" lon="{each.longitude:.7f}"><time>{when}</time></trkpt>\n'
        yield "</trkseg>\n"
    yield "</trk>\n</gpx>\n"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _cell(value: object) -> str:
    if value is None:
        return ""
    return str(_plain(value)).lower() if isinstance(value, bool) else str(_plain(value))
