"""Pictures for tests: rendered shop shelves with light, clutter and noise, and how phones write them."""

from __future__ import annotations

import io
import random
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZE = (640, 480)


def shelf(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """A shelf as a phone sees it: another seed is another shop."""
    dice = random.Random(seed)
    width, height = size
    image = Image.new("RGB", size, _colour(dice, 60, 200))
    draw = ImageDraw.Draw(image)
    rows = dice.randint(3, 6)
    for row in range(rows):
        top, bottom = height * row // rows, height * (row + 1) // rows
        draw.rectangle((0, top, width, bottom), fill=_colour(dice, 30, 90))
        at = dice.randint(0, width // 12)
        while at < width:
            wide = dice.randint(width // 30, width // 8)
            high = dice.uniform(0.4, 0.9) * (bottom - top)
            colour = _colour(dice, 20, 250)
            for _ in range(dice.randint(1, 4)):  # facings of one product
                draw.rectangle((at, bottom - high, at + wide, bottom - 4), fill=colour, outline=_colour(dice, 0, 80))
                label = (at + wide // 4, bottom - high * 0.7, at + wide * 3 // 4, bottom - high * 0.4)
                draw.rectangle(label, fill="white")
                at += wide + 2
            at += dice.randint(0, width // 10)
        draw.rectangle((0, bottom - 4, width, bottom), fill=_colour(dice, 150, 240))
    return _seen(image, dice)


def _seen(image: Image.Image, dice: random.Random) -> Image.Image:
    """Light falls from a side, the lens is soft, the sensor is noisy."""
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(0.8)), dtype=np.float32)
    height, width, _ = pixels.shape
    across = np.linspace(dice.uniform(0.6, 1.1), dice.uniform(0.6, 1.1), width)[None, :, None]
    down = np.linspace(dice.uniform(0.7, 1.1), dice.uniform(0.7, 1.1), height)[:, None, None]
    noise = np.random.default_rng(dice.randrange(2**32)).normal(0, 4, pixels.shape)
    return Image.fromarray(np.clip(pixels * across * down + noise, 0, 255).astype(np.uint8))


def _colour(dice: random.Random, least: int, most: int) -> tuple[int, int, int]:
    return (dice.randint(least, most), dice.randint(least, most), dice.randint(least, most))


def written(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The bytes of a picture in a format."""
    to = io.BytesIO()
    image.save(to, kind, **options)
    return to.getvalue()


def jpeg(seed: int = 1, size: tuple[int, int] = SIZE, **options: Any) -> bytes:
    """A shelf as a phone sends it."""
    return written(shelf(seed, size), "JPEG", **({"quality": 85} | options))


def read(data: bytes) -> Image.Image:
    """A picture of its bytes, decoded."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
