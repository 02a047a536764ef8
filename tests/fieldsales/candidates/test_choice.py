"""Who is visited on a day, by whom, and why."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fieldsales.anomalies.models import AnomalyKind
from fieldsales.cadence.rules import Cadence
from fieldsales.candidates.rules import (
    Alarm,
    Candidate,
    Case,
    Contact,
    KeyAccount,
    Rep,
    TierVisit,
    Why,
    choose,
)

TUESDAY = date(2026, 3, 3)
OFFICE = (0, 1, 2, 3, 4)
ANNA, BEN, CARL = (Rep(uuid.UUID(int=number), name, OFFICE) for number, name in enumerate(("Anna", "Ben", "Carl"), 1))
CREW = (ANNA, BEN, CARL)
WEEKLY = TierVisit("A", Cadence("FREQ=WEEKLY", 5), 30, 100)
SHOP = Case(uuid.UUID(int=99), WEEKLY, owner=ANNA.id)


def seen(case: Case, *visits: tuple[Rep, int]) -> Case:
    """The case with visits so many days before Tuesday."""
    return replace(case, contacts=tuple(Contact(rep.id, TUESDAY - timedelta(days=ago)) for rep, ago in visits))


def chosen(case: Case, day: date = TUESDAY, **options: bool) -> Candidate:
    found = choose(case, day, CREW, **options)
    assert found is not None
    return found


def test_the_owner_visits_who_is_due() -> None:
    found = chosen(seen(SHOP, (ANNA, 7)))
    assert (found.rep_id, found.why, found.value) == (ANNA.id, Why.TIER, 100)
    assert found.reason == "A, weekly: last visit Tue 24 Feb"


def test_nobody_goes_before_the_gap_has_passed() -> None:
    assert choose(seen(SHOP, (ANNA, 4)), TUESDAY, CREW) is None


def test_a_late_visit_says_how_late_and_is_worth_more() -> None:
    found = chosen(seen(SHOP, (ANNA, 14)))
    assert found.reason == "A, weekly: last visit Tue 17 Feb, 7 days late"
    assert found.value == 200


def test_the_day_on_which_a_shop_orders_is_told() -> None:
    found = chosen(replace(seen(SHOP, (ANNA, 8)), weekday=1, usual_weekday=1))
    assert found.reason == "A, weekly: last visit Mon 23 Feb, orders on Tuesdays"


def test_a_visit_that_another_rep_made_counts() -> None:
    assert choose(seen(SHOP, (ANNA, 20), (BEN, 2)), TUESDAY, CREW) is None


def test_a_customer_already_planned_this_week_is_not_planned_twice() -> None:
    case = seen(SHOP, (ANNA, 8))
    assert choose(replace(case, next_planned=TUESDAY + timedelta(days=2)), TUESDAY, CREW) is None
    assert choose(replace(case, next_planned=TUESDAY + timedelta(days=9)), TUESDAY, CREW) is not None


def test_a_missed_first_visit_rolls_forward() -> None:
    found = chosen(replace(SHOP, missed_since=TUESDAY - timedelta(days=7)))
    assert found.reason == "A, weekly: planned since Tue 24 Feb and not visited yet"
    assert found.value == 200


def test_a_new_key_account_is_visited_at_once_with_the_managers_instruction() -> None:
    case = replace(seen(SHOP, (ANNA, 1)), key_accounts=(KeyAccount(BEN.id, "Max", "ask about the fridge"),))
    found = chosen(case)
    assert (found.rep_id, found.why, found.value) == (BEN.id, Why.KEY_ACCOUNT, 200)
    assert found.reason == "key account, given by Max: ask about the fridge; Ben's first visit"


def test_reps_of_a_key_account_take_turns_and_say_so() -> None:
    shared = replace(SHOP, key_accounts=(KeyAccount(BEN.id),))
    found = chosen(seen(shared, (BEN, 7), (ANNA, 14)))
    assert found.rep_id == ANNA.id
    assert found.reason.endswith("; Anna's turn, Ben went Tue 24 Feb")
    assert chosen(seen(shared, (ANNA, 7), (BEN, 14))).rep_id == BEN.id


def test_a_turn_passes_to_the_next_when_the_rep_is_off() -> None:
    shared = replace(SHOP, key_accounts=(KeyAccount(BEN.id),))
    crew = (replace(ANNA, weekdays=(0,)), BEN)
    found = choose(seen(shared, (BEN, 7), (ANNA, 14)), TUESDAY, crew)
    assert found is not None
    assert found.rep_id == BEN.id


def test_an_open_anomaly_is_visited_only_when_asked_for_and_only_once() -> None:
    alarm = Alarm(AnomalyKind.CHURN_RISK, TUESDAY - timedelta(days=1), "orders every 7 ± 1 days, last 24 days ago")
    case = replace(seen(SHOP, (ANNA, 2)), alarm=alarm)
    assert choose(case, TUESDAY, CREW) is None
    found = chosen(case, with_anomalies=True)
    assert (found.why, found.anomaly, found.value) == (Why.ANOMALY, AnomalyKind.CHURN_RISK, 150)
    assert found.reason == "churn risk: orders every 7 ± 1 days, last 24 days ago"
    assert choose(seen(case, (ANNA, 1)), TUESDAY, CREW, with_anomalies=True) is None


def test_a_customer_nobody_serves_is_nobodys_visit() -> None:
    assert choose(replace(SHOP, owner=None), TUESDAY, CREW) is None
    assert choose(replace(SHOP, owner=uuid.UUID(int=500)), TUESDAY, CREW) is None


VISITS = st.lists(st.tuples(st.sampled_from(CREW), st.integers(1, 60)), max_size=6)


@given(
    visits=VISITS,
    shared=st.sets(st.sampled_from(CREW)),
    day=st.dates(date(2026, 3, 3), date(2026, 4, 30)),
    customer=st.integers(0, 2**64),
)
def test_whoever_goes_serves_the_customer_and_works_that_day(
    visits: list[tuple[Rep, int]], shared: set[Rep], day: date, customer: int
) -> None:
    keys = tuple(KeyAccount(rep.id) for rep in sorted(shared, key=lambda rep: rep.name))
    case = seen(replace(SHOP, customer_id=uuid.UUID(int=customer), key_accounts=keys), *visits)
    found = choose(case, day, CREW)
    if found is not None:
        assert found.rep_id in {ANNA.id, *(rep.id for rep in shared)}
        assert day.weekday() in OFFICE
        assert found.value >= 1
        assert found == choose(case, day, tuple(reversed(CREW))), "the order of the crew decides nothing"


@given(visits=VISITS.filter(bool), ahead=st.integers(0, 40))
def test_who_is_due_stays_due_until_visited_and_never_loses_value(visits: list[tuple[Rep, int]], ahead: int) -> None:
    case = seen(SHOP, *visits)
    days = [TUESDAY + timedelta(days=more) for more in range(ahead + 1)]
    found = [choose(case, day, CREW) for day in days if day.weekday() in OFFICE]
    due = [each is not None for each in found]
    assert due == sorted(due)
    values = [each.value for each in found if each]
    assert values == sorted(values)
