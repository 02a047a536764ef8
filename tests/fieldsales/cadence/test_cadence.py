"""When a customer is due: rule, gap, weekday, roll-forward."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.cadence.rules import (
    MOST_URGENT,
    Cadence,
    Due,
    Wish,
    due_after_contact,
    due_without_contact,
    level_weekdays,
    previous_working_day,
)
from fieldsales.recurrence.rules import CadenceNotUnderstood

WEEKLY = Cadence("FREQ=WEEKLY", 5)
FORTNIGHTLY = Cadence("FREQ=WEEKLY;INTERVAL=2", 10)
MONTHLY = Cadence("FREQ=MONTHLY", 21)
TWICE_A_WEEK = Cadence("FREQ=WEEKLY;BYDAY=TU,FR", 2)
CADENCES = st.sampled_from([WEEKLY, FORTNIGHTLY, MONTHLY, TWICE_A_WEEK, Cadence("FREQ=DAILY;INTERVAL=3", 2)])
MONDAY, TUESDAY, THURSDAY = 0, 1, 3
OFFICE_DAYS = (0, 1, 2, 3, 4)
DAYS = st.dates(date(2022, 1, 1), date(2030, 12, 31))


def first_due(cadence: Cadence, contact: date, usual_weekday: int | None = None) -> date:
    days = (contact + timedelta(days=ahead) for ahead in range(400))
    return next(day for day in days if due_after_contact(cadence, contact, day, usual_weekday))


def test_a_weekly_customer_is_due_a_week_after_the_visit() -> None:
    assert first_due(WEEKLY, date(2026, 3, 3)) == date(2026, 3, 10)


def test_a_month_after_the_31st_is_the_end_of_the_short_month() -> None:
    """RFC 5545 alone would skip February altogether."""
    assert first_due(MONTHLY, date(2026, 1, 31)) == date(2026, 2, 28)


def test_a_rule_that_names_days_is_kept_to_its_days_and_to_the_gap() -> None:
    assert first_due(TWICE_A_WEEK, date(2026, 3, 3)) == date(2026, 3, 6)
    assert first_due(TWICE_A_WEEK, date(2026, 3, 5)) == date(2026, 3, 7), "the gap of two days passes Friday by"
    assert first_due(TWICE_A_WEEK, date(2026, 3, 3), usual_weekday=MONDAY) == date(2026, 3, 6)


def test_what_moved_the_day_from_the_plain_rule_is_kept_for_the_reader() -> None:
    """From Tuesday 3 March a week is Tuesday 10; from Thursday 5 the nearest Monday would come after four days."""
    day, tuesday, thursday = date(2026, 4, 1), date(2026, 3, 3), date(2026, 3, 5)
    assert due_after_contact(WEEKLY, tuesday, day) == Due(date(2026, 3, 10), tuesday)
    assert due_after_contact(WEEKLY, tuesday, day, TUESDAY) == Due(date(2026, 3, 10), tuesday)
    assert due_after_contact(WEEKLY, tuesday, day, MONDAY) == Due(date(2026, 3, 9), tuesday, weekday=MONDAY)
    held_back = Due(date(2026, 3, 16), thursday, weekday=MONDAY, gap_days=5)
    assert due_after_contact(WEEKLY, thursday, day, MONDAY) == held_back
    assert due_after_contact(TWICE_A_WEEK, thursday, day) == Due(date(2026, 3, 7), thursday, gap_days=2)


def test_a_customer_who_buys_on_mondays_is_visited_on_the_monday_nearest() -> None:
    assert first_due(WEEKLY, date(2026, 3, 3), MONDAY) == date(2026, 3, 9)
    assert first_due(FORTNIGHTLY, date(2026, 3, 5), MONDAY) == date(2026, 3, 16)


def test_the_gap_moves_the_usual_weekday_to_the_week_after() -> None:
    strict = Cadence("FREQ=WEEKLY", 7)
    assert first_due(strict, date(2026, 3, 3), MONDAY) == date(2026, 3, 16)


@given(cadence=CADENCES, contact=DAYS, weekday=st.none() | st.integers(0, 6), later=st.integers(0, 500))
def test_who_was_due_and_not_visited_stays_due(
    cadence: Cadence, contact: date, weekday: int | None, later: int
) -> None:
    since = first_due(cadence, contact, weekday)
    still = due_after_contact(cadence, contact, since + timedelta(days=later), weekday)
    assert still is not None
    assert (still.since, still.contact) == (since, contact)


@given(cadence=CADENCES, contact=DAYS, weekday=st.none() | st.integers(0, 6))
def test_nobody_is_due_before_the_gap_has_passed_nor_much_after_the_period(
    cadence: Cadence, contact: date, weekday: int | None
) -> None:
    gap = (first_due(cadence, contact, weekday) - contact).days
    assert cadence.minimum_gap_days <= gap <= max(cadence.minimum_gap_days + 7, cadence.period_days + 6)


@given(since=DAYS, days=st.integers(0, 1000), more=st.integers(1, 100), period=st.integers(1, 90))
def test_urgency_grows_with_every_day_until_it_is_full(since: date, days: int, more: int, period: int) -> None:
    due = Due(since, None)
    soon, later = (due.urgency(since + timedelta(days=when), period) for when in (days, days + more))
    assert 1.0 <= soon <= later <= MOST_URGENT
    assert soon < later or later == MOST_URGENT


def test_customers_never_contacted_are_spread_evenly_over_weeks_and_working_days() -> None:
    """400 fortnightly customers over the ten working days of two weeks."""
    customers = [uuid.UUID(int=number * 7919) for number in range(400)]
    load: Counter[date] = Counter()
    for ahead in range(14):
        day = date(2026, 3, 2) + timedelta(days=ahead)
        if day.weekday() in OFFICE_DAYS:
            yesterday = previous_working_day(day, OFFICE_DAYS)
            load[day] = sum(
                due_without_contact(FORTNIGHTLY, who, day, yesterday, OFFICE_DAYS) is not None for who in customers
            )
    assert sum(load.values()) == 400
    assert max(load.values()) < 65
    assert min(load.values()) > 20


@given(number=st.integers(0, 2**128 - 1), start=DAYS, cadence=CADENCES, weekday=st.sampled_from(OFFICE_DAYS))
def test_a_customer_never_contacted_has_a_turn_in_every_period(
    number: int, start: date, cadence: Cadence, weekday: int
) -> None:
    days = [start + timedelta(days=ahead) for ahead in range(cadence.period_days + 10)]
    working = [day for day in days if day.weekday() in OFFICE_DAYS]
    turns = [
        day
        for day in working
        if due_without_contact(cadence, uuid.UUID(int=number), day, previous_working_day(day, OFFICE_DAYS), (weekday,))
    ]
    assert turns


@pytest.mark.parametrize(
    "rule",
    ["", "every week", "FREQ=WEEKLY;BYDAY=XX", "FREQ=HOURLY", "FREQ=WEEKLY;COUNT=3", "FREQ=DAILY\nFREQ=DAILY"],
)
def test_a_rule_that_visits_cannot_follow_is_refused_with_the_way_to_mend_it(rule: str) -> None:
    with pytest.raises(CadenceNotUnderstood, match="Use RFC 5545") as refused:
        Cadence(rule, 1)
    assert refused.value.code == "cadence.not_understood"


def test_a_gap_under_a_day_is_refused() -> None:
    with pytest.raises(CadenceNotUnderstood, match="minimum gap of 0"):
        Cadence("FREQ=WEEKLY", 0)


def test_the_working_day_before_monday_is_friday() -> None:
    assert previous_working_day(date(2026, 3, 2), OFFICE_DAYS) == date(2026, 2, 27)
    assert previous_working_day(date(2026, 3, 2), (MONDAY,)) == date(2026, 2, 23)


def test_a_cadence_says_itself_as_a_person_would() -> None:
    assert [str(each) for each in (WEEKLY, FORTNIGHTLY, MONTHLY, TWICE_A_WEEK)] == [
        "weekly",
        "every 2 weeks",
        "monthly",
        "weekly (TU,FR)",
    ]


WISHES = st.dictionaries(
    st.uuids(), st.builds(Wish, st.none() | st.integers(0, 6), st.sampled_from([1.0, 0.5, 0.125])), max_size=60
)


@given(WISHES)
def test_a_week_is_never_lopsided_for_the_sake_of_wishes(wishes: dict[uuid.UUID, Wish]) -> None:
    """No day holds more than its room and one visit."""
    given_days = level_weekdays(wishes, OFFICE_DAYS)
    assert given_days.keys() == wishes.keys()
    assert set(given_days.values()) <= set(OFFICE_DAYS)
    load = Counter[int]()
    for who, day in given_days.items():
        load[day] += round(wishes[who].visits_a_week * 8)
    mean = sum(load.values()) / len(OFFICE_DAYS)
    assert all(on_day <= 1.25 * mean + 8 for on_day in load.values())


@given(WISHES, st.randoms(use_true_random=False))
def test_the_order_in_which_customers_come_changes_no_weekday(wishes: dict[uuid.UUID, Wish], chance: Random) -> None:
    shuffled = list(wishes)
    chance.shuffle(shuffled)
    assert level_weekdays({who: wishes[who] for who in shuffled}, OFFICE_DAYS) == level_weekdays(wishes, OFFICE_DAYS)


def test_a_wish_is_granted_while_there_is_room() -> None:
    wishes = {uuid.UUID(int=number): Wish(number % 5, 1.0) for number in range(20)}
    assert level_weekdays(wishes, OFFICE_DAYS) == {who: wish.weekday for who, wish in wishes.items()}


def test_no_customer_is_given_a_weekday_on_which_it_is_closed() -> None:
    """Even if that is when it orders, by telephone."""
    wishes = {uuid.UUID(int=number): Wish(MONDAY, 1.0, frozenset({TUESDAY, THURSDAY})) for number in range(10)}
    assert set(level_weekdays(wishes, OFFICE_DAYS).values()) == {TUESDAY, THURSDAY}


def test_a_customer_never_open_while_the_rep_works_still_has_a_weekday() -> None:
    wishes = {uuid.UUID(int=1): Wish(None, 1.0, frozenset({6}))}
    assert level_weekdays(wishes, OFFICE_DAYS)[uuid.UUID(int=1)] in OFFICE_DAYS


def test_a_rep_who_never_works_has_no_weekdays_to_give() -> None:
    assert level_weekdays({uuid.UUID(int=1): Wish(1, 1.0)}, ()) == {}
