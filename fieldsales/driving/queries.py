"""A rep's working day, read from the stored pattern."""

from __future__ import annotations

from fieldsales.clock import second_of_day
from fieldsales.driving.rules import WorkDay
from fieldsales.people.models import WorkPattern


def work_day(pattern: WorkPattern) -> WorkDay:
    """Return a working pattern in seconds from midnight."""
    lunch = (second_of_day(pattern.lunch_from), second_of_day(pattern.lunch_to), 60 * pattern.lunch_minutes)
    return WorkDay(
        latitude=pattern.start_latitude,
        longitude=pattern.start_longitude,
        shift=(second_of_day(pattern.shift_from), second_of_day(pattern.shift_to)),
        lunch=lunch if pattern.lunch_minutes else None,
    )
