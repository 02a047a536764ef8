"""From a route in seconds of a local day to the moments that are stored."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from fieldsales.clock import at_second
from fieldsales.drafts.rules import LEFT_OUT, PLANNED, Line, Plan, Standing
from fieldsales.errors import Conflict
from fieldsales.planning.models import LONGEST_WARNING, RouteStop
from fieldsales.steps.models import StepKind
from routing.route import DayRoute


class PlanOutdated(Conflict):
    """The day, or who serves whom, was changed by somebody else while routes were being searched for."""

    code = "plan.outdated"
    title = "The plan is out of date"


def route_moments(route: DayRoute, day: date, zone: str) -> dict[str, object]:
    """Return the columns of a `Route` that the answer of a search fills: moments in UTC, lengths in s and m.

    It has a warning where its driving times are not the ones asked for.
    """
    return {
        "starts_at": at_second(day, route.starts_s, zone),
        "ends_at": at_second(day, route.ends_s, zone),
        "lunch_at": at_second(day, route.lunch.start_s, zone) if route.lunch else None,
        "lunch_minutes": route.lunch.duration_s // 60 if route.lunch else 0,
        "travel_s": route.travel_s,
        "wait_s": route.wait_s,
        "service_s": route.service_s,
        "distance_m": route.distance_m,
        "home_travel_s": route.last_leg_s,
        "home_distance_m": route.last_leg_m,
        "warning": " ".join(route.warnings)[:LONGEST_WARNING] or None,
    }


def route_stops(route: DayRoute, day: date, zone: str, visit_ids: Mapping[uuid.UUID, uuid.UUID]) -> list[RouteStop]:
    """Return the stops of a route, not yet stored. `visit_ids` gives the planned visit of each customer."""
    return [
        RouteStop(
            position=position,
            planned_visit_id=visit_ids[uuid.UUID(visit.stop_id)],
            arrival_at=at_second(day, visit.arrival_s, zone),
            wait_s=visit.wait_s,
            service_s=visit.service_s,
            departure_at=at_second(day, visit.departure_s, zone),
            travel_s=visit.travel_s,
            distance_m=visit.distance_m,
        )
        for position, visit in enumerate(route.visits, start=1)
    ]


@dataclass(frozen=True, slots=True)
class Step:
    """What the planner did to a visit that somebody may ask about."""

    kind: StepKind
    code: str | None = None
    reason: str | None = None


def steps_between(before: Line | None, after: Line) -> list[Step]:
    """Return what the planner did when it made a line into another, None for one that was not there.

    Another value, or other words for the same lack of room, are no step.
    """
    steps = []
    if before is None:
        steps.append(Step(StepKind.ADDED, reason=after.reason))
    elif (before.reason, before.source) != (after.reason, after.source):
        steps.append(Step(StepKind.REPLANNED, reason=after.reason))
    elif before.status == LEFT_OUT and after.status == PLANNED:
        steps.append(Step(StepKind.REPLANNED, reason="there is room for it"))
    if after.status == LEFT_OUT and (before is None or before.left_out_code != after.left_out_code):
        steps.append(Step(StepKind.LEFT_OUT, after.left_out_code, after.left_out_reason))
    return steps


def is_outdated(plan: Plan, standing: Standing, customers: Collection[uuid.UUID], taken: Collection[uuid.UUID]) -> bool:
    """Tell whether a plan was drawn from a day that is not what stands now.

    That is, from other visits or another route, with other active `customers` of the rep, or before another rep took
    one of its visits (`taken`).
    """
    mine = {line.customer_id for line in plan.lines if line.added_by is None and line.status == PLANNED}
    return plan.drawn_from != standing or plan.customers != set(customers) or not mine.isdisjoint(taken)
