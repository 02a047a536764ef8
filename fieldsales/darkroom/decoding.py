"""The child process that decodes one picture, and the only module that knows Pillow.

Pictures come from strangers and decoders have bugs: so this runs beside the server, within bounds of memory, and knows
nothing of the house. It is run as a file with the picture's path, its type and a folder, writes what people are shown
into the folder, and prints what it found as JSON; or `{"refused": why}`.
"""

from __future__ import annotations

import base64
import io
import json
import resource
import sys
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageCms, ImageOps

MOST_PIXELS = 70_000_000
"""The largest pictures that phones take by themselves have 64 megapixels."""
MOST_MEMORY = 1 << 30
"""Bytes of address space; a picture that needs more is refused, whatever its header says."""
SHOWN_SIDE = 2048
THUMBNAIL_SIDE = 320
GREY = (9, 8)
PIECE = 256
"""Pixels each way of the pieces whose texture is looked at: the middle of the picture and of each of its quarters."""
_MIDDLES = ((2, 2), (1, 1), (3, 1), (1, 3), (3, 3))
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_SHOWN, _THUMBNAIL = {"quality": 85}, {"quality": 75}


class Refused(Exception):
    """Why a file is not taken as a picture."""


def decode(path: Path, content_type: str, folder: Path) -> dict[str, Any]:
    """Write `shown`, `thumbnail` and `pieces` into the folder; return the rest of what is seen. Raises `Refused`."""
    Image.MAX_IMAGE_PIXELS = None  # counted here, exactly
    with Image.open(path, formats=[_FORMATS[content_type]]) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise Refused(f"it has {width} × {height} pixels, and {MOST_PIXELS:,} are the most")
        if content_type != "image/jpeg" and getattr(image, "n_frames", 1) > 1:  # in a JPEG they are depth maps and such
            raise Refused("it moves: send one still picture")
        found = {"width": width, "height": height, "exif": _exif(image)}
        image.draft("RGB", (SHOWN_SIDE, SHOWN_SIDE))
        image.load()
        shown = _upright(image)
    shown.save(folder / "shown", "JPEG", optimize=True, **_SHOWN)
    (folder / "pieces").write_bytes(b"".join(_pieces(shown)))
    miniature = shown.convert("L").resize(GREY, Image.Resampling.BOX)
    shown.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    shown.save(folder / "thumbnail", "JPEG", optimize=True, **_THUMBNAIL)
    return found | {"grey": base64.b64encode(miniature.tobytes()).decode("ascii")}


def _pieces(shown: Image.Image) -> list[bytes]:
    """Return squares of the picture by rows, red, green and blue; none of a picture that is smaller than one."""
    width, height = shown.size
    if min(width, height) < PIECE:
        return []
    corners = {(_begin(width, x), _begin(height, y)) for x, y in _MIDDLES}
    return [shown.crop((x, y, x + PIECE, y + PIECE)).tobytes() for x, y in sorted(corners)]


def _begin(side: int, quarter: int) -> int:
    return min(max(side * quarter // 4 - PIECE // 2, 0), side - PIECE)


def _upright(image: Image.Image) -> Image.Image:
    """Return the picture as people are shown it: small enough, sRGB, the right way up, with nothing else inside."""
    profile = image.info.get("icc_profile")
    image.thumbnail((SHOWN_SIDE, SHOWN_SIDE), reducing_gap=3.0)
    ImageOps.exif_transpose(image, in_place=True)
    plain = _opaque(image, profile)
    bare = Image.new("RGB", plain.size)
    bare.paste(plain)
    return bare


def _opaque(image: Image.Image, profile: bytes | None) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits of grey
        return image.point(lambda value: value / 256).convert("L").convert("RGB")
    if image.has_transparency_data:
        over = image.convert("RGBA")
        ground = Image.new("RGBA", over.size, "white")
        return Image.alpha_composite(ground, over).convert("RGB")
    if profile:
        try:
            return _as_srgb(image, profile)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a damaged profile: the colours as they are
    return image.convert("RGB")


def _as_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    ours = ImageCms.createProfile("sRGB")
    found = ImageCms.profileToProfile(image, theirs, ours, outputMode="RGB")
    return image.convert("RGB") if found is None else found


def _exif(image: Image.Image) -> dict[str, Any]:
    """Return EXIF by tag name as JSON can hold it; one that cannot be read is as none."""
    try:
        exif = image.getexif()
        parts = (
            (ExifTags.TAGS, dict(exif)),
            (ExifTags.TAGS, dict(exif.get_ifd(ExifTags.IFD.Exif))),
            (ExifTags.GPSTAGS, dict(exif.get_ifd(ExifTags.IFD.GPSInfo))),
        )
        return {names[tag]: _plain(value) for names, tags in parts for tag, value in tags.items() if tag in names}
    except Exception:  # every kind, from a parser fed by strangers: the picture counts, not its labels
        return {}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value[:500].decode("latin-1")
    if isinstance(value, str):
        return value[:500]
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value[:8]]
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if abs(number) < 1e15 else None  # neither infinite nor NaN


def main(path: str, content_type: str, folder: str) -> None:
    """Decode as the arguments say and print what came of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        told = decode(Path(path), content_type, Path(folder))
    except Refused as why:
        told = {"refused": str(why)}
    except MemoryError:
        told = {"refused": "it takes more memory than a photo should"}
    except Exception as broken:  # Pillow raises whatever its formats' parsers do
        told = {"refused": f"it cannot be decoded ({str(broken)[:200] or type(broken).__name__})"}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
