"""The team's day: planned, visited, missed, sold, and where everybody is."""

from __future__ import annotations

import uuid
from datetime import date

from api.database import session
from api.guard import LEADERS, actor
from api.openapi import Resource
from api.settings import now
from api.team.schemas import BoardSchema, OneRepSchema, TeamDaySchema
from fieldsales.teams.queries import TeamDay, team_board, team_day

team = Resource("team", __name__, url_prefix="/api/v1/team", description="What a supervisor sees")


@team.on("GET", "/days/<day:day>", roles=LEADERS, query=OneRepSchema, gives=TeamDaySchema, problems=[404])
def read_team_day(chosen: dict[str, uuid.UUID], day: date) -> TeamDay:
    """The day of the reps whom I may see"""
    return team_day(session(), actor(), day, now(), chosen.get("rep_id"))


@team.on("GET", "/days/<day:day>/board", roles=LEADERS, gives=BoardSchema)
def read_board(day: date) -> TeamDay:
    """The same day in short

    For a map of all reps: numbers as of the day, stops as rows whose `columns` are named once.
    """
    return team_board(session(), actor(), day, now())
