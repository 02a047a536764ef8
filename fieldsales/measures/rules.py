"""What is known of how a customer buys and pays: the measures that its worth is weighed from (`worth.rules`).

| component | measure | unknown where |
|---|---|---|
| revenue | net revenue in 365 days | never |
| margin | net revenue − cost of what was sold in 365 days | the cost of less than half of it is known |
| frequency | days with an order in 365 days | never |
| growth | r ÷ (r + b): r bought in 182 days, b in the same days 364 days before | b is not above 0 |
| potential | upper quartile of similar buyers' revenue in 365 days, or its own if that is more | under 8 are similar |
| credit | payments ÷ purchases in 365 days, at most 1 | no payment is recorded, or nothing was bought |
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from fieldsales.history.rules import Bools, History, Ints

Floats = npt.NDArray[np.float64]

YEAR = timedelta(days=365)
HALF = timedelta(days=182)
"""26 weeks, so that both ends fall on the same weekday."""

YEAR_OF_WEEKS = timedelta(days=364)
LONGEST = HALF + YEAR_OF_WEEKS
"""How far back the longest measure looks."""

FEWEST_PEERS = 8
"""A quarter of fewer buyers says nothing about the others."""

CITY_SIZES = (10, 50, 200)
"""Cities are told apart by how many customers they have: under 10, under 50, under 200, more."""


class Component(StrEnum):
    """What is measured."""

    REVENUE = "revenue"
    MARGIN = "margin"
    FREQUENCY = "frequency"
    GROWTH = "growth"
    POTENTIAL = "potential"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What is known of many customers, by component.

    Attributes:
        customers: Who they are.
        currencies: The currency of each one's amounts.
        buying: Who ordered at all in 365 days.
        values: By component the measure of each customer, NaN where it is not known.
        numbers: By component the whole numbers that it was made of, by name, for the explanation.
    """

    customers: tuple[uuid.UUID, ...]
    currencies: tuple[str, ...]
    buying: Bools
    values: Mapping[Component, Floats]
    numbers: Mapping[Component, Mapping[str, Ints]]


def growth(history: History, day: date) -> tuple[Floats, Mapping[str, Ints]]:
    """Return the measure of growth, and the amounts that it compares."""
    recent = np.maximum(history.revenue(day - HALF, day), 0)
    before = history.revenue(day - LONGEST, day - YEAR_OF_WEEKS)
    share = np.divide(recent, recent + before, out=np.full(len(recent), np.nan), where=before > 0)
    return share, {"recent_minor": recent, "before_minor": before}


def margin(revenue: Ints, costed: Ints, cost: Ints) -> tuple[Floats, Mapping[str, Ints]]:
    """Return the gross margin: what lines of known cost brought above it, scaled up to all of the revenue.

    `costed` is the amount of the lines of known cost, `cost` what they cost us. Who bought nothing brought none.
    """
    known = (costed > 0) & (2 * costed >= revenue)
    rate = np.divide(costed - cost, costed, out=np.full(len(costed), np.nan), where=known)
    money = np.where((costed == 0) & (revenue == 0), 0.0, rate * revenue)
    return money, {"minor": np.round(np.nan_to_num(money)).astype(np.int64), "costed_minor": costed, "cost_minor": cost}


def potential(revenue: Ints, peers: Sequence[Ints]) -> tuple[Floats, Mapping[str, Ints]]:
    """Return what similar customers buy at the upper quartile, or the customer itself if that is more.

    `peers` are groupings from the likest to the widest; the first in which a customer's group has `FEWEST_PEERS` buyers
    is its own. Groups must not mix currencies.
    """
    level = np.full(len(revenue), len(peers))
    best, many = np.zeros(len(revenue), dtype=np.int64), np.zeros(len(revenue), dtype=np.int64)
    for at, groups in enumerate(peers):
        quartile, buyers = _upper_quartiles(revenue, groups)
        fresh = (level == len(peers)) & (buyers >= FEWEST_PEERS)
        level[fresh], best[fresh], many[fresh] = at, quartile[fresh], buyers[fresh]
    measure = np.where(level < len(peers), np.maximum(best, revenue), np.nan).astype(np.float64)
    return measure, {"peers_minor": best, "peers": many, "level": level}


def credit(paid: Ints, bought: Ints) -> tuple[Floats, Mapping[str, Ints]]:
    """Return the share of what was bought that was paid, at most 1."""
    known = (paid > 0) & (bought > 0)
    share = np.divide(paid, bought, out=np.full(len(paid), np.nan), where=known)
    return np.minimum(share, 1.0), {"paid_minor": paid, "bought_minor": bought}


def city_class(size: int) -> int:
    """Return the class of a city by how many customers it has."""
    return sum(size >= least for least in CITY_SIZES)


def _upper_quartiles(revenue: Ints, groups: Ints) -> tuple[Ints, Ints]:
    """For each customer the upper quartile (nearest rank) of the buyers of its group, and how many they are."""
    buyers = np.flatnonzero(revenue > 0)
    order = buyers[np.lexsort((revenue[buyers], groups[buyers]))]
    size = int(groups.max(initial=-1)) + 1
    count = np.bincount(groups[order], minlength=size)
    first = np.cumsum(count) - count
    place = np.minimum(first + (3 * count + 3) // 4 - 1, max(len(order) - 1, 0))
    quartile = np.where(count > 0, revenue[order][place] if len(order) else 0, 0)
    return quartile[groups], count[groups]
