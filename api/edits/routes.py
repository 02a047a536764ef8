"""People change the plan."""

from __future__ import annotations

import uuid
from typing import Any

from api.afterwards import replan_afterwards
from api.anomalies.schemas import PlannedVisitSchema
from api.database import session
from api.edits.schemas import (
    EditedSchema,
    MoveSchema,
    NewVisitSchema,
    ReplanQuery,
    RestoreSchema,
    SkipSchema,
    TrailSchema,
)
from api.guard import EVERYBODY, actor
from api.openapi import Resource
from api.settings import now
from fieldsales.edits import queries, service
from fieldsales.edits.queries import Trail
from fieldsales.edits.service import Edited
from fieldsales.planning.models import PlannedVisit

planned_visits = Resource(
    "planned_visits", __name__, url_prefix="/api/v1/planned-visits", description="People change the plan"
)


@planned_visits.on(
    "POST",
    "",
    roles=EVERYBODY,
    query=ReplanQuery,
    takes=NewVisitSchema,
    gives=EditedSchema,
    status=201,
    problems=[403, 404, 409, 422],
)
def plan_visit(query: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Put a customer on a rep's day

    It comes before what the planner chose, and stays through every new planning of the day.
    """
    rep_id = body.pop("rep_id", actor().user_id)
    return _told(service.add_visit(session(), rep_id, **body, by=actor(), now=now()), query)


@planned_visits.on("GET", "/<uuid:visit_id>", roles=EVERYBODY, gives=PlannedVisitSchema, problems=[404])
def read_visit(visit_id: uuid.UUID) -> PlannedVisit:
    """One planned visit"""
    return queries.require_planned_visit(session(), actor(), visit_id)


@planned_visits.on("GET", "/<uuid:visit_id>/history", roles=EVERYBODY, gives=TrailSchema, problems=[404])
def read_history(visit_id: uuid.UUID) -> Trail:
    """What happened to a planned visit

    Who added, moved, skipped and restored it, what the planner did, and why. It can be read after the visit is gone.
    """
    return queries.trail_of(session(), actor(), visit_id)


@planned_visits.on(
    "POST",
    "/<uuid:visit_id>/move",
    roles=EVERYBODY,
    query=ReplanQuery,
    takes=MoveSchema,
    gives=EditedSchema,
    problems=[403, 404, 409, 422],
    example={"to_day": "2026-03-05", "reason": "The owner is away until Thursday", "version": 1},
)
def move_visit(query: dict[str, Any], body: dict[str, Any], visit_id: uuid.UUID) -> dict[str, Any]:
    """Move a planned visit to another day or rep

    It keeps its id, source and reason. The planner leaves it where it goes, and does not put the customer back where it
    was. If the visit is another `version` by now, nothing is changed, and the problem tells it as it is.
    """
    return _told(service.move_visit(session(), visit_id, **body, by=actor(), now=now()), query)


@planned_visits.on(
    "POST",
    "/<uuid:visit_id>/skip",
    roles=EVERYBODY,
    query=ReplanQuery,
    takes=SkipSchema,
    gives=EditedSchema,
    problems=[403, 404, 409, 422],
)
def skip_visit(query: dict[str, Any], body: dict[str, Any], visit_id: uuid.UUID) -> dict[str, Any]:
    """Decide that a planned visit is not made that day

    It stays on the day with the reason and comes off the route; the customer is due again on the next day.
    """
    return _told(service.skip_visit(session(), visit_id, **body, by=actor(), now=now()), query)


@planned_visits.on(
    "POST",
    "/<uuid:visit_id>/restore",
    roles=EVERYBODY,
    query=ReplanQuery,
    takes=RestoreSchema,
    gives=EditedSchema,
    problems=[403, 404, 409, 422],
)
def restore_visit(query: dict[str, Any], body: dict[str, Any], visit_id: uuid.UUID) -> dict[str, Any]:
    """Have a skipped visit made after all"""
    return _told(service.restore_visit(session(), visit_id, **body, by=actor(), now=now()), query)


def _told(edited: Edited, query: dict[str, Any]) -> dict[str, Any]:
    """The answer; routes that do not fit any more follow once the change is committed."""
    open_days = [each for each in edited.days if not each.begun]
    if query["replan"]:
        for day in {each.day for each in open_days}:
            replan_afterwards({each.rep_id for each in open_days if each.day == day}, day)
    return {"visit": edited.visit, "replan": {"days": edited.days, "follows": query["replan"] and bool(open_days)}}
