"""Which customers nobody looks after."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldsales.calendars.queries import free_days
from fieldsales.candidates.queries import as_rep
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.orphans.rules import TOLD, Orphan, Why
from fieldsales.people.models import User
from fieldsales.people.queries import in_territories_of
from fieldsales.people.rules import Actor

PATIENCE_DAYS = 2
"""Working days that an owner may be off without anybody who stands in: a long weekend is no gap."""
LOOK_AHEAD = timedelta(days=14)


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
