"""What is in force of every kind, and who the customers are whom a change would move."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.people.models import User
from fieldsales.policies.queries import InForce, in_force
from fieldsales.rulebook.rules import KINDS, NOBODY, Known


def all_in_force(session: Session, day: date) -> list[InForce[Any]]:
    """Return what holds on a day, of every kind."""
    return [in_force(session, kind, day) for kind in KINDS.values()]


def known_customers(session: Session) -> dict[uuid.UUID, Known]:
    """Return the active customers with their tiers and owners."""
    owns = and_(
        Assignment.customer_id == Customer.id,
        Assignment.kind == AssignmentKind.OWNER,
        Assignment.ended_at.is_(None),
    )
    rows = session.execute(
        select(Customer.id, Customer.name, Customer.tier, User.id, User.name)
        .join(Assignment, owns, isouter=True)
        .join(User, User.id == Assignment.rep_id, isouter=True)
        .where(Customer.active)
    )
    return {who: Known(name, tier, owner_id, owner or NOBODY) for who, name, tier, owner_id, owner in rows}
