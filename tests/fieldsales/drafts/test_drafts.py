"""A rep's day on the drawing board."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.candidates.rules import Candidate, Why
from fieldsales.cases.rules import Rep, Shop
from fieldsales.doors.rules import Hours, open_weekdays, waits_for_another_day
from fieldsales.drafts.rules import (
    LEFT_OUT,
    PLANNED,
    Line,
    Plan,
    Standing,
    make_plan,
    with_route,
)
from fieldsales.driving.rules import MOST_CALLS, Driving, WorkDay
from routing.budget import Budget
from routing.checker import broken_rules
from routing.pool import SolverPool

TUESDAY = date(2026, 3, 3)
DRIVING = Driving(solve_seconds=0.05)
WORK = WorkDay(38.25, 21.73, (8 * 3600, 17 * 3600), (12 * 3600, 14 * 3600, 1800))
ANNA = Plan(Rep(uuid.UUID(int=1), "Anna", (0, 1, 2, 3, 4)), "anna", "Europe/Athens")
OFFICE = Hours(frozenset(range(5)), 8 * 3600, 17 * 3600)
MAX = uuid.UUID(int=2)


def shop(number: int, *, hours: str | None = None, here: bool = True) -> Shop:
    place = (38.2 + number % 10 * 0.01, 21.7 + number // 10 * 0.01) if here else (None, None)
    return Shop(uuid.UUID(int=1000 + number), f"Shop {number}", *place, hours, "GR", None)


def candidate(of: Shop, value: int = 50) -> Candidate:
    return Candidate(ANNA.rep.id, of.id, Why.TIER, "due", value)


EMPTY = Standing()


def drawn(
    shops: list[Shop],
    standing: Standing = EMPTY,
    driving: Driving | None = DRIVING,
    values: dict[uuid.UUID, int] | None = None,
) -> Plan:
    candidates = [candidate(each, (values or {}).get(each.id, 50)) for each in shops]
    facts = {each.id: (each, 20) for each in shops}
    return make_plan(ANNA, candidates, work=WORK, standing=standing, facts=facts, day=TUESDAY, driving=driving)


def line(plan: Plan, of: Shop) -> Line:
    return next(each for each in plan.lines if each.customer_id == of.id)


def test_a_shop_without_a_position_is_left_out_of_the_problem() -> None:
    plan = drawn([shop(1), shop(2, here=False)])
    assert plan.problem is not None
    assert [stop.id for stop in plan.problem.stops] == [str(shop(1).id)]
    assert (line(plan, shop(2)).status, line(plan, shop(2)).left_out_code) == (LEFT_OUT, "no_position")


@given(many=st.integers(0, 90))
def test_only_the_most_valuable_are_given_to_the_search(many: int) -> None:
    shops = [shop(number) for number in range(many)]
    values = {each.id: 10 + number for number, each in enumerate(shops)}
    plan = drawn(shops, values=values)
    left = [each for each in plan.lines if each.status == LEFT_OUT]
    assert len(left) == max(0, many - MOST_CALLS)
    assert all(each.left_out_code == "not_considered" for each in left)
    kept = [each.value for each in plan.lines if each.status == PLANNED]
    assert not left or max(each.value for each in left) < min(kept)


def test_hours_that_slipped_in_unread_do_not_stop_the_plan() -> None:
    plan = drawn([shop(1, hours="whenever")])
    assert plan.problem is not None
    assert [window.closes_s for window in plan.problem.stops[0].windows] == [86_400]


def test_a_shop_closed_that_day_is_left_out_by_the_route_with_its_reason() -> None:
    plan = drawn([shop(1, hours="Mo off; Tu off"), shop(2)])
    assert plan.problem is not None
    with SolverPool(0) as solver:
        [route] = solver.solve_days([plan.problem], DRIVING.travel, Budget(0.05))
    routed = with_route(plan, route)
    assert line(routed, shop(1)).left_out_code == "closed"
    assert line(routed, shop(2)).status == PLANNED
    assert broken_rules(plan.problem, DRIVING.travel.matrix(plan.problem.points()), route) == []


@given(st.permutations(range(12)))
def test_the_order_in_which_candidates_come_changes_no_stamp(order: list[int]) -> None:
    assert drawn([shop(number) for number in order]).stamp == drawn([shop(number) for number in range(12)]).stamp


@pytest.mark.parametrize(
    "other",
    [
        lambda: drawn([shop(1), shop(3)]),
        lambda: drawn([shop(1), shop(2, hours="10:00-12:00")]),
        lambda: drawn([shop(1), shop(2)], values={shop(1).id: 51}),
        lambda: drawn([shop(1), shop(2)], driving=replace(DRIVING, speed_kmh=31)),
        lambda: drawn([shop(1), shop(2)], driving=replace(DRIVING, circuity=1.4)),
    ],
)
def test_whatever_bears_on_the_route_changes_the_stamp(other: object) -> None:
    assert drawn([shop(1), shop(2)]).stamp != other().stamp  # type: ignore[operator]


def test_patience_with_the_search_is_not_part_of_the_question() -> None:
    patient = drawn([shop(1)], driving=replace(DRIVING, solve_seconds=9.0))
    assert patient.stamp == drawn([shop(1)]).stamp


def test_a_stored_route_that_answers_the_problem_settles_the_day() -> None:
    """Its outcome is taken over, so that a visit left out stays left out with its reason."""
    first = drawn([shop(1), shop(2)])
    stored = Standing((line(first, shop(1)), line(first, shop(2)).left_out("day_full", "no room")), first.stamp)
    again = drawn([shop(1), shop(2)], stored)
    assert again.settled
    assert set(again.lines) == set(stored.lines)


def test_what_a_person_added_must_be_visited_and_displaces_the_planners_own_line() -> None:
    by_hand = Line(shop(1).id, "manual", "asked for a call", 10, LEFT_OUT, "day_full", "no room", added_by=MAX)
    plan = drawn([shop(1), shop(2)], Standing((by_hand,)))
    assert line(plan, shop(1)) == replace(by_hand, status=PLANNED, left_out_code=None, left_out_reason=None)
    assert plan.problem is not None
    assert [stop.mandatory for stop in plan.problem.stops] == [True, False]


def test_without_driving_there_is_nothing_to_search() -> None:
    plan = drawn([shop(1)], driving=None)
    assert (plan.problem, plan.stamp, plan.settled) == (None, None, False)
    assert line(plan, shop(1)).status == PLANNED


@pytest.mark.parametrize(
    ("hours", "waits"),
    [
        ("Mo,We-Fr 08:00-18:00", True),
        ("Mo-Fr 08:00-18:00; PH off", False),
        ("Sa,Su 08:00-18:00", False),
        (None, False),
        ("not hours at all", False),
        ("Mo 18:00-02:00; Th 10:00-14:00", True),
        ("Mo,Tu 18:00-02:00", False),
    ],
)
def test_a_closed_shop_waits_for_a_day_on_which_it_is_open_and_worked(hours: str | None, waits: bool) -> None:
    """One that is never open while its reps work is planned, so that somebody sees it being left out."""
    assert waits_for_another_day(shop(1, hours=hours), TUESDAY, OFFICE) is waits


def test_a_public_holiday_sends_the_visit_to_another_day_but_moves_no_weekday() -> None:
    """25 March 2026, a Wednesday, is a holiday in Greece."""
    bakery = shop(1, hours="Mo-Fr 08:00-18:00; PH off")
    assert waits_for_another_day(bakery, date(2026, 3, 25), OFFICE)
    assert open_weekdays(bakery, date(2026, 3, 25), OFFICE) == {0, 1, 2, 3, 4}
