"""What is measured in photos, rendered: how many bits of the difference hash change when one is written again or taken
off a screen, and how far a grid stands out (`benchmarks.evidence.camera`) of honest scenes and of screens."""

from __future__ import annotations

import os
import random
import sys
from functools import cache
from pathlib import Path

from PIL import Image, ImageEnhance, ImageFilter

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
from worlds.pictures import shelf

from benchmarks.evidence.camera import FINE, PATCH, linear, on_screen, photographed, regular
from benchmarks.picture_hashes import again, distance, hashed
from fieldsales.gratings.rules import SIDE, grating

_SHELVES = 60


def bits_written_again(dice: random.Random) -> int:
    """Return the bits apart of a shelf from itself as a messenger writes it."""
    return dice.choice(_written())


def bits_of_screen(dice: random.Random) -> int:
    """Return the bits apart of a shelf from a photo of it on a screen."""
    return dice.choice(_on_screens())


def grid_of_screen(dice: random.Random) -> float:
    """Return how far a grid stands out of a photo of a screen."""
    return dice.choice(gratings("screen"))


def grid_of_shop(dice: random.Random) -> float:
    """The same of an honest photo: in six of a hundred most is regular, in two of these coloured."""
    draw = dice.random()
    return dice.choice(gratings("small packs" if draw < 0.02 else "shutter" if draw < 0.06 else "shelf"))


@cache
def gratings(kind: str) -> list[float]:
    """Return measures of rendered photos of a kind. The environment says which (RENDERED_FROM) and how many."""
    first, number = int(os.environ.get("RENDERED_FROM", "0")), int(os.environ.get("RENDERED", "16"))
    return [_grating(kind, seed) for seed in range(first, first + number)]


def _grating(kind: str, seed: int) -> float:
    """Of one piece in the middle; pictures as sent have five of them, and two must agree."""
    dice = random.Random(f"{kind} {seed}")
    smaller = dice.choice([1.95, 1.95, 2.5, 3.1])  # 2048, 1600 or 1280 pixels wide as sent
    sensor = int(PATCH * smaller) // 2 * 2
    left, top = dice.randint(0, 800), dice.randint(0, 480)
    scene = shelf(seed, (1280, 960)).filter(ImageFilter.GaussianBlur(1)).crop((left, top, left + 480, top + 480))
    if kind == "screen":
        light = on_screen(scene, dice, sensor)
    else:
        fine = scene.resize((sensor * FINE, sensor * FINE), Image.Resampling.BICUBIC)
        light = linear(fine) if kind == "shelf" else regular(fine, dice, kind == "small packs")
    sent = photographed(light, dice, smaller)
    corner = (sent.width - SIDE) // 2, (sent.height - SIDE) // 2
    return grating([sent.crop((*corner, corner[0] + SIDE, corner[1] + SIDE)).tobytes()])


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
