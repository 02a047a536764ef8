"""How well the difference hash knows a picture again, and how often it takes another for it.

`python -m benchmarks.picture_hashes` renders shop shelves (light from a side, a soft lens, a noisy sensor), has each
written again as messengers, editors and cheats do, and prints how many stay within the threshold; then all pairs of
other shelves.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageEnhance

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from worlds.pictures import read, shelf, written

from fieldsales.pictures.rules import ALIKE_BITS, HEIGHT, WIDTH, bits_apart, dhash

Change = Callable[[Image.Image], Image.Image]


def main(pictures: int, others: int) -> None:
    """Print both tables."""
    images = [shelf(seed, (1280, 960)) for seed in range(pictures)]
    hashes = [hashed(image) for image in images]
    print(f"{pictures} shelves, {hashes.count(None)} too plain. Written again, within so many bits of 64:\n")
    print("| change | 5 | 6 | 7 | most |\n|---|---|---|---|---|")
    for name, change in CHANGES.items():
        apart = [distance(before, hashed(change(image))) for before, image in zip(hashes, images, strict=True)]
        shares = " | ".join(f"{sum(bits <= most for bits in apart) / pictures:.1%}" for most in (5, 6, 7))
        print(f"| {name} | {shares} | {max(apart)} |")
    found = [hashed(shelf(seed, (320, 240))) for seed in range(10_000, 10_000 + others)]
    pairs = Counter(distance(one, other) for at, one in enumerate(found) for other in found[:at])
    wrong = sum(count for bits, count in pairs.items() if bits <= ALIKE_BITS)
    print(f"\n{pairs.total():,} pairs of others: {wrong} within {ALIKE_BITS} bits, the likest {min(pairs)} apart.")


def hashed(image: Image.Image) -> int | None:
    """Return a picture's hash, by way of the same miniature as in the darkroom."""
    small = image.convert("RGB")
    small.thumbnail((2048, 2048), reducing_gap=3.0)
    return dhash(small.convert("L").resize((WIDTH, HEIGHT), Image.Resampling.BOX).tobytes())


def distance(one: int | None, other: int | None) -> int:
    """Return the bits apart; 64 where one is too plain."""
    return 64 if one is None or other is None else bits_apart(one, other)


def again(image: Image.Image, quality: int, kind: str = "JPEG") -> Image.Image:
    """Return a picture as it is after it was written with loss."""
    return read(written(image, kind, quality=quality))


def cut(image: Image.Image, share: float) -> Image.Image:
    """Return a picture without so much of its width and height on each side."""
    right, down = round(image.width * share), round(image.height * share)
    return image.crop((right, down, image.width - right, image.height - down))


def sized(image: Image.Image, share: float) -> Image.Image:
    """Return a picture made smaller."""
    return image.resize((round(image.width * share), round(image.height * share)))


CHANGES: dict[str, Change] = {
    "JPEG, quality 90": lambda image: again(image, 90),
    "JPEG, quality 70": lambda image: again(image, 70),
    "JPEG, quality 40": lambda image: again(image, 40),
    "WebP, quality 60": lambda image: again(image, 60, "WEBP"),
    "half the size": lambda image: again(sized(image, 0.5), 75),
    "a quarter of the size": lambda image: again(sized(image, 0.25), 60),
    "20 % brighter": lambda image: again(ImageEnhance.Brightness(image).enhance(1.2), 80),
    "20 % more contrast": lambda image: again(ImageEnhance.Contrast(image).enhance(1.2), 80),
    "1 % cut off each side": lambda image: again(cut(image, 0.01), 80),
    "2 % cut off each side": lambda image: again(cut(image, 0.02), 80),
    "4 % cut off each side": lambda image: again(cut(image, 0.04), 80),
}

if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pictures", type=int, default=100)
    arguments.add_argument("--others", type=int, default=3000)
    given = arguments.parse_args()
    main(given.pictures, given.others)
