"""The team's day: planned, visited, missed, sold, and where everybody is."""

from __future__ import annotations

from datetime import date

from api.database import session
from api.guard import LEADERS, actor
from api.looks import note_looks_at
from api.openapi import Resource
from api.settings import now
from api.team.schemas import TeamDaySchema
from fieldsales.accesses.rules import Way
from fieldsales.teams.queries import TeamDay, team_day

team = Resource("team", __name__, url_prefix="/api/v1/team", description="What a supervisor sees")


@team.on("GET", "/days/<day:day>", roles=LEADERS, gives=TeamDaySchema)
def read_team_day(day: date) -> TeamDay:
    """The day of the reps whom I may see

    Each rep whose last position it tells can read that I looked.
    """
    found = team_day(session(), actor(), day, now())
    note_looks_at([each.rep.id for each in found.reps if each.last_position], day, Way.TEAM_DAY)
    return found
