"""Which customers of a file are known already."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Customer, CustomerReference
from fieldsales.db.bulk import slices
from fieldsales.people.models import Territory
from fieldsales.people.queries import in_territories_of
from fieldsales.people.rules import Actor

COMPARED = (
    *("name", "category", "address", "city", "postal_code", "latitude", "longitude", "phone", "opening_hours"),
    *("service_minutes", "active", "territory_id", "flags"),
)
"""The columns that an import fills."""


def customers_by_reference(session: Session, system: str, values: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return the compared columns, id and version of the customers that a system calls so, by that name."""
    columns = [getattr(Customer, name) for name in ("id", *COMPARED)]
    statement = select(CustomerReference.value, *columns).join(
        CustomerReference, CustomerReference.customer_id == Customer.id
    )
    return {
        row.value: {name: getattr(row, name) for name in ("id", *COMPARED)}
        for some in slices(values)
        for row in session.execute(
            statement.where(CustomerReference.system == system, CustomerReference.value.in_(some))
        )
    }


def ids_by_reference(
    session: Session, system: str, values: Collection[str], *, by: Actor | None = None
) -> dict[str, uuid.UUID]:
    """Return the ids of the customers within somebody's reach that a system calls so."""
    statement = _within_reach(by)
    return {
        row.value: row.customer_id
        for some in slices(values)
        for row in session.execute(
            statement.where(CustomerReference.system == system, CustomerReference.value.in_(some))
        )
    }


def all_references(session: Session, system: str, most: int, *, by: Actor | None) -> dict[str, uuid.UUID]:
    """Return the ids of the customers within somebody's reach that a system has a name for, at most so many."""
    statement = _within_reach(by)
    found = session.execute(statement.where(CustomerReference.system == system).limit(most))
    return {row.value: row.customer_id for row in found}


def territories_by_code(session: Session, by: Actor | None) -> dict[str, Territory]:
    """Return the territories at and below somebody's own, by code."""
    found = session.scalars(select(Territory).where(in_territories_of(by, Territory.id)))
    return {territory.code: territory for territory in found}


def _within_reach(by: Actor | None) -> Select[str, uuid.UUID]:
    statement = select(CustomerReference.value, CustomerReference.customer_id)
    if by is None or by.sees_everything:
        return statement
    mine = in_territories_of(by, Customer.territory_id)
    return statement.join(Customer, Customer.id == CustomerReference.customer_id).where(mine)
