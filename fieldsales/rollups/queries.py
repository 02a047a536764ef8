"""Facts with whatever is kept of them as sums: never older than the last deed, as marked days are summed anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import Select, func, null, select, text, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import FromClause

from fieldsales.db.base import Base
from fieldsales.facts import queries as facts
from fieldsales.rollups.models import CallDay, DirtyDay, DueDay, DueMonth, ProductMonth, SaleDay, SaleMonth
from fieldsales.rollups.rules import Days, split
from fieldsales.spans.rules import Span

_LONG = 180
"""Days."""
_MEGABYTES = 64


def roomy(session: Session) -> None:
    """Have PostgreSQL sum in memory in this transaction, and compile nothing.

    Measured over a million order lines: to compile took six seconds of a month summed anew, and saved less. In the 4 MB
    that a statement has by default, customers by product went to the disk, which took half of the time.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SET LOCAL jit = off; SET LOCAL work_mem = '{_MEGABYTES}MB'"))


@contextmanager
def through_indexes(session: Session, first: date, last: date) -> Iterator[None]:
    """Have PostgreSQL read `pieces_by_month` of a long period in the order of its index, not group it by hashing.

    Over a million order lines that took 0.2 s instead of 0.95; the planner takes it for the dearer way.
    """
    if session.get_bind().dialect.name != "postgresql" or (last - first).days <= _LONG:
        yield
        return
    session.execute(text("; ".join(f"SET LOCAL {each} = off" for each in _HABITS)))
    yield
    session.execute(text("; ".join(f"SET LOCAL {each} TO DEFAULT" for each in _HABITS)))


_HABITS = ("enable_hashagg", "enable_seqscan", "enable_bitmapscan", "enable_sort")


def dirty_days(session: Session, first: date, last: date) -> frozenset[date]:
    """Return the days of a period that are to be summed anew.

    Read before the sums: a day that is refreshed meanwhile is then summed from its deeds, which is as true.
    """
    marks = select(DirtyDay.day).where(DirtyDay.day.between(first, last)).distinct()
    return frozenset(session.scalars(marks))


def sales_by_day(first: date, last: date, dirty: frozenset[date]) -> FromClause:
    """Return what was sold, day by day, without products."""
    kept, anew = split(first, last, dirty, Span.DAY)
    return _both(SaleDay, kept, facts.sales(anew).subquery() if anew else None)


def sales_by_month(first: date, last: date, dirty: frozenset[date]) -> FromClause:
    """Return what was sold of which product; `day` is the first of the month, or the day itself."""
    kept, anew = split(first, last, dirty, Span.MONTH)
    return _both(SaleMonth, kept, facts.sales(anew).subquery() if anew else None)


def pieces_by_month(first: date, last: date, dirty: frozenset[date]) -> FromClause:
    """Return the same where nothing but pieces by product and customer is read.

    Of a long period the index that has these in order is read whole: the day is hidden from the planners, which would
    look it up and sort.
    """
    kept, anew = split(first, last, dirty, Span.MONTH)
    return _both(SaleMonth, kept, facts.sales(anew).subquery() if anew else None, hide=(last - first).days > _LONG)


def products_by_month(first: date, last: date, dirty: frozenset[date]) -> FromClause:
    """Return the same without customers, from fewer rows."""
    kept, anew = split(first, last, dirty, Span.MONTH)
    return _both(ProductMonth, kept, facts.sales(anew).subquery() if anew else None)


def calls_by_day(first: date, last: date, dirty: frozenset[date]) -> FromClause:
    """Return calls, day by day."""
    kept, anew = split(first, last, dirty, Span.DAY)
    return _both(CallDay, kept, facts.calls(anew).subquery() if anew else None)


def dues_by_day(first: date, last: date, dirty: frozenset[date]) -> FromClause:
    """Return what was due of deliveries that began, day by day, without products."""
    kept, anew = split(first, last, dirty, Span.DAY)
    return _both(DueDay, kept, facts.dues(anew).subquery() if anew else None)


def dues_by_month(first: date, last: date, dirty: frozenset[date]) -> FromClause:
    """Return what was due of which product; `day` is the first of the month, or the day itself."""
    kept, anew = split(first, last, dirty, Span.MONTH)
    return _both(DueMonth, kept, facts.due_lines(anew).subquery() if anew else None)


def _both(model: type[Base], kept: Days, anew: Any, *, hide: bool = False) -> FromClause:
    """Nobody and no product stay `NOBODY` here: to tell them in SQL would keep the database from using an index."""
    table: Any = model.__table__
    names = [each.name for each in table.columns]
    told: list[Select[Any]] = []
    if kept:
        day = func.coalesce(table.c.day, null()) if hide else table.c.day
        told.append(select(*(table.c[name] for name in names)).where(facts.within(day, kept)))
    if anew is not None:
        told.append(select(*(anew.c[name] for name in names)))
    return (union_all(*told) if len(told) > 1 else told[0]).subquery(f"kept_{table.name}")
