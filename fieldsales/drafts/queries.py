"""What is planned already, as a draft needs it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, lazyload

from fieldsales.candidates.queries import served_ids
from fieldsales.cases.rules import Contact
from fieldsales.customers.queries import visited_together
from fieldsales.drafts.rules import Around, Line, Standing, Stored
from fieldsales.orders.models import Order, OrderState
from fieldsales.planning.models import PlannedVisit, PlanStatus, Route
from fieldsales.steps.queries import moved_off

LOOK_AROUND = timedelta(days=90)
"""How far before and after a day other plans matter; longer than the default cadences."""


def newest_order(session: Session, before: date) -> date | None:
    """Return the last day before another on which anybody ordered."""
    stands = Order.state == OrderState.PLACED
    return session.scalar(select(func.max(Order.ordered_on)).where(Order.ordered_on < before, stands))


def stored_plans(session: Session, rep_ids: Collection[uuid.UUID], day: date, today: date) -> Stored:
    """Return what is planned already on a day and around it."""
    return Stored(
        standing=standing_on(session, rep_ids, day),
        around=planned_around(session, rep_ids, day, today),
        taken=taken_on(session, rep_ids, day),
        moved_off=moved_off(session, served_ids(rep_ids), day),
    )


def standing_on(session: Session, rep_ids: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, Standing]:
    """Return what is stored of each rep's day."""
    lines: dict[uuid.UUID, list[Line]] = defaultdict(list)
    rows = session.scalars(
        select(PlannedVisit)
        .where(PlannedVisit.rep_id.in_(rep_ids), PlannedVisit.day == day)
        .order_by(PlannedVisit.id)
        .options(lazyload(PlannedVisit.customer))
    )
    for row in rows:
        lines[row.rep_id].append(line_of(row))
    stamps = session.execute(select(Route.rep_id, Route.fingerprint).where(Route.rep_id.in_(rep_ids), Route.day == day))
    stamped = dict(stamps.all())
    return {rep_id: Standing(tuple(lines[rep_id]), stamped.get(rep_id)) for rep_id in rep_ids}


def line_of(row: PlannedVisit) -> Line:
    """Return a stored visit as a line of a draft."""
    return Line(
        customer_id=row.customer_id,
        source=str(row.source),
        reason=row.reason,
        value=row.value,
        status=str(row.status),
        left_out_code=row.left_out_code,
        left_out_reason=row.left_out_reason,
        added_by=row.added_by,
        asks_cause=row.asks_cause,
        promotion=row.promotion,
    )


def taken_on(session: Session, rep_ids: Collection[uuid.UUID], day: date) -> set[uuid.UUID]:
    """Return the customers that another rep is to visit on a day, or skipped; not those where both go together."""
    return set(
        session.scalars(
            select(PlannedVisit.customer_id).where(
                PlannedVisit.day == day,
                PlannedVisit.rep_id.not_in(rep_ids),
                PlannedVisit.status != PlanStatus.LEFT_OUT,
                PlannedVisit.customer_id.in_(served_ids(rep_ids)),
                PlannedVisit.customer_id.not_in(visited_together(day)),
            )
        )
    )


def planned_around(session: Session, rep_ids: Collection[uuid.UUID], day: date, today: date) -> dict[uuid.UUID, Around]:
    """Return, for the customers these reps serve, what other days hold.

    A visit planned from `today` on counts as one that will be made; one planned earlier and not made was missed. So is
    one that was left out or skipped, from the next day on: the customer stays due.
    """
    rows = session.execute(
        select(PlannedVisit.customer_id, PlannedVisit.rep_id, PlannedVisit.day, PlannedVisit.status)
        .where(PlannedVisit.day.between(day - LOOK_AROUND, day + LOOK_AROUND), PlannedVisit.day != day)
        .where(PlannedVisit.customer_id.in_(served_ids(rep_ids)))
        .order_by(PlannedVisit.day)
    )
    by_customer: dict[uuid.UUID, list[tuple[uuid.UUID, date, PlanStatus]]] = defaultdict(list)
    for customer_id, rep_id, on, status in rows:
        by_customer[customer_id].append((rep_id, on, status))
    return {customer_id: _around(found, day, today) for customer_id, found in by_customer.items()}


def _around(rows: Iterable[tuple[uuid.UUID, date, PlanStatus]], day: date, today: date) -> Around:
    contacts, missed, coming = [], [], []
    for rep_id, on, status in rows:
        if on > day:
            if status is PlanStatus.PLANNED:
                coming.append(on)
        elif status is PlanStatus.DONE or (status is PlanStatus.PLANNED and on >= today):
            contacts.append(Contact(rep_id, on, made=status is PlanStatus.DONE))
        else:
            missed.append(on)
    return Around(tuple(contacts), min(missed, default=None), min(coming, default=None))
