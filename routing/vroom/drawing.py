"""A solved VROOM problem, ready to be drawn by :mod:`routing.export`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from routing.export.sheet import UNDATED, DaySheet, SheetAside, sheet_of
from routing.problem import DayProblem
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
    """A sheet for each vehicle that drives; what nobody does stands on the first."""
    names = {str(job.id): job.description or f"Job {job.id}" for job in known.document.jobs}
    stops = {stop.id: stop for stop in known.problem.stops}
    begins_s = known.horizon.begins_s
    midnight = UNDATED + timedelta(seconds=begins_s % DAY_S)
    if begins_s >= YEAR_S:
        midnight = datetime.fromtimestamp(begins_s, UTC)
    drawn = []
    for number, (worker, day) in enumerate(zip(known.problem.workers, route.routes, strict=True)):
        if not day.visits:
            continue
        vehicle = known.document.vehicles[number]
        made = DayProblem(worker, tuple(stops[visit.stop_id] for visit in day.visits))
        rep = vehicle.description or f"Vehicle {vehicle.id}"
        sheet = sheet_of(made, day, rep=rep, names=names, midnight=midnight)
        drawn.append(sheet if vehicle.start else replace(sheet, start=None, legs=sheet.legs[1:]))
    aside = tuple(SheetAside(names[left.stop_id], stops[left.stop_id].at, left.reason) for left in route.left_out)
    first, *others = drawn or [DaySheet(rep="Nobody")]
    return [replace(first, aside=aside), *others]
