"""Chance for the demo: every part of the city draws from its own seeded stream."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def dice(seed: int, *purpose: object) -> Random:
    """A stream of chance for one purpose, so that a change in one part leaves all the others as they were.

    The name is hashed by `Random` itself (SHA-512), so neither PYTHONHASHSEED nor the platform matters.
    """
    return Random("/".join(str(part) for part in (seed, *purpose)))  # noqa: S311 - a demo, not a secret


def share_out(total: int, shares: Sequence[tuple[T, float]]) -> list[T]:
    """Exactly `total` items in proportion to their shares, every item at least once while there is room.

    Largest remainder, so that a small city has the same mixture as a large one.
    """
    whole = sum(weight for _, weight in shares)
    exact = [total * weight / whole for _, weight in shares]
    counts = [max(1, int(number)) for number in exact]
    while (missing := total - sum(counts)) != 0:
        step = 1 if missing > 0 else -1
        furthest = max(range(len(counts)), key=lambda i: step * (exact[i] - counts[i]))
        counts[furthest] += step
    return [item for (item, _), count in zip(shares, counts, strict=True) for _ in range(count)]
