"""A rep's visits as an iCalendar file (RFC 5545); the only module that knows icalendar."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vDuration

from fieldsales.errors import NotFound

BACK, AHEAD = timedelta(days=14), timedelta(days=60)
"""From how long ago and how far ahead a calendar has visits."""

REFRESH = timedelta(minutes=15)
"""How often a calendar is asked to look again."""


class CalendarNotFound(NotFound):
    """There is no such calendar: the address was never given out, or it was revoked. Ask for a new one."""

    code = "calendar.not_found"
    title = "There is no such calendar"


@dataclass(frozen=True, slots=True)
class Entry:
    """One planned visit in a calendar.

    Attributes:
        id: Of the planned visit; it stays when the visit is moved.
        version: Counts its changes.
        day: The day of the visit.
        span: When it begins and ends by the route; None: no time is known, and it takes the whole day.
        takes_place: False for one that was skipped, or that the day has no room for.
        customer: The customer's name.
        about: Why it is planned, and why it does not take place, for people.
        address: Where to go, as it is written.
        position: Degrees north and east (WGS-84).
        category: What it was planned for.
        changed_at: When something last happened to it.
    """

    id: uuid.UUID
    version: int
    day: date
    span: tuple[datetime, datetime] | None
    takes_place: bool
    customer: str
    about: str
    address: str
    position: tuple[float, float] | None
    category: str
    changed_at: datetime


def as_icalendar(name: str, entries: Iterable[Entry]) -> bytes:
    """Return a calendar of that name as a file. The same entries always give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//fieldsales//visits//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", f"{entry.id}@fieldsales")
    event.add("sequence", entry.version)
    event.add("dtstamp", entry.changed_at.replace(microsecond=0))
    event.add("last-modified", entry.changed_at.replace(microsecond=0))
    starts, ends = entry.span or (entry.day, entry.day + timedelta(days=1))
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("summary", entry.customer)
    event.add("description", entry.about)
    event.add("categories", [entry.category])
    event.add("status", "CONFIRMED" if entry.takes_place else "CANCELLED")
    if entry.span is None:
        event.add("transp", "TRANSPARENT")
    if entry.address:
        event.add("location", entry.address)
    if entry.position:
        event.add("geo", entry.position)
    return event


def new_secret() -> str:
    """Return a secret that nobody guesses: 256 bits, for an address."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """Return what is kept of a secret. It is long and random, so that a plain hash gives nothing away."""
    return hashlib.sha256(secret.encode()).hexdigest()
