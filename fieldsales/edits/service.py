"""People change the plan: visits are added, moved, skipped and restored, and planning respects it.

Each verb says which days should be planned again. A verb that changes nothing says none, and leaves no trace.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.customers.queries import require_customer_in_scope
from fieldsales.edits.queries import (
    allowance_on,
    is_begun,
    require_planned_visit,
    require_working,
    skipped_by_rep,
    standing_there,
)
from fieldsales.edits.rules import (
    AlreadyThere,
    Deed,
    VisitChanged,
    VisitMade,
    check_distance,
    check_may,
    check_skip,
    check_skips,
    told,
)
from fieldsales.people.models import Role, User
from fieldsales.people.queries import require_rep_in_scope
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, PlanStatus
from fieldsales.planning.service import (
    add_manual_visit,
    note_visit,
    require_nobody_else,
    require_open,
    require_served,
    stand_by_hand,
    take_off_route,
)
from fieldsales.steps.models import StepKind
from fieldsales.steps.queries import first_day
from fieldsales.steps.rules import Spot


@dataclass(frozen=True, slots=True)
class StaleDay:
    """A rep's day whose route does not fit any more; one that has `begun` is left as it is."""

    rep_id: uuid.UUID
    day: date
    begun: bool


@dataclass(frozen=True, slots=True)
class Edited:
    """A planned visit after a change, and the days to be planned again."""

    visit: PlannedVisit
    days: tuple[StaleDay, ...] = ()


def add_visit(
    session: Session, rep_id: uuid.UUID, customer_id: uuid.UUID, day: date, *, by: Actor, reason: str, now: datetime
) -> Edited:
    """Put a customer on a rep's day, within the policy. Raises as `add_manual_visit` does, and `MayNotEdit`."""
    rep = require_rep_in_scope(session, by, rep_id)
    customer = require_customer_in_scope(session, by, customer_id)
    hold_days(session, {rep.id})
    today = require_open(session, rep.id, day, now)
    check_may(allowance_on(session, today), by.role, Deed.ADD)
    visit = add_manual_visit(session, rep.id, customer.id, day, by=by.user_id, reason=reason, now=now)
    return Edited(visit, _stale(session, Spot(rep.id, day)))


def move_visit(
    session: Session,
    visit_id: uuid.UUID,
    *,
    by: Actor,
    now: datetime,
    to_day: date | None = None,
    to_rep: uuid.UUID | None = None,
    reason: str | None = None,
    version: int | None = None,
) -> Edited:
    """Move a planned visit to another day, another rep, or both; it keeps its id, source and reason.

    It becomes a person's, and the planner does not put the customer back on the day that it left. A visit of the
    planner's own that stands where it goes makes room. `reason` says why it is moved; `version` is the one that was
    read, None for whatever it is now.

    Raises `PlannedVisitNotFound`, `VisitMade`, `VisitChanged`, `DayOver`, `NotServed`, `AlreadyPlanned`,
    `AlreadyThere`, `MayNotEdit`, `MovedTooFar`, `MovedToDayOff` (reps only), `PersonNotFound`.
    """
    visit, today = _taken_up(session, visit_id, Deed.MOVE, by=by, now=now, version=version, also=to_rep)
    before, after = Spot(visit.rep_id, visit.day), Spot(to_rep or visit.rep_id, to_day or visit.day)
    if before == after:
        return Edited(visit)
    first = first_day(session, visit.id) or visit.day
    check_distance(allowance_on(session, today), by.role, first, after.day)
    require_rep_in_scope(session, by, after.rep_id)
    require_open(session, after.rep_id, after.day, now)
    if by.role is Role.REP:
        require_working(session, after)
    require_served(session, after.rep_id, visit.customer_id)
    require_nobody_else(session, after.rep_id, visit.customer_id, after.day, but=visit.id)
    _make_room(session, visit, after, by, now)
    take_off_route(session, visit)
    visit.rep_id, visit.day = after.rep_id, after.day
    stand_by_hand(visit, by.user_id)
    session.flush()
    note_visit(session, StepKind.MOVED, visit, now=now, by=by.user_id, before=before, reason=reason)
    facts = told(from_rep=before.rep_id, from_day=before.day, to_rep=after.rep_id, to_day=after.day, reason=reason)
    record(session, "plan.visit_moved", ("planned_visit", visit.id), actor_id=by.user_id, now=now, **facts)
    return Edited(visit, _stale(session, before, after))


def skip_visit(
    session: Session,
    visit_id: uuid.UUID,
    *,
    code: str,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    version: int | None = None,
) -> Edited:
    """Decide that a planned visit is not made on its day: it stays there with the reason, and comes off the route.

    Nobody is put back there for the customer that day; on the next it is due as if nobody had been planned.

    Raises `PlannedVisitNotFound`, `VisitMade`, `VisitChanged`, `DayOver`, `BadSkip`, `MayNotEdit`, `TooManySkips`.
    """
    visit, today = _taken_up(session, visit_id, Deed.SKIP, by=by, now=now, version=version)
    allowance = allowance_on(session, today)
    check_skip(allowance, code, reason)
    if (visit.status, visit.skip_code, visit.skip_reason) == (PlanStatus.SKIPPED, code, reason):
        return Edited(visit)
    check_skips(allowance, by.role, skipped_by_rep(session, visit.rep_id, visit.day, but=visit.id))
    visit.status, visit.skip_code, visit.skip_reason = PlanStatus.SKIPPED, code, reason
    visit.left_out_code, visit.left_out_reason = None, None
    session.flush()
    note_visit(session, StepKind.SKIPPED, visit, now=now, by=by.user_id, code=code, reason=reason)
    facts = told(code=code, reason=reason)
    record(session, "plan.visit_skipped", ("planned_visit", visit.id), actor_id=by.user_id, now=now, **facts)
    return Edited(visit, _stale(session, Spot(visit.rep_id, visit.day)))


def restore_visit(
    session: Session, visit_id: uuid.UUID, *, by: Actor, now: datetime, version: int | None = None
) -> Edited:
    """Have a visit made after all that was skipped; it becomes a person's. One that is not skipped stays as it is.

    Raises `PlannedVisitNotFound`, `VisitMade`, `VisitChanged`, `DayOver`, `AlreadyPlanned`, `NotServed`, `MayNotEdit`.
    """
    visit, _ = _taken_up(session, visit_id, Deed.SKIP, by=by, now=now, version=version)
    if visit.status is not PlanStatus.SKIPPED:
        return Edited(visit)
    require_served(session, visit.rep_id, visit.customer_id)
    require_nobody_else(session, visit.rep_id, visit.customer_id, visit.day)
    stand_by_hand(visit, by.user_id)
    session.flush()
    note_visit(session, StepKind.RESTORED, visit, now=now, by=by.user_id)
    record(session, "plan.visit_restored", ("planned_visit", visit.id), actor_id=by.user_id, now=now)
    return Edited(visit, _stale(session, Spot(visit.rep_id, visit.day)))


def _taken_up(
    session: Session,
    visit_id: uuid.UUID,
    deed: Deed,
    *,
    by: Actor,
    now: datetime,
    version: int | None,
    also: uuid.UUID | None = None,
) -> tuple[PlannedVisit, date]:
    """Return a visit that may be changed, as it stands once nobody else can change it, and today for its rep."""
    seen = require_planned_visit(session, by, visit_id)
    rep_id = seen.rep_id
    hold_days(session, {rep_id, also} if also else {rep_id})
    locked = select(PlannedVisit).where(PlannedVisit.id == visit_id).with_for_update(of=PlannedVisit)
    visit = session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    if visit is None or visit.rep_id != rep_id or version not in {None, visit.version}:
        raise VisitChanged(
            "Somebody else changed this visit since you read it.",
            mend="Look at it as it is now, then decide again.",
            visit=_facts(visit) if visit else None,
        )
    if visit.status is PlanStatus.DONE:
        raise VisitMade("This visit was made.", mend="Plan another one.", id=str(visit.id))
    today = require_open(session, rep_id, visit.day, now)
    check_may(allowance_on(session, today), by.role, deed)
    return visit, today


def hold_days(session: Session, rep_ids: Collection[uuid.UUID]) -> None:
    """Keep others from planning or changing these reps' days until the transaction ends."""
    reps = select(User.id).where(User.id.in_(rep_ids)).order_by(User.id)
    session.execute(reps.with_for_update(key_share=True)).all()


def _make_room(session: Session, visit: PlannedVisit, spot: Spot, by: Actor, now: datetime) -> None:
    """Take the planner's own visit off a day for one that is moved there; raise `AlreadyThere` for a person's."""
    there = standing_there(session, spot.rep_id, visit.customer_id, spot.day)
    if there is None:
        return
    if there.added_by is not None or there.status in {PlanStatus.DONE, PlanStatus.SKIPPED}:
        raise AlreadyThere(
            f"The customer stands on {spot.day} already.",
            mend="Change that visit instead, or choose another day.",
            visit=_facts(there),
        )
    take_off_route(session, there)
    note_visit(session, StepKind.TAKEN_OFF, there, now=now, by=by.user_id, reason="another visit was moved here")
    session.delete(there)
    session.flush()


def _stale(session: Session, *spots: Spot) -> tuple[StaleDay, ...]:
    return tuple(
        StaleDay(spot.rep_id, spot.day, is_begun(session, spot.rep_id, spot.day)) for spot in dict.fromkeys(spots)
    )


def _facts(visit: PlannedVisit) -> dict[str, object]:
    return told(
        id=visit.id,
        rep_id=visit.rep_id,
        customer_id=visit.customer_id,
        day=visit.day,
        status=visit.status,
        skip_code=visit.skip_code,
        skip_reason=visit.skip_reason,
        version=visit.version,
    )
