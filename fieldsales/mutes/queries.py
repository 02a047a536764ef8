"""Which mutes hold."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from fieldsales.customers.models import Customer
from fieldsales.customers.queries import visible_customers
from fieldsales.mutes.models import Mute
from fieldsales.mutes.rules import Muted, MuteNotFound
from fieldsales.people.models import Territory, User
from fieldsales.people.queries import in_territories_of, visible_people
from fieldsales.people.rules import Actor


def _holds(now: datetime) -> ColumnElement[bool]:
    return (Mute.ends_at > now) & Mute.ended_at.is_(None)


def _visible(actor: Actor | None) -> Select[Mute]:
    customers = visible_customers(actor).with_only_columns(Customer.id)
    people = visible_people(actor).with_only_columns(User.id)
    areas = Mute.territory_id.is_not(None) & in_territories_of(actor, Mute.territory_id)
    found = [Mute.customer_id.in_(customers), Mute.rep_id.in_(people), areas]
    if actor is None or actor.sees_everything:
        found.append(Mute.webhook_id.is_not(None))
    return select(Mute).where(or_(*found))


def mutes_in_force(session: Session, actor: Actor | None, now: datetime) -> Sequence[Mute]:
    """Return the mutes that hold of whom an actor may see, the one that ends first first."""
    return session.scalars(_visible(actor).where(_holds(now)).order_by(Mute.ends_at, Mute.id)).all()


def require_mute(session: Session, actor: Actor | None, mute_id: uuid.UUID, now: datetime) -> Mute:
    """Return a mute that holds; raise `MuteNotFound`."""
    found = session.scalars(_visible(actor).where(Mute.id == mute_id, _holds(now))).one_or_none()
    if found is None:
        raise MuteNotFound(f"There is no mute {mute_id} that holds.", id=str(mute_id))
    return found


def muted(session: Session, now: datetime) -> Muted:
    """Return who is muted at a moment."""
    holding = session.scalars(select(Mute).where(_holds(now)).order_by(Mute.ends_at)).all()

    def of(column: InstrumentedAttribute[uuid.UUID | None]) -> dict[uuid.UUID, uuid.UUID]:
        return {getattr(each, column.key): each.id for each in holding if getattr(each, column.key) is not None}

    above = dict(session.execute(select(Territory.id, Territory.parent_id)).all())
    return Muted(of(Mute.customer_id), of(Mute.rep_id), of(Mute.territory_id), of(Mute.webhook_id), above)


def names_of(session: Session, mutes: Iterable[Mute]) -> dict[uuid.UUID, str]:
    """Return of whom each mute is, by its id; of a webhook the id."""
    found: dict[uuid.UUID, str] = {}
    for each in mutes:
        table, key = _of(each)
        named = session.scalar(select(table.name).where(table.id == key)) if table else None
        found[each.id] = named or str(each.webhook_id)
    return found


def _of(mute: Mute) -> tuple[type[Customer] | type[User] | type[Territory] | None, uuid.UUID | None]:
    if mute.customer_id is not None:
        return Customer, mute.customer_id
    if mute.rep_id is not None:
        return User, mute.rep_id
    return (Territory, mute.territory_id) if mute.territory_id is not None else (None, None)
