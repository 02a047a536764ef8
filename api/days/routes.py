"""A rep's day: the plan, the route, and what the customer screens need."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from api.afterwards import replan_afterwards
from api.anomalies.schemas import PlannedVisitSchema
from api.database import session
from api.days.schemas import ManualVisitSchema, RepDaySchema
from api.guard import EVERYBODY, actor
from api.openapi import Resource
from api.settings import now
from fieldsales.briefings.queries import DayBriefing, day_briefing
from fieldsales.edits import service as edits
from fieldsales.people.queries import require_rep_in_scope
from fieldsales.planning.models import PlannedVisit

days = Resource("days", __name__, url_prefix="/api/v1/reps", description="A rep's day")


@days.on("GET", "/<rep:rep_id>/days/<day:day>", roles=EVERYBODY, gives=RepDaySchema, rows="stops", problems=[404])
def read_day(rep_id: uuid.UUID, day: date) -> DayBriefing:
    """A rep's day

    `me` stands for oneself. Each stop comes with its reason, its times, and what the customer screens need: card,
    navigation links, last orders, favourites with prices, open anomalies.
    """
    rep = require_rep_in_scope(session(), actor(), rep_id)
    return day_briefing(session(), rep.id, day)


@days.on(
    "POST",
    "/<rep:rep_id>/days/<day:day>/visits",
    roles=EVERYBODY,
    takes=ManualVisitSchema,
    gives=PlannedVisitSchema,
    status=201,
    problems=[403, 404, 409, 422],
)
def add_visit(body: dict[str, Any], rep_id: uuid.UUID, day: date) -> PlannedVisit:
    """Put a customer on a day by hand

    It comes before what the planner chose; the route of the day follows if there is one. The same as
    `POST /api/v1/planned-visits`.
    """
    edited = edits.add_visit(session(), rep_id, day=day, **body, by=actor(), now=now())
    replan_afterwards({rep_id}, day)
    return edited.visit
