"""What a rep wants to know before taking an order, as one document for each customer."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

BUYING_DAYS = 180
"""How far back the buying of a customer counts."""
FAVOURITES = 12
PROPOSALS = 5


@dataclass(frozen=True, slots=True)
class Bought:
    """A product that a customer bought on a day, and how many pieces."""

    product_id: uuid.UUID
    day: date
    pieces: int


@dataclass(frozen=True, slots=True)
class Habit:
    """How a customer buys a product: on how many days, how many pieces usually (median), every how many days (median).

    `due_on` is when it would be bought again by that; both are None for who bought it on one day only.
    """

    product_id: uuid.UUID
    days: int
    usual_pieces: int
    last_on: date
    every_days: int | None
    due_on: date | None


def habits(bought: Iterable[Bought], most: int = FAVOURITES) -> list[Habit]:
    """Return what a customer buys most often, of equals the one bought last, then of which it buys more, then by id."""
    by_product: dict[uuid.UUID, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for each in bought:
        by_product[each.product_id][each.day] += each.pieces
    found = [_habit(product_id, days) for product_id, days in by_product.items()]
    found.sort(key=lambda each: (-each.days, -each.last_on.toordinal(), -each.usual_pieces, str(each.product_id)))
    return found[:most]


def _habit(product_id: uuid.UUID, days: Mapping[date, int]) -> Habit:
    ordered = sorted(days)
    gaps = [(after - before).days for before, after in pairwise(ordered)]
    every = round(median(gaps)) if gaps else None
    due = ordered[-1] + timedelta(days=every) if every else None
    return Habit(product_id, len(ordered), round(median(days.values())), ordered[-1], every, due)


def habit_told(each: Habit) -> dict[str, Any]:
    """Return a habit as JSON has it."""
    return {
        "product_id": str(each.product_id),
        "days": each.days,
        "usual_pieces": each.usual_pieces,
        "last_on": each.last_on.isoformat(),
        "every_days": each.every_days,
        "due_on": each.due_on.isoformat() if each.due_on else None,
    }
