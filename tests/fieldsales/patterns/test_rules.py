"""How a customer's visits can be spread over weeks."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fieldsales.cadence.rules import Cadence
from fieldsales.patterns.rules import Wanted, Way, Weeks, ways

MONDAY = date(2026, 3, 2)
WHO = uuid.UUID(int=7)
ALWAYS = frozenset(range(7))
WORKDAYS = frozenset(range(5))


def weeks(many: int = 4, off: tuple[date, ...] = ()) -> Weeks:
    days = [MONDAY + timedelta(days=at) for at in range(7 * many)]
    return Weeks(MONDAY, tuple(day.weekday() in WORKDAYS and day not in off for day in days))


def wanted(rrule: str, gap: int = 3, **more: object) -> Wanted:
    return Wanted(WHO, Cadence(rrule, gap), more.pop("weekdays", ALWAYS), **more)  # type: ignore[arg-type]


def dates(way: Way) -> list[date]:
    return [MONDAY + timedelta(days=at) for at in way.days]


def test_a_weekly_visit_can_be_on_any_weekday_and_stays_there() -> None:
    found = ways(wanted("FREQ=WEEKLY"), weeks())
    assert sorted({frozenset(day.weekday() for day in dates(way)) for way in found}, key=min) == [
        frozenset({at}) for at in range(5)
    ]
    assert all(len(way.days) == 4 for way in found)


def test_twice_a_week_is_spaced_evenly_and_monday_tuesday_is_no_way() -> None:
    found = ways(wanted("FREQ=DAILY;INTERVAL=3", gap=2), weeks())
    pairs = {tuple(sorted({day.weekday() for day in dates(way)})): way.cost_s for way in found}
    assert (0, 1) not in pairs
    assert {(0, 3), (1, 4)} <= pairs.keys()
    assert pairs[0, 3] == pairs[1, 4] < pairs[0, 2]


def test_every_two_weeks_can_begin_in_either_week() -> None:
    found = ways(wanted("FREQ=WEEKLY;INTERVAL=2"), weeks())
    assert len(found) == 10
    assert all(later - earlier == 14 for way in found for earlier, later in pairwise(way.days))


def test_after_a_contact_it_begins_about_when_it_is_due() -> None:
    contact = MONDAY - timedelta(days=7)
    found = ways(wanted("FREQ=WEEKLY;INTERVAL=2", contact=contact), weeks())
    cheapest = min(found, key=lambda way: way.cost_s)
    assert dates(cheapest)[0] == contact + timedelta(days=14)
    assert all(abs(way.days[0] - 7) <= 7 for way in found)


def test_who_is_long_overdue_comes_in_the_first_week() -> None:
    found = ways(wanted("FREQ=MONTHLY", contact=MONDAY - timedelta(days=200)), weeks())
    assert found
    assert all(way.days[0] < 7 for way in found)
    assert min(found, key=lambda way: way.cost_s).days[0] == 0


def test_a_wish_for_weekdays_is_kept_unless_the_rep_never_works_then() -> None:
    tuesdays = ways(wanted("FREQ=WEEKLY", weekdays=frozenset({1})), weeks())
    assert [{day.weekday() for day in dates(way)} for way in tuesdays] == [{1}]
    assert len(ways(wanted("FREQ=WEEKLY", weekdays=frozenset({6})), weeks())) == 5


def test_its_own_weekday_and_the_present_plan_are_cheapest() -> None:
    assert dates(min(ways(wanted("FREQ=WEEKLY", usual=3), weeks()), key=lambda way: way.cost_s))[0].weekday() == 3
    present = frozenset(MONDAY + timedelta(days=7 * at + 2) for at in range(4))
    assert set(dates(min(ways(wanted("FREQ=WEEKLY", present=present), weeks()), key=lambda way: way.cost_s))) == present


def test_a_day_off_moves_the_visit_to_the_next_working_day() -> None:
    free = MONDAY + timedelta(days=7)
    mondays = next(way for way in ways(wanted("FREQ=WEEKLY"), weeks(off=(free,))) if way.days[0] == 0)
    assert dates(mondays)[1] == free + timedelta(days=1)


def test_a_rule_that_names_days_is_followed_to_the_day() -> None:
    (only,) = ways(wanted("FREQ=WEEKLY;BYDAY=TU,FR", contact=MONDAY - timedelta(days=3)), weeks(2))
    assert [day.weekday() for day in dates(only)] == [1, 4, 1, 4]


def test_a_quarterly_customer_never_seen_is_not_crowded_into_these_weeks() -> None:
    known = [
        ways(Wanted(uuid.UUID(int=number), Cadence("FREQ=MONTHLY;INTERVAL=3", 30), ALWAYS), weeks())
        for number in range(400)
    ]
    share = sum(any(way.days for way in each) for each in known) / 400
    assert 0.2 < share < 0.45


RULES = ("FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY",
         "FREQ=MONTHLY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=TU,FR", "FREQ=MONTHLY;BYDAY=1MO")  # fmt: skip


@given(
    rrule=st.sampled_from(RULES),
    gap=st.integers(1, 5),
    many=st.integers(4, 12),
    since=st.none() | st.integers(1, 300),
    off=st.sets(st.integers(0, 83), max_size=15),
    weekdays=st.sets(st.integers(0, 6)).map(frozenset),
)
def test_visits_are_on_working_days_in_order_and_none_twice(
    rrule: str, gap: int, many: int, since: int | None, off: set[int], weekdays: frozenset[int]
) -> None:
    there = weeks(many, tuple(MONDAY + timedelta(days=at) for at in off))
    contact = MONDAY - timedelta(days=since) if since else None
    found = ways(wanted(rrule, gap, contact=contact, weekdays=weekdays), there)
    assert found
    for way in found:
        assert way.cost_s >= 0
        assert all(there.working[at] for at in way.days)
        assert all(earlier < later for earlier, later in pairwise(way.days))
