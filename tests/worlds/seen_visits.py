"""Visits as evidence has them: one that nothing speaks against, and what changes it."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

from worlds.small_town import NOON

from fieldsales.evidence.rules import Evidence, Fix, Told
from fieldsales.visits.models import EventKind

SHOP = (38.2640, 21.7320)
HOME = (38.2200, 21.7000)


def north(metres: float, of: tuple[float, float] = SHOP) -> tuple[float, float]:
    """A spot so many metres north of another."""
    return of[0] + metres / 111_320, of[1]


def fix(minutes: float, spot: tuple[float, float], accuracy: float | None = 10.0, **more: Any) -> Fix:
    """A fix so many minutes after noon."""
    return Fix(NOON + timedelta(minutes=minutes), *spot, accuracy, **more)


def visit(minutes: float = 20, at: tuple[float, float] = north(15), **facts: Any) -> Evidence:
    """A visit that was told from a spot, and lasted so many minutes."""
    told = (
        Told(EventKind.CHECK_IN, NOON, fix(0, at)),
        Told(EventKind.CHECK_OUT, NOON + timedelta(minutes=minutes), fix(minutes, (at[0] + 4e-5, at[1]), 14.0)),
    )
    return replace(Evidence(customer=SHOP, radius_m=200, told=told, start=HOME), **facts)


def resting(hours: float, spot: tuple[float, float] = SHOP, *, memory: float, seed: int = 1) -> tuple[Fix, ...]:
    """A phone at rest, a fix a minute, with errors of which so much is that of the one before."""
    dice, fresh = random.Random(seed), math.sqrt(1 - memory * memory)
    error = [dice.gauss(0, 12), dice.gauss(0, 12)]
    found = []
    for minute in range(int(hours * 60)):
        error = [memory * each + fresh * dice.gauss(0, 12) for each in error]
        found.append(
            fix(minute, (spot[0] + error[0] / 111_320, spot[1] + error[1] / 87_400), round(dice.uniform(6, 30), 1))
        )
    return tuple(found)
