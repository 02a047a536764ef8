"""How a table is told to phones: which columns, which rows hanging from it, and who may see it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute

from fieldsales.customers.models import Assignment
from sync.feed import served_by

Columns = tuple[InstrumentedAttribute[Any], ...]


@dataclass(frozen=True, slots=True)
class Children:
    """Rows that hang from an entity, told inside its document under `name`, in the order of `order`."""

    name: str
    parent: InstrumentedAttribute[Any]
    columns: Columns
    order: Columns


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of an entity that phones hold, the first its id; `visible` is the condition for one user."""

    columns: Columns
    visible: Callable[[uuid.UUID], ColumnElement[bool]]
    children: tuple[Children, ...] = ()


def everybody(_user_id: uuid.UUID) -> ColumnElement[bool]:
    """Every phone holds it."""
    return true()


def of_served(column: InstrumentedAttribute[uuid.UUID]) -> Callable[[uuid.UUID], ColumnElement[bool]]:
    """Return the rule that those hold it who serve the customer in `column` now."""
    return lambda user_id: column.in_(select(Assignment.customer_id).where(served_by(user_id)))


def own(column: InstrumentedAttribute[uuid.UUID]) -> Callable[[uuid.UUID], ColumnElement[bool]]:
    """Return the rule that only the user in `column` holds it."""
    return lambda user_id: column == user_id


def plural(entity: str) -> str:
    """Return what the client libraries call the collection of an entity: orders, deliveries."""
    return f"{entity[:-1]}ies" if entity.endswith("y") else f"{entity}s"
