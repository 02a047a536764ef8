"""Facts with whatever is kept of them as sums: never older than the last deed, as marked days are summed anew."""

from __future__ import annotations

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


def without_jit(session: Session) -> None:
    """Keep PostgreSQL from compiling the statements of this transaction: that took six seconds, and what it saved less.

    Measured over a million order lines, of which a month was summed anew.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL jit = off"))


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
