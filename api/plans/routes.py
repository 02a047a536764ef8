"""Planning days on demand; every night it happens by itself."""

from __future__ import annotations

from typing import Any

from api.database import db
from api.guard import LEADERS, actor
from api.openapi import Resource
from api.planner import planner
from api.plans.schemas import DayPlannedSchema, PlanWantedSchema
from api.settings import now
from fieldsales.dayplans.service import DayPlanned
from fieldsales.db.session import reading
from fieldsales.people.queries import require_reps_in_scope

plans = Resource("plans", __name__, url_prefix="/api/v1/plans", description="Who visits whom, in what order")


@plans.on(
    "POST",
    "/generate",
    roles=LEADERS,
    takes=PlanWantedSchema,
    gives=DayPlannedSchema,
    problems=[404, 409, 503],
    example={"day": "2026-03-03"},
)
def generate(body: dict[str, Any]) -> DayPlanned:
    """Plan and route a day

    Running it twice changes nothing; a day that a rep has begun is left as it is. The search for routes takes some
    seconds.
    """
    with reading(db.engine) as snapshot:
        rep_ids = [rep.id for rep in require_reps_in_scope(snapshot, actor(), body["rep_ids"])]
    return planner().plan(body["day"], rep_ids, now=now(), with_anomalies=body["with_anomalies"])
