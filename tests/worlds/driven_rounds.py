"""Rounds of shops as phones tell them: the same line each time, with an own clock each time, or a borrowed one."""

from __future__ import annotations

import random
from datetime import date, timedelta

from worlds.seen_visits import SHOP, fix

from fieldsales.evidence.rules import Fix, Former

BEFORE = date(2026, 2, 23)


def round_of(seed: int, *, slow: float = 5, fast: float = 11, shops: int = 10, days_ago: float = 0) -> tuple[Fix, ...]:
    """A round of shops 1.5 to 3 km apart, a fix a minute; the seed is of the speeds and the time in each shop."""
    dice = random.Random(seed)
    edges, now, north = [], 0.0, 0.0
    for shop in range(shops):
        edges.append((now, north))
        north += 1500 + 700 * (shop % 3)
        now += (north - edges[-1][1]) / dice.uniform(slow, fast)
        edges.append((now, north))
        now += dice.uniform(240, 1800)
    found, at = [], dice.uniform(0, 60)
    while at < edges[-1][0]:
        before, after = max(e for e in edges if e[0] <= at), min(e for e in edges if e[0] > at)
        there = before[1] + (at - before[0]) / (after[0] - before[0]) * (after[1] - before[1])
        spot = (SHOP[0] + (there + dice.gauss(0, 5)) / 111_320, SHOP[1] + dice.gauss(0, 5) / 87_400)
        found.append(fix(at / 60 - days_ago * 1440, spot))
        at += dice.uniform(50, 70)
    return tuple(found)


def played_again(track: tuple[Fix, ...], seed: int, *, pace: float = 1.0, sigma: float = 6) -> tuple[Fix, ...]:
    """A track told anew: every position with another error, an hour later, as fast or not."""
    dice = random.Random(seed)
    return tuple(
        Fix(
            track[0].at + timedelta(hours=1) + pace * (each.at - track[0].at),
            each.latitude + dice.gauss(0, sigma) / 111_320,
            each.longitude + dice.gauss(0, sigma) / 87_400,
            each.accuracy_m,
        )
        for each in track
    )


def formers(*seeds: int, **manner: float) -> tuple[Former, ...]:
    """Earlier days of the round."""
    return tuple(Former(BEFORE + timedelta(at), True, round_of(seed, **manner)) for at, seed in enumerate(seeds))  # type: ignore[arg-type]
