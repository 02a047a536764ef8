"""What measures are, for many subjects at once and day by day. The only place that asks results for them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from fieldsales.cuts.rules import Only
from fieldsales.readings.rules import Reading, as_whole, measured
from fieldsales.registry.rules import Dimension
from fieldsales.results.queries import ask
from fieldsales.results.rules import Question
from fieldsales.spans.rules import Compared, Span

_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A measure of some days, both included. Amounts are of `currency`; those of others are left out."""

    code: str
    days: tuple[date, date]
    currency: str | None
    now: datetime
    compared: Compared | None = None


def readings(
    session: Session, wanted: Wanted, by: Dimension | None, only: Only | None = None
) -> Mapping[str | None, Reading]:
    """Return what a measure is for each of a dimension's members (None as a key: for all), in one question."""
    measure = measured(wanted.code)
    question = Question((wanted.code,), *wanted.days, (by,) if by else (), only or Only(), wanted.compared)
    answer = ask(session, question, actor=None, now=wanted.now)
    return {
        (row.keys[0].id if by else None): Reading(
            as_whole(measure, row.values[0]), as_whole(measure, row.before[0]) if row.before else None
        )
        for row in (answer.rows if by else answer.totals)
        if not measure.is_money or row.currency == wanted.currency
    }


def daily(
    session: Session, wanted: Wanted, only: Only, by: Dimension | None = None
) -> dict[str | None, dict[date, int]]:
    """Return what a measure that is a sum came to on each day on which it came to anything, a year in each question.

    By the members of a dimension; None as a key: for all.
    """
    measure = measured(wanted.code)
    found: dict[str | None, dict[date, int]] = defaultdict(dict)
    for days in _years(*wanted.days):
        cut = (by, Span.DAY) if by else (Span.DAY,)
        answer = ask(session, Question((wanted.code,), *days, cut, only), actor=None, now=wanted.now)
        for row in answer.rows:
            if not measure.is_money or row.currency == wanted.currency:
                day = date.fromisoformat(str(row.keys[-1].id))
                found[row.keys[0].id if by else None][day] = as_whole(measure, row.values[0]) or 0
    return found


def _years(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        yield first, min(first + _YEAR, last)
        first += _YEAR + timedelta(days=1)


def reading_of(session: Session, wanted: Wanted, only: Only) -> int | None:
    """Return what a measure is in all; a sum of nothing is 0."""
    found = readings(session, wanted, None, only).get(None)
    if found is None:
        return None if measured(wanted.code).is_ratio else 0
    return found.value


def by_id(found: Mapping[str | None, Reading]) -> dict[uuid.UUID, int]:
    """Return the values by the ids of rows, what is unknown left out."""
    return {uuid.UUID(key): each.value for key, each in found.items() if key is not None and each.value is not None}
