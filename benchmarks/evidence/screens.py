"""How many bits of the difference hash change when a photo is written again, or photographed off a screen: rendered."""

from __future__ import annotations

import random
import sys
from functools import cache
from pathlib import Path

from PIL import Image, ImageEnhance

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
from worlds.pictures import shelf

from benchmarks.picture_hashes import again, distance, hashed

_SHELVES = 60


def bits_written_again(dice: random.Random) -> int:
    """Return the bits apart of a shelf from itself as a messenger writes it."""
    return dice.choice(_written())


def bits_of_screen(dice: random.Random) -> int:
    """Return the bits apart of a shelf from a photo of it on a screen."""
    return dice.choice(_on_screens())


@cache
def _written() -> list[int]:
    return [_apart(seed, lambda image, dice: again(image, dice.randint(30, 75))) for seed in range(_SHELVES)]


@cache
def _on_screens() -> list[int]:
    return [_apart(seed, _off_screen) for seed in range(_SHELVES)]


def _apart(seed: int, change: object) -> int:
    image = shelf(seed, (960, 720))
    return distance(hashed(image), hashed(change(image, random.Random(seed))))  # type: ignore[operator]


def _off_screen(image: Image.Image, dice: random.Random) -> Image.Image:
    """Held by hand: turned a little, cut or with a rim, brighter or darker, and written."""
    width, height = image.size
    turned = image.rotate(dice.uniform(-3, 3), Image.Resampling.BICUBIC, fillcolor=(15, 15, 15))
    rim = [dice.uniform(-0.03, 0.06) for _ in range(4)]
    box = (rim[0] * width, rim[1] * height, width * (1 - rim[2]), height * (1 - rim[3]))
    seen = turned.transform((width, height), Image.Transform.EXTENT, box, Image.Resampling.BICUBIC)
    return again(ImageEnhance.Brightness(seen).enhance(dice.uniform(0.8, 1.25)), 80)
