"""The names behind the ids of a mutation: a supervisor knows people and shops, not UUIDs."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Customer
from fieldsales.people.models import User
from fieldsales.people.queries import in_territories_of
from fieldsales.people.rules import Actor
from fieldsales.visits.models import Visit
from sync.models import Mutation


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody or something by id and name."""

    id: uuid.UUID
    name: str


def people_by_id(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Named]:
    """Return people by id; ids of nobody are left out."""
    found = session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {each: Named(each, name) for each, name in found}


def shops_of(session: Session, actor: Actor | None, mutations: Sequence[Mutation]) -> dict[uuid.UUID, Named]:
    """Return the customer that each mutation is about, where it says so itself or by its visit, and the actor may see.

    What was sent may say anything: what is no id names nobody.
    """
    about = {each.id: _said(each, "customer_id") for each in mutations}
    calls = {each.id: _said(each, "visit_id") for each in mutations if about[each.id] is None}
    visits = _customers_visited(session, {each for each in calls.values() if each is not None})
    about |= {each: visits.get(visit) for each, visit in calls.items() if visit is not None}
    wanted = {each for each in about.values() if each is not None}
    found = session.execute(
        select(Customer.id, Customer.name).where(
            Customer.id.in_(wanted), in_territories_of(actor, Customer.territory_id)
        )
    )
    names = {customer_id: Named(customer_id, name) for customer_id, name in found}
    return {each: names[customer] for each, customer in about.items() if customer in names}


def _customers_visited(session: Session, visit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    found = session.execute(select(Visit.id, Visit.customer_id).where(Visit.id.in_(visit_ids)))
    return dict(found.all())


def _said(mutation: Mutation, field: str) -> uuid.UUID | None:
    data: Any = mutation.payload.get("data") if mutation.corrected is None else mutation.corrected
    told = data.get(field) if isinstance(data, dict) else None
    try:
        return uuid.UUID(told) if isinstance(told, str) else None
    except ValueError:
        return None
