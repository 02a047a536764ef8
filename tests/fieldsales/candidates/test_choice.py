"""Who is visited on a day, by whom, and why."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fieldsales.anomalies.models import AnomalyKind
from fieldsales.cadence.rules import Cadence
from fieldsales.candidates.rules import Candidate, Why, choose, choose_all
from fieldsales.cases.rules import Alarm, Case, Contact, Rep, TierVisit
from fieldsales.turns.rules import KeyAccount
from fieldsales.wording.rules import MOST_WORDS

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


def test_a_visit_that_is_still_to_come_is_not_told_as_made() -> None:
    to_come = replace(SHOP, contacts=(Contact(ANNA.id, TUESDAY - timedelta(days=7), made=False),))
    assert chosen(to_come).reason == "A, weekly: planned for Tue 24 Feb"


def test_nobody_goes_before_the_gap_has_passed() -> None:
    assert choose(seen(SHOP, (ANNA, 4)), TUESDAY, CREW) is None


def test_a_late_visit_says_since_when_it_is_due_and_is_worth_more() -> None:
    found = chosen(seen(SHOP, (ANNA, 14)))
    assert found.reason == "A, weekly: last visit Tue 17 Feb, due since Tue 24 Feb"
    assert found.value == 200


def test_a_weekday_of_its_own_is_told_where_it_moves_the_day() -> None:
    """A week after a Wednesday is a Wednesday; a shop of Tuesdays is due on the sixth day already."""
    last_wednesday, friday_before = seen(SHOP, (ANNA, 6)), seen(SHOP, (ANNA, 11))
    assert chosen(replace(last_wednesday, weekday=1)).reason == "A, weekly on Tuesdays: last visit Wed 25 Feb"
    assert (
        chosen(replace(friday_before, weekday=3)).reason
        == "A, weekly on Thursdays: last visit Fri 20 Feb, due since Thu 26 Feb"
    )
    assert chosen(replace(seen(SHOP, (ANNA, 7)), weekday=1)).reason == "A, weekly: last visit Tue 24 Feb"


def test_a_gap_that_holds_the_visit_back_is_told() -> None:
    """The Monday nearest to a week after Thursday is only four days after it; after Thursday comes Friday, too near."""
    thursday = replace(seen(SHOP, (ANNA, 12)), weekday=0)
    assert chosen(thursday).reason == (
        "A, weekly on Mondays, at least 5 days apart: last visit Thu 19 Feb, due since Mon 2 Mar"
    )
    twice_a_week = replace(SHOP, tier=replace(WEEKLY, cadence=Cadence("FREQ=WEEKLY;BYDAY=TU,FR", 2)))
    assert chosen(seen(twice_a_week, (ANNA, 5))).reason == (
        "A, weekly (TU,FR), at least 2 days apart: last visit Thu 26 Feb, due since Sat 28 Feb"
    )


@given(ago=st.integers(1, 60), weekday=st.none() | st.integers(0, 4), weeks=st.integers(1, 3))
def test_a_reader_who_counts_comes_to_the_day_that_is_told(ago: int, weekday: int | None, weeks: int) -> None:
    """Without a weekday or a gap in the sentence, the due day is whole weeks after the visit; else the weekday told."""
    tier = replace(WEEKLY, cadence=Cadence(f"FREQ=WEEKLY;INTERVAL={weeks}", 5))
    found = choose(replace(seen(SHOP, (ANNA, ago)), tier=tier, weekday=weekday), TUESDAY, CREW)
    if found is None:
        return
    often, _, told = found.reason.partition(": ")
    last = TUESDAY - timedelta(days=ago)
    due = next(
        (day for back in range(60) if (day := TUESDAY - timedelta(days=back)) and f"since {day_told(day)}" in told),
        TUESDAY,
    )
    assert f"last visit {day_told(last)}" in told
    if " on " not in often:
        assert due == last + timedelta(weeks=weeks)
    else:
        assert f" on {due:%A}s" in often
        assert abs((due - last).days - 7 * weeks) <= (7 if "at least" in often else 3)


def day_told(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def test_a_first_visit_tells_the_last_order_and_long_ago_its_year() -> None:
    """The Tuesday shop's turn comes on one of the Tuesdays."""
    shop = replace(SHOP, weekday=1)
    assert chosen(shop).reason == "A, weekly: first planned visit"
    ordered = replace(shop, last_order=TUESDAY - timedelta(days=8))
    assert chosen(ordered).reason == "A, weekly: first planned visit, last order Mon 23 Feb"
    long_ago = replace(shop, last_order=date(2024, 10, 31))
    assert chosen(long_ago).reason == "A, weekly: first planned visit, last order Thu 31 Oct 2024"


def test_the_day_on_which_a_shop_orders_is_told() -> None:
    found = chosen(replace(seen(SHOP, (ANNA, 8)), weekday=1, usual_weekday=1))
    assert found.reason == "A, weekly on Tuesdays: last visit Mon 23 Feb, orders on Tuesdays"


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


ALARM = Alarm(AnomalyKind.CHURN_RISK, TUESDAY, "orders every 4 ± 1 days, last 63 days ago")


def test_an_open_anomaly_is_told_whatever_the_visit_is_for() -> None:
    found = chosen(replace(seen(SHOP, (ANNA, 7)), alarm=ALARM))
    assert (found.why, found.anomaly, found.value) == (Why.TIER, None, 100)
    assert found.reason == ("A, weekly: last visit Tue 24 Feb; churn risk: orders every 4 ± 1 days, last 63 days ago")
    given_away = chosen(replace(seen(SHOP, (ANNA, 1)), alarm=ALARM, key_accounts=(KeyAccount(BEN.id, "Max"),)))
    assert given_away.reason.endswith("; Ben's first visit; churn risk: orders every 4 ± 1 days, last 63 days ago")


def test_a_reason_fits_its_column_however_much_there_is_to_tell() -> None:
    told_much = KeyAccount(BEN.id, "Max", "ask " * 125)
    found = chosen(replace(seen(SHOP, (ANNA, 1)), alarm=ALARM, key_accounts=(told_much,)))
    assert len(found.reason) == MOST_WORDS
    assert found.reason.endswith("…")


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


def given(*accounts: KeyAccount) -> Case:
    """Nobody's customer but for what a manager gave out."""
    return replace(SHOP, owner=None, key_accounts=accounts)


def test_a_priority_makes_a_visit_worth_more_or_less() -> None:
    worth = [chosen(given(KeyAccount(ANNA.id, priority=each))).value for each in (1, 2, 3, 4, 5)]
    assert worth == [400, 300, 200, 150, 100]


def test_a_cadence_of_its_own_goes_before_the_tiers() -> None:
    daily = seen(given(KeyAccount(ANNA.id, cadence=Cadence("FREQ=DAILY", 1))), (ANNA, 2))
    assert chosen(daily).reason == "key account, A, daily: last visit Sun 1 Mar, due since Mon 2 Mar"
    assert choose(seen(given(KeyAccount(ANNA.id)), (ANNA, 2)), TUESDAY, CREW) is None
    rarely = given(KeyAccount(ANNA.id, cadence=Cadence("FREQ=MONTHLY", 20)))
    assert choose(seen(rarely, (ANNA, 14)), TUESDAY, CREW) is None


def test_a_key_account_counts_between_its_days_only() -> None:
    monday, wednesday = TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=1)
    assert choose(given(KeyAccount(ANNA.id, from_on=wednesday)), TUESDAY, CREW) is None
    assert choose(given(KeyAccount(ANNA.id, until_on=monday)), TUESDAY, CREW) is None
    assert chosen(given(KeyAccount(ANNA.id, from_on=TUESDAY, until_on=TUESDAY))).why is Why.KEY_ACCOUNT
    over = replace(SHOP, key_accounts=(KeyAccount(BEN.id, until_on=monday),))
    assert chosen(seen(over, (ANNA, 7))).why is Why.TIER


def test_reps_who_go_together_go_on_one_day_and_say_so() -> None:
    both = given(KeyAccount(ANNA.id, together=True), KeyAccount(BEN.id, together=True))
    found = choose_all(both, TUESDAY, CREW)
    assert [each.rep_id for each in found] == [ANNA.id, BEN.id]
    assert [each.reason.rpartition("; ")[2] for each in found] == ["together with Ben", "together with Anna"]
    assert choose_all(seen(both, (ANNA, 2), (BEN, 2)), TUESDAY, CREW) == ()


def test_reps_who_go_together_wait_for_a_day_on_which_both_work() -> None:
    both = given(KeyAccount(ANNA.id, together=True), KeyAccount(BEN.id, together=True))
    on_fridays = (ANNA, replace(BEN, weekdays=(4,)))
    assert choose_all(both, TUESDAY, on_fridays) == ()
    assert len(choose_all(both, TUESDAY + timedelta(days=3), on_fridays)) == 2
    never = (ANNA, replace(BEN, weekdays=(5,)))
    assert [each.rep_id for each in choose_all(both, TUESDAY, never)] == [ANNA.id]


def test_one_alone_of_those_who_go_together_takes_turns_as_ever() -> None:
    alone = replace(SHOP, key_accounts=(KeyAccount(BEN.id, together=True),))
    assert [each.rep_id for each in choose_all(seen(alone, (ANNA, 7)), TUESDAY, CREW)] == [BEN.id]


def test_an_open_anomaly_is_asked_about_whatever_the_visit_is_for() -> None:
    alarm = Alarm(AnomalyKind.CHURN_RISK, TUESDAY, "silent")
    due, not_due = replace(seen(SHOP, (ANNA, 7)), alarm=alarm), replace(seen(SHOP, (ANNA, 2)), alarm=alarm)
    assert (chosen(due).anomaly, chosen(due).asks_about) == (None, AnomalyKind.CHURN_RISK)
    late = replace(not_due, alarm=replace(alarm, opened_on=TUESDAY))
    assert chosen(late, with_anomalies=True).asks_about is AnomalyKind.CHURN_RISK
    assert chosen(seen(SHOP, (ANNA, 7))).asks_about is None
