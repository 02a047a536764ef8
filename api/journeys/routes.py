"""Journey plans: for weeks ahead, on which days each rep visits whom."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from api.database import db, session
from api.guard import EVERYBODY, LEADERS, actor
from api.journeys.schemas import (
    JourneyCallsSchema,
    JourneyListSchema,
    JourneyQuery,
    JourneysMadeSchema,
    JourneysWantedSchema,
)
from api.openapi import Resource
from api.planner import planner
from api.settings import now
from fieldsales.db.session import reading, transaction
from fieldsales.journeys import queries
from fieldsales.journeys.service import sketch_journeys, store_journeys
from fieldsales.people.queries import days_at, require_reps_in_scope

journeys = Resource("journeys", __name__, url_prefix="/api/v1/journeys", description="For weeks ahead: when whom")


@journeys.on("GET", "", roles=EVERYBODY, query=JourneyQuery, gives=JourneyListSchema)
def list_journeys(query: dict[str, Any]) -> dict[str, Any]:
    """The journey plans that stand, and how good they are

    A rep sees the own one.
    """
    return {"journeys": queries.journeys_of(session(), actor(), query.get("rep_ids"))}


@journeys.on("GET", "/<uuid:journey_id>", roles=EVERYBODY, gives=JourneyCallsSchema, problems=[404])
def read_journey(journey_id: uuid.UUID) -> dict[str, Any]:
    """Whom a journey plan has on which day"""
    journey = queries.require_journey(session(), actor(), journey_id)
    return {"journey": journey, "calls": queries.calls_of(session(), journey)}


@journeys.on(
    "POST",
    "/build",
    roles=LEADERS,
    takes=JourneysWantedSchema,
    gives=JourneysMadeSchema,
    problems=[404, 422, 503],
    example={"weeks": 4, "dry_run": True},
)
def build_journeys(body: dict[str, Any]) -> dict[str, Any]:
    """Make journey plans, or with `dry_run` say how good they would be

    They take the place of what stood from the first day on. The search takes some seconds for each rep; for many
    reps, use `fieldsales journeys build`.
    """
    with reading(db.engine) as snapshot:
        reps = require_reps_in_scope(snapshot, actor(), body["rep_ids"])
        today = days_at(snapshot, now())[1]
        first = body["first_day"] or today + timedelta(days=7 - today.weekday())
        sketches = sketch_journeys(snapshot, reps, first, body["weeks"], today=today)
    sketches = planner().journeys(sketches)
    if not body["dry_run"]:
        with transaction(db.engine) as writing:
            store_journeys(writing, sketches, by=actor(), now=now())
    last = first + timedelta(days=7 * body["weeks"] - 1)
    return {"first_day": first, "last_day": last, "dry_run": body["dry_run"], "reps": sketches}
