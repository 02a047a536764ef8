"""Which customers nobody looks after."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
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
    off, absent = _alone(session, {row.id: row.rep_id for row in rows if row.rep_id}, today)
    found = []
    for who, name, territory_id, rep_id in rows:
        why = Why.NO_OWNER if rep_id is None else Why.OWNER_OFF if who in off else None
        why = Why.OWNER_AWAY if why is None and who in absent else why
        if why is not None:
            told = TOLD[why].format(days=absent.get(who, 0))
            found.append(Orphan(who, name, territory_id, why, rep_id, told))
    return found


def _alone(
    session: Session, owner_of: Mapping[uuid.UUID, uuid.UUID], today: date
) -> tuple[set[uuid.UUID], dict[uuid.UUID, int]]:
    """The customers of owners who were switched off whom nobody else serves within two weeks, and those of owners who
    are away, with on how many of the owner's working days in a row nobody is there.
    """
    servants = select(Assignment.rep_id).where(Assignment.ended_at.is_(None))
    people = {each.id: each for each in session.scalars(select(User).where(User.id.in_(servants)))}
    gone = {rep_id for rep_id, rep in people.items() if not rep.active}
    free = free_days(session, [rep for rep in people.values() if rep.active], today, today + LOOK_AHEAD)
    days = [today + timedelta(days=at) for at in range(LOOK_AHEAD.days)]
    working = {owner: [day for day in days if day.weekday() in as_rep(people[owner]).weekdays] for owner in people}
    away = {rep_id for rep_id in free if _longest(day in free[rep_id] for day in working[rep_id]) > PATIENCE_DAYS}
    doubtful = [who for who, owner in owner_of.items() if owner in gone or owner in away]
    others = _others(session, doubtful)
    off, absent = set(), {}
    for who in doubtful:
        there = [each for each in others[who] if each.rep_id not in gone]
        if owner_of[who] in gone:
            if not any(each.on(day) and day not in free[each.rep_id] for each in there for day in days):
                off.add(who)
            continue
        mine = free[owner_of[who]]
        longest = _longest(
            day in mine and not any(each.on(day) and day not in free[each.rep_id] for each in there)
            for day in working[owner_of[who]]
        )
        if longest > PATIENCE_DAYS:
            absent[who] = longest
    return off, absent


def _longest(flags: Iterable[bool]) -> int:
    longest = run = 0
    for flag in flags:
        run = run + 1 if flag else 0
        longest = max(longest, run)
    return longest


def _others(session: Session, customer_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[_Servant]]:
    """Who but the owner serves some customers, and between which days."""
    found: dict[uuid.UUID, list[_Servant]] = defaultdict(list)
    for begin in range(0, len(customer_ids), 500):
        rows = session.execute(
            select(Assignment.customer_id, Assignment.rep_id, Assignment.from_on, Assignment.until_on).where(
                Assignment.customer_id.in_(customer_ids[begin : begin + 500]),
                Assignment.kind != AssignmentKind.OWNER,
                Assignment.ended_at.is_(None),
            )
        )
        for customer_id, rep_id, from_on, until_on in rows:
            found[customer_id].append(_Servant(rep_id, from_on, until_on))
    return found


@dataclass(frozen=True, slots=True)
class _Servant:
    """A rep who serves a customer beside its owner, between two days, both included; None: no bound."""

    rep_id: uuid.UUID
    from_on: date | None
    until_on: date | None

    def on(self, day: date) -> bool:
        return (self.from_on is None or self.from_on <= day) and (self.until_on is None or day <= self.until_on)
