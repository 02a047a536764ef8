"""The values of a daily report, and what is usual for a day like it. How it looks is told elsewhere (`bulletins`)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Any

Amounts = Mapping[str, int]
"""Minor units by currency."""

_MONEY = ("sold", "returned", "collected")
WEEKS = 4
"""A day is compared with the same weekday of so many weeks before."""


class CallState(StrEnum):
    """What became of a visit, planned or not."""

    DONE = "done"
    OFF_PLAN = "off_plan"
    TO_DO = "to_do"
    MISSED = "missed"
    SKIPPED = "skipped"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Figures:
    """A day of one rep or of many in numbers.

    `planned` are the visits that the day held, without those that were skipped or left out. `sold` has returns taken
    off, which `returned` tells apart (as what was given back, above 0). `field_s` is the time from the first check-in
    to the last check-out, `store_s` the time within stores, both in seconds. `doubted` visits are those whose
    evidence is doubtful and that nobody has found honest.
    """

    planned: int = 0
    done: int = 0
    missed: int = 0
    to_do: int = 0
    off_plan: int = 0
    skipped: int = 0
    left_out: int = 0
    orders: int = 0
    sold: Amounts = field(default_factory=dict)
    returned: Amounts = field(default_factory=dict)
    collected: Amounts = field(default_factory=dict)
    field_s: int = 0
    store_s: int = 0
    doubted: int = 0

    @property
    def visited(self) -> int:
        """How many customers were called on, planned or not."""
        return self.done + self.off_plan

    @property
    def is_empty(self) -> bool:
        """Whether nobody worked, and nobody should have."""
        return not (self.planned or self.visited or self.orders or any(self.collected.values()))


@dataclass(frozen=True, slots=True)
class Call:
    """A visit of a rep: `at` is the check-in, or when it should have begun. `why` a skipped or left out one was."""

    customer_id: uuid.UUID
    customer: str
    state: CallState
    visit_id: uuid.UUID | None = None
    at: datetime | None = None
    store_s: int | None = None
    sold: Amounts = field(default_factory=dict)
    doubtful: bool = False
    why: str | None = None


@dataclass(frozen=True, slots=True)
class RepReport:
    """A rep's day: the figures and what they are made of, in the order of the day."""

    rep_id: uuid.UUID
    name: str
    figures: Figures
    calls: tuple[Call, ...]
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A visit whose evidence is doubtful."""

    visit_id: uuid.UUID
    rep: str
    customer: str
    score: int | None
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """An anomaly that was found on the day; the amount at risk is in the currency of the customer's territory."""

    customer_id: uuid.UUID
    customer: str
    kind: str
    reason: str
    at_risk_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Request:
    """What waits for a person to let it pass."""

    approval_id: uuid.UUID
    kind: str
    customer: str | None
    asked_by: str | None
    asked_at: datetime
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Phone:
    """A rep whose phone wants a look: how much of its work waits for a person, and whether it was silent all day."""

    rep_id: uuid.UUID
    rep: str
    seen_at: datetime | None
    silent: bool
    held: int


@dataclass(frozen=True, slots=True)
class Usual:
    """The medians of the last same weekdays on which anybody worked, by measure; of how many days."""

    days: int
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class DailyReport:
    """A day of a team. `territory` is None for all of them; `over` says that the day has ended everywhere in it.

    The lists hold the first `MOST` of each kind; the `…_count` say how many there are. Approvals and phones are as of
    `made_at`, everything else is of the day.
    """

    day: date
    territory_id: uuid.UUID | None
    territory: str | None
    time_zone: str
    currency: str
    made_at: datetime
    over: bool
    total: Figures
    usual: Usual
    reps: tuple[RepReport, ...]
    doubts: tuple[Doubt, ...] = ()
    findings: tuple[Finding, ...] = ()
    findings_count: int = 0
    requests: tuple[Request, ...] = ()
    requests_count: int = 0
    phones: tuple[Phone, ...] = ()


def together(found: Iterable[Figures]) -> Figures:
    """Return the sum of some figures, each currency by itself."""
    listed = list(found)
    values: dict[str, Any] = {}
    for each in fields(Figures):
        parts = [getattr(figures, each.name) for figures in listed]
        values[each.name] = _added(parts) if each.name in _MONEY else sum(parts)
    return Figures(**values)


def _added(parts: Iterable[Amounts]) -> Amounts:
    sums: dict[str, int] = {}
    for amounts in parts:
        for currency, minor in amounts.items():
            sums[currency] = sums.get(currency, 0) + minor
    return sums


def measures_of(figures: Figures) -> dict[str, int]:
    """Return what can be compared of a day by name; amounts under their currency, as `sold EUR`."""
    plain = {
        name: getattr(figures, name)
        for name in ("planned", "done", "missed", "off_plan", "visited", "orders", "field_s", "store_s", "doubted")
    }
    for name in _MONEY:
        plain |= {f"{name} {currency}": minor for currency, minor in getattr(figures, name).items()}
    return plain


def usual(days: Sequence[Figures]) -> Usual:
    """Return the medians over the days on which anybody worked; a measure that a day lacks counts as 0 there."""
    worked = [measures_of(each) for each in days if not each.is_empty]
    names = {name for each in worked for name in each}
    return Usual(len(worked), {name: median(each.get(name, 0) for each in worked) for name in sorted(names)})


def days_before(day: date) -> tuple[date, ...]:
    """Return the same weekday of the weeks before."""
    return tuple(day - timedelta(weeks=back) for back in range(1, WEEKS + 1))
