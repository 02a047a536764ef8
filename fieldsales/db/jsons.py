"""Questions about JSON columns in SQL that mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class any_above_zero(FunctionElement[bool]):  # noqa: N801 -- reads as a function of SQL
    """Whether a list of objects has one whose number of this name, given as text, is above 0."""

    type = Boolean()
    inherit_cache = True


_EXISTS = "EXISTS (SELECT 1 FROM {} AS told WHERE {} > 0)"


@compiles(any_above_zero, "sqlite")
def _sqlite(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    objects, name = (compiler.process(each, **options) for each in element.clauses)
    return _EXISTS.format(f"json_each({objects})", f"json_extract(told.value, '$.' || {name})")


@compiles(any_above_zero, "postgresql")
def _postgresql(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    objects, name = (compiler.process(each, **options) for each in element.clauses)
    return _EXISTS.format(f"jsonb_array_elements({objects})", f"CAST(told.value ->> {name} AS numeric)")
