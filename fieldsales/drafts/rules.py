"""A rep's day on the drawing board: what should stand there, what stands there now, and the difference.

Three moves, so that no search holds up a database: a draft is made from what was read, routes are found for the drafts
that need one, and only the difference is stored.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from fieldsales.anomalies.models import AnomalyKind
from fieldsales.anomalies.rules import Finding
from fieldsales.arrangements.rules import NOTHING, Terms
from fieldsales.candidates.rules import Candidate
from fieldsales.cases.rules import Contact, Rep, Shop
from fieldsales.causes.rules import NO_CAUSES, Causes
from fieldsales.doors.rules import opening
from fieldsales.driving.rules import Call, Driving, WorkDay, day_problem, fingerprint, most_valuable
from fieldsales.tiers.rules import TierGiven
from routing.problem import DayProblem
from routing.route import DayRoute

NONE_ARRANGED: Mapping[uuid.UUID, Terms] = {}
PLANNED, LEFT_OUT, DONE, SKIPPED = "planned", "left_out", "done", "skipped"

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
    asks_cause: bool = False
    promotion: str | None = None

    def left_out(self, code: str, reason: str) -> Line:
        """The same visit, left out."""
        return replace(self, status=LEFT_OUT, left_out_code=code, left_out_reason=reason)

    @property
    def by_hand(self) -> bool:
        """Whether a person decided what becomes of it: one that was put there, or skipped."""
        return self.added_by is not None or self.status == SKIPPED

    def to_make(self) -> Line:
        """The same visit as it is before routes are searched for."""
        return replace(self, status=PLANNED, left_out_code=None, left_out_reason=None)


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

    `drawn_at` is the moment of drawing, `newest_order` the last day before `as_of` on which anybody ordered. The
    draft of all reps is of `everybody`.
    """

    day: date
    as_of: date
    plans: tuple[Plan, ...]
    drawn_at: datetime
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
    """What is planned already: by rep on the day, by customer on other days, and whom other reps are to visit.

    `moved_off` are the customers whose visit a person moved off the day.
    """

    standing: Mapping[uuid.UUID, Standing]
    around: Mapping[uuid.UUID, Around]
    taken: Collection[uuid.UUID]
    moved_off: Collection[uuid.UUID]


def make_plan(
    plan: Plan,
    candidates: Sequence[Candidate],
    *,
    work: WorkDay,
    standing: Standing,
    facts: Mapping[uuid.UUID, tuple[Shop, int]],
    day: date,
    driving: Driving | None,
    terms: Mapping[uuid.UUID, Terms] = NONE_ARRANGED,
    causes: Causes = NO_CAUSES,
) -> Plan:
    """Return a rep's day: what people put there and the candidates, as a problem to be searched.

    `facts` gives for each customer the shop and the service time of its tier in minutes, `terms` what was arranged,
    `causes` what to propose where a visit asks for a cause. Without `driving` the plan has no route.
    """
    kept = {line.customer_id: line for line in standing.lines if line.by_hand}
    fresh = [_line_of(each, causes) for each in candidates if each.customer_id not in kept]
    skipped = [line for line in kept.values() if line.status == SKIPPED]
    lines = [line.to_make() for line in kept.values() if line.status != SKIPPED] + fresh
    calls = {
        line.customer_id: _call(line, *facts[line.customer_id], day, terms.get(line.customer_id, NOTHING))
        for line in lines
    }
    driven, beyond = most_valuable([call for call in calls.values() if call is not None])
    lines = _sort_out(
        lines, {who for who, call in calls.items() if call is None}, {call.customer_id for call in beyond}
    )
    lines += skipped
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


def _line_of(candidate: Candidate, causes: Causes) -> Line:
    return Line(
        candidate.customer_id,
        str(candidate.why),
        candidate.reason,
        candidate.value,
        anomaly=candidate.anomaly,
        asks_cause=candidate.asks_about is not None,
        promotion=causes.promotion_for(candidate.asks_about),
    )


def _call(line: Line, shop: Shop, service_minutes: int, day: date, terms: Terms) -> Call | None:
    if shop.latitude is None or shop.longitude is None:
        return None
    return Call(
        customer_id=shop.id,
        latitude=shop.latitude,
        longitude=shop.longitude,
        service_s=60 * (shop.service_minutes or service_minutes),
        windows=terms.within(opening(shop, day).windows),
        value=line.value,
        must=line.added_by is not None,
    )


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
