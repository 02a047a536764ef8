"""The team's day: planned, visited, missed, sold, and where everybody is."""

from __future__ import annotations

from datetime import date

from api.database import session
from api.guard import LEADERS, actor
from api.openapi import Resource
from api.settings import now
from api.team.schemas import TeamDaySchema
from fieldsales.teams.queries import TeamDay, team_day

team = Resource("team", __name__, url_prefix="/api/v1/team", description="What a supervisor sees")


@team.on("GET", "/days/<day:day>", roles=LEADERS, gives=TeamDaySchema)
def read_team_day(day: date) -> TeamDay:
    """The day of the reps whom I may see"""
    return team_day(session(), actor(), day, now())
