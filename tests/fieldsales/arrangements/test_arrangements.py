"""What was arranged with customers goes before the cadence of their tier, on either database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.arrangements.queries import arranged
from fieldsales.arrangements.rules import BadArrangement, Terms, read_terms
from fieldsales.arrangements.service import NothingArranged, arrange, drop, require_arrangement
from fieldsales.cadence.rules import Cadence
from fieldsales.dayplans.service import gather
from fieldsales.driving.rules import Driving
from fieldsales.recurrence.rules import CadenceNotUnderstood

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
WEEKLY = Cadence("FREQ=WEEKLY", 5)


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The small town."""
    return small_town.build(session)


def test_a_cadence_of_its_own_goes_before_the_tiers() -> None:
    assert Terms(rrule="FREQ=MONTHLY").cadence(WEEKLY) == Cadence("FREQ=MONTHLY", 5)
    assert Terms(minimum_gap_days=2).cadence(WEEKLY) == Cadence("FREQ=WEEKLY", 2)
    assert Terms(weekdays=frozenset({1})).cadence(WEEKLY) == WEEKLY
    assert Terms(rrule="FREQ=DAILY;INTERVAL=3").cadence(WEEKLY).minimum_gap_days == 1


def test_hours_narrow_the_opening_hours_and_never_close_the_shop() -> None:
    morning = Terms(hours=(8 * 3600, 11 * 3600))
    assert morning.within(((9 * 3600, 18 * 3600),)) == ((9 * 3600, 11 * 3600),)
    assert morning.within(((14 * 3600, 18 * 3600),)) == ((14 * 3600, 18 * 3600),)


def test_what_was_arranged_is_kept_replaced_and_taken_back(session: Session, town: SmallTown) -> None:
    bakery = town.customers["Bakery"].id
    arrange(session, bakery, by=None, now=NOW, weekdays="th, tu", from_time=time(8), to_time=time(10))
    assert require_arrangement(session, bakery, by=None).weekdays == "TU,TH"
    assert arranged(session) == {bakery: Terms(weekdays=frozenset({1, 3}), hours=(28_800, 36_000))}
    arrange(session, bakery, by=None, now=NOW, rrule="FREQ=MONTHLY")
    assert arranged(session, [bakery]) == {bakery: Terms(rrule="FREQ=MONTHLY")}
    drop(session, bakery, by=None, now=NOW)
    assert arranged(session) == {}
    with pytest.raises(NothingArranged):
        drop(session, bakery, by=None, now=NOW)


def test_a_customer_is_planned_on_the_weekday_that_was_arranged(session: Session, town: SmallTown) -> None:
    bakery = town.customers["Bakery"].id
    arrange(session, bakery, by=None, now=NOW, rrule="FREQ=WEEKLY", weekdays="TH")
    planned = {
        day
        for day in (date(2026, 3, 2) + timedelta(days=at) for at in range(5))
        for plan in gather(session, day, driving=None, now=NOW).plans
        if bakery in {line.customer_id for line in plan.lines}
    }
    assert planned == {date(2026, 3, 5)}


def test_a_customer_is_visited_within_the_hours_that_were_arranged(session: Session, town: SmallTown) -> None:
    bakery = town.customers["Bakery"].id
    terms = {"rrule": "FREQ=DAILY", "from_time": time(9), "to_time": time(10)}
    arrange(session, bakery, by=None, now=NOW, **terms)  # type: ignore[arg-type]
    [plan] = [
        plan
        for plan in gather(session, date(2026, 3, 3), driving=Driving(), now=NOW).plans
        if bakery in {line.customer_id for line in plan.lines}
    ]
    assert plan.problem is not None
    [stop] = [stop for stop in plan.problem.stops if stop.id == str(bakery)]
    assert [(window.opens_s, window.closes_s) for window in stop.windows] == [(9 * 3600, 10 * 3600)]


def test_what_cannot_be_arranged_is_refused() -> None:
    with pytest.raises(BadArrangement, match="XX"):
        read_terms(None, None, "MO,XX", None, None)
    with pytest.raises(BadArrangement, match="Nothing"):
        read_terms(None, None, None, None, None)
    with pytest.raises(BadArrangement, match="beginning"):
        read_terms(None, None, None, time(8), None)
    with pytest.raises(BadArrangement, match="not after"):
        read_terms(None, None, None, time(8), time(8))
    with pytest.raises(CadenceNotUnderstood):
        read_terms("FREQ=SOMETIMES", None, None, None, None)
