"""Which of the anomalies that a replay raised came true, beside how often the same befell everybody else.

A churn risk is confirmed where nothing is ordered in the 60 days from then. A plunge is confirmed where these 60 days
bring less than 70 % of the customer's own usual 60 days: a third of the 180 days that ended 30 days before, in money or
in order days.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Engine, select

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.db.session import reading

WATCH = timedelta(days=60)
RECENT, BASELINE = timedelta(days=30), timedelta(days=180)
LEFT = 0.7
ACTIVE = timedelta(days=45)
"""Everybody else: who ordered so lately, looked at every four weeks."""

Sales = Mapping[uuid.UUID, Mapping[date, int]]


@dataclass(frozen=True)
class Flag:
    """An anomaly: whose, since when, and whether it came true."""

    customer_id: uuid.UUID
    kind: AnomalyKind
    opened_on: date
    confirmed: bool


def judged(engine: Engine, sales: Sales, first: date, last: date) -> list[Flag]:
    """Return the anomalies that were opened in a span."""
    with reading(engine) as session:
        return [
            Flag(who, each.kind, each.opened_on, came_true(each.kind, sales[who], each.opened_on))
            for each in session.scalars(select(Anomaly).where(Anomaly.opened_on.between(first, last)))
            for who in (each.customer_id,)
        ]


def came_true(kind: AnomalyKind, by_day: Mapping[date, int], on: date) -> bool:
    """Tell whether what a flag says befell a customer from a day on."""
    after = _between(by_day, on, on + WATCH)
    if kind is AnomalyKind.CHURN_RISK:
        return not after
    usual = _between(by_day, on - RECENT - BASELINE, on - RECENT)
    if kind is AnomalyKind.AMOUNT_PLUNGE:
        return sum(after) < LEFT * sum(usual) * (WATCH / BASELINE)
    return len(after) < LEFT * len(usual) * (WATCH / BASELINE)


def _between(by_day: Mapping[date, int], first: date, end: date) -> list[int]:
    return [cents for day, cents in by_day.items() if first <= day < end]


def by_quarter(flags: Sequence[Flag]) -> tuple[Counter[str], Counter[str]]:
    """Return how many were raised, and how many of these confirmed, by quarter."""
    return (
        Counter(quarter(each.opened_on) for each in flags),
        Counter(quarter(each.opened_on) for each in flags if each.confirmed),
    )


def quarter(day: date) -> str:
    """Return the quarter of a day: 2022 Q1."""
    return f"{day.year} Q{(day.month + 2) // 3}"


def print_kinds(flags: Sequence[Flag], sales: Sales, first: date, last: date) -> None:
    """Print by kind what was raised and confirmed, how often the same befell everybody, and how much of it was told."""
    print("\n| kind | raised | confirmed | of those raised | of all active, every four weeks | found of what befell |")
    print("|---|---|---|---|---|---|")
    for kind in AnomalyKind:
        mine = [each for each in flags if each.kind is kind]
        told = sum(each.confirmed for each in mine)
        looks = [(who, came_true(kind, sales[who], day)) for day in _looks(first, last) for who in _active(sales, day)]
        base = sum(true for _, true in looks) / max(1, len(looks))
        befell = {who for who, true in looks if true}
        found = len(befell & {each.customer_id for each in mine}) / max(1, len(befell))
        row = f"| {kind.replace('_', ' ')} | {len(mine)} | {told} | {told / max(1, len(mine)):.0%}"
        print(f"{row} | {base:.1%} | {found:.0%} |")


def _looks(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=28)


def _active(sales: Sales, day: date) -> list[uuid.UUID]:
    return [who for who, by_day in sales.items() if any(day - ACTIVE <= on < day for on in by_day)]
