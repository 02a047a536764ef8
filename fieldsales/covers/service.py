"""Arranging who stands in for a rep, and calling that off."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.calendars.models import CalendarEntry
from fieldsales.calendars.queries import days_off_of, free_days
from fieldsales.calendars.service import add_entry, end_entry
from fieldsales.clock import local_day
from fieldsales.covers.models import Cover, CoverKind
from fieldsales.covers.queries import covering, crew_of, held_by, require_cover, serving, stand_ins_of
from fieldsales.covers.rules import (
    CoverOver,
    CoverOverlaps,
    Part,
    StandInAway,
    Wanted,
    check_wanted,
    parts,
)
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.districts.service import areas, base_of
from fieldsales.people.models import Role, User
from fieldsales.people.queries import PersonNotFound, require_person_in_scope, require_rep_in_scope
from fieldsales.people.rules import Actor


def arrange(session: Session, wanted: Wanted, *, by: Actor | None, now: datetime) -> Cover:
    """Have others stand in for a rep at every customer that the rep serves; their phones get the customers at once.

    Of several, each gets a compact area. The days of an absence are put into the rep's calendar, unless they are off
    already. Raises `BadCover`, `PersonNotFound`, `CoverOverlaps`, `StandInAway`, `RepWithoutStart`.
    """
    rep = _require_rep(session, by, wanted.rep_id)
    check_wanted(wanted, local_day(now, _zone(rep)))
    crew = [require_rep_in_scope(session, by, each) for each in dict.fromkeys(wanted.stand_ins)]
    _refuse_twice(session, rep, wanted)
    _refuse_away(session, crew, wanted)
    for each in crew if len(crew) > 1 else ():
        base_of(each)  # raises: of an area somebody must know where the day starts
    cover = Cover(
        rep_id=rep.id,
        kind=wanted.kind,
        from_on=wanted.from_on,
        until_on=wanted.until_on,
        reason=wanted.reason.strip(),
        stand_ins=[str(each.id) for each in crew],
        calendar_entry_id=_put_into_calendar(session, rep, wanted, by, now),
        made_by=by.user_id if by else None,
        made_at=now,
    )
    session.add(cover)
    session.flush()
    many = extend(session, cover, now=now)
    _note(session, "cover.arrange", cover, by, now, customers=many, stand_ins=cover.stand_ins, reason=cover.reason)
    return cover


def extend(session: Session, cover: Cover, *, now: datetime) -> int:
    """Give out what the rep serves and nobody stands in for yet; return how many customers that were.

    What the rep serves no more is stood in for no more, and who was switched off stands in for nobody. Where nobody of
    the stand-ins is left, nothing is given out: the check of every night tells of these customers.
    """
    held = held_by(session, cover.rep_id)
    known = _kept(session, cover, {each.customer_id for each in held}, now)
    fresh = [each for each in held if each.customer_id not in known]
    who = _stand_in_of(session, cover, [each.customer_id for each in fresh])
    there = serving(session, who)
    given = list(parts([each for each in fresh if each.customer_id in who], who, there, cover.from_on, cover.until_on))
    session.add_all(_assignment(cover, part, now) for part in given)
    session.flush()
    return len(given)


def _kept(session: Session, cover: Cover, held: Collection[uuid.UUID], now: datetime) -> Collection[uuid.UUID]:
    """End what needs no stand-in any more, or has one who was switched off; return the customers that keep theirs."""
    standing = stand_ins_of(session, cover)
    off = set(session.scalars(select(User.id).where(User.id.in_({e.rep_id for e in standing.values()}), ~User.active)))
    kept = set()
    for customer_id, assignment in standing.items():
        if customer_id in held and assignment.rep_id not in off:
            kept.add(customer_id)
        else:
            assignment.ended_at = now
    session.flush()
    return kept


def call_off(session: Session, cover_id: uuid.UUID, *, by: Actor | None, now: datetime) -> Cover:
    """Take a cover back: nobody stands in any more, and the rep's days off to come go, too, if they came with it.

    Days that are over stay as they were.

    Raises `CoverNotFound`, `CoverOver`.
    """
    cover = require_cover(session, by, cover_id)
    if cover.called_off_at or cover.done_at:
        raise CoverOver("The cover is over, or was called off already.", mend="Arrange a new one.", id=str(cover.id))
    for assignment in stand_ins_of(session, cover).values():
        assignment.ended_at = now
    entry = session.get(CalendarEntry, cover.calendar_entry_id) if cover.calendar_entry_id else None
    cover.calendar_entry_id = None
    cover.called_off_at, cover.called_off_by = now, by.user_id if by else None
    session.flush()
    if entry is not None:
        end_entry(session, entry.id, local_day(now, _zone(session.get_one(User, cover.rep_id))), by=by, now=now)
    _note(session, "cover.call_off", cover, by, now)
    return cover


def _require_rep(session: Session, by: Actor | None, rep_id: uuid.UUID) -> User:
    """One who was switched off already may be stood in for, too: that is when it is most needed."""
    found = require_person_in_scope(session, by, rep_id)
    if found.role is not Role.REP:
        raise PersonNotFound(f"There is no rep {rep_id}.", id=str(rep_id))
    return found


def _zone(rep: User) -> str:
    return rep.territory.time_zone if rep.territory else "UTC"


def _refuse_twice(session: Session, rep: User, wanted: Wanted) -> None:
    for other in covering(session, [rep.id], wanted.from_on, wanted.until_on):
        raise CoverOverlaps(
            f"Somebody stands in for {rep.name} from {other.from_on} to {other.until_on or 'for good'}.",
            mend="Call that off first, or choose other days.",
            cover_id=str(other.id),
        )


def _refuse_away(session: Session, crew: Sequence[User], wanted: Wanted) -> None:
    names = {each.id: each.name for each in crew}
    for other in covering(session, names, wanted.from_on, wanted.until_on):
        raise StandInAway(
            f"{names[other.rep_id]} is away from {other.from_on} to {other.until_on or 'for good'}.",
            mend="Name somebody else, or split the days.",
            rep_id=str(other.rep_id),
        )
    for entry in days_off_of(session, names, wanted.from_on, wanted.until_on) if wanted.until_on else ():
        assert entry.user_id is not None
        raise StandInAway(
            f"{names[entry.user_id]} is off from {entry.first_day} to {entry.last_day}: {entry.name}.",
            mend="Name somebody else, or split the days.",
            rep_id=str(entry.user_id),
        )


def _put_into_calendar(
    session: Session, rep: User, wanted: Wanted, by: Actor | None, now: datetime
) -> uuid.UUID | None:
    if wanted.until_on is None:
        return None
    days = (wanted.until_on - wanted.from_on).days + 1
    off = free_days(session, [rep], wanted.from_on, wanted.until_on)[rep.id]
    if all(wanted.from_on + timedelta(days=at) in off for at in range(days)):
        return None
    entry = add_entry(
        session,
        first_day=wanted.from_on,
        last_day=wanted.until_on,
        name=wanted.reason.strip(),
        user_id=rep.id,
        by=by,
        now=now,
    )
    return entry.id


def _stand_in_of(session: Session, cover: Cover, customer_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, uuid.UUID]:
    """Who stands in at each customer: the only one, or whoever has the area where it lies; nobody if all are off."""
    crew = crew_of(session, cover)
    placed = [each for each in crew if each.work_pattern is not None] or crew[:1]
    if len(placed) <= 1 or not customer_ids:
        return dict.fromkeys(customer_ids, placed[0].id) if placed else {}
    customers = session.scalars(select(Customer).where(Customer.id.in_(customer_ids)).order_by(Customer.id)).all()
    return areas(customers, [base_of(rep) for rep in placed], {})


def _assignment(cover: Cover, part: Part, now: datetime) -> Assignment:
    what = "for good" if cover.kind is CoverKind.DEPARTURE else cover.reason
    return Assignment(
        customer_id=part.customer_id,
        rep_id=part.rep_id,
        kind=AssignmentKind.STAND_IN,
        instruction=f"standing in: {what}",
        from_on=part.from_on,
        until_on=part.until_on,
        cover_id=cover.id,
        assigned_at=now,
        assigned_by=cover.made_by,
    )


def _note(session: Session, action: str, cover: Cover, by: Actor | None, now: datetime, **facts: object) -> None:
    told = {"rep": str(cover.rep_id), "from_on": str(cover.from_on), "until_on": str(cover.until_on), **facts}
    record(session, action, ("cover", cover.id), actor_id=by.user_id if by else None, now=now, **told)
