"""Planning days: read, search, store.

`plan_day` does all three in one session. An edge that must not hold a lock while routes are searched for calls
`gather` in a reading session, `solve` in none, and `store` in a writing one, which looks again at what may have
changed meanwhile.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from fieldsales.anomalies.queries import open_ids
from fieldsales.anomalies.service import Detected, record_findings
from fieldsales.candidates.queries import crew
from fieldsales.clock import local_day
from fieldsales.contexts.queries import known_since
from fieldsales.contexts.service import refresh_contexts
from fieldsales.dayplans.queries import Alarms, Now, begun_days, lock_day
from fieldsales.dayplans.rules import PlanOutdated, route_moments, route_stops, steps_between
from fieldsales.db.base import new_id
from fieldsales.drafts.queries import line_of
from fieldsales.drafts.rules import BEGUN, Draft, Line, Plan, with_route
from fieldsales.drafts.service import draft_day
from fieldsales.driving.rules import Driving
from fieldsales.errors import Invalid, Unavailable
from fieldsales.people.queries import days_at
from fieldsales.planning.models import STALE, PlannedVisit, PlanStatus, Route, Source
from fieldsales.planning.queries import planned_customers, visited_before
from fieldsales.planning.service import note_visit
from fieldsales.pricebooks.service import publish_books
from fieldsales.steps.models import StepKind
from fieldsales.tiers.queries import present_tiers
from fieldsales.tiers.service import apply_tiers
from routing.errors import RoutingError
from routing.pool import Progress, SolverPool, Told
from routing.problem import DayProblem
from routing.route import DayRoute
from routing.travel import OnDay

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
"""Which days can be planned; one beyond is a slip of the pen."""

FURTHEST = timedelta(days=366)
"""How far after today a day can be planned."""


class DayOutOfRange(Invalid):
    """A day can be planned from 2000-01-01 to 2100-12-31. Look for a slip of the pen in the year."""

    code = "plan.day_out_of_range"
    title = "No day to plan"


class DayTooFar(Invalid):
    """A day can be planned up to a year ahead: who is due so late depends on all that happens before."""

    code = "plan.day_too_far"
    title = "That day is too far ahead"


class SolverUnavailable(Unavailable):
    """The search for routes broke off, most likely for want of memory. The plan stays as it was; try again."""

    code = "plan.solver_unavailable"
    title = "The routes could not be searched for"


@dataclass(frozen=True, slots=True)
class RepPlanned:
    """What planning did to one rep's day: visits to make, left out and skipped, and whether anything changed."""

    rep_id: uuid.UUID
    login: str
    name: str
    visits: int
    left_out: int
    skipped: int
    changed: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class DayPlanned:
    """What planning did: each rep's day, the customers who changed tier, and what became of the anomalies.

    `tiers_first` of the `tiers_moved` had no tier before; `newest_order` is the last day of an order before the day.
    """

    day: date
    reps: tuple[RepPlanned, ...]
    tiers_moved: int
    anomalies: Detected
    tiers_first: int = 0
    newest_order: date | None = None

    @property
    def changed(self) -> bool:
        """Whether any rep's day is different now."""
        return any(rep.changed for rep in self.reps)


def plan_day(
    session: Session,
    day: date,
    *,
    solver: SolverPool,
    driving: Driving,
    now: datetime,
    rep_ids: Collection[uuid.UUID] | None = None,
    with_anomalies: bool = False,
) -> DayPlanned:
    """Plan and route a day of all reps, or of some. A second run changes nothing; a day that has begun is left alone.

    Open anomalies become visits only `with_anomalies`, or when a person asks for it (`plan_anomalies`).
    """
    draft = gather(session, day, driving=driving, now=now, rep_ids=rep_ids, with_anomalies=with_anomalies)
    return store(session, solve(draft, solver, driving))


def gather(
    session: Session,
    day: date,
    *,
    driving: Driving | None,
    now: datetime,
    rep_ids: Collection[uuid.UUID] | None = None,
    with_anomalies: bool = False,
) -> Draft:
    """Read everything that bears on a day and return it as it should stand, before routes. Writes nothing.

    Without `driving` the visits are planned and no route is made. Raises `DayOutOfRange`, `DayTooFar`.
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        raise DayOutOfRange(
            f"{day.isoformat()} cannot be planned.", mend=f"Use a day from {FIRST_DAY} to {LAST_DAY}.", day=str(day)
        )
    reps = crew(session, rep_ids)
    zones = {rep.territory.time_zone for rep in reps if rep.territory}
    today = min((local_day(now, zone) for zone in zones), default=now.date())
    if day - today > FURTHEST:
        raise DayTooFar(
            f"{day} is more than {FURTHEST.days} days ahead.",
            mend=f"Use a day up to {today + FURTHEST}.",
            day=str(day),
        )
    draft = draft_day(session, reps, day, min(day, today), driving=driving, with_anomalies=with_anomalies, now=now)
    return replace(draft, everybody=rep_ids is None)


def solve(
    draft: Draft,
    solver: SolverPool,
    driving: Driving,
    progress: Progress | None = None,
    told: Told | None = None,
) -> Draft:
    """Search for the routes of the days that need one; those whose stored route still answers are passed over.

    `progress` hears of days done, `told` of better answers to those wanted, by their number among `wanting`.
    Raises `SolverUnavailable`.
    """
    try:
        travel = OnDay(driving.travel, draft.day)
        routes = solver.solve_days(wanting(draft), travel, driving.budget, progress=progress, told=told)
    except RoutingError as broken:
        raise SolverUnavailable(f"The search broke off: {broken}.", mend="Try again.") from broken
    return solved(draft, routes)


def wanting(draft: Draft) -> list[DayProblem]:
    """Return what is to be searched for: the days that have no route yet that answers them."""
    return [plan.problem for plan in draft.plans if plan.problem is not None and not plan.settled]


def solved(draft: Draft, routes: Sequence[DayRoute]) -> Draft:
    """Return a draft with the routes found for what was `wanting`, in that order."""
    found = iter(routes)
    plans = (
        with_route(plan, next(found)) if plan.problem is not None and not plan.settled else plan for plan in draft.plans
    )
    return replace(draft, plans=tuple(plans))


def store(session: Session, draft: Draft) -> DayPlanned:
    """Write what is different: tiers, anomalies, visits, routes.

    A plan for everybody writes the tiers and anomalies of all customers, one for some reps those of whom they serve. A
    day begun since the draft was drawn stays as it is. Raises `PlanOutdated` if another changed since.
    """
    served = lock_day(session, draft)
    begun = begun_days(session, draft, served)
    only = None if draft.everybody else frozenset[uuid.UUID]().union(*served.values())
    given = [each for each in draft.tiers if only is None or each.customer_id in only]
    before = present_tiers(session)
    first = sum(before.get(each.customer_id, ("gone", None))[0] is None for each in given)
    moved = apply_tiers(session, given, draft.as_of)
    detected = record_findings(session, draft.findings, draft.as_of, only=only)
    now = Now(served, begun, open_ids(session), draft.drawn_at)
    try:
        reps = tuple(_store_plan(session, draft.day, plan, now) for plan in draft.plans)
    except StaleDataError as stale:
        raise PlanOutdated("A visit changed while its day was being planned.", mend="Plan the day again.") from stale
    return DayPlanned(draft.day, reps, moved, detected, min(first, moved), draft.newest_order)


def _store_plan(session: Session, day: date, plan: Plan, now: Now) -> RepPlanned:
    rows = {
        row.customer_id: row
        for row in session.scalars(
            select(PlannedVisit).where(PlannedVisit.rep_id == plan.rep.id, PlannedVisit.day == day)
        )
    }
    if plan.frozen or plan.rep.id in now.begun:
        return _told(plan, rows.values(), changed=False, note=plan.note or BEGUN)
    route = session.scalars(select(Route).where(Route.rep_id == plan.rep.id, Route.day == day)).one_or_none()
    rerouted = _clear_route(session, plan, route)
    changed = _store_lines(session, day, plan, rows, now)
    if plan.route is not None:
        _store_route(session, day, plan, route, rows)
    return _told(plan, rows.values(), changed=changed or rerouted, note=plan.note)


def _store_lines(session: Session, day: date, plan: Plan, rows: dict[uuid.UUID, PlannedVisit], now: Now) -> bool:
    """Insert, change and delete visits so that the planner's are those of the plan; tell whether any was."""
    wanted = {line.customer_id for line in plan.lines}
    gone = [
        who
        for who, row in rows.items()
        if who not in wanted and (row.added_by is None or who not in now.served[plan.rep.id])
    ]
    for who in gone:
        row = rows.pop(who)
        note_visit(session, StepKind.TAKEN_OFF, row, now=now.at, by=None)
        session.delete(row)
    session.flush()
    changed = bool(gone)
    for line in plan.lines:
        stored = rows.get(line.customer_id)
        before = line_of(stored) if stored else None
        if before == replace(line, anomaly=None):
            continue
        row = stored or PlannedVisit(id=new_id(), rep_id=plan.rep.id, customer_id=line.customer_id, day=day)
        if stored is None:
            session.add(row)
            rows[line.customer_id] = row
        _fill(row, line, now.alarms)
        for step in steps_between(before, line):
            note_visit(session, step.kind, row, now=now.at, by=None, code=step.code, reason=step.reason)
        changed = True
    session.flush()
    return changed


def _fill(row: PlannedVisit, line: Line, alarms: Alarms) -> None:
    row.source, row.reason, row.value = Source(line.source), line.reason, line.value
    row.status = PlanStatus(line.status)
    row.left_out_code, row.left_out_reason = line.left_out_code, line.left_out_reason
    row.asks_cause, row.promotion = line.asks_cause, line.promotion
    if line.added_by is None:
        row.anomaly_id = alarms.get((line.customer_id, line.anomaly)) if line.anomaly else None


def _clear_route(session: Session, plan: Plan, route: Route | None) -> bool:
    """Take the stops off a route that will be written anew, or the whole route if there is none any more."""
    if plan.settled:
        return False
    if route is not None:
        if plan.route is None:
            session.delete(route)
        else:
            route.stops.clear()
        session.flush()
    return route is not None or plan.route is not None


def _store_route(
    session: Session, day: date, plan: Plan, route: Route | None, rows: Mapping[uuid.UUID, PlannedVisit]
) -> None:
    if plan.route is None or plan.stamp is None:
        return
    if route is None:
        route = Route(rep_id=plan.rep.id, day=day)
        session.add(route)
    for name, value in route_moments(plan.route, day, plan.zone).items():
        setattr(route, name, value)
    route.fingerprint = STALE if plan.route.warnings else plan.stamp  # better answers may come: ask again
    route.stops = route_stops(plan.route, day, plan.zone, {who: row.id for who, row in rows.items()})
    session.flush()


def _told(plan: Plan, rows: Collection[PlannedVisit], *, changed: bool, note: str | None) -> RepPlanned:
    left_out = sum(row.status is PlanStatus.LEFT_OUT for row in rows)
    skipped = sum(row.status is PlanStatus.SKIPPED for row in rows)
    visits = len(rows) - left_out - skipped
    return RepPlanned(plan.rep.id, plan.login, plan.rep.name, visits, left_out, skipped, changed, note)


def prepare(
    session: Session, day: date, rep_ids: Collection[uuid.UUID], *, now: datetime, only_new: bool = False
) -> int:
    """Write down what reps want to know before orders at the customers whom they visit on a day; return for how many.

    Whom somebody visits before that day keeps what is known as of then. `only_new` leaves alone who has a document of
    today or later, for plans that change a little. Price books in which something has changed are published first.
    """
    publish_books(session, now=now)
    today = days_at(session, now)[0]
    visited = planned_customers(session, day, rep_ids) - visited_before(session, today, day)
    if only_new:
        visited -= known_since(session, today, visited)
    return refresh_contexts(session, day, visited) if visited else 0
