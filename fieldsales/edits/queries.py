"""A planned visit that somebody may change, and what bears on the change."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from fieldsales.calendars.queries import free_days
from fieldsales.candidates.queries import as_rep
from fieldsales.edits.rules import PLANNING, Allowance, MovedToDayOff, PlannedVisitNotFound
from fieldsales.people.models import User
from fieldsales.people.queries import visible_people
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, PlanStatus
from fieldsales.policies.queries import in_force
from fieldsales.steps.models import StepKind, VisitStep
from fieldsales.steps.queries import steps_of
from fieldsales.steps.rules import Spot
from fieldsales.visits.models import Visit


@dataclass(frozen=True, slots=True)
class Told:
    """A step of a planned visit with the names of the people in it; `by` is None for the planner."""

    step: VisitStep
    by: str | None
    from_rep: str | None
    to_rep: str | None


@dataclass(frozen=True, slots=True)
class Trail:
    """A planned visit's history, the first step first; `visit` is None once it was taken off."""

    visit: PlannedVisit | None
    steps: tuple[Told, ...]


def allowance_on(session: Session, day: date) -> Allowance:
    """Return what reps may do to planned visits on a day."""
    return in_force(session, PLANNING, day).value


def require_planned_visit(session: Session, actor: Actor, visit_id: uuid.UUID) -> PlannedVisit:
    """Return a planned visit of a rep whom the actor may see; raise `PlannedVisitNotFound`."""
    visit = session.get(PlannedVisit, visit_id)
    if visit is None or not _sees(session, actor, {visit.rep_id}):
        raise _unknown(visit_id)
    return visit


def trail_of(session: Session, actor: Actor, visit_id: uuid.UUID) -> Trail:
    """Return the history of a planned visit, also of one that was taken off; raise `PlannedVisitNotFound`.

    Who may see the rep who has it, or had it last, may read all of it.
    """
    visit, steps = session.get(PlannedVisit, visit_id), steps_of(session, visit_id)
    last = {visit.rep_id} if visit else {rep for step in steps[-1:] for rep in (step.to_rep or step.from_rep,) if rep}
    if not last or not _sees(session, actor, last):
        raise _unknown(visit_id)
    ids = {who for step in steps for who in (step.by, step.from_rep, step.to_rep) if who}
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())

    def name(who: uuid.UUID | None) -> str | None:
        return names[who] if who else None

    return Trail(visit, tuple(Told(step, name(step.by), name(step.from_rep), name(step.to_rep)) for step in steps))


def is_begun(session: Session, rep_id: uuid.UUID, day: date) -> bool:
    """Tell whether a rep has made a visit of a day: planning leaves such a day as it is."""
    visited = exists().where(Visit.rep_id == rep_id, Visit.day == day)
    done = exists().where(
        PlannedVisit.rep_id == rep_id, PlannedVisit.day == day, PlannedVisit.status == PlanStatus.DONE
    )
    return bool(session.scalar(select(or_(visited, done))))


def skipped_by_rep(session: Session, rep_id: uuid.UUID, day: date, but: uuid.UUID) -> int:
    """Return how many visits of a day, `but` for one, stand skipped by the rep."""
    by_rep = exists().where(
        VisitStep.planned_visit_id == PlannedVisit.id, VisitStep.kind == StepKind.SKIPPED, VisitStep.by == rep_id
    )
    skipped = select(func.count()).where(
        PlannedVisit.rep_id == rep_id,
        PlannedVisit.day == day,
        PlannedVisit.id != but,
        PlannedVisit.status == PlanStatus.SKIPPED,
        by_rep,
    )
    return session.scalar(skipped) or 0


def standing_there(session: Session, rep_id: uuid.UUID, customer_id: uuid.UUID, day: date) -> PlannedVisit | None:
    """Return the visit of a customer that stands on a rep's day."""
    there = select(PlannedVisit).where(
        PlannedVisit.rep_id == rep_id, PlannedVisit.customer_id == customer_id, PlannedVisit.day == day
    )
    return session.scalars(there).one_or_none()


def _sees(session: Session, actor: Actor, rep_ids: Collection[uuid.UUID]) -> bool:
    seen = visible_people(actor).where(User.id.in_(rep_ids)).with_only_columns(User.id)
    return session.scalars(seen).first() is not None


def _unknown(visit_id: uuid.UUID) -> PlannedVisitNotFound:
    return PlannedVisitNotFound(f"There is no planned visit {visit_id}.", id=str(visit_id))


def require_working(session: Session, spot: Spot) -> None:
    """Raise `MovedToDayOff` where the rep does not work on that day."""
    rep = session.get_one(User, spot.rep_id)
    free = free_days(session, [rep], spot.day, spot.day)[rep.id]
    if not as_rep(rep, free).works_on(spot.day):
        why = free.get(spot.day, f"no work on {spot.day:%A}s")
        raise MovedToDayOff(f"{rep.name} is off on {spot.day}: {why}.", mend="Choose another day.", day=str(spot.day))
