"""Photos of the demo: a shelf drawn by dice, dated as a phone's camera dates it. PNG, written without a library."""

from __future__ import annotations

import struct
import zlib
from datetime import datetime
from random import Random

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]
_WIDTH, _HEIGHT = 640, 480
_WHITE: Colour = (255, 255, 255)


def shelf_photo(chance: Random, taken_at: datetime) -> bytes:
    """Return a PNG of a shelf with goods, taken at a moment of UTC; another throw of the dice is another shelf."""
    pixels = np.zeros((_HEIGHT, _WIDTH, 3), np.uint8)
    rows = chance.randint(3, 5)
    for row in range(rows):
        _board(pixels, chance, _HEIGHT * row // rows, _HEIGHT * (row + 1) // rows)
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"eXIf", _exif(taken_at)), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _exif(taken_at: datetime) -> bytes:
    """Return DateTimeOriginal and OffsetTimeOriginal (Exif 2.32, 4.6.5) as TIFF: the Exif IFD at 26, texts from 56."""
    head = struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<HHHIII", 1, 0x8769, 4, 1, 26, 0)
    entries = struct.pack("<HHHIIHHIII", 2, 0x9003, 2, 20, 56, 0x9011, 2, 7, 76, 0)
    return head + entries + f"{taken_at:%Y:%m:%d %H:%M:%S}\0+00:00\0".encode("ascii")


def _board(pixels: Pixels, chance: Random, top: int, bottom: int) -> None:
    pixels[top:bottom] = _colour(chance, 40, 90)
    at = chance.randint(0, _WIDTH // 12)
    while at < _WIDTH:
        wide, high = chance.randint(_WIDTH // 26, _WIDTH // 9), round(chance.uniform(0.45, 0.88) * (bottom - top))
        colour = _colour(chance, 40, 240)
        for _ in range(chance.randint(1, 4)):
            pixels[bottom - high : bottom, at : at + wide] = colour
            pixels[bottom - high * 7 // 10 : bottom - high * 4 // 10, at + 5 : at + wide - 5] = _WHITE
            at += wide + 3
        at += chance.randint(0, _WIDTH // 12)
    pixels[bottom - 6 : bottom] = _colour(chance, 170, 230)


def _colour(chance: Random, least: int, most: int) -> Colour:
    return (chance.randint(least, most), chance.randint(least, most), chance.randint(least, most))
