"""Which covers there are, and what a rep holds that others would have to serve."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldsales.covers.models import Cover, CoverKind
from fieldsales.covers.rules import Held, relieved
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.errors import NotFound
from fieldsales.people.models import User
from fieldsales.people.queries import visible_people
from fieldsales.people.rules import Actor


class CoverNotFound(NotFound):
    """There is no such cover, or it is of a rep whom you may not see."""

    code = "cover.not_found"
    title = "There is no such cover"


def covers_visible_to(
    session: Session, actor: Actor | None, *, since: date | None = None, rep_id: uuid.UUID | None = None
) -> Sequence[Cover]:
    """Return the covers of the reps whom an actor may see, the newest first: those that end on `since` or later."""
    mine = visible_people(actor).with_only_columns(User.id)
    statement = select(Cover).where(Cover.rep_id.in_(mine)).order_by(Cover.from_on.desc(), Cover.id)
    if since is not None:
        statement = statement.where(or_(Cover.until_on.is_(None), Cover.until_on >= since))
    if rep_id is not None:
        statement = statement.where(Cover.rep_id == rep_id)
    return session.scalars(statement).all()


def require_cover(session: Session, actor: Actor | None, cover_id: uuid.UUID) -> Cover:
    """Return a cover of a rep whom the actor may see; raise `CoverNotFound`."""
    mine = visible_people(actor).with_only_columns(User.id)
    found = session.scalars(select(Cover).where(Cover.id == cover_id, Cover.rep_id.in_(mine))).one_or_none()
    if found is None:
        raise CoverNotFound(f"There is no cover {cover_id}.", id=str(cover_id))
    return found


def live_covers(session: Session) -> Sequence[Cover]:
    """Return the covers that were neither called off nor are over, the earliest first."""
    live = select(Cover).where(Cover.called_off_at.is_(None), Cover.done_at.is_(None))
    return session.scalars(live.order_by(Cover.from_on, Cover.id)).all()


def covering(session: Session, rep_ids: Iterable[uuid.UUID], from_on: date, until_on: date | None) -> Sequence[Cover]:
    """Return the live covers of these reps on any of some days."""
    statement = select(Cover).where(
        Cover.rep_id.in_(list(rep_ids)),
        Cover.called_off_at.is_(None),
        Cover.done_at.is_(None),
        or_(Cover.until_on.is_(None), Cover.until_on >= from_on),
    )
    if until_on is not None:
        statement = statement.where(Cover.from_on <= until_on)
    return session.scalars(statement.order_by(Cover.from_on, Cover.id)).all()


def held_by(session: Session, rep_id: uuid.UUID) -> list[Held]:
    """Return the active customers that a rep serves, whatever as: the owned ones first."""
    owned_first = (Assignment.kind == AssignmentKind.OWNER).desc()
    rows = session.execute(
        select(Assignment.customer_id, Assignment.from_on, Assignment.until_on)
        .join(Customer, Customer.id == Assignment.customer_id)
        .where(Assignment.rep_id == rep_id, Assignment.ended_at.is_(None), Customer.active)
        .order_by(owned_first, Assignment.customer_id, Assignment.id)
    )
    return [Held(*row) for row in rows]


def stand_ins_of(session: Session, cover: Cover) -> dict[uuid.UUID, Assignment]:
    """Return the assignments of those who stand in within a cover, by customer."""
    rows = session.scalars(select(Assignment).where(Assignment.cover_id == cover.id, Assignment.ended_at.is_(None)))
    return {row.customer_id: row for row in rows}


def crew_of(session: Session, cover: Cover) -> list[User]:
    """Return the active reps who stand in within a cover, in the order in which they were named.

    Who has left is followed by whoever got the customers.
    """
    crew: dict[uuid.UUID, User] = {}
    seen: set[uuid.UUID] = set()
    waiting = [uuid.UUID(each) for each in cover.stand_ins]
    while waiting:
        rep = session.get_one(User, waiting.pop(0))
        if rep.id in seen or rep.id == cover.rep_id:
            continue
        seen.add(rep.id)
        if rep.active:
            crew[rep.id] = rep
        else:
            waiting += _successors(session, rep.id)
    return list(crew.values())


def _successors(session: Session, rep_id: uuid.UUID) -> list[uuid.UUID]:
    left = select(Cover.stand_ins).where(
        Cover.rep_id == rep_id, Cover.kind == CoverKind.DEPARTURE, Cover.called_off_at.is_(None)
    )
    return [uuid.UUID(each) for stand_ins in session.scalars(left.order_by(Cover.id)) for each in stand_ins]


def heirs_of(session: Session, cover: Cover) -> dict[uuid.UUID, uuid.UUID]:
    """Return who goes to each customer of the rep within a cover: who stands in, or serves it for good anyway."""
    heirs = {who: each.rep_id for who, each in stand_ins_of(session, cover).items()}
    rest = {each.customer_id for each in held_by(session, cover.rep_id)} - heirs.keys()
    crew, there = crew_of(session, cover), serving(session, rest)
    for who in rest:
        rep = next((each for each in crew if each.id in there.get(who, ())), None)
        if rep is not None:
            heirs[who] = rep.id
    return heirs


def goes_instead(session: Session, customer_id: uuid.UUID, rep_id: uuid.UUID, day: date) -> uuid.UUID:
    """Return who goes to a customer on a day in a rep's place: the rep, unless an active one stands in there."""
    rows = session.execute(
        select(Cover.rep_id, Assignment.rep_id)
        .join(Cover, Cover.id == Assignment.cover_id)
        .join(User, User.id == Assignment.rep_id)
        .where(Assignment.customer_id == customer_id, Assignment.ended_at.is_(None), User.active)
        .where(or_(Assignment.from_on.is_(None), Assignment.from_on <= day))
        .where(or_(Assignment.until_on.is_(None), Assignment.until_on >= day))
        .order_by(Assignment.id)
    )
    return relieved(rep_id, {row[0]: row[1] for row in rows})


def serving(session: Session, customer_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Return who serves some customers now for good, so that nobody else needs to stand in there."""
    bound = or_(Assignment.from_on.is_not(None), Assignment.until_on.is_not(None))
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for customer_id, rep_id in session.execute(
        select(Assignment.customer_id, Assignment.rep_id).where(
            Assignment.customer_id.in_(list(customer_ids)), Assignment.ended_at.is_(None), ~bound
        )
    ):
        found[customer_id].add(rep_id)
    return found
