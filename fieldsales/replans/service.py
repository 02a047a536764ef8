"""A day under way is planned again: read, search, store, each on its own.

An edge calls `gather` in a reading session, `find` in none, and `store` in a writing one, which looks again at what
may have changed meanwhile. What-if is the first two.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from fieldsales.audit.service import record
from fieldsales.clock import at_second
from fieldsales.customers.queries import require_customer_in_scope
from fieldsales.dayplans.rules import PlanOutdated, route_stops
from fieldsales.db.base import new_id
from fieldsales.driving.rules import Driving
from fieldsales.edits.queries import allowance_on, require_planned_visit
from fieldsales.edits.rules import Deed, PlannedVisitNotFound, VisitMade, check_may, check_skip
from fieldsales.edits.service import add_visit, hold_days, skip_visit
from fieldsales.errors import Unavailable
from fieldsales.people.queries import require_rep_in_scope
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, PlanStatus, Route, RouteStop
from fieldsales.planning.service import note_visit, refuse_somebody_else, require_open, require_served
from fieldsales.replans.rules import Change, What, changes_of, words_for
from fieldsales.steps.models import StepKind
from fieldsales.underway.queries import planned_rows, route_of, situation_of
from fieldsales.underway.rules import BadReplan, Situation, Wish, living_day
from routing.errors import InvalidProblem, RoutingError
from routing.living import Replanned, replan


class RoadsUnknown(Unavailable):
    """Nobody knows just now how long the ways are. The day stays as it was; try again."""

    code = "replan.no_roads"
    title = "The ways could not be measured"


@dataclass(frozen=True, slots=True)
class DayReplanned:
    """A day before and after: every visit, and what it adds up to. Times of the rest count from where the rep is."""

    situation: Situation
    wish: Wish
    answer: Replanned
    changes: tuple[Change, ...]

    @property
    def moved(self) -> int:
        """How many visits left the order in which they stood."""
        return len(self.answer.moved)

    @property
    def ends_at(self) -> datetime:
        """When the rep is done."""
        return at_second(self.wish.day, self.answer.route.ends_s, self.situation.zone)


def gather(session: Session, wish: Wish, *, by: Actor) -> Situation:
    """Read how a day stands and check that what is asked may be. Writes nothing and locks nobody out.

    Raises `PersonNotFound`, `DayOver`, `NotAWorkingDay`, `CustomerNotFound`, `NotServed`, `AlreadyPlanned`,
    `MayNotEdit`, `PlannedVisitNotFound`, `VisitMade`, `BadSkip`.
    """
    rep = require_rep_in_scope(session, by, wish.rep_id)
    today = require_open(session, rep.id, wish.day, wish.now)
    allowance = allowance_on(session, today)
    for customer_id in wish.urgent:
        check_may(allowance, by.role, Deed.ADD)
        require_customer_in_scope(session, by, customer_id)
        require_served(session, rep.id, customer_id)
        refuse_somebody_else(session, rep.id, customer_id, wish.day)
    for drop in wish.drop:
        check_may(allowance, by.role, Deed.SKIP)
        check_skip(allowance, drop.code, drop.reason)
        visit = require_planned_visit(session, by, drop.planned_visit_id)
        if (visit.rep_id, visit.day) != (rep.id, wish.day):
            raise PlannedVisitNotFound(f"There is no planned visit {visit.id} on that day.", id=str(visit.id))
    found = situation_of(session, rep, wish.day, wish.urgent)
    _refuse_made(found, wish)
    return found


def find(situation: Situation, wish: Wish, driving: Driving) -> DayReplanned:
    """Search for the best rest of the day. Raises `BadReplan`, `RoadsUnknown`."""
    living = living_day(situation, wish)
    try:
        answer = replan(living, driving.travel)
    except InvalidProblem as wrong:
        raise BadReplan(f"The day cannot be replanned: {wrong}.", mend="Plan it anew, or drop visits.") from wrong
    except RoutingError as wrong:
        raise RoadsUnknown(f"The day could not be replanned: {wrong}.", mend="Try again.") from wrong
    return DayReplanned(situation, wish, answer, changes_of(situation, wish, answer))


def store(session: Session, found: DayReplanned, *, by: Actor, now: datetime) -> None:
    """Write what is different: visits added, dropped and left out, the route, and the history of who and why.

    Raises `PlanOutdated` if the day is not any more what was searched for, and whatever `gather` raises.
    """
    wish, situation = found.wish, found.situation
    hold_days(session, {wish.rep_id})
    session.expire_all()
    if gather(session, wish, by=by) != situation:
        raise PlanOutdated(f"The day of {situation.rep} changed while it was replanned.", mend="Replan it again.")
    try:
        _store_wishes(session, wish, by=by, now=now)
        rows = {row.customer_id: row for row in planned_rows(session, wish.rep_id, wish.day)}
        _store_visits(session, found, rows, by=by, now=now)
        _store_route(session, found, rows)
    except StaleDataError as stale:
        raise PlanOutdated("A visit changed while its day was replanned.", mend="Replan it again.") from stale
    facts = {what: sum(each.what is what for each in found.changes) for what in (What.MOVED, What.ADDED, What.LEFT_OUT)}
    record(
        session,
        "plan.day_replanned",
        ("user", wish.rep_id),
        actor_id=by.user_id,
        now=now,
        day=str(wish.day),
        reason=wish.reason,
        dropped=len(wish.drop),
        **{str(what): many for what, many in facts.items()},
    )


def _refuse_made(situation: Situation, wish: Wish) -> None:
    made = {each.customer_id for each in situation.called}
    made |= {each.customer_id for each in situation.planned if each.status == PlanStatus.DONE}
    asked = set(wish.urgent) | {
        visit.customer_id for each in wish.drop if (visit := situation.visit(each.planned_visit_id))
    }
    for customer_id in sorted(asked & made):
        raise VisitMade(
            f"The visit to {situation.names[customer_id]} was made today.",
            mend="Neither drop it nor ask for it again.",
            customer_id=str(customer_id),
        )


def _store_wishes(session: Session, wish: Wish, *, by: Actor, now: datetime) -> None:
    """What a person asked for, by the same verbs as any change to a plan."""
    for drop in wish.drop:
        skip_visit(session, drop.planned_visit_id, code=drop.code, reason=drop.reason or wish.reason, by=by, now=now)
    for customer_id in wish.urgent:
        reason = wish.reason or "urgent"
        add_visit(session, wish.rep_id, customer_id, wish.day, by=by, reason=reason, now=now)
    session.flush()


def _store_visits(
    session: Session, found: DayReplanned, rows: Mapping[uuid.UUID, PlannedVisit], *, by: Actor, now: datetime
) -> None:
    """Visits without room, those that found some, and a line in the history of each that moved."""
    for change in found.changes:
        row = rows.get(change.customer_id)
        if row is None:
            continue
        told = words_for(change, found.wish, found.situation.zone)
        if change.what is What.LEFT_OUT:
            known = (row.status, row.left_out_code)
            row.status, row.left_out_code = PlanStatus.LEFT_OUT, change.code
            row.left_out_reason = change.reason
            if known != (row.status, row.left_out_code):
                note_visit(session, StepKind.LEFT_OUT, row, now=now, by=by.user_id, code=change.code, reason=told)
        elif change.what is What.ADDED and row.status is PlanStatus.LEFT_OUT:
            row.status, row.left_out_code, row.left_out_reason = PlanStatus.PLANNED, None, None
            note_visit(session, StepKind.REPLANNED, row, now=now, by=by.user_id, reason=told)
        elif change.what is What.MOVED:
            note_visit(session, StepKind.REPLANNED, row, now=now, by=by.user_id, reason=told)
    session.flush()


def _store_route(session: Session, found: DayReplanned, rows: Mapping[uuid.UUID, PlannedVisit]) -> None:
    """The stops made stay as they were planned, in the order in which they were; the rest follows."""
    wish, situation, rest = found.wish, found.situation, found.answer.route
    route = route_of(session, wish.rep_id, wish.day)
    stops = {stop.planned_visit_id: stop for stop in route.stops} if route else {}
    made = [change for change in found.changes if change.what is What.MADE]
    kept = [_copy(stops[row.id]) for each in made if (row := rows.get(each.customer_id)) and row.id in stops]
    coming = route_stops(rest, wish.day, situation.zone, {who: row.id for who, row in rows.items()})
    if route is None and not coming:
        return
    starts_at = at_second(wish.day, rest.starts_s, situation.zone)
    if route is None:
        route = Route(rep_id=wish.rep_id, day=wish.day, starts_at=starts_at, lunch_at=None, lunch_minutes=0)
        session.add(route)
    elif not kept and not situation.called:
        route.starts_at = starts_at
    route.stops = []
    session.flush() if route.id else None
    route.stops = _numbered([*kept, *coming])
    if rest.lunch or not living_day(situation, wish).lunch_had:
        route.lunch_at = at_second(wish.day, rest.lunch.start_s, situation.zone) if rest.lunch else None
        route.lunch_minutes = rest.lunch.duration_s // 60 if rest.lunch else 0
    route.ends_at = found.ends_at
    route.home_travel_s, route.home_distance_m = rest.last_leg_s, rest.last_leg_m
    route.travel_s = rest.last_leg_s + sum(stop.travel_s for stop in route.stops)
    route.distance_m = rest.last_leg_m + sum(stop.distance_m for stop in route.stops)
    route.wait_s, route.service_s = (
        sum(getattr(stop, name) for stop in route.stops) for name in ("wait_s", "service_s")
    )
    route.fingerprint = (
        f"replanned {new_id()}"  # of no problem: a day not begun yet is planned anew by the next planning
    )
    session.flush()


def _copy(stop: RouteStop) -> RouteStop:
    names = ("planned_visit_id", "arrival_at", "wait_s", "service_s", "departure_at", "travel_s", "distance_m")
    return RouteStop(**{name: getattr(stop, name) for name in names})


def _numbered(stops: list[RouteStop]) -> list[RouteStop]:
    for position, stop in enumerate(stops, start=1):
        stop.position = position
    return stops
