"""Days on which somebody does not work, on either database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.audit.models import AuditEntry
from fieldsales.calendars.models import DayKind
from fieldsales.calendars.queries import entries_visible_to, free_days
from fieldsales.calendars.rules import DAYS_OFF, BadCalendarEntry, CalendarEntryNotFound, Said, days_off
from fieldsales.calendars.service import add_entry, remove_entry
from fieldsales.dayplans.service import gather
from fieldsales.driving.rules import Driving
from fieldsales.feasts import feasts
from fieldsales.people.models import Role, User
from fieldsales.people.queries import TerritoryNotFound
from fieldsales.people.rules import Actor
from fieldsales.policies.service import put

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
MONDAY = date(2026, 3, 2)
INDEPENDENCE = date(2026, 3, 25)
"""A Greek public holiday, a Wednesday."""


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The small town, in Greece."""
    return small_town.build(session)


def off(session: Session, person: User, first: date = MONDAY, days: int = 35) -> dict[date, str]:
    return free_days(session, [person], first, first + timedelta(days=days))[person.id]


def say(session: Session, first: date, last: date | None = None, **whose: Any) -> Any:
    return add_entry(
        session, **{"first_day": first, "last_day": last or first, "name": "Leave", "by": None, "now": NOW} | whose
    )


def as_actor(user: User) -> Actor:
    return Actor(user.id, Role(user.role), user.territory_id)


def test_public_holidays_come_by_the_country_of_the_territory(session: Session, town: SmallTown) -> None:
    assert off(session, town.anna) == {INDEPENDENCE: "Independence Day"}


def test_leave_is_one_persons_and_days_of_a_territory_are_of_all_below_it(session: Session, town: SmallTown) -> None:
    say(session, MONDAY, MONDAY + timedelta(days=1), user_id=town.anna.id)
    say(session, MONDAY + timedelta(days=7), territory_id=town.town.id, name="Fair")
    assert list(off(session, town.anna, days=10).values()) == ["Leave", "Leave", "Fair"]
    assert list(off(session, town.ben, days=10).values()) == ["Fair"]


def test_a_territory_works_on_a_public_holiday_and_a_person_is_off_all_the_same(
    session: Session, town: SmallTown
) -> None:
    say(session, INDEPENDENCE, territory_id=town.north.id, kind=DayKind.WORKED, name="We work")
    assert off(session, town.anna) == {}
    assert INDEPENDENCE in off(session, town.ben)
    say(session, INDEPENDENCE, user_id=town.anna.id)
    assert off(session, town.anna) == {INDEPENDENCE: "Leave"}


def test_the_policy_switches_public_holidays_off(session: Session, town: SmallTown) -> None:
    put(session, DAYS_OFF, {"public_holidays_off": False}, effective_from=MONDAY, now=NOW)
    assert off(session, town.anna) == {}


def test_part_of_a_country_has_holidays_of_its_own() -> None:
    cesar_chavez = date(2026, 3, 31)
    assert cesar_chavez in feasts("US", [2026], "CA")
    assert cesar_chavez not in feasts("US", [2026])
    assert feasts("XX", [2026]) == {}
    assert feasts("US", [2026], "nowhere") == {}


def test_nobody_off_is_planned_and_the_plan_says_why(session: Session, town: SmallTown) -> None:
    say(session, MONDAY + timedelta(days=1), user_id=town.anna.id, name="Dentist")
    draft = gather(session, MONDAY + timedelta(days=1), driving=Driving(), now=NOW)
    notes = {plan.login: (plan.note, len(plan.lines)) for plan in draft.plans}
    assert notes["anna"] == ("is off: Dentist", 0)
    assert notes["ben"][0] is None


def test_it_is_audited_and_can_be_taken_back(session: Session, town: SmallTown) -> None:
    entry = say(session, MONDAY, user_id=town.anna.id, by=as_actor(town.sara))
    remove_entry(session, entry.id, by=as_actor(town.sara), now=NOW)
    assert off(session, town.anna, days=5) == {}
    assert [each.action for each in session.scalars(select(AuditEntry).order_by(AuditEntry.id))][-2:] == [
        "days_off.added",
        "days_off.removed",
    ]


def test_a_rep_sees_the_own_leave_and_the_territorys_days_not_the_leave_of_others(
    session: Session, town: SmallTown
) -> None:
    mine = say(session, MONDAY, user_id=town.anna.id)
    fair = say(session, MONDAY, territory_id=town.town.id)
    say(session, MONDAY, user_id=town.ben.id)
    say(session, MONDAY, territory_id=town.south.id)
    seen = {each.id for each in entries_visible_to(session, as_actor(town.anna), MONDAY, MONDAY)}
    assert seen == {mine.id, fair.id}


def test_what_cannot_be_is_refused(session: Session, town: SmallTown) -> None:
    with pytest.raises(BadCalendarEntry, match="before"):
        say(session, MONDAY, MONDAY - timedelta(days=1), user_id=town.anna.id)
    with pytest.raises(BadCalendarEntry, match="name"):
        say(session, MONDAY, user_id=town.anna.id, name="  ")
    with pytest.raises(BadCalendarEntry, match="Whose"):
        say(session, MONDAY)
    with pytest.raises(BadCalendarEntry, match="366"):
        say(session, MONDAY, MONDAY + timedelta(days=400), user_id=town.anna.id)
    with pytest.raises(TerritoryNotFound):
        say(session, MONDAY, territory_id=town.town.id, by=Actor(town.sara.id, Role.SUPERVISOR, town.north.id))
    other = say(session, MONDAY, user_id=town.ben.id)
    with pytest.raises(CalendarEntryNotFound):
        remove_entry(session, other.id, by=Actor(town.sara.id, Role.SUPERVISOR, town.north.id), now=NOW)


def test_what_is_nearest_counts() -> None:
    said = [[Said(MONDAY, MONDAY, "own", off=False)], [Said(MONDAY, MONDAY, "theirs")]]
    assert days_off(said, {}, MONDAY, MONDAY) == {}
    assert days_off(said[1:], {MONDAY: "feast"}, MONDAY, MONDAY) == {MONDAY: "theirs"}
