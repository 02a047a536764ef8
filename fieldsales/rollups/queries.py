"""Facts with whatever is kept of them as sums: never older than the last deed, as marked days are summed anew."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, SelectBase, func, literal, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import FromClause

from fieldsales.db.base import Base
from fieldsales.facts import queries as facts
from fieldsales.rollups.models import NOBODY, CallDay, DirtyDay, ProductMonth, SaleDay, SaleMonth
from fieldsales.rollups.rules import Days, split
from fieldsales.spans.rules import Span


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


def products_by_month(first: date, last: date, dirty: frozenset[date]) -> FromClause:
    """Return the same without customers, from fewer rows."""
    kept, anew = split(first, last, dirty, Span.MONTH)
    return _both(ProductMonth, kept, facts.sales(anew).subquery() if anew else None)


def calls_by_day(first: date, last: date, dirty: frozenset[date]) -> FromClause:
    """Return calls, day by day."""
    kept, anew = split(first, last, dirty, Span.DAY)
    return _both(CallDay, kept, facts.calls(anew).subquery() if anew else None)


def _both(model: type[Base], kept: Days, anew: Any) -> FromClause:
    table: Any = model.__table__
    names = [each.name for each in table.columns]
    told: list[SelectBase] = []
    if kept:
        there = [_somebody(table.c[name]).label(name) for name in names]
        told.append(select(*there).where(facts.within(table.c.day, kept)))
    if anew is not None:
        told.append(_plain(anew, names))
    return (union_all(*told) if len(told) > 1 else told[0]).subquery(f"kept_{table.name}")


def _plain(fact: Any, names: list[str]) -> Select[Any]:
    return select(*(fact.c[name] for name in names))


def _somebody(column: Any) -> Any:
    return (
        func.nullif(column, literal(NOBODY), type_=column.type) if column.name in {"rep_id", "product_id"} else column
    )
