"""Giving each rep an area: many customers at once get the owner in whose district they lie."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.customers.queries import assignments_in_force, require_customer_to_manage, visible_customers
from fieldsales.districts.rules import Address, Base, NobodyToShare, Place, follow_neighbours, share_out
from fieldsales.errors import Invalid
from fieldsales.people.models import User
from fieldsales.people.queries import in_territories_of, require_rep_in_scope
from fieldsales.people.rules import Actor


class RepWithoutStart(Invalid):
    """Customers are shared out around the places where reps start their day. Set the rep's work pattern first."""

    code = "districts.rep_without_start"
    title = "Nobody knows where this rep starts"


class RepNamedTwice(Invalid):
    """Customers were to be shared out, and a rep was named more than once. Name each rep once."""

    code = "districts.rep_named_twice"
    title = "A rep is named twice"


@dataclass(frozen=True, slots=True)
class Sharing:
    """How customers were shared out: how many each rep owns of them now, and how many changed hands.

    `owner_of` gives the rep of each customer.
    """

    owned: dict[uuid.UUID, int]
    moved: int
    without_position: int
    owner_of: Mapping[uuid.UUID, uuid.UUID]


def share_customers(
    session: Session,
    customer_ids: Sequence[uuid.UUID],
    rep_ids: Sequence[uuid.UUID],
    *,
    now: datetime,
    weights: Mapping[uuid.UUID, float] | None = None,
    by: Actor | None = None,
) -> Sharing:
    """Share customers out among reps, each getting a compact area with about the same weight (1 where not given).

    Customers without a position go where their postal code or city went (`follow_neighbours`). Raises
    `CustomerNotFound`, `PersonNotFound`, `RepWithoutStart`, `RepNamedTwice`, `NobodyToShare`.
    """
    reps = _each_once([require_rep_in_scope(session, by, rep_id) for rep_id in rep_ids])
    customers = _all_in_scope(session, customer_ids, by)
    owner_of = areas(customers, [base_of(rep) for rep in reps], weights or {})
    moved = _hand_over(session, owner_of, now=now, by=by)
    unplaced = sum(customer.latitude is None for customer in customers)
    owned = Counter(owner_of.values())
    for rep in reps:
        record(
            session,
            "customer.share",
            ("person", rep.id),
            actor_id=by.user_id if by else None,
            now=now,
            customers=owned[rep.id],
        )
    session.flush()
    return Sharing({rep.id: owned[rep.id] for rep in reps}, moved, unplaced, owner_of)


def _each_once(reps: Sequence[User]) -> Sequence[User]:
    if not reps:
        raise NobodyToShare("No rep was named.", mend="Name at least one.")
    twice = next((rep for rep, times in Counter(reps).items() if times > 1), None)
    if twice is not None:
        raise RepNamedTwice(f"{twice.name} is named more than once.", mend="Name each rep once.", rep_id=str(twice.id))
    return reps


def areas(
    customers: Sequence[Customer], bases: list[Base], weights: Mapping[uuid.UUID, float]
) -> dict[uuid.UUID, uuid.UUID]:
    """Return which rep owns each customer."""
    places = [
        Place(each.id, each.latitude, each.longitude, weights.get(each.id, 1.0))
        for each in customers
        if each.latitude is not None and each.longitude is not None
    ]
    shares = share_out(places, bases)
    addresses = {
        each.id: Address(each.id, each.postal_code, each.city, weights.get(each.id, 1.0)) for each in customers
    }
    owner_of = {customer_id: rep_id for rep_id, area in shares.items() for customer_id in area}
    nowhere = [address for customer_id, address in addresses.items() if customer_id not in owner_of]
    areas = {rep_id: [addresses[customer_id] for customer_id in area] for rep_id, area in shares.items()}
    return owner_of | follow_neighbours(nowhere, areas)


def _hand_over(session: Session, owner_of: Mapping[uuid.UUID, uuid.UUID], *, now: datetime, by: Actor | None) -> int:
    owners = [each for each in assignments_in_force(session, owner_of) if each.kind is AssignmentKind.OWNER]
    leaving = [each.id for each in owners if owner_of[each.customer_id] != each.rep_id]
    session.execute(update(Assignment).where(Assignment.id.in_(leaving)).values(ended_at=now))
    kept = {each.customer_id for each in owners if owner_of[each.customer_id] == each.rep_id}
    moving = {customer_id: rep_id for customer_id, rep_id in owner_of.items() if customer_id not in kept}
    session.add_all(
        Assignment(
            customer_id=customer_id, rep_id=rep_id, kind=AssignmentKind.OWNER, assigned_at=now,
            assigned_by=by.user_id if by else None,
        )
        for customer_id, rep_id in moving.items()
    )  # fmt: skip
    return len(moving)


def _all_in_scope(session: Session, customer_ids: Sequence[uuid.UUID], by: Actor | None) -> list[Customer]:
    wanted = list(dict.fromkeys(customer_ids))
    theirs = visible_customers(by).where(Customer.id.in_(wanted), in_territories_of(by, Customer.territory_id))
    found = list(session.scalars(theirs))
    if len(found) < len(wanted):
        missing = next(each for each in wanted if each not in {customer.id for customer in found})
        require_customer_to_manage(session, by, missing)
    return found


def base_of(rep: User) -> Base:
    if rep.work_pattern is None:
        raise RepWithoutStart(
            f"Nobody knows where {rep.name} starts the day.", mend="Set the work pattern first.", rep_id=str(rep.id)
        )
    return Base(rep.id, rep.work_pattern.start_latitude, rep.work_pattern.start_longitude)
