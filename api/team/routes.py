"""The team's day: planned, visited, missed, sold, and where everybody is."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TypeVar

from api.database import session
from api.guard import LEADERS, actor
from api.looks import note_looks_at
from api.openapi import Resource
from api.settings import now
from api.team.schemas import BoardSchema, OneRepSchema, TeamDaySchema
from fieldsales.accesses.rules import Way
from fieldsales.teams.queries import Board, TeamDay, team_board, team_day

Told = TypeVar("Told", TeamDay, Board)
team = Resource("team", __name__, url_prefix="/api/v1/team", description="What a supervisor sees")


@team.on("GET", "/days/<day:day>", roles=LEADERS, query=OneRepSchema, gives=TeamDaySchema, problems=[404])
def read_team_day(chosen: dict[str, uuid.UUID], day: date) -> TeamDay:
    """The day of the reps whom I may see

    Each rep whose last position it tells can read that I looked.
    """
    return _looked_at(team_day(session(), actor(), day, now(), chosen.get("rep_id")), day)


@team.on("GET", "/days/<day:day>/board", roles=LEADERS, gives=BoardSchema)
def read_board(day: date) -> Board:
    """The same day in short

    For a map of all reps: numbers as of the day, stops as rows whose `columns` are named once.
    """
    return _looked_at(team_board(session(), actor(), day, now()), day)


def _looked_at(found: Told, day: date) -> Told:
    note_looks_at([each.rep.id for each in found.reps if each.last_position], day, Way.TEAM_DAY)
    return found
