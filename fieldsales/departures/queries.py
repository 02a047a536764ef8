"""What a rep has in hand, and which customers nobody looks after."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from fieldsales.calendars.queries import free_days
from fieldsales.candidates.queries import as_rep
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.deliveries.models import Delivery
from fieldsales.departures.rules import TOLD, InHand, Orphan, Why
from fieldsales.invoices.models import Invoice
from fieldsales.ledger.queries import held_items
from fieldsales.orders.models import Order
from fieldsales.people.models import User
from fieldsales.people.queries import in_territories_of, require_person_in_scope
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, PlanStatus
from fieldsales.stock.models import StockBalance

PATIENCE_DAYS = 2
"""Working days that an owner may be off without anybody who stands in: a long weekend is no gap."""
LOOK_AHEAD = timedelta(days=14)


def in_hand(session: Session, actor: Actor | None, rep_id: uuid.UUID, day: date) -> InHand:
    """Return what a rep has in hand, as of the morning of a day. Raises `PersonNotFound`."""
    rep = require_person_in_scope(session, actor, rep_id)
    mine = select(Assignment.customer_id).where(Assignment.rep_id == rep.id, Assignment.ended_at.is_(None))
    owned = mine.where(Assignment.kind == AssignmentKind.OWNER)
    cash: dict[str, int] = defaultdict(int)
    for item in held_items(session, rep.id):
        cash[item.currency] += item.amount_minor
    pieces = select(func.coalesce(func.sum(StockBalance.on_hand), 0)).where(StockBalance.rep_id == rep.id)
    return InHand(
        customers=_count(session, owned),
        key_accounts=_count(session, mine.where(Assignment.kind == AssignmentKind.KEY_ACCOUNT)),
        planned_visits=_count(
            session,
            select(PlannedVisit.id).where(
                PlannedVisit.rep_id == rep.id, PlannedVisit.day >= day, PlannedVisit.status == PlanStatus.PLANNED
            ),
        ),
        open_orders=_count(
            session,
            select(Delivery.id)
            .join(Order, Order.id == Delivery.id)
            .where(Order.rep_id == rep.id, Delivery.ended_at.is_(None)),
        ),
        owed_minor=_owed(session, owned),
        van_pieces=int(session.scalars(pieces).one()),
        cash_minor={currency: amount for currency, amount in sorted(cash.items()) if amount},
    )


def _count(session: Session, statement: Select[uuid.UUID]) -> int:
    return int(session.scalar(select(func.count()).select_from(statement.subquery())) or 0)


def _owed(session: Session, customers: Select[uuid.UUID]) -> dict[str, int]:
    owed = (
        select(Invoice.currency, func.sum(Invoice.open_minor))
        .where(Invoice.customer_id.in_(customers), Invoice.open_minor > 0)
        .group_by(Invoice.currency)
        .order_by(Invoice.currency)
    )
    return {currency: int(amount) for currency, amount in session.execute(owed) if amount}


def orphans(session: Session, actor: Actor | None, today: date) -> list[Orphan]:
    """Return the active customers of an actor's territories whom nobody looks after, by name.

    They have no owner; or an owner who was switched off, or is off for more than `PATIENCE_DAYS` working days of the
    two weeks from `today` on, and nobody else serves them or stands in.
    """
    owner = select(Assignment).where(Assignment.kind == AssignmentKind.OWNER, Assignment.ended_at.is_(None)).subquery()
    rows = session.execute(
        select(Customer.id, Customer.name, Customer.territory_id, owner.c.rep_id)
        .outerjoin(owner, owner.c.customer_id == Customer.id)
        .where(Customer.active, in_territories_of(actor, Customer.territory_id))
        .order_by(Customer.name, Customer.id)
    ).all()
    owners = session.scalars(select(User).where(User.id.in_({row.rep_id for row in rows if row.rep_id}))).all()
    absent = _absences(session, [each for each in owners if each.active], today)
    off = {each.id for each in owners if not each.active}
    alone = _without_others(session, [row.id for row in rows if row.rep_id in off or row.rep_id in absent], today)
    found = []
    for who, name, territory_id, rep_id in rows:
        why = _why(rep_id, off, absent, helped=who not in alone)
        if why is not None:
            told = TOLD[why].format(days=absent.get(rep_id, 0))
            found.append(Orphan(who, name, territory_id, why, rep_id, told))
    return found


def _why(rep_id: uuid.UUID | None, off: set[uuid.UUID], absent: Mapping[uuid.UUID, int], *, helped: bool) -> Why | None:
    if rep_id is None:
        return Why.NO_OWNER
    if helped:
        return None
    return Why.OWNER_OFF if rep_id in off else Why.OWNER_AWAY if rep_id in absent else None


def _absences(session: Session, owners: Sequence[User], today: date) -> dict[uuid.UUID, int]:
    """How many working days in a row each owner is off at most in two weeks; only those who are off for long."""
    free = free_days(session, owners, today, today + LOOK_AHEAD)
    days = [today + timedelta(days=at) for at in range(LOOK_AHEAD.days)]
    found = {}
    for rep in owners:
        weekdays = as_rep(rep).weekdays
        mine = [day for day in days if day.weekday() in weekdays]
        longest = _longest(day in free[rep.id] for day in mine)
        if longest > PATIENCE_DAYS:
            found[rep.id] = longest
    return found


def _longest(flags: Iterable[bool]) -> int:
    longest = run = 0
    for flag in flags:
        run = run + 1 if flag else 0
        longest = max(longest, run)
    return longest


def _without_others(session: Session, customer_ids: Sequence[uuid.UUID], today: date) -> set[uuid.UUID]:
    """Those of some customers whom no active rep but the owner serves within two weeks."""
    other = (
        select(Assignment.customer_id)
        .join(User, User.id == Assignment.rep_id)
        .where(
            Assignment.customer_id.in_(customer_ids),
            Assignment.kind != AssignmentKind.OWNER,
            Assignment.ended_at.is_(None),
            User.active,
            or_(Assignment.until_on.is_(None), Assignment.until_on >= today),
            or_(Assignment.from_on.is_(None), Assignment.from_on <= today + LOOK_AHEAD),
        )
    )
    return set(customer_ids) - set(session.scalars(other))
