"""Several breaks and the slack between visits: two quick passes agree with driving the whole day again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.rep_days import OFFICE

from routing.checker import broken_rules
from routing.compiled import NEVER_S, CompiledDay, compile_day
from routing.problem import DayProblem, Lunch, Stop, Window, Worker
from routing.route import LeftOut
from routing.schedule import earliest_end, timetable
from routing.slack import Slack, latest_leave
from routing.travel import TravelMatrix

few = settings(max_examples=150, deadline=None)


@st.composite
def broken_days(draw: st.DrawFn) -> tuple[CompiledDay, TravelMatrix, list[int]]:
    """A short day of up to three breaks, some with two windows, and an order of all its stops but the last."""
    whole = st.integers
    breaks, opens = [], draw(whole(0, 20))
    for _ in range(draw(whole(0, 3))):
        lasts = draw(whole(1, 8))
        also = opens + draw(whole(20, 50))
        second = (Window(also, also + lasts + draw(whole(0, 9))),) if draw(st.booleans()) else ()
        breaks.append(Lunch(Window(opens, opens + lasts + draw(whole(0, 20))), lasts, second))
        opens += draw(whole(0, 20))
    shift = Window(10, 10 + draw(whole(30, 120)))
    end = draw(st.sampled_from([OFFICE, OFFICE, None]))
    worker = Worker(OFFICE, end, shift, tuple(breaks), overtime_s=draw(st.sampled_from([0, 10])))
    many = draw(whole(1, 5))
    stops = []
    for number in range(many):
        spans = [Window(at, at + draw(whole(8, 60))) for at in draw(st.lists(whole(0, 120), min_size=1, max_size=2))]
        stops.append(Stop(str(number), OFFICE, draw(whole(0, 8)), tuple(spans), 5))
    size = many + 2
    ways = draw(st.lists(whole(0, 12), min_size=size * size, max_size=size * size))
    table = np.array(ways, dtype=np.int64).reshape(size, size)
    np.fill_diagonal(table, 0)
    matrix = TravelMatrix(table, table)
    return compile_day(DayProblem(worker, tuple(stops)), matrix), matrix, draw(st.permutations(range(1, many)))


@few
@given(broken_days())
def test_a_timetable_of_several_breaks_is_sound_and_ends_as_early_as_can_be(
    world: tuple[CompiledDay, TravelMatrix, list[int]],
) -> None:
    day, matrix, order = world
    if not order:
        return
    route, end_s = timetable(day, order), earliest_end(day, order)
    assert (route is None) == (end_s == NEVER_S)
    if route:
        last = LeftOut(day.problem.stops[-1].id, "code", "reason")
        assert broken_rules(day.problem, matrix, replace(route, left_out=(last,))) == []
        assert route.ends_s == end_s


@few
@given(broken_days())
def test_slack_says_what_driving_every_order_again_would_say(
    world: tuple[CompiledDay, TravelMatrix, list[int]],
) -> None:
    day, _, order = world
    if earliest_end(day, order) == NEVER_S and order:
        return
    slack, extra = Slack(day, order), len(order) + 1
    wider = [slack.with_place(extra, gap) for gap in range(len(order) + 1)]
    ends = [earliest_end(day, each) for each in wider]
    assert slack.fits(extra) == (min(ends) != NEVER_S)
    assert slack.soonest_end(extra) == min(ends)
    assert slack.latest_leave(extra) == max(latest_leave(day, each) for each in wider)


@few
@given(broken_days())
def test_the_latest_leave_is_the_last_with_which_the_order_can_be_driven(
    world: tuple[CompiledDay, TravelMatrix, list[int]],
) -> None:
    day, _, order = world
    wider, closes_s = [*order, len(order) + 1], day.shift.closes_s
    latest_s = latest_leave(day, wider)

    def can_begin(at_s: int) -> bool:
        worker = replace(day.problem.worker, shift=Window(at_s, closes_s))
        return earliest_end(replace(day, problem=replace(day.problem, worker=worker)), wider) != NEVER_S

    assert latest_s < 0 or latest_s >= closes_s or can_begin(latest_s)
    assert latest_s + 1 >= closes_s or not can_begin(max(0, latest_s + 1))
