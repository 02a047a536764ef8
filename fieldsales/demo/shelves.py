"""Photos of the demo: a shelf drawn by dice, dated as a phone's camera dates it."""

from __future__ import annotations

import io
from datetime import datetime
from random import Random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (640, 480)
_EXIF, _TAKEN, _OFFSET = 0x8769, 0x9003, 0x9011


def shelf_photo(chance: Random, taken_at: datetime) -> bytes:
    """Return a JPEG of a shelf with goods; another throw of the dice is another shelf."""
    image = Image.new("RGB", SIZE, _colour(chance, 150, 210))
    draw = ImageDraw.Draw(image)
    rows = chance.randint(3, 5)
    for row in range(rows):
        _board(draw, chance, SIZE[1] * row // rows, SIZE[1] * (row + 1) // rows)
    exif = Image.Exif()
    exif[_EXIF] = {_TAKEN: f"{taken_at:%Y:%m:%d %H:%M:%S}", _OFFSET: "+00:00"}
    to = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(0.8)).save(to, "JPEG", quality=80, exif=exif)
    return to.getvalue()


def _board(draw: ImageDraw.ImageDraw, chance: Random, top: int, bottom: int) -> None:
    width = SIZE[0]
    draw.rectangle((0, top, width, bottom), fill=_colour(chance, 40, 90))
    at = chance.randint(0, width // 12)
    while at < width:
        wide, high = chance.randint(width // 26, width // 9), chance.uniform(0.45, 0.88) * (bottom - top)
        colour = _colour(chance, 40, 240)
        for _ in range(chance.randint(1, 4)):
            draw.rectangle((at, bottom - high, at + wide, bottom - 6), fill=colour)
            draw.rectangle((at + 5, bottom - high * 0.7, at + wide - 5, bottom - high * 0.4), fill="white")
            at += wide + 3
        at += chance.randint(0, width // 12)
    draw.rectangle((0, bottom - 6, width, bottom), fill=_colour(chance, 170, 230))


def _colour(chance: Random, least: int, most: int) -> tuple[int, int, int]:
    return (chance.randint(least, most), chance.randint(least, most), chance.randint(least, most))
