"""A rep's day as somebody asks to take it along, with the streets where they are known."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import date

from sqlalchemy.orm import Session

from fieldsales.planning.queries import RepDay, rep_day
from fieldsales.roadbooks.rules import day_sheet, stations
from routing.errors import TravelError
from routing.export import DaySheet
from routing.travel import Line, Roads
from routing.travel.matrix import straight_legs


def roadbook(session: Session, rep_id: uuid.UUID, day: date, roads: Roads) -> DaySheet:
    """Return the sheet of a rep's day; its lines follow the streets if `roads` draws them. Raises `PersonNotFound`."""
    planned = rep_day(session, rep_id, day)
    return day_sheet(planned, legs_of(planned, roads))


def legs_of(day: RepDay, roads: Roads) -> tuple[Line, ...]:
    """Return the lines between a day's stations, straight ones where no street is known."""
    places = stations(day)
    with suppress(TravelError):
        return roads.legs(places)
    return straight_legs(places)
