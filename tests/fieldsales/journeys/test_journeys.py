"""Journey plans: made for weeks, stored, followed day by day, and made anew; on either database."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.arrangements.service import arrange
from fieldsales.calendars.service import add_entry
from fieldsales.dayplans.service import gather, store
from fieldsales.driving.rules import Driving
from fieldsales.journeys.models import Journey
from fieldsales.journeys.queries import calls_of, ending_by, journeys_of, plan_days
from fieldsales.journeys.rules import BadJourney, Sketch
from fieldsales.journeys.service import sketch_journeys, solve_journeys, store_journeys
from fieldsales.people.models import User
from fieldsales.planning.models import PlannedVisit
from fieldsales.visits.models import Visit
from routing.pool import SolverPool

MONDAY = date(2026, 3, 2)
NEXT = date(2026, 3, 9)
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The small town; every shop is a B, to be visited weekly or so."""
    return small_town.build(session)


def sketch(session: Session, *reps: User, first: date = NEXT, weeks: int = 4) -> list[Sketch]:
    with SolverPool(0) as solver:
        return solve_journeys(sketch_journeys(session, reps, first, weeks, today=MONDAY), solver, Driving())


def build(session: Session, *reps: User, first: date = NEXT, weeks: int = 4) -> list[Journey]:
    return store_journeys(session, sketch(session, *reps, first=first, weeks=weeks), by=None, now=NOW)


def days_with(session: Session, customer_id: uuid.UUID, days: Sequence[date], now: datetime = NOW) -> list[date]:
    """The days on which a customer stands in the plan of the day."""
    return [
        day
        for day in days
        for plan in gather(session, day, driving=None, now=now).plans
        if customer_id in {line.customer_id for line in plan.lines}
    ]


def test_every_customer_has_its_visits_evenly_spaced_on_working_days(session: Session, town: SmallTown) -> None:
    journeys = build(session, town.anna, town.ben)
    assert [journey.rep_id for journey in journeys] == [town.anna.id, town.ben.id]
    for journey in journeys:
        calls = calls_of(session, journey)
        assert journey.figures["visits"] == len(calls)
        assert journey.figures["spacing_error_days"] <= 1
        assert all(call.day.weekday() < 5 for call in calls)
        assert len({call.customer for call in calls}) == 3


def test_holidays_and_leave_have_no_visits(session: Session, town: SmallTown) -> None:
    leave = [NEXT + timedelta(days=at) for at in range(5)]
    add_entry(session, first_day=leave[0], last_day=leave[-1], name="Leave", user_id=town.anna.id, by=None, now=NOW)
    [journey] = build(session, town.anna)
    days = {call.day for call in calls_of(session, journey)}
    assert not days & {*leave, date(2026, 3, 25)}
    assert min(days) >= NEXT + timedelta(days=7)


def test_visits_that_are_planned_already_count_before_the_first_of_a_journey_plan(
    session: Session, town: SmallTown
) -> None:
    for day in (MONDAY + timedelta(days=at) for at in range(5)):
        store(session, gather(session, day, driving=None, now=NOW))
    planned = select(PlannedVisit.customer_id, PlannedVisit.day).where(PlannedVisit.rep_id == town.anna.id)
    there = dict(session.execute(planned).all())
    assert there
    [journey] = build(session, town.anna, weeks=12)
    gaps = [each.day - there[each.customer_id] for each in calls_of(session, journey) if each.customer_id in there]
    assert gaps
    assert min(gaps) >= timedelta(days=5)


def test_a_nightly_run_makes_plans_for_those_alone_whose_plan_ends_soon(session: Session, town: SmallTown) -> None:
    build(session, town.anna)
    reps = [town.anna, town.ben]
    end = NEXT + timedelta(days=27)
    assert ending_by(session, reps, end - timedelta(days=1)) == [town.ben]
    assert ending_by(session, reps, end) == reps


def test_planning_a_day_follows_the_journey_plan_and_says_so(session: Session, town: SmallTown) -> None:
    build(session, town.anna)
    stands = plan_days(session, [town.anna.id], NEXT)[town.anna.id]
    for day in (NEXT + timedelta(days=at) for at in range(5)):
        draft = gather(session, day, driving=None, now=NOW)
        [plan] = [plan for plan in draft.plans if plan.login == "anna"]
        new = {who for who, days in stands.items() if day in days}
        assert new <= {line.customer_id for line in plan.lines}
        assert all("by the journey plan" in line.reason for line in plan.lines)


def test_a_missed_visit_rolls_forward_until_it_is_made(session: Session, town: SmallTown) -> None:
    bakery = town.customers["Bakery"].id
    arrange(session, bakery, by=None, now=NOW, rrule="FREQ=WEEKLY", minimum_gap_days=5)
    build(session, town.anna)
    first = plan_days(session, [town.anna.id], NEXT)[town.anna.id][bakery][0]
    after = first + timedelta(days=1 if first.weekday() < 4 else 3)
    evening = datetime.combine(after, datetime.min.time(), UTC)
    assert days_with(session, bakery, [after], evening) == [after]
    session.add(
        Visit(
            id=uuid.uuid4(),
            rep_id=town.anna.id,
            customer_id=bakery,
            day=after,
            checked_in_at=evening,
            flags=[],
        )
    )
    session.flush()
    later = after + timedelta(days=1 if after.weekday() < 4 else 3)
    assert days_with(session, bakery, [later], datetime.combine(later, datetime.min.time(), UTC)) == []


def test_a_day_that_is_planned_ahead_does_not_take_the_days_before_it_for_missed(
    session: Session, town: SmallTown
) -> None:
    build(session, town.anna)
    stands = plan_days(session, [town.anna.id], NEXT)[town.anna.id]
    friday = NEXT + timedelta(days=4)
    [plan] = [plan for plan in gather(session, friday, driving=None, now=NOW).plans if plan.login == "anna"]
    assert {line.customer_id for line in plan.lines} == {who for who, days in stands.items() if friday in days}


def test_made_again_it_is_the_same_and_keeps_the_days(session: Session, town: SmallTown) -> None:
    build(session, town.anna)
    [before] = journeys_of(session, None)
    calls = calls_of(session, before)
    [after] = build(session, town.anna)
    assert calls_of(session, after) == calls
    assert after.figures["kept"] == 1.0
    assert [journey.id for journey in journeys_of(session, None)] == [after.id]


def test_a_later_plan_ends_the_one_before(session: Session, town: SmallTown) -> None:
    build(session, town.anna)
    build(session, town.anna, first=NEXT + timedelta(days=14))
    spans = [(each.first_day, each.last_day) for each in journeys_of(session, None)]
    assert spans == [
        (NEXT, NEXT + timedelta(days=13)),
        (NEXT + timedelta(days=14), NEXT + timedelta(days=41)),
    ]


def test_what_was_arranged_is_in_the_plan(session: Session, town: SmallTown) -> None:
    bakery = town.customers["Bakery"].id
    arrange(session, bakery, by=None, now=NOW, rrule="FREQ=WEEKLY;INTERVAL=2", weekdays="TH", minimum_gap_days=7)
    build(session, town.anna)
    days = plan_days(session, [town.anna.id], NEXT)[town.anna.id][bakery]
    assert len(days) == 2
    assert {day.weekday() for day in days} == {3}


def test_a_dry_run_writes_nothing(session: Session, town: SmallTown) -> None:
    [made] = sketch(session, town.anna)
    assert made.figures is not None
    assert journeys_of(session, None) == []


def test_who_has_no_working_pattern_is_told_so(session: Session, town: SmallTown) -> None:
    town.anna.work_pattern = None
    session.flush()
    [made] = sketch(session, town.anna)
    assert made.figures is None
    assert "working pattern" in (made.note or "")


@pytest.mark.parametrize(("first", "weeks"), [(NEXT, 3), (NEXT, 13), (MONDAY - timedelta(days=1), 4)])
def test_too_short_too_long_or_over_is_refused(session: Session, town: SmallTown, first: date, weeks: int) -> None:
    with pytest.raises(BadJourney):
        sketch_journeys(session, [town.anna], first, weeks, today=MONDAY)
