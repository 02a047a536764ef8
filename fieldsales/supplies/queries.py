"""Which house delivers what a rep sells, and what it has nothing left of."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Assignment, AssignmentKind
from fieldsales.policies.queries import in_force
from fieldsales.stock.models import Level, StockLevel
from fieldsales.stock.rules import STOCK, StockPolicy
from fieldsales.warehouses.models import Warehouse
from fieldsales.warehouses.queries import is_kept, serving


def warehouse_for(session: Session, rep_id: uuid.UUID | None, policy: StockPolicy) -> Warehouse | None:
    """Return the house that delivers what a rep sells, None where there is none."""
    return serving(session, rep_id, policy.reps, policy.territories) if rep_id is not None else None


def warehouse_on(session: Session, rep_id: uuid.UUID, day: date) -> Warehouse | None:
    """Return the house that delivers what a rep sells, by the policy of a day."""
    return warehouse_for(session, rep_id, in_force(session, STOCK, day).value)


def sold_out(session: Session, customer_ids: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Return the products that the house of each customer's owner has nothing left of; no entry where none is kept."""
    if not is_kept(session):
        return {}
    policy = in_force(session, STOCK, day).value
    by_rep: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    owned = select(Assignment.rep_id, Assignment.customer_id).where(
        Assignment.customer_id.in_(customer_ids),
        Assignment.kind == AssignmentKind.OWNER,
        Assignment.ended_at.is_(None),
    )
    for rep_id, customer_id in session.execute(owned):
        by_rep[rep_id].append(customer_id)
    gone: dict[uuid.UUID, frozenset[uuid.UUID]] = {}
    found = {}
    for rep_id, customers in by_rep.items():
        house = warehouse_for(session, rep_id, policy)
        if house is None:
            continue
        if house.id not in gone:
            empty = select(StockLevel.product_id).where(
                StockLevel.warehouse_id == house.id, StockLevel.level == Level.NONE
            )
            gone[house.id] = frozenset(session.scalars(empty))
        found.update(dict.fromkeys(customers, gone[house.id]))
    return found
