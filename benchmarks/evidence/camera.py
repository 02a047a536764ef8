"""How a phone's camera sees a scene, and a screen that shows one: rendered dot by dot, in linear light.

A screen is a lattice of red, green and blue dots with black between them (stripes, or the diamonds of OLED phones),
held at an angle and not quite square. The lens is soft, the sensor sees one colour a pixel (Bayer), has shot noise,
and is demosaiced; the picture is made smaller for sending, sharpened, and written as JPEG. Only a patch is rendered.
"""

from __future__ import annotations

import io
import random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Light = NDArray[np.float64]
"""Linear light by row, column and colour, 0 to 1."""
FINE = 3
"""Points rendered a sensor pixel, each way."""
SENSOR = 4000
"""Pixels across a sensor: twelve megapixels."""
PATCH = 272


def photographed(light: Light, dice: random.Random, smaller: float) -> Image.Image:
    """Return what is sent of light that falls on a patch of a sensor, given FINE times as fine."""
    soft = _soft(light, dice.uniform(0.5, 1.1) * FINE, shake=dice.uniform(0, 1.2) * FINE)
    seen = soft[FINE // 2 :: FINE, FINE // 2 :: FINE]
    generator = np.random.default_rng(dice.randrange(2**32))
    full = dice.uniform(600, 4000)  # electrons of a full pixel: a dim shop is noisier
    seen = seen * full + generator.normal(0, 1, seen.shape) * np.sqrt(np.maximum(seen, 0) * full + 9)
    colours = np.clip(_demosaiced(seen / full), 0, 1) ** (1 / 2.2)
    image = Image.fromarray((colours * 255).round().astype(np.uint8))
    if smaller >= 2:  # decoders halve first, as Android's do
        image = image.resize((image.width // 2, image.height // 2), Image.Resampling.BOX)
        smaller /= 2
    size = (round(image.width / smaller), round(image.height / smaller))
    image = image.resize(size, dice.choice([Image.Resampling.BILINEAR, Image.Resampling.LANCZOS]))
    image = image.filter(ImageFilter.UnsharpMask(1, dice.randint(0, 80), 2))
    to = io.BytesIO()
    image.save(to, "JPEG", quality=dice.randint(75, 95))
    return Image.open(to).convert("RGB")


def linear(image: Image.Image) -> Light:
    """Return the light of a picture."""
    return (np.asarray(image.convert("RGB"), dtype=np.float64) / 255) ** 2.2


def regular(image: Image.Image, dice: random.Random, coloured: bool) -> Light:
    """Return the light of a scene half of which is something regular: a shutter, blinds or tiles; or, coloured, rows of
    small packs of two colours. A period is 5 to 60 pixels of what is sent."""
    light = linear(image)
    period, angle = image.width / PATCH * dice.uniform(5, 60), dice.choice([0, np.pi / 2]) + dice.gauss(0, 0.06)
    y, x = np.mgrid[0 : image.height, 0 : image.width]
    phase = ((np.cos(angle) * x + np.sin(angle) * y) / period) % 1
    one, two = (np.array([dice.uniform(0.05, 0.9) for _ in range(3)]) for _ in range(2))
    if not coloured:
        two = one * dice.uniform(0.3, 0.8)
    share = dice.uniform(0.3, 0.7)
    pattern = np.where((phase < share)[..., None], one, two)
    light[: image.height * 3 // 4] = pattern[: image.height * 3 // 4]
    return light


def on_screen(image: Image.Image, dice: random.Random, sensor_px: int) -> Light:
    """Return the light of a screen that shows a picture, as it falls on so many sensor pixels square.

    A 4:3 picture is 1,080 dots high on a phone or a laptop, 1,500 to 2,160 on a tablet or a large monitor, and fills
    most of the camera's frame.
    """
    rows = dice.choice([1080, 1080, 1080, 1440, 1536, 2048, 2160])
    pitch = SENSOR * 0.75 / rows * dice.uniform(0.75, 1.05)  # sensor pixels a dot
    side = sensor_px * FINE
    turn, keystone = dice.gauss(0, 0.05), (dice.gauss(0, 0.03), dice.gauss(0, 0.03))
    y, x = np.mgrid[0:side, 0:side] / FINE
    far = 1 + keystone[0] * x / SENSOR + keystone[1] * y / SENSOR
    u = (np.cos(turn) * x - np.sin(turn) * y) / far / pitch + dice.uniform(0, 1)
    v = (np.sin(turn) * x + np.cos(turn) * y) / far / pitch + dice.uniform(0, 1)
    u, v = u - u.min(), v - v.min()
    dots = int(max(u.max(), v.max())) + 2
    shown = linear(image.resize((dots, dots), Image.Resampling.LANCZOS))
    lit = shown[np.minimum(v.astype(int), dots - 1), np.minimum(u.astype(int), dots - 1)]
    mask = _diamonds(u, v) if rows == 1080 and dice.random() < 0.5 else _stripes(u, v, dice.uniform(0.75, 0.95))
    bright = dice.uniform(0.7, 1.3)
    light: Light = np.clip(lit * mask * bright / max(mask.mean(), 0.1) + 0.004, 0, 1.5)
    return light


def _stripes(u: Light, v: Light, fill: float) -> Light:
    across, down = u % 1, v % 1
    row = np.abs(down - 0.5) < fill / 2
    found: NDArray[np.bool_] = np.stack([row & (np.abs(across - (at + 0.5) / 3) < fill / 6) for at in range(3)], axis=2)
    return found.astype(np.float64)


def _diamonds(u: Light, v: Light) -> Light:
    """Green once a dot, red and blue on every second one by turns."""
    across, down = np.abs(u % 1 - 0.5), np.abs(v % 1 - 0.5)
    even = (np.floor(u) + np.floor(v)) % 2 == 0
    large = across + down < 0.45
    green = (np.minimum(u % 1, 1 - u % 1) + np.minimum(v % 1, 1 - v % 1)) < 0.3
    lit = [2.0 * (large & even), 1.8 * green, 2.0 * (large & ~even)]
    found: Light = np.stack(lit, axis=2)
    return found


def _soft(light: Light, sigma: float, shake: float) -> Light:
    """A lens is no sharper than a Gaussian; a hand shakes along one direction."""
    down, right = np.fft.fftfreq(light.shape[0])[:, None], np.fft.rfftfreq(light.shape[1])[None, :]
    keep = np.exp(-2 * (np.pi * sigma) ** 2 * (down**2 + right**2)) * np.sinc(right * shake)
    shape = light.shape[:2]
    return np.stack([np.fft.irfft2(np.fft.rfft2(light[..., at]) * keep, shape) for at in range(3)], axis=2)


def _demosaiced(seen: Light) -> Light:
    """Bilinear, from RGGB."""
    height, width, _ = seen.shape
    y, x = np.mgrid[0:height, 0:width]
    masks = ((y % 2 == 0) & (x % 2 == 0), (y + x) % 2 == 1, (y % 2 == 1) & (x % 2 == 1))
    return np.stack([_spread(seen[..., at] * mask) / _spread(mask * 1.0) for at, mask in enumerate(masks)], axis=2)


def _spread(values: Light) -> Light:
    padded = np.pad(values, 1, mode="reflect")
    rows = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    return rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]
