"""A pattern of colours stands out of the spectrum; noise, edges and what is only brighter and darker do not."""

from __future__ import annotations

import numpy as np
import pytest
from worlds.pictures import shelf

from fieldsales.evidence.rules import Limits
from fieldsales.gratings.rules import SIDE, grating

LEAST = Limits().grating_db


def piece(seed: int, period: float, colour: tuple[float, float, float], angle: float = 0.4) -> bytes:
    pixels = np.asarray(shelf(seed, (640, 480)).crop((100, 100, 100 + SIDE, 100 + SIDE)), dtype=np.float64)
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    wave = np.sin(2 * np.pi * (np.cos(angle) * x + np.sin(angle) * y) / period)
    return np.clip(pixels + wave[..., None] * np.array(colour), 0, 255).astype(np.uint8).tobytes()


@pytest.mark.parametrize("period", [3, 5, 9, 14])
def test_a_beat_of_colours_is_told(period: float) -> None:
    assert grating([piece(seed, period, (6, -6, 6)) for seed in (1, 2)]) > LEAST


@pytest.mark.parametrize("period", [3, 5, 9, 14])
def test_a_shutter_is_only_brighter_and_darker(period: float) -> None:
    assert grating([piece(seed, period, (25, 25, 25), 0.0) for seed in (1, 2)]) < LEAST


def test_shelves_have_no_grid() -> None:
    assert max(grating([piece(seed, 5, (0, 0, 0)), piece(seed + 1, 5, (0, 0, 0))]) for seed in range(20)) < LEAST


def test_one_piece_alone_may_be_a_screen_in_the_shop() -> None:
    assert grating([piece(1, 5, (6, -6, 6)), *(piece(seed, 5, (0, 0, 0)) for seed in (2, 3))]) < LEAST


def test_no_pieces_say_nothing() -> None:
    assert grating([]) == 0.0
    assert grating([bytes(SIDE * SIDE * 3)]) == 0.0
