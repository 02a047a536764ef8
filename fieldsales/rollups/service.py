"""Keeping sums true: whatever is done marks its day, and `refresh` sums marked days anew."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, inspect, literal, select, text, tuple_
from sqlalchemy.orm import Session

from fieldsales.db.base import Base
from fieldsales.db.days import month_start
from fieldsales.facts import queries as facts
from fieldsales.rollups.models import NOBODY, CallDay, DirtyDay, DueDay, DueMonth, ProductMonth, SaleDay, SaleMonth
from fieldsales.rollups.rules import MARKED, postgresql_triggers, sqlite_triggers, stretches, trigger_name
from fieldsales.spans.rules import Span, end_of, start_of

_LOCK = 7_112_304
"""What PostgreSQL calls the right to refresh: two at once would write the same sums."""


def refresh(session: Session) -> bool:
    """Sum the marked days of one month anew, the latest first; tell whether more months wait.

    Doing it again changes nothing. What is done meanwhile by others stays marked. Meant to be called until it returns
    False, each time in a transaction of its own, every few minutes and after an import.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    latest = session.scalar(select(func.max(DirtyDay.day)))
    if latest is None:
        return False
    first, last = start_of(latest, Span.MONTH), end_of(latest, Span.MONTH)
    marks = session.execute(select(DirtyDay.day, DirtyDay.tx).where(DirtyDay.day.between(first, last))).all()
    days = stretches({day for day, _ in marks})
    _replace(session, SaleDay, facts.sales(days).subquery(), facts.within(SaleDay.day, days))
    _replace(session, CallDay, facts.calls(days).subquery(), facts.within(CallDay.day, days))
    month = facts.sales([(first, last)]).subquery()
    _replace(session, SaleMonth, month, SaleMonth.day == first, whole_month=True)
    summed = select(SaleMonth.__table__).where(SaleMonth.day == first).subquery()
    _replace(session, ProductMonth, summed, ProductMonth.day == first)
    _replace(session, DueDay, facts.dues(days).subquery(), facts.within(DueDay.day, days))
    due = facts.due_lines([(first, last)]).subquery()
    _replace(session, DueMonth, due, DueMonth.day == first, whole_month=True)
    for start in range(0, len(marks), 200):
        some = [tuple(each) for each in marks[start : start + 200]]
        session.execute(delete(DirtyDay).where(tuple_(DirtyDay.day, DirtyDay.tx).in_(some)))
    return bool(session.scalar(select(exists().where(DirtyDay.day < first))))


def _replace(session: Session, model: type[Base], fact: Any, there: Any, *, whole_month: bool = False) -> None:
    """Put the sums of facts in the place of those that are there."""
    table: Any = model.__table__
    session.execute(delete(model).where(there))
    keys: dict[str, Any] = {each.name: fact.c[each.name] for each in table.primary_key}
    keys |= {name: func.coalesce(keys[name], literal(NOBODY)) for name in ("rep_id", "product_id") if name in keys}
    if whole_month:
        keys["day"] = month_start(fact.c.day)
    sums = {each.name: func.sum(fact.c[each.name]) for each in table.columns if not each.primary_key}
    grouped = select(*(keys | sums).values()).group_by(*keys.values())
    session.execute(insert(table).from_select([*keys, *sums], grouped))


def install_marks(connection: Connection) -> None:
    """Make the triggers that mark days; after `drop_marks`."""
    if "result_dirty_day" not in inspect(connection).get_table_names():
        return
    make = sqlite_triggers if connection.dialect.name == "sqlite" else postgresql_triggers
    for table in MARKED:
        for statement in make(table):
            connection.exec_driver_sql(statement)


def drop_marks(connection: Connection) -> None:
    """Take the triggers away while migrations run: SQLite rebuilds no table of which another's trigger reads."""
    sqlite = connection.dialect.name == "sqlite"
    for table in MARKED:
        for statement in _drops(trigger_name(table), sqlite=sqlite):
            connection.exec_driver_sql(statement)


def _drops(name: str, *, sqlite: bool) -> list[str]:
    if sqlite:
        return [f"DROP TRIGGER IF EXISTS {name}_{deed}" for deed in ("insert", "update", "delete")]
    return [f"DROP FUNCTION IF EXISTS {name}() CASCADE"]
