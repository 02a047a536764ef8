"""A rep's visits as calendar programs read them."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar

from fieldsales.feeds.rules import Entry, as_icalendar, hashed, new_secret

ARRIVES = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)
BAKERY = Entry(
    id=uuid.UUID(int=7),
    version=3,
    day=date(2026, 3, 3),
    span=(ARRIVES, ARRIVES + timedelta(minutes=20)),
    takes_place=True,
    customer="Bäckerei, Söhne; & Co",
    about="B, every 2 weeks: last visit Mon 16 Feb\nBring the samples",
    address="Main Street 1, 26221 Patras",
    position=(38.25, 21.73),
    category="tier",
    changed_at=ARRIVES - timedelta(days=1),
)


def read(*entries: Entry) -> list[object]:
    calendar = Calendar.from_ical(as_icalendar("Anna: visits", entries))
    assert (calendar["VERSION"], calendar["METHOD"], calendar["X-WR-CALNAME"]) == ("2.0", "PUBLISH", "Anna: visits")
    return calendar.walk("VEVENT")


def test_a_visit_with_a_time_is_an_event_that_says_where_and_why() -> None:
    [event] = read(BAKERY)
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (f"{BAKERY.id}@fieldsales", 3, "CONFIRMED")
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == BAKERY.span
    assert (str(event["SUMMARY"]), str(event["DESCRIPTION"])) == (BAKERY.customer, BAKERY.about)
    assert str(event["LOCATION"]) == BAKERY.address
    assert event["GEO"].to_ical() == "38.25;21.73"
    assert event.decoded("DTSTAMP") == event.decoded("LAST-MODIFIED") == BAKERY.changed_at


def test_a_visit_without_a_time_takes_the_day_and_blocks_nothing() -> None:
    [event] = read(replace(BAKERY, span=None, address="", position=None))
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (date(2026, 3, 3), date(2026, 3, 4))
    assert event["TRANSP"] == "TRANSPARENT"
    assert "LOCATION" not in event
    assert "GEO" not in event


def test_a_visit_that_does_not_take_place_is_cancelled() -> None:
    [event] = read(replace(BAKERY, takes_place=False))
    assert event["STATUS"] == "CANCELLED"


def test_the_same_visits_are_the_same_bytes() -> None:
    assert as_icalendar("Anna", [BAKERY]) == as_icalendar("Anna", [BAKERY])
    assert as_icalendar("Anna", [BAKERY]) != as_icalendar("Anna", [replace(BAKERY, version=4)])


def test_a_secret_is_new_each_time_and_only_its_hash_is_kept() -> None:
    first, second = new_secret(), new_secret()
    assert first != second
    assert len(first) >= 43
    assert first not in hashed(first)
