"""Whether a picture has the grid of a screen in it: the photo of a photo.

The dots of a screen and those of a camera beat against each other and leave periodic patterns, finer and at other
angles than what shops are made of (Muammar and Dragotti, "An investigation into aliasing in images recaptured from an
LCD monitor using a digital camera", ICASSP 2013; Mahdian, Novozámský and Saic, ICIP 2015). In the spectrum of a piece
of the picture they are single points, where edges are lines through the middle and noise is a plain.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SIDE = 256
"""A piece is a square of so many pixels, three bytes each (red, green, blue)."""
COARSEST, FINEST = 0.05, 0.49
"""Cycles a pixel between which grids are looked for; below are shelves and what stands on them."""
COLOURED = 0.5
"""So much of the power of the brightness a pattern's colours must have."""
_INNER, _OUTER, _DIRECTIONS = 3, 10, 8

Plane = NDArray[np.float64]


def grating(pieces: Sequence[bytes]) -> float:
    """Return how far the strongest periodic pattern stands out of what is around it in the spectrum (power, dB).

    It must be in two pieces: the second strongest counts. Noise alone reaches 12 to 15. Zero where there are no pieces.
    """
    found = sorted((_of(piece) for piece in pieces), reverse=True)
    return round(found[min(1, len(found) - 1)], 1) if found else 0.0


def _of(piece: bytes) -> float:
    """A screen's pattern is one of colours; most of what is periodic in a shop is one of brightness."""
    pixels = np.frombuffer(piece, dtype=np.uint8).reshape(SIDE, SIDE, 3).astype(np.float64)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    bright = _power(0.299 * red + 0.587 * green + 0.114 * blue)
    return max(_peak(_power(channel - green), bright) for channel in (red, blue))


def _power(channel: Plane) -> Plane:
    found: Plane = np.abs(np.fft.fft2((channel - channel.mean()) * _WINDOW)) ** 2 + _FLOOR
    return found


def _peak(power: Plane, bright: Plane) -> float:
    around = np.zeros_like(power)
    for offsets in _LINES:
        around = np.maximum(around, sum(np.roll(power, each, axis=(0, 1)) for each in offsets) / len(offsets))
    wanted = _WANTED & (power > COLOURED * bright)
    return 10 * math.log10(float((power / around)[wanted].max(initial=1.0)))


def _lines() -> list[list[tuple[int, int]]]:
    """Short lines of the spectrum through a point, in all directions, the point and its nearest left out."""
    angles = [math.pi * at / _DIRECTIONS for at in range(_DIRECTIONS)]
    reach = [*range(-_OUTER, -_INNER + 1), *range(_INNER, _OUTER + 1)]
    return [[(round(far * math.sin(angle)), round(far * math.cos(angle))) for far in reach] for angle in angles]


def _wanted() -> NDArray[np.bool_]:
    down, right = np.fft.fftfreq(SIDE)[:, None], np.fft.fftfreq(SIDE)[None, :]
    radius = np.hypot(down, right)
    found: NDArray[np.bool_] = (radius >= COARSEST) & (radius <= FINEST) & (right >= 0)
    return found


_WINDOW: Plane = np.outer(np.hanning(SIDE), np.hanning(SIDE))
_FLOOR = float((_WINDOW**2).sum()) * 0.25
"""Half a step of brightness: what is fainter was rounded away."""
_LINES, _WANTED = _lines(), _wanted()
