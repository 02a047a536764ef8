"""Days on which reps do not work."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from api.afterwards import replan_afterwards
from api.database import session
from api.days_off.schemas import DaysOffEntrySchema, DaysOffQuery, DaysOffSchema, NewDaysOffSchema
from api.guard import EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.settings import now
from fieldsales.calendars import queries, service
from fieldsales.calendars.models import CalendarEntry
from fieldsales.people.queries import reps_visible_to, require_reps_in_scope

days_off = Resource("days off", __name__, url_prefix="/api/v1/days-off", description="Holidays, days off and leave")


@days_off.on("GET", "", roles=EVERYBODY, query=DaysOffQuery, gives=DaysOffSchema, rows="entries", problems=[404])
def read_days_off(query: dict[str, Any]) -> dict[str, Any]:
    """On which days reps are off, and the entries that say so

    Public holidays are among the days; nobody put them in as entries.
    """
    first = query.get("from_day") or now().date()
    last = first + timedelta(days=query["days"] - 1)
    reps = require_reps_in_scope(session(), actor(), query.get("rep_ids"))
    free = queries.free_days(session(), reps, first, last)
    people = [
        {"rep_id": rep.id, "name": rep.name, "days": [{"day": day, "name": name} for day, name in free[rep.id].items()]}
        for rep in reps
    ]
    return {"reps": people, "entries": queries.entries_visible_to(session(), actor(), first, last)}


@days_off.on(
    "POST",
    "",
    roles=LEADERS,
    takes=NewDaysOffSchema,
    gives=DaysOffEntrySchema,
    status=201,
    problems=[404, 422],
)
def add_days_off(body: dict[str, Any]) -> CalendarEntry:
    """Say that days are off, or worked although they are a holiday

    Of a territory with all below it, or of one person. Plans of coming days follow.
    """
    made = service.add_entry(session(), **body, by=actor(), now=now())
    _plans_follow()
    return made


@days_off.on("DELETE", "/<uuid:entry_id>", roles=LEADERS, gives=DaysOffEntrySchema, problems=[404])
def remove_days_off(entry_id: uuid.UUID) -> CalendarEntry:
    """Take days out of the calendar again"""
    gone = service.remove_entry(session(), entry_id, by=actor(), now=now())
    _plans_follow()
    return gone


def _plans_follow() -> None:
    replan_afterwards({rep.id for rep in reps_visible_to(session(), actor())})
