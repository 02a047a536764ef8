"""Planning days on demand; every night it happens by itself."""

from __future__ import annotations

from typing import Any

from api.afterwards import replan_slots_afterwards
from api.database import db, session
from api.guard import EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.planner import planner
from api.plans.schemas import DayPlannedSchema, PlanWantedSchema
from api.plans.selection import SelectedSchema, SelectionSchema
from api.settings import now
from fieldsales.dayplans.service import DayPlanned
from fieldsales.db.session import reading
from fieldsales.people.queries import require_reps_in_scope
from fieldsales.planning.service import require_open
from fieldsales.selections.rules import Selected
from fieldsales.selections.service import plan_selection

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
        for rep_id in rep_ids:
            require_open(snapshot, rep_id, body["day"], now())
    return planner().plan(body["day"], rep_ids, now=now(), with_anomalies=body["with_anomalies"])


@plans.on(
    "POST",
    "/from-selection",
    roles=EVERYBODY,
    takes=SelectionSchema,
    gives=SelectedSchema,
    problems=[404, 409, 422],
    example={"anomalies": {"kind": "churn_risk"}, "days": ["2026-03-03", "2026-03-04"], "dry_run": True},
)
def plan_from_selection(body: dict[str, Any]) -> Selected:
    """Turn a selection of anomalies or customers into a plan

    Each is visited once, by whoever serves it, on a day that has room: the most money at risk, or the highest tier,
    chooses first. Without `days`: the coming five working days. The same again changes nothing and says where each
    is. A rep plans for the own customers. Routes follow.
    """
    found = plan_selection(session(), **body, by=actor(), now=now())
    if not body["dry_run"]:
        replan_slots_afterwards(found.changed)
    return found
