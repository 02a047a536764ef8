"""Arithmetic with days and moments in SQL that means the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class seconds_between(FunctionElement[int]):  # noqa: N801 -- reads as a function of SQL
    """The whole seconds from one moment to another."""

    type = Integer()
    inherit_cache = True


class days_between(FunctionElement[int]):  # noqa: N801
    """The days from one day to another."""

    type = Integer()
    inherit_cache = True


class week_start(FunctionElement[date]):  # noqa: N801
    """The Monday of a day's week."""

    type = Date()
    inherit_cache = True


class month_start(FunctionElement[date]):  # noqa: N801
    """The first of a day's month."""

    type = Date()
    inherit_cache = True


class quarter_start(FunctionElement[date]):  # noqa: N801
    """The first day of a day's quarter."""

    type = Date()
    inherit_cache = True


class year_start(FunctionElement[date]):  # noqa: N801
    """The first of January of a day's year."""

    type = Date()
    inherit_cache = True


_SQLITE: dict[type[FunctionElement[Any]], str] = {
    seconds_between: "CAST(round((julianday({1}) - julianday({0})) * 86400) AS INTEGER)",
    days_between: "CAST(julianday({1}) - julianday({0}) AS INTEGER)",
    week_start: "date({0}, '-6 days', 'weekday 1')",
    month_start: "substr({0}, 1, 8) || '01'",
    quarter_start: (
        "substr({0}, 1, 5) || CASE WHEN substr({0}, 6, 2) < '04' THEN '01' WHEN substr({0}, 6, 2) < '07' THEN '04' "
        "WHEN substr({0}, 6, 2) < '10' THEN '07' ELSE '10' END || '-01'"
    ),
    year_start: "substr({0}, 1, 5) || '01-01'",
}
_POSTGRESQL: dict[type[FunctionElement[Any]], str] = {
    seconds_between: "CAST(round(extract(epoch FROM ({1} - {0}))) AS INTEGER)",
    days_between: "({1} - {0})",
    week_start: "CAST(date_trunc('week', CAST({0} AS timestamp)) AS date)",
    month_start: "CAST(date_trunc('month', CAST({0} AS timestamp)) AS date)",
    quarter_start: "CAST(date_trunc('quarter', CAST({0} AS timestamp)) AS date)",
    year_start: "CAST(date_trunc('year', CAST({0} AS timestamp)) AS date)",
}


def _teach(kind: type[FunctionElement[Any]], dialect: str, text: str) -> None:
    @compiles(kind, dialect)
    def compiled(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
        return "(" + text.format(*(compiler.process(each, **options) for each in element.clauses)) + ")"


for _dialect, _texts in (("sqlite", _SQLITE), ("postgresql", _POSTGRESQL)):
    for _kind, _text in _texts.items():
        _teach(_kind, _dialect, _text)
