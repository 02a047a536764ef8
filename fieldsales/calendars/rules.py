"""On which days somebody does not work, and why.

What is nearest to a person counts: the own entries, then those of the own territory, then of each above it, then the
public holidays of the country. So a territory can work on a public holiday, and a person can be on leave all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fieldsales.errors import Invalid, NotFound
from fieldsales.policies.rules import Body, Kind

LONGEST = timedelta(days=366)
"""How long one entry may be, both ends included."""


class BadCalendarEntry(Invalid):
    """Days off have a name, come in order, and are at most a year long."""

    code = "days_off.invalid"
    title = "Those days cannot be put into the calendar"


class CalendarEntryNotFound(NotFound):
    """There is no such entry in the calendars of your territories and people."""

    code = "days_off.not_found"
    title = "There is no such entry in the calendar"


@dataclass(frozen=True, slots=True)
class Said:
    """Days of which something is said: that they are off, or (`off` False) that they are worked."""

    first: date
    last: date
    name: str
    off: bool = True


@dataclass(frozen=True, slots=True)
class Feasts:
    """Whether public holidays are days off, and of which part of the country; a policy."""

    off: bool = True
    subdivisions: Mapping[str, str] | None = None

    def subdivision(self, country: str) -> str | None:
        """The part of a country whose holidays count besides those of the whole."""
        return (self.subdivisions or {}).get(country)


def _parse(body: Body) -> Feasts:
    return Feasts(body["public_holidays_off"], dict(body.get("subdivisions", {})))


DAYS_OFF = Kind(
    name="days_off",
    about="Whether reps are off on public holidays, and of which part of each country (the US: CA).",
    schema={
        "type": "object",
        "properties": {
            "public_holidays_off": {"type": "boolean"},
            "subdivisions": {
                "type": "object",
                "propertyNames": {"pattern": "^[A-Z]{2}$"},
                "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 20},
            },
        },
        "required": ["public_holidays_off"],
        "additionalProperties": False,
    },
    default={"public_holidays_off": True, "subdivisions": {}},
    parse=_parse,
)


def check_entry(first: date, last: date, name: str) -> None:
    """Raise `BadCalendarEntry` for days out of order, too many of them, or no name."""
    if not name.strip():
        raise BadCalendarEntry("There is no name.", mend="Say what the days are: leave, stocktaking.", field="name")
    if last < first:
        raise BadCalendarEntry(f"{last} is before {first}.", mend="Give the first day first.", field="last_day")
    if last - first >= LONGEST:
        raise BadCalendarEntry(
            f"From {first} to {last} is more than {LONGEST.days} days.", mend="Make several.", field="last_day"
        )


def days_off(said: Sequence[Sequence[Said]], feasts: Mapping[date, str], first: date, last: date) -> dict[date, str]:
    """Return the days off from one day to another, with their names. `said` begins with what is nearest."""
    found: dict[date, str] = {}
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        name = _name(said, feasts, day)
        if name is not None:
            found[day] = name
    return found


def _name(said: Sequence[Sequence[Said]], feasts: Mapping[date, str], day: date) -> str | None:
    """Why a day is off; None if it is not. Of two entries equally near, the one that says off counts."""
    for entries in said:
        here = [each for each in entries if each.first <= day <= each.last]
        if here:
            return next((each.name for each in here if each.off), None)
    return feasts.get(day)
