"""What goes along when others stand in for a rep, and the day on which a rep's customers become somebody else's."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.clock import local_day
from fieldsales.covers.models import Cover, CoverKind
from fieldsales.covers.queries import heirs_of, live_covers, require_cover, serving, stand_ins_of
from fieldsales.covers.rules import Wanted
from fieldsales.covers.service import arrange, call_off, extend
from fieldsales.customers.models import Assignment, AssignmentKind
from fieldsales.departures.rules import Carried
from fieldsales.people.models import User
from fieldsales.people.rules import Actor
from fieldsales.people.service import change_person
from fieldsales.planning.models import PlannedVisit, PlanStatus, Route
from fieldsales.planning.service import note_visit, stand_by_hand, take_off_route
from fieldsales.steps.models import StepKind
from fieldsales.steps.rules import Spot

_TERMS = ("instruction", "priority", "rrule", "minimum_gap_days", "from_on", "until_on", "together")


def stand_in(session: Session, wanted: Wanted, *, by: Actor | None, now: datetime) -> Cover:
    """Arrange a cover, and move the visits that people planned on its days to those who stand in.

    What the planner planned is planned anew by it. A departure whose first day has come is carried out at once.
    Raises as `covers.service.arrange` does.
    """
    cover = arrange(session, wanted, by=by, now=now)
    if cover.kind is CoverKind.DEPARTURE and cover.from_on <= _today(session, cover, now):
        hand_over(session, cover, now=now)
    else:
        move_visits(session, cover, now=now)
    return cover


def carry_out(session: Session, *, now: datetime) -> Carried:
    """Bring the covers up to a moment: the work of a night. The same again changes nothing.

    Customers that an absent rep got meanwhile are given out, absences that are over are closed, and what belongs to
    reps whose first day without work has come becomes their stand-ins'.
    """
    given_out = over = 0
    departed = []
    for cover in live_covers(session):
        given_out += extend(session, cover, now=now)
        today = _today(session, cover, now)
        if cover.until_on is not None and cover.until_on < today:
            for assignment in stand_ins_of(session, cover).values():
                assignment.ended_at = now
            cover.done_at = now
            over += 1
        elif cover.kind is CoverKind.DEPARTURE and cover.from_on <= today:
            hand_over(session, cover, now=now)
            departed.append(cover.rep_id)
        else:
            move_visits(session, cover, now=now)
    session.flush()
    return Carried(given_out, over, tuple(departed))


def hand_over(session: Session, cover: Cover, *, now: datetime) -> int:
    """Make the customers of a rep who has left their stand-ins', on the same terms; return how many assignments.

    Orders, payments and visits keep the rep who made them. The rep is switched off; a phone that still holds work can
    hand it in. Nothing stays planned for the rep: it would keep others from going there. If all stand-ins were switched
    off, the customers stay with the rep, and the check of every night tells of them.
    """
    move_visits(session, cover, now=now)
    heirs, standing = heirs_of(session, cover), stand_ins_of(session, cover)
    held = select(Assignment).where(Assignment.rep_id == cover.rep_id, Assignment.ended_at.is_(None))
    leaving = session.scalars(held.order_by(Assignment.id)).all()
    for assignment in (*leaving, *standing.values()):
        if assignment.customer_id in heirs:
            assignment.ended_at = now
    session.flush()
    there = _kinds(session, [each.customer_id for each in leaving])
    many = 0
    for assignment in leaving:
        heir = heirs.get(assignment.customer_id)
        if heir is None or (assignment.customer_id, heir, assignment.kind) in there:
            continue
        session.add(_inherited(assignment, heir, cover, now))
        many += 1
        if assignment.kind is not AssignmentKind.STAND_IN:
            there.add((assignment.customer_id, heir, assignment.kind))
    _clear_days(session, cover, now)
    cover.done_at = now
    session.flush()
    rep = session.get_one(User, cover.rep_id)
    if rep.active:
        change_person(session, rep.id, {"active": False}, now=now)
    facts = {"assignments": many, "rep": str(rep.id)}
    record(session, "cover.hand_over", ("cover", cover.id), actor_id=cover.made_by, now=now, **facts)
    return many


def take_back(session: Session, cover_id: uuid.UUID, *, by: Actor | None, now: datetime) -> Cover:
    """Call a cover off, and give back to the rep what people planned there for those who stood in.

    Raises `CoverNotFound`, `CoverOver`.
    """
    cover = require_cover(session, by, cover_id)
    stood_in = stand_ins_of(session, cover)
    call_off(session, cover_id, by=by, now=now)
    there = serving(session, stood_in)
    for customer_id, assignment in stood_in.items():
        if cover.rep_id in there[customer_id] and assignment.rep_id not in there[customer_id]:
            for visit in _by_hand(session, cover, assignment.rep_id, [customer_id], now):
                _move(session, visit, cover.rep_id, cover, now)
    session.flush()
    return cover


def move_visits(session: Session, cover: Cover, *, now: datetime) -> int:
    """Give the visits that people planned for the rep on the days of a cover to those who go there; return how many.

    One that the stand-in has there on that day already is taken off: the customer is visited once.
    """
    heirs = heirs_of(session, cover)
    visits = _by_hand(session, cover, cover.rep_id, heirs, now)
    for visit in visits:
        _move(session, visit, heirs[visit.customer_id], cover, now)
    session.flush()
    return len(visits)


def _by_hand(
    session: Session, cover: Cover, rep_id: uuid.UUID, customer_ids: Iterable[uuid.UUID], now: datetime
) -> Sequence[PlannedVisit]:
    """What people planned for a rep at some customers, on the days of a cover that are not over."""
    mine = _to_come(session, cover, rep_id, now).where(
        PlannedVisit.added_by.is_not(None), PlannedVisit.customer_id.in_(list(customer_ids))
    )
    return session.scalars(mine).all()


def _to_come(session: Session, cover: Cover, rep_id: uuid.UUID, now: datetime) -> Select[PlannedVisit]:
    mine = select(PlannedVisit).where(
        PlannedVisit.rep_id == rep_id,
        PlannedVisit.day >= max(cover.from_on, _today(session, cover, now)),
        PlannedVisit.status == PlanStatus.PLANNED,
    )
    if cover.until_on is not None:
        mine = mine.where(PlannedVisit.day <= cover.until_on)
    return mine.order_by(PlannedVisit.day, PlannedVisit.id)


def _clear_days(session: Session, cover: Cover, now: datetime) -> None:
    """Take off what is left of the rep's days to come, and their routes; the heirs' days are planned anew."""
    for visit in session.scalars(_to_come(session, cover, cover.rep_id, now)).all():
        note_visit(session, StepKind.TAKEN_OFF, visit, now=now, by=cover.made_by, reason=cover.reason)
        session.delete(visit)
    first = max(cover.from_on, _today(session, cover, now))
    for route in session.scalars(select(Route).where(Route.rep_id == cover.rep_id, Route.day >= first)).all():
        session.delete(route)
    session.flush()


def _move(session: Session, visit: PlannedVisit, heir: uuid.UUID, cover: Cover, now: datetime) -> None:
    before = Spot(visit.rep_id, visit.day)
    take_off_route(session, visit)
    there = select(PlannedVisit).where(
        PlannedVisit.rep_id == heir, PlannedVisit.day == visit.day, PlannedVisit.customer_id == visit.customer_id
    )
    found = session.scalars(there).first()
    if found is None:
        visit.rep_id = heir
        session.flush()
        note_visit(session, StepKind.MOVED, visit, now=now, by=cover.made_by, before=before, reason=cover.reason)
        return
    if found.status is not PlanStatus.DONE and visit.added_by is not None:
        stand_by_hand(found, visit.added_by)
    note_visit(session, StepKind.TAKEN_OFF, visit, now=now, by=cover.made_by, before=before, reason=cover.reason)
    session.delete(visit)
    session.flush()


def _kinds(session: Session, customer_ids: list[uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID, AssignmentKind]]:
    rows = session.execute(
        select(Assignment.customer_id, Assignment.rep_id, Assignment.kind).where(
            Assignment.customer_id.in_(customer_ids), Assignment.ended_at.is_(None)
        )
    )
    return {(customer_id, rep_id, kind) for customer_id, rep_id, kind in rows}


def _inherited(assignment: Assignment, heir: uuid.UUID, cover: Cover, now: datetime) -> Assignment:
    return Assignment(
        customer_id=assignment.customer_id,
        rep_id=heir,
        kind=assignment.kind,
        assigned_at=now,
        assigned_by=cover.made_by,
        cover_id=assignment.cover_id,
        **{name: getattr(assignment, name) for name in _TERMS},
    )


def _today(session: Session, cover: Cover, now: datetime) -> date:
    rep = session.get_one(User, cover.rep_id)
    return local_day(now, rep.territory.time_zone if rep.territory else "UTC")
