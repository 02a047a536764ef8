"""What the choice of candidates starts from: the crew, the shops they serve, and who was where."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from fieldsales.candidates.rules import WEEKDAYS
from fieldsales.cases.rules import Contact, Rep, Shop
from fieldsales.covers.models import Cover
from fieldsales.covers.rules import relieved
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.people.models import Role, Territory, User
from fieldsales.turns.rules import KeyAccount, StandIn, cadence_of
from fieldsales.visits.models import Visit


@dataclass(slots=True)
class Served:
    """A shop and who serves it."""

    shop: Shop
    owner: uuid.UUID | None = None
    key_accounts: list[KeyAccount] = field(default_factory=list)
    stand_ins: list[StandIn] = field(default_factory=list)

    def on(self, day: date) -> Served:
        """Return who serves the shop on a day: whoever stands in for somebody that day is in that one's place."""
        instead = {each.instead_of: each.rep_id for each in self.stand_ins if each.counts_on(day)}
        if not instead:
            return self
        owner = relieved(self.owner, instead) if self.owner else None
        accounts = [replace(each, rep_id=relieved(each.rep_id, instead)) for each in self.key_accounts]
        return Served(self.shop, owner, list({each.rep_id: each for each in accounts}.values()))


def crew(session: Session, rep_ids: Collection[uuid.UUID] | None = None) -> list[User]:
    """Return the active reps, or those among `rep_ids`, by login."""
    query = select(User).where(User.role == Role.REP, User.active).order_by(User.login)
    if rep_ids is not None:
        query = query.where(User.id.in_(rep_ids))
    return list(session.scalars(query))


def as_rep(user: User, off: Collection[date] = ()) -> Rep:
    """Return what the choice needs to know of a rep; one without a working pattern works on no day."""
    named = user.work_pattern.weekdays.upper().split(",") if user.work_pattern else []
    weekdays = tuple(at for at, name in enumerate(WEEKDAYS) if name in {n.strip() for n in named})
    return Rep(user.id, user.name, weekdays, frozenset(off))


def served_by(session: Session, rep_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Served]:
    """Return the active customers that any of these reps serves, each with everybody who serves it."""
    return _served(session, Customer.id.in_(served_ids(rep_ids)))


def served_among(session: Session, customer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Served]:
    """Return those of some customers that are active and served, each with everybody who serves it."""
    return _served(session, Customer.id.in_(customer_ids))


def _served(session: Session, which: ColumnElement[bool]) -> dict[uuid.UUID, Served]:
    giver = aliased(User)
    rows = session.execute(
        select(
            Customer.id, Customer.name, Customer.latitude, Customer.longitude, Customer.opening_hours,
            Territory.region, Customer.service_minutes,
            Assignment.rep_id, Assignment.kind, giver.name, Assignment.instruction, Assignment.priority,
            Assignment.rrule, Assignment.minimum_gap_days, Assignment.from_on, Assignment.until_on, Assignment.together,
            Cover.rep_id, User.active,
        )
        .join(Territory, Territory.id == Customer.territory_id)
        .join(Assignment, Assignment.customer_id == Customer.id)
        .join(User, User.id == Assignment.rep_id)
        .join(giver, giver.id == Assignment.assigned_by, isouter=True)
        .join(Cover, Cover.id == Assignment.cover_id, isouter=True)
        .where(Customer.active, Assignment.ended_at.is_(None), which)
        .order_by(Customer.id, Assignment.assigned_at, Assignment.id)
    )  # fmt: skip
    found: dict[uuid.UUID, Served] = {}
    for (
        *shop,
        rep_id,
        kind,
        given_by,
        instruction,
        priority,
        rrule,
        gap,
        from_on,
        until_on,
        together,
        away,
        active,
    ) in rows:
        served = found.setdefault(shop[0], Served(Shop(*shop)))
        if kind is AssignmentKind.OWNER:
            served.owner = rep_id
        elif kind is AssignmentKind.STAND_IN:
            if active:
                served.stand_ins.append(StandIn(rep_id, away, from_on, until_on))
        else:
            cadence = cadence_of(rrule, gap) if rrule else None
            served.key_accounts.append(
                KeyAccount(rep_id, given_by, instruction, priority, cadence, from_on, until_on, together)
            )
    return found


def last_visits(session: Session, rep_ids: Collection[uuid.UUID], before: date) -> dict[uuid.UUID, list[Contact]]:
    """Return, for the customers these reps serve, the last visit of each rep before a day."""
    return _last_visits(session, Visit.customer_id.in_(served_ids(rep_ids)), before)


def last_visits_at(
    session: Session, customer_ids: Collection[uuid.UUID], before: date
) -> dict[uuid.UUID, list[Contact]]:
    """Return, for some customers, the last visit of each rep before a day."""
    return _last_visits(session, Visit.customer_id.in_(customer_ids), before)


def _last_visits(session: Session, which: ColumnElement[bool], before: date) -> dict[uuid.UUID, list[Contact]]:
    rows = session.execute(
        select(Visit.customer_id, Visit.rep_id, func.max(Visit.day))
        .where(Visit.day < before, which)
        .group_by(Visit.customer_id, Visit.rep_id)
    )
    found: dict[uuid.UUID, list[Contact]] = defaultdict(list)
    for customer_id, rep_id, day in rows:
        found[customer_id].append(Contact(rep_id, day))
    return found


def visits_on(session: Session, day: date) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Return which rep was at which customer on a day, as (rep, customer)."""
    rows = session.execute(select(Visit.rep_id, Visit.customer_id).where(Visit.day == day))
    return {(rep_id, customer_id) for rep_id, customer_id in rows}


def served_ids(rep_ids: Collection[uuid.UUID]) -> Select[uuid.UUID]:
    """Return the ids of the customers that any of these reps serves, as a statement."""
    return select(Assignment.customer_id).where(Assignment.rep_id.in_(rep_ids), Assignment.ended_at.is_(None))
