"""What goes along when others stand in for a rep, and the day on which a rep's customers become somebody else's."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.clock import local_day
from fieldsales.covers.models import Cover, CoverKind
from fieldsales.covers.queries import live_covers, stand_ins_of
from fieldsales.covers.rules import Wanted
from fieldsales.covers.service import arrange, extend
from fieldsales.customers.models import Assignment, AssignmentKind
from fieldsales.departures.rules import Carried
from fieldsales.people.models import User
from fieldsales.people.rules import Actor
from fieldsales.people.service import change_person
from fieldsales.planning.models import PlannedVisit, PlanStatus
from fieldsales.planning.service import note_visit, take_off_route
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
    hand it in.
    """
    move_visits(session, cover, now=now)
    heirs = stand_ins_of(session, cover)
    held = select(Assignment).where(Assignment.rep_id == cover.rep_id, Assignment.ended_at.is_(None))
    leaving = session.scalars(held.order_by(Assignment.id)).all()
    for assignment in (*leaving, *heirs.values()):
        assignment.ended_at = now
    session.flush()
    serving = _kinds(session, [each.customer_id for each in leaving])
    many = 0
    for assignment in leaving:
        given = heirs.get(assignment.customer_id)
        heir = given.rep_id if given else _heir_there(cover, serving, assignment)
        if (assignment.customer_id, heir, assignment.kind) not in serving:
            session.add(_inherited(assignment, heir, cover, now))
            many += 1
    cover.done_at = now
    session.flush()
    rep = session.get_one(User, cover.rep_id)
    if rep.active:
        change_person(session, rep.id, {"active": False}, now=now)
    facts = {"assignments": many, "rep": str(rep.id)}
    record(session, "cover.hand_over", ("cover", cover.id), actor_id=cover.made_by, now=now, **facts)
    return many


def move_visits(session: Session, cover: Cover, *, now: datetime) -> int:
    """Give the visits that people planned for the rep on the days of a cover to those who stand in; return how many.

    One that the stand-in has there on that day already is taken off: the customer is visited once.
    """
    heirs = stand_ins_of(session, cover)
    mine = select(PlannedVisit).where(
        PlannedVisit.rep_id == cover.rep_id,
        PlannedVisit.day >= max(cover.from_on, _today(session, cover, now)),
        PlannedVisit.status == PlanStatus.PLANNED,
        PlannedVisit.added_by.is_not(None),
        PlannedVisit.customer_id.in_(heirs),
    )
    if cover.until_on is not None:
        mine = mine.where(PlannedVisit.day <= cover.until_on)
    visits = session.scalars(mine.order_by(PlannedVisit.day, PlannedVisit.id)).all()
    for visit in visits:
        _move(session, visit, heirs[visit.customer_id].rep_id, cover, now)
    session.flush()
    return len(visits)


def _move(session: Session, visit: PlannedVisit, heir: uuid.UUID, cover: Cover, now: datetime) -> None:
    before = Spot(visit.rep_id, visit.day)
    take_off_route(session, visit)
    there = select(PlannedVisit.id).where(
        PlannedVisit.rep_id == heir, PlannedVisit.day == visit.day, PlannedVisit.customer_id == visit.customer_id
    )
    if session.scalars(there).first() is not None:
        note_visit(session, StepKind.TAKEN_OFF, visit, now=now, by=cover.made_by, before=before, reason=cover.reason)
        session.delete(visit)
        session.flush()
        return
    visit.rep_id = heir
    session.flush()
    note_visit(session, StepKind.MOVED, visit, now=now, by=cover.made_by, before=before, reason=cover.reason)


def _kinds(session: Session, customer_ids: list[uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID, AssignmentKind]]:
    rows = session.execute(
        select(Assignment.customer_id, Assignment.rep_id, Assignment.kind).where(
            Assignment.customer_id.in_(customer_ids), Assignment.ended_at.is_(None)
        )
    )
    return {(customer_id, rep_id, kind) for customer_id, rep_id, kind in rows}


def _heir_there(
    cover: Cover, serving: set[tuple[uuid.UUID, uuid.UUID, AssignmentKind]], assignment: Assignment
) -> uuid.UUID:
    """Who of the stand-ins serves the customer already, so that nobody needed to; the first for one switched off."""
    crew = [uuid.UUID(each) for each in cover.stand_ins]
    there = {rep_id for customer_id, rep_id, _ in serving if customer_id == assignment.customer_id}
    return next((rep for rep in crew if rep in there), crew[0])


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
