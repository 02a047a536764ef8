"""Opening and closing places whose stock is kept."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.errors import Conflict, Invalid
from fieldsales.people.queries import require_rep_in_scope, require_territory_in_scope
from fieldsales.people.rules import Actor
from fieldsales.warehouses.models import Warehouse, WarehouseKind
from fieldsales.warehouses.queries import van_of


class WarehouseTaken(Conflict):
    """Another warehouse has that code or that name elsewhere, or the rep has a van already."""

    code = "warehouse.taken"
    title = "That warehouse is there already"


class WarehouseInvalid(Invalid):
    """A van needs its rep, and a house has none."""

    code = "warehouse.invalid"
    title = "That cannot be a warehouse"


@dataclass(frozen=True, slots=True)
class NewPlace:
    """What is to be opened. A van is in its rep's territory, whatever is said."""

    code: str
    name: str
    kind: WarehouseKind
    rep_id: uuid.UUID | None = None
    territory_id: uuid.UUID | None = None
    external_ref: str | None = None

    def __post_init__(self) -> None:
        if (self.kind is WarehouseKind.VAN) != (self.rep_id is not None):
            raise WarehouseInvalid("A van belongs to a rep, a house to nobody.", mend="Name the rep of a van.")


def open_warehouse(session: Session, place: NewPlace, *, now: datetime, by: Actor | None = None) -> Warehouse:
    """Keep stock in a new place. Raises `WarehouseTaken`, `PersonNotFound`, `TerritoryNotFound`."""
    territory_id = place.territory_id
    if place.rep_id is not None:
        territory_id = require_rep_in_scope(session, by, place.rep_id).territory_id
        if (there := van_of(session, place.rep_id)) is not None:
            raise WarehouseTaken(f"The rep has the van {there.code}.", mend="Close it first.", code=there.code)
    elif territory_id is not None:
        require_territory_in_scope(session, by, territory_id)
    elif by is not None and not by.sees_everything:
        territory_id = by.territory_id
    _check_free(session, place)
    found = Warehouse(
        code=place.code,
        name=place.name,
        kind=place.kind,
        rep_id=place.rep_id,
        territory_id=territory_id,
        external_ref=place.external_ref,
        made_at=now,
    )
    session.add(found)
    session.flush()
    _note(session, "warehouse.open", found, by, now, kind=str(place.kind), name=place.name)
    return found


def set_open(
    session: Session, warehouse: Warehouse, *, active: bool, now: datetime, by: Actor | None = None
) -> Warehouse:
    """Close a place, so that no goods move there, or open it again; once more changes nothing.

    Raises `WarehouseTaken` where the rep has another van by now.
    """
    if warehouse.active == active:
        return warehouse
    if active and warehouse.rep_id is not None and (there := van_of(session, warehouse.rep_id)) is not None:
        raise WarehouseTaken(f"The rep has the van {there.code}.", mend="Close it first.", code=there.code)
    warehouse.active = active
    session.flush()
    _note(session, "warehouse.open" if active else "warehouse.close", warehouse, by, now)
    return warehouse


def _check_free(session: Session, place: NewPlace) -> None:
    same = Warehouse.code == place.code
    if place.external_ref is not None:
        same |= Warehouse.external_ref == place.external_ref
    there = session.scalar(select(Warehouse.code).where(same))
    if there is not None:
        raise WarehouseTaken(f"There is a warehouse {there} already.", mend="Choose another code.", code=there)


def _note(session: Session, action: str, warehouse: Warehouse, by: Actor | None, now: datetime, **facts: Any) -> None:
    who = by.user_id if by else None
    record(session, action, ("warehouse", warehouse.id), actor_id=who, now=now, code=warehouse.code, **facts)
