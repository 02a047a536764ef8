"""The judge finds every broken rule: a sound route is spoilt in one way at a time."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from worlds.rep_days import at, day, even_ways, hours, noon_lunch, shop

from routing.checker import broken_rules
from routing.compiled import compile_day
from routing.reasons import explain
from routing.route import DayRoute, LunchPlace
from routing.schedule import timetable

PROBLEM = day(
    shop("a", service_s=3 * 3600),
    shop("b", service_s=2 * 3600),
    shop("closed", windows=(), mandatory=True),
    shop("c", windows=hours("16:00-16:30")),
    lunch=noon_lunch("12:00-13:30"),
)
MATRIX = even_ways(PROBLEM, 20)
ORDER = [1, 2, 4]


def sound() -> DayRoute:
    """a, lunch, b, a wait, c; the closed shop left out."""
    compiled = compile_day(PROBLEM, MATRIX)
    route = timetable(compiled, ORDER)
    assert route is not None
    return replace(route, left_out=explain(compiled, ORDER, route))


def with_visit(number: int, **changes: Any) -> DayRoute:
    """The sound route with one visit changed."""
    visits = list(sound().visits)
    visits[number] = replace(visits[number], **changes)
    return replace(sound(), visits=tuple(visits))


def with_lunch(**changes: Any) -> DayRoute:
    """The sound route with its lunch changed."""
    lunch = sound().lunch
    assert lunch is not None
    return replace(sound(), breaks=(replace(lunch, **changes),))


SPOILT: dict[str, tuple[Callable[[], DayRoute], str]] = {
    "a stop forgotten": (lambda: replace(sound(), left_out=()), "answered"),
    "a stop visited and left out": (lambda: replace(sound(), visits=sound().visits[:1] * 2), "answered"),
    "a mandatory stop left out in silence": (
        lambda: replace(sound(), left_out=(replace(sound().left_out[0], mandatory=False),)),
        "left out as mandatory=False",
    ),
    "no reason": (lambda: replace(sound(), left_out=(replace(sound().left_out[0], reason=""),)), "without a reason"),
    "leaving before the shift": (lambda: replace(sound(), starts_s=at("08:59")), "shift starts"),
    "back after the shift": (lambda: replace(sound(), ends_s=at("17:01")), "shift ends"),
    "a visit cut short": (lambda: with_visit(0, service_s=60), "served 60 s"),
    "a visit left early": (lambda: with_visit(0, departure_s=at("10:00")), "leaves 36000"),
    "served before opening": (
        lambda: with_visit(2, start_s=at("15:50"), departure_s=at("16:20")),
        "outside its opening hours",
    ),
    "served past closing": (
        lambda: with_visit(2, start_s=at("16:01"), departure_s=at("16:31")),
        "outside its opening hours",
    ),
    "time run backwards": (lambda: with_visit(2, wait_s=-60), "waits -60"),
    "a short cut": (lambda: with_visit(1, travel_s=60), "is not the matrix's"),
    "metres shaved off": (lambda: with_visit(1, distance_m=1), "is not the matrix's"),
    "an arrival out of nowhere": (lambda: with_visit(1, arrival_s=at("12:30")), "arrives"),
    "a wait that is not real": (lambda: with_visit(2, wait_s=60), "waits 60"),
    "a way home forgotten": (lambda: replace(sound(), last_leg_s=0), "last leg"),
    "home too soon": (lambda: replace(sound(), ends_s=at("16:31")), "ends"),
    "lunch skipped": (lambda: replace(sound(), breaks=()), "no lunch"),
    "lunch cut short": (lambda: with_lunch(duration_s=600), "owed 2700"),
    "lunch too early": (lambda: with_lunch(start_s=at("11:30")), "outside its window"),
    "lunch too late": (lambda: with_lunch(start_s=at("13:00")), "outside its window"),
    "lunch inside a visit": (lambda: with_lunch(start_s=at("12:10")), "inside the visit"),
    "lunch in another gap": (lambda: with_lunch(after_visits=2), "is not between visits"),
    "lunch at the wrong door": (lambda: with_lunch(place=LunchPlace.ON_ARRIVAL), "arrives"),
    "driving miscounted": (lambda: replace(sound(), travel_s=1), "travel_s says 1"),
    "metres miscounted": (lambda: replace(sound(), distance_m=1), "distance_m says 1"),
    "waiting miscounted": (lambda: replace(sound(), wait_s=1), "wait_s says 1"),
    "service miscounted": (lambda: replace(sound(), service_s=1), "service_s says 1"),
    "a prize too many": (lambda: replace(sound(), prize=31), "prize says 31"),
}


def test_a_sound_route_breaks_no_rule() -> None:
    assert broken_rules(PROBLEM, MATRIX, sound()) == []


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_spoilt_route_is_found_out(spoilt: str) -> None:
    make, complaint = SPOILT[spoilt]
    assert any(complaint in found for found in broken_rules(PROBLEM, MATRIX, make()))


def test_a_lunch_that_is_not_owed_is_found_out() -> None:
    hungry = replace(PROBLEM, worker=replace(PROBLEM.worker, breaks=()))
    assert "a lunch that is not owed" in broken_rules(hungry, MATRIX, sound())
