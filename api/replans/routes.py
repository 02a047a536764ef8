"""A day under way is planned again."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import date
from typing import Any

from api.database import db
from api.days.routes import days
from api.guard import EVERYBODY, actor
from api.planner import planner
from api.replans.schemas import DayReplannedSchema, ReplanWantedSchema
from api.settings import now
from fieldsales.dayplans.rules import PlanOutdated
from fieldsales.db.session import reading, transaction
from fieldsales.replans.service import DayReplanned, find, gather, store
from fieldsales.underway.rules import Wish

TRIES = 3
"""How often a day is replanned anew because others changed it meanwhile."""


@days.on(
    "POST",
    "/<rep:rep_id>/days/<day:day>/replan",
    roles=EVERYBODY,
    takes=ReplanWantedSchema,
    gives=DayReplannedSchema,
    problems=[403, 404, 409, 422, 503],
    example={
        "position": {"latitude": 41.59, "longitude": -93.62},
        "late_minutes": 40,
        "reason": "Held up at the bank",
        "dry_run": True,
    },
)
def replan_day(body: dict[str, Any], rep_id: uuid.UUID, day: date) -> dict[str, Any]:
    """Plan the rest of a day again

    From where the rep is now: visits made stay as they were, locked ones where they are, urgent ones come in, what has
    no room any more is left out with its reason, and as little moves as can be. Phones get the new order with their
    next pull. With `dry_run` it is only told what would change.
    """
    dry_run = body.pop("dry_run")
    wish = Wish(rep_id, day, **{"now": now(), **body})
    for _ in range(TRIES - 1):
        with suppress(PlanOutdated):
            return {"dry_run": dry_run, "found": _replan(wish, dry_run=dry_run)}
    return {"dry_run": dry_run, "found": _replan(wish, dry_run=dry_run)}


def _replan(wish: Wish, *, dry_run: bool) -> DayReplanned:
    """Search while no transaction is open; the search keeps nobody waiting, as it lets go of Python's lock."""
    with reading(db.engine) as snapshot:
        situation = gather(snapshot, wish, by=actor())
    found = find(situation, wish, planner().driving)
    if not dry_run:
        with transaction(db.engine) as session:
            store(session, found, by=actor(), now=now())
    return found
