"""The single visits of a plan: put there by a person, and made."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from fieldsales.anomalies.models import Anomaly
from fieldsales.audit.service import record
from fieldsales.causes.queries import causes_on
from fieldsales.causes.rules import Causes
from fieldsales.clock import local_day
from fieldsales.covers.queries import goes_instead
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.customers.queries import visited_together
from fieldsales.db.desk import Desk, at_desk
from fieldsales.db.statements import among, ask
from fieldsales.ladders.queries import ladder_on
from fieldsales.people.models import User
from fieldsales.people.queries import PersonNotFound
from fieldsales.planning.models import STALE, PlannedVisit, PlanStatus, Route, Source
from fieldsales.planning.queries import planned_visits
from fieldsales.planning.rules import AlreadyPlanned, AnomalyNotOpen, DayOver, NotServed
from fieldsales.steps.models import StepKind
from fieldsales.steps.rules import Spot
from fieldsales.steps.service import note_step
from fieldsales.wording.rules import alarm_words

DEFAULT_VALUE = 50
"""What a visit to a customer without a tier is worth."""
_DONE = (
    update(cast(Table, PlannedVisit.__table__))
    .where(among(PlannedVisit.id, "ids"))
    .values(
        status=PlanStatus.DONE,
        left_out_code=None,
        left_out_reason=None,
        skip_code=None,
        skip_reason=None,
        version=cast(Table, PlannedVisit.__table__).c.version + 1,
    )
)


def add_manual_visit(
    session: Session, rep_id: uuid.UUID, customer_id: uuid.UUID, day: date, *, by: uuid.UUID, reason: str, now: datetime
) -> PlannedVisit:
    """Put a customer on a rep's day by hand; the next planning of the day finds it a place before all others.

    Raises `NotServed`, `DayOver`, `AlreadyPlanned` if another rep is to visit the customer that day, or has.
    """
    require_open(session, rep_id, day, now)
    require_served(session, rep_id, customer_id)
    require_nobody_else(session, rep_id, customer_id, day)
    visit = _put(session, rep_id, customer_id, day, source=Source.MANUAL, reason=reason, by=by, now=now)
    record(session, "plan.visit_added", ("planned_visit", visit.id), actor_id=by, now=now, reason=reason)
    return visit


def plan_anomalies(
    session: Session, anomaly_ids: Sequence[uuid.UUID], day: date, *, by: uuid.UUID, now: datetime
) -> list[PlannedVisit]:
    """Turn open anomalies into visits of the customers' owners, or of who stands in; one for a customer with several.

    A customer whom any rep visits or is to visit that day gets no second one: that visit is returned. Those that are
    held out on the day are passed over (`anomalies.queries.held_among`). Raises `AnomalyNotOpen`, `NotServed` for a
    customer whom nobody owns, `DayOver`.
    """
    visits: dict[uuid.UUID, PlannedVisit] = {}
    for anomaly_id in anomaly_ids:
        anomaly = session.get(Anomaly, anomaly_id)
        if anomaly is None or anomaly.closed_on is not None:
            raise AnomalyNotOpen(f"There is no open anomaly {anomaly_id}.", id=str(anomaly_id))
        if anomaly.customer_id not in visits and not anomaly.held_on(day):
            visits[anomaly.customer_id] = _plan_anomaly(session, anomaly, day, by, now)
    return list(visits.values())


def put_visit(
    session: Session,
    customer_id: uuid.UUID,
    slot: tuple[uuid.UUID, date],
    *,
    source: Source,
    reason: str,
    by: uuid.UUID,
    now: datetime,
    value: int | None = None,
) -> PlannedVisit:
    """Put a visit on a rep's day (`slot`) that a verb above found a place for, in a person's name.

    What it is worth is what the tier says where no `value` is given. Who may be sent there is for the caller to see to.
    """
    visit = _put(session, slot[0], customer_id, slot[1], source=source, reason=reason, by=by, now=now, value=value)
    record(session, "plan.visit_placed", ("planned_visit", visit.id), actor_id=by, now=now, source=str(source))
    return visit


def ask_for_cause(visit: PlannedVisit, anomaly: Anomaly, causes: Causes) -> None:
    """Have a visit find out the cause of an anomaly, with what to propose by the list of causes of its day."""
    visit.anomaly_id, visit.asks_cause, visit.promotion = anomaly.id, True, causes.promotion_for(anomaly.kind)


def mark_done(
    session: Session, rep_id: uuid.UUID, customer_id: uuid.UUID, day: date, desk: Desk | None = None
) -> uuid.UUID | None:
    """Note that a rep was at a customer on a day; return the id of the visit that was planned, None if none was.

    With a `desk` it is written with the rest.
    """
    with at_desk(session, desk) as here:
        planned = here.find(planned_visits, (rep_id, customer_id, day))
        if planned is None:
            return None
        if not planned.done:
            here.note(_close, planned.id)
        return planned.id


def stand_by_hand(visit: PlannedVisit, by: uuid.UUID) -> None:
    """Make a visit a person's, to be made: the planner leaves it, and finds it a place before all others."""
    visit.added_by, visit.status = by, PlanStatus.PLANNED
    visit.left_out_code, visit.left_out_reason = None, None
    visit.skip_code, visit.skip_reason = None, None


def take_off_route(session: Session, visit: PlannedVisit) -> None:
    """Take a visit off the route of its day, which answers nothing any more until it is planned again."""
    on_day = select(Route).where(Route.rep_id == visit.rep_id, Route.day == visit.day)
    route = session.scalars(on_day).one_or_none()
    if route is not None:
        route.stops = [stop for stop in route.stops if stop.planned_visit_id != visit.id]
        route.fingerprint = STALE
        session.flush()


def note_visit(
    session: Session,
    kind: StepKind,
    visit: PlannedVisit,
    *,
    now: datetime,
    by: uuid.UUID | None,
    before: Spot | None = None,
    code: str | None = None,
    reason: str | None = None,
) -> None:
    """Note a step in the history of a visit, as it stands now; `by` is None for the planner."""
    here, after = (visit.id, visit.customer_id), Spot(visit.rep_id, visit.day)
    if kind is StepKind.TAKEN_OFF:
        note_step(session, kind, here, now=now, by=by, before=after, code=code, reason=reason)
    else:
        note_step(session, kind, here, now=now, by=by, before=before, after=after, code=code, reason=reason)


def _close(session: Session, ids: Collection[uuid.UUID]) -> None:
    ask(session, _DONE, ids=ids)


def _plan_anomaly(session: Session, anomaly: Anomaly, day: date, by: uuid.UUID, now: datetime) -> PlannedVisit:
    owner = session.scalars(
        select(Assignment.rep_id).where(
            Assignment.customer_id == anomaly.customer_id,
            Assignment.kind == AssignmentKind.OWNER,
            Assignment.ended_at.is_(None),
        )
    ).one_or_none()
    if owner is None:
        raise NotServed(
            "Nobody owns the customer of this anomaly.", mend="Assign the customer to a rep first.", id=str(anomaly.id)
        )
    goes = goes_instead(session, anomaly.customer_id, owner, day)
    require_open(session, goes, day, now)
    somebody = _planned(session, anomaly.customer_id, day)
    rep_id = somebody.rep_id if somebody else goes
    reason = f"{alarm_words(anomaly.kind)}: {anomaly.reason}"
    visit = _put(session, rep_id, anomaly.customer_id, day, source=Source.ANOMALY, reason=reason, by=by, now=now)
    ask_for_cause(visit, anomaly, causes_on(session, day))
    record(session, "plan.anomaly_planned", ("planned_visit", visit.id), actor_id=by, now=now, anomaly=str(anomaly.id))
    session.flush()
    return visit


def _put(
    session: Session,
    rep_id: uuid.UUID,
    customer_id: uuid.UUID,
    day: date,
    *,
    source: Source,
    reason: str,
    by: uuid.UUID,
    now: datetime,
    value: int | None = None,
) -> PlannedVisit:
    """Put a visit on a day, or make the one that is there a person's; one that was made stays as it is."""
    visit = _planned(session, customer_id, day, rep_id)
    if visit is None:
        worth = _worth(session, customer_id, day) if value is None else value
        visit = PlannedVisit(rep_id=rep_id, customer_id=customer_id, day=day, value=worth)
        session.add(visit)
    elif visit.status is PlanStatus.DONE:
        return visit
    elif value is not None:
        visit.value = value
    visit.source, visit.reason = source, reason
    stand_by_hand(visit, by)
    if session.is_modified(visit):
        session.flush()
        note_visit(session, StepKind.ADDED, visit, now=now, by=by, reason=reason)
    return visit


def _planned(
    session: Session, customer_id: uuid.UUID, day: date, rep_id: uuid.UUID | None = None
) -> PlannedVisit | None:
    """The visit of a customer planned on a day, by one rep or by any."""
    query = select(PlannedVisit).where(PlannedVisit.customer_id == customer_id, PlannedVisit.day == day)
    if rep_id is not None:
        query = query.where(PlannedVisit.rep_id == rep_id)
    return session.scalars(query.order_by(PlannedVisit.id)).first()


def require_served(session: Session, rep_id: uuid.UUID, customer_id: uuid.UUID) -> None:
    """Raise `NotServed` for a rep who does not serve the customer."""
    serves = select(Assignment.id).where(
        Assignment.rep_id == rep_id, Assignment.customer_id == customer_id, Assignment.ended_at.is_(None)
    )
    if session.scalars(serves).first() is None:
        raise NotServed(
            "The rep does not serve this customer.",
            mend="Assign the customer to the rep first.",
            rep_id=str(rep_id),
            customer_id=str(customer_id),
        )


def require_nobody_else(
    session: Session, rep_id: uuid.UUID, customer_id: uuid.UUID, day: date, *, but: uuid.UUID | None = None
) -> None:
    """Raise `AlreadyPlanned` for a visit of another rep, `but` for one planned visit.

    The lock keeps two reps from asking at the same moment.
    """
    session.execute(select(Customer.id).where(Customer.id == customer_id).with_for_update()).all()
    refuse_somebody_else(session, rep_id, customer_id, day, but=but)


def refuse_somebody_else(
    session: Session, rep_id: uuid.UUID, customer_id: uuid.UUID, day: date, *, but: uuid.UUID | None = None
) -> None:
    """Raise `AlreadyPlanned` as `require_nobody_else` does, of what is seen now: a what-if locks nobody out."""
    others = (
        select(User)
        .join(PlannedVisit, PlannedVisit.rep_id == User.id)
        .where(
            PlannedVisit.customer_id == customer_id,
            PlannedVisit.day == day,
            PlannedVisit.rep_id != rep_id,
            PlannedVisit.status.in_((PlanStatus.PLANNED, PlanStatus.DONE)),
            PlannedVisit.customer_id.not_in(visited_together(day)),
        )
    )
    if but is not None:
        others = others.where(PlannedVisit.id != but)
    other = session.scalars(others).first()
    if other is not None:
        raise AlreadyPlanned(
            f"{other.name} visits this customer on {day}.",
            mend="Choose another day, or have that visit taken off first.",
            rep_id=str(other.id),
            customer_id=str(customer_id),
        )


def require_open(session: Session, rep_id: uuid.UUID, day: date, now: datetime) -> date:
    """Return today for a rep; raise `DayOver` for a day before it, `PersonNotFound`."""
    rep = session.get(User, rep_id)
    if rep is None or rep.territory is None:
        raise PersonNotFound(f"There is no rep {rep_id}.", id=str(rep_id))
    today = local_day(now, rep.territory.time_zone)
    if day < today:
        raise DayOver(f"{day} is over; today is {today} for {rep.name}.", mend="Choose today or a later day.")
    return today


def _worth(session: Session, customer_id: uuid.UUID, day: date) -> int:
    tier = ladder_on(session, day).find(session.scalar(select(Customer.tier).where(Customer.id == customer_id)))
    return DEFAULT_VALUE if tier is None else tier.visit_value
