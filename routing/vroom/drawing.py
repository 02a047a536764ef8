"""A solved VROOM problem, ready to be drawn by :mod:`routing.export`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from routing.export.sheet import UNDATED, DaySheet, team_sheets
from routing.team.route import TeamRoute
from routing.vroom.horizon import DAY_S
from routing.vroom.problem import Translated

YEAR_S = 366 * DAY_S
"""Seconds from so many on are timestamps (since 1970, UTC); before, they are the clock of some day."""


def has_map(known: Translated) -> bool:
    """Whether every place has coordinates."""
    ends = [place for vehicle in known.document.vehicles for place in (vehicle.start, vehicle.end) if place]
    return all(place.lon_lat for place in (*ends, *(job.place for job in known.document.jobs)))


def sheets(known: Translated, route: TeamRoute) -> list[DaySheet]:
    """A sheet for each vehicle, called by its description or number, and one of the jobs that nobody does."""
    document, begins_s = known.document, known.horizon.begins_s
    midnight = datetime.fromtimestamp(begins_s, UTC) if begins_s >= YEAR_S else UNDATED + timedelta(seconds=begins_s)
    drawn = team_sheets(
        known.problem,
        route,
        reps={str(each.id): each.description or f"Vehicle {each.id}" for each in document.vehicles},
        names={str(each.id): each.description or f"Job {each.id}" for each in document.jobs},
        midnight=midnight,
    )
    for number, vehicle in enumerate(document.vehicles):
        if vehicle.start is None:
            drawn[number] = replace(drawn[number], start=None, legs=drawn[number].legs[1:])
    return drawn
