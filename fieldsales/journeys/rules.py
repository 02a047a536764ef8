"""A journey plan as a problem of weeks, and what the answer is worth."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean, pstdev
from typing import Any

from fieldsales.driving.rules import WorkDay
from fieldsales.errors import Invalid, NotFound
from fieldsales.patterns.rules import Wanted, Way, Weeks, ways
from routing.problem import Point
from routing.weeks.plan import Effort, WeeksPlan
from routing.weeks.problem import Option, Outlet, WeeksProblem

FEWEST_WEEKS, MOST_WEEKS = 4, 12
BALANCE = 1.0
"""How much even days count beside short ways, see `WeeksProblem.balance`."""
EFFORT = Effort(rounds_per_outlet=100, seconds=120)


class BadJourney(Invalid):
    """A journey plan is for 4 to 12 weeks and begins today or later, within a year."""

    code = "journey.invalid"
    title = "No such journey plan can be made"


class JourneyNotFound(NotFound):
    """There is no such journey plan of a rep whom you may see."""

    code = "journey.not_found"
    title = "There is no such journey plan"


@dataclass(frozen=True, slots=True)
class Client:
    """A customer of the rep: what its pattern needs, where it is, and the minutes of a visit in seconds."""

    wanted: Wanted
    latitude: float | None
    longitude: float | None
    service_s: int


@dataclass(frozen=True, slots=True)
class Figures:
    """How good a journey plan is.

    Attributes:
        customers: How many the rep has.
        visits: How many visits there are in all.
        unplaced: Customers without a position: they have days, but no place on the way.
        travel_s: All driving, by the search's own order of each day.
        service_s: All time in shops.
        days: How many days have visits.
        mean_day_s, longest_day_s: Driving and time in shops of a day.
        unevenness: Standard deviation of the days over their mean.
        over_s: What days are longer than the shift, together.
        spacing_error_days: By how much gaps between visits differ from the cadence, in the mean.
        kept: Share of the visits of the plan before that stand on the same day; None where there was none.
    """

    customers: int
    visits: int
    unplaced: int
    travel_s: int
    service_s: int
    days: int
    mean_day_s: int
    longest_day_s: int
    unevenness: float
    over_s: int
    spacing_error_days: float
    kept: float | None = None

    def told(self) -> dict[str, Any]:
        """As it is stored and answered."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Sketch:
    """A rep's journey plan, before and after the search.

    `days` are counted from the first of the weeks, by customer. `problem` is None where there is nothing to search.
    """

    rep_id: uuid.UUID
    name: str
    weeks: Weeks
    clients: tuple[Client, ...]
    problem: WeeksProblem | None = None
    days: Mapping[uuid.UUID, tuple[int, ...]] = field(default_factory=dict)
    figures: Figures | None = None
    note: str | None = None


def check_weeks(first: date, weeks: int, today: date) -> None:
    """Raise `BadJourney` for too few or too many weeks, or a first day that is over or too far ahead."""
    if not FEWEST_WEEKS <= weeks <= MOST_WEEKS:
        raise BadJourney(f"{weeks} weeks.", mend=f"Use {FEWEST_WEEKS} to {MOST_WEEKS}.", field="weeks")
    if not today <= first <= today + timedelta(days=366):
        raise BadJourney(
            f"A journey plan cannot begin on {first}.",
            mend=f"Use a day from {today} on, within a year.",
            field="first_day",
        )


def weeks_problem(clients: Sequence[Client], weeks: Weeks, work: WorkDay) -> WeeksProblem:
    """Return what is to be searched: the clients with a position, each with its ways to be visited."""
    lunch = work.lunch[2] if work.lunch else 0
    day_s = work.shift[1] - work.shift[0] - lunch
    return WeeksProblem(
        start=Point(work.latitude, work.longitude),
        outlets=tuple(
            Outlet(
                str(client.wanted.customer_id),
                Point(client.latitude, client.longitude),
                client.service_s,
                tuple(Option(way.days, way.cost_s) for way in ways(client.wanted, weeks)),
            )
            for client in clients
            if client.latitude is not None and client.longitude is not None
        ),
        day_limits_s=tuple(day_s if works else 0 for works in weeks.working),
        balance=BALANCE,
    )


def with_answer(sketch: Sketch, plan: WeeksPlan) -> Sketch:
    """Return the sketch with its days: those that were searched for, and the cheapest way for who has no position."""
    days = {uuid.UUID(who): on for who, on in plan.days.items()}
    unplaced = [client for client in sketch.clients if client.wanted.customer_id not in days]
    for client in unplaced:
        days[client.wanted.customer_id] = _cheapest(ways(client.wanted, sketch.weeks)).days
    return Sketch(
        sketch.rep_id,
        sketch.name,
        sketch.weeks,
        sketch.clients,
        days=days,
        figures=_figures(sketch, days, plan, len(unplaced)),
        note=sketch.note,
    )


def _cheapest(found: Sequence[Way]) -> Way:
    return min(found, key=lambda way: way.cost_s)


def _figures(sketch: Sketch, days: Mapping[uuid.UUID, tuple[int, ...]], plan: WeeksPlan, unplaced: int) -> Figures:
    lengths = [each.travel_s + each.service_s for each in plan.orders]
    errors = [
        abs(later - earlier - client.wanted.cadence.period_days)
        for client in sketch.clients
        if not client.wanted.cadence.names_days
        for earlier, later in pairwise(days[client.wanted.customer_id])
    ]
    return Figures(
        customers=len(sketch.clients),
        visits=sum(len(on) for on in days.values()),
        unplaced=unplaced,
        travel_s=round(plan.travel_s),
        service_s=round(sum(each.service_s for each in plan.orders)),
        days=len(lengths),
        mean_day_s=round(fmean(lengths)) if lengths else 0,
        longest_day_s=round(max(lengths, default=0)),
        unevenness=round(pstdev(lengths) / fmean(lengths), 4) if lengths and fmean(lengths) else 0.0,
        over_s=round(plan.over_s),
        spacing_error_days=round(fmean(errors), 3) if errors else 0.0,
        kept=_kept(sketch, days),
    )


def _kept(sketch: Sketch, days: Mapping[uuid.UUID, tuple[int, ...]]) -> float | None:
    first, last = sketch.weeks.first, sketch.weeks.last
    before = after = 0
    for client in sketch.clients:
        present = {day for day in client.wanted.present if first <= day <= last}
        before += len(present)
        after += len(present & {first + timedelta(days=at) for at in days[client.wanted.customer_id]})
    return round(after / before, 4) if before else None
