"""Chance that comes from a seed alone, so that a run can be repeated to the letter."""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from fieldsales.db import base


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let `new_id` count its milliseconds and draw its random bits from a seed, and nothing be forgotten meanwhile.

    Which objects a session still knows, and so which statements it makes, depends on when garbage is collected.
    """
    chance = random.Random(f"ids {seed}")
    passed = iter(range(1_772_000_000_000, 1_773_000_000_000))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base, "secrets", SimpleNamespace(randbits=chance.getrandbits))
        patch.setattr(base, "time", SimpleNamespace(time_ns=lambda: next(passed) * 1_000_000))
        gc.disable()
        try:
            yield
        finally:
            gc.enable()
