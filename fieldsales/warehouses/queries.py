"""Which places there are, and which one serves whom."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.errors import NotFound
from fieldsales.people.models import Role, Territory, User
from fieldsales.people.queries import in_territories_of
from fieldsales.people.rules import Actor
from fieldsales.warehouses.models import Warehouse, WarehouseKind


class WarehouseNotFound(NotFound):
    """There is no such warehouse or van in your territories."""

    code = "warehouse.not_found"
    title = "There is no such warehouse"


def visible_warehouses(actor: Actor | None) -> Select[Warehouse]:
    """Return the places that an actor may see, as a statement to narrow down: reps see all houses and their own van."""
    return select(Warehouse).where(_seen_by(actor))


def _seen_by(actor: Actor | None) -> ColumnElement[bool]:
    if actor is not None and actor.role is Role.REP:
        return or_(Warehouse.kind == WarehouseKind.WAREHOUSE, Warehouse.rep_id == actor.user_id)
    return or_(in_territories_of(actor, Warehouse.territory_id), Warehouse.territory_id.is_(None))


def find_warehouses(
    session: Session,
    actor: Actor | None,
    wanted: PageWanted,
    kind: WarehouseKind | None = None,
    *,
    all_of_them: bool = False,
) -> Page[Warehouse]:
    """Return a page of places by code; those that are closed only with `all_of_them`."""
    found = visible_warehouses(actor)
    if kind is not None:
        found = found.where(Warehouse.kind == kind)
    if not all_of_them:
        found = found.where(Warehouse.active)
    return fetch_page(session, found, (Warehouse.code, Warehouse.id), wanted)


def require_warehouse(session: Session, actor: Actor | None, warehouse_id: uuid.UUID) -> Warehouse:
    """Return a place that an actor may see; raise `WarehouseNotFound`."""
    found = session.scalars(visible_warehouses(actor).where(Warehouse.id == warehouse_id)).one_or_none()
    if found is None:
        raise WarehouseNotFound(f"There is no warehouse {warehouse_id}.", id=str(warehouse_id))
    return found


def warehouse_by_code(session: Session, actor: Actor | None, code: str) -> Warehouse:
    """Return the place with a code, or with that name in another system; raise `WarehouseNotFound`."""
    named = or_(Warehouse.code == code, Warehouse.external_ref == code)
    found = session.scalars(visible_warehouses(actor).where(named).order_by(Warehouse.code != code)).first()
    if found is None:
        raise WarehouseNotFound(f"There is no warehouse “{code}”.", mend="See: fieldsales stock warehouses", code=code)
    return found


def require_van(session: Session, actor: Actor | None, van_id: uuid.UUID) -> Warehouse:
    """Return a van that an actor may see; raise `WarehouseNotFound`."""
    found = require_warehouse(session, actor, van_id)
    if found.kind is not WarehouseKind.VAN:
        raise WarehouseNotFound(f"{found.code} is no van.", id=str(van_id))
    return found


def van_of(session: Session, rep_id: uuid.UUID) -> Warehouse | None:
    """Return a rep's active van, None for a rep without one."""
    return session.scalars(select(Warehouse).where(Warehouse.rep_id == rep_id, Warehouse.active)).one_or_none()


def is_kept(session: Session) -> bool:
    """Tell whether the stock of any place is kept at all."""
    return session.scalar(select(Warehouse.id).where(Warehouse.active).limit(1)) is not None


def serving(
    session: Session, rep_id: uuid.UUID, reps: Mapping[str, str], territories: Mapping[str, str]
) -> Warehouse | None:
    """Return the house that delivers to a rep's customers, None where there is none.

    First the one that `reps` names (code of a warehouse by login), then the one that `territories` names (by code) for
    the rep's territory or the next above it, then the house that is in it; last one that is in no territory. Of
    several, the first by code.
    """
    houses = session.scalars(
        select(Warehouse).where(Warehouse.kind == WarehouseKind.WAREHOUSE, Warehouse.active).order_by(Warehouse.code)
    ).all()
    if not houses:
        return None
    rep = session.get_one(User, rep_id)
    by_code = {each.code: each for each in houses}
    named = by_code.get(reps.get(rep.login, ""))
    if named is not None:
        return named
    for territory in _upwards(session, rep.territory_id):
        named = by_code.get(territories.get(territory.code, ""))
        here = named or next((each for each in houses if each.territory_id == territory.id), None)
        if here is not None:
            return here
    return next((each for each in houses if each.territory_id is None), None)


def _upwards(session: Session, territory_id: uuid.UUID | None) -> list[Territory]:
    found = []
    while territory_id is not None and (here := session.get(Territory, territory_id)) is not None:
        found.append(here)
        territory_id = here.parent_id
    return found
