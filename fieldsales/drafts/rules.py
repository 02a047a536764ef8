"""A rep's day on the drawing board: what should stand there, what stands there now, and the difference.

Three moves, so that no search holds up a database: a draft is made from what was read, routes are found for the drafts
that need one, and only the difference is stored.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from fieldsales.anomalies.models import AnomalyKind
from fieldsales.anomalies.rules import Finding
from fieldsales.candidates.rules import Candidate, Contact, Rep, Shop
from fieldsales.driving.rules import Call, Driving, WorkDay, day_problem, fingerprint, most_valuable
from fieldsales.hours import NEVER_TOLD, HoursNotUnderstood, OpenDay, open_on
from fieldsales.tiers.rules import TierGiven
from routing.problem import DayProblem
from routing.route import DayRoute

PLANNED, LEFT_OUT, DONE = "planned", "left_out", "done"

BEGUN = "the day has begun and is left as it is"
"""The note of a day of which something was done."""

NO_POSITION = (
    "no_position",
    "No position: import its latitude and longitude, or have them set with PATCH /api/v1/customers/{id}; "
    "then it can be routed.",
)
OUT_OF_REACH = ("not_considered", "The day is chosen from the {many} most valuable visits; this one is worth less.")


@dataclass(frozen=True, slots=True)
class Line:
    """One planned visit as it should be stored. `added_by` is set for what a person put there."""

    customer_id: uuid.UUID
    source: str
    reason: str
    value: int
    status: str = PLANNED
    left_out_code: str | None = None
    left_out_reason: str | None = None
    added_by: uuid.UUID | None = None
    anomaly: AnomalyKind | None = None

    def left_out(self, code: str, reason: str) -> Line:
        """The same visit, left out."""
        return replace(self, status=LEFT_OUT, left_out_code=code, left_out_reason=reason)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored of a rep's day: its visits as lines, and the stamp of its route."""

    lines: tuple[Line, ...] = ()
    stamp: str | None = None


EMPTY = Standing()


@dataclass(frozen=True, slots=True)
class Plan:
    """A rep's day as it should stand.

    Attributes:
        rep: Whose day.
        login: What the rep is called in commands.
        zone: The time zone of the rep's territory.
        note: Why nothing is planned, or why the day is left as it is; None for an ordinary day.
        frozen: The day has begun: nothing of it may change.
        lines: The visits; before the search, those that could be driven count as planned.
        problem: What to search for; None when there is nothing to drive.
        stamp: The fingerprint of the problem.
        route: The answer, once searched for.
        settled: The stored route answers this very problem, so that nothing need be searched for.
        drawn_from: What was stored of the day when the plan was drawn.
        customers: The active customers whom the rep served then.
    """

    rep: Rep
    login: str
    zone: str
    note: str | None = None
    frozen: bool = False
    lines: tuple[Line, ...] = ()
    problem: DayProblem | None = None
    stamp: str | None = None
    route: DayRoute | None = None
    settled: bool = False
    drawn_from: Standing = EMPTY
    customers: frozenset[uuid.UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Draft:
    """A day of several reps, with the tiers and the anomalies as of the morning of `as_of`, which is never to come.

    `newest_order` is the last day before it on which anybody ordered. The draft of all reps is of `everybody`.
    """

    day: date
    as_of: date
    plans: tuple[Plan, ...]
    tiers: tuple[TierGiven, ...] = ()
    findings: tuple[Finding, ...] = ()
    newest_order: date | None = None
    everybody: bool = True


@dataclass(frozen=True, slots=True)
class Around:
    """What other days hold for one customer: visits planned or made before, the first missed, the next planned."""

    contacts: tuple[Contact, ...] = ()
    missed_since: date | None = None
    next_planned: date | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What is planned already: by rep on the day, by customer on other days, and whom other reps are to visit."""

    standing: Mapping[uuid.UUID, Standing]
    around: Mapping[uuid.UUID, Around]
    taken: Collection[uuid.UUID]


def make_plan(
    plan: Plan,
    candidates: Sequence[Candidate],
    *,
    work: WorkDay,
    standing: Standing,
    facts: Mapping[uuid.UUID, tuple[Shop, int]],
    day: date,
    driving: Driving | None,
) -> Plan:
    """Return a rep's day: what people put there and the candidates, as a problem to be searched.

    `facts` gives for each customer the shop and the service time of its tier in minutes. Without `driving` the plan
    has no route.
    """
    kept = {line.customer_id: line for line in standing.lines if line.added_by is not None}
    fresh = [_line_of(each) for each in candidates if each.customer_id not in kept]
    lines = [replace(line, status=PLANNED, left_out_code=None, left_out_reason=None) for line in kept.values()] + fresh
    calls = {line.customer_id: _call(line, *facts[line.customer_id], day) for line in lines}
    driven, beyond = most_valuable([call for call in calls.values() if call is not None])
    lines = _sort_out(
        lines, {who for who, call in calls.items() if call is None}, {call.customer_id for call in beyond}
    )
    if driving is None or not driven:
        return replace(plan, lines=tuple(lines))
    problem = day_problem(work, driven)
    stamp = fingerprint(problem, driving)
    if stamp != standing.stamp:
        return replace(plan, lines=tuple(lines), problem=problem, stamp=stamp)
    return replace(plan, lines=tuple(_as_stored(lines, standing)), problem=problem, stamp=stamp, settled=True)


def with_route(plan: Plan, route: DayRoute) -> Plan:
    """Return a plan with its route found: what the day had no time for is left out with the route's reason."""
    left = {uuid.UUID(each.stop_id): each for each in route.left_out}
    lines = (
        line.left_out(left[line.customer_id].code, left[line.customer_id].reason)
        if line.customer_id in left and line.status == PLANNED
        else line
        for line in plan.lines
    )
    return replace(plan, lines=tuple(lines), route=route)


def _line_of(candidate: Candidate) -> Line:
    return Line(candidate.customer_id, str(candidate.why), candidate.reason, candidate.value, anomaly=candidate.anomaly)


def _call(line: Line, shop: Shop, service_minutes: int, day: date) -> Call | None:
    if shop.latitude is None or shop.longitude is None:
        return None
    return Call(
        customer_id=shop.id,
        latitude=shop.latitude,
        longitude=shop.longitude,
        service_s=60 * (shop.service_minutes or service_minutes),
        windows=_opening(shop, day).windows,
        value=line.value,
        must=line.added_by is not None,
    )


@dataclass(frozen=True, slots=True)
class Hours:
    """When the reps who serve a customer work: weekdays (Monday is 0), and seconds from midnight."""

    weekdays: frozenset[int]
    from_s: int
    to_s: int


def waits_for_another_day(shop: Shop, day: date, reps: Hours) -> bool:
    """Tell whether a shop is closed while its reps work on a day, but not on every weekday that they work.

    One that is never open while they work is planned all the same, so that its being left out is seen.
    """
    return not _open_within(shop, day, reps) and bool(open_weekdays(shop, day, reps) & reps.weekdays)


def open_weekdays(shop: Shop, day: date, reps: Hours) -> frozenset[int]:
    """Return the weekdays of a day's week on which a shop opens while its reps work, were none of them a holiday."""
    monday = day - timedelta(days=day.weekday())
    ordinary = replace(shop, country=None)
    return frozenset(at for at in range(7) if _open_within(ordinary, monday + timedelta(days=at), reps))


def _open_within(shop: Shop, day: date, reps: Hours) -> bool:
    return any(opens < reps.to_s and closes > reps.from_s for opens, closes in _opening(shop, day).windows)


def _opening(shop: Shop, day: date) -> OpenDay:
    """Hours that slipped in unread must not stop everybody's plan: they count as unknown."""
    try:
        return open_on(shop.opening_hours, day, shop.country)
    except HoursNotUnderstood:
        return NEVER_TOLD


def _sort_out(lines: Sequence[Line], nowhere: Collection[uuid.UUID], beyond: Collection[uuid.UUID]) -> list[Line]:
    many = len(lines) - len(nowhere) - len(beyond)
    told = []
    for line in lines:
        if line.customer_id in nowhere:
            told.append(line.left_out(*NO_POSITION))
        elif line.customer_id in beyond:
            told.append(line.left_out(OUT_OF_REACH[0], OUT_OF_REACH[1].format(many=many)))
        else:
            told.append(line)
    return told


def _as_stored(lines: Sequence[Line], standing: Standing) -> list[Line]:
    """The lines with the outcome that the stored route gave them."""
    known = {line.customer_id: line for line in standing.lines}
    return [
        replace(
            line,
            status=known[line.customer_id].status,
            left_out_code=known[line.customer_id].left_out_code,
            left_out_reason=known[line.customer_id].left_out_reason,
        )
        if line.status == PLANNED and line.customer_id in known
        else line
        for line in lines
    ]
