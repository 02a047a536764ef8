"""The timetable of a driving order."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import ticking_clock
from worlds.rep_days import at, day, days_with_ways, even_ways, hours, noon_lunch, shop, ways

from routing.compiled import NEVER_S, compile_day
from routing.problem import DayProblem
from routing.route import DayRoute, LunchPlace
from routing.schedule import earliest_end, timetable
from routing.travel import TravelMatrix


def drive(problem: DayProblem, matrix: TravelMatrix, order: list[int] | None = None) -> DayRoute:
    """The timetable of the stops in the given order, which must be drivable."""
    route = timetable(compile_day(problem, matrix), order or list(range(1, len(problem.stops) + 1)))
    assert route is not None
    return route


def test_a_visit_starts_on_arrival_when_the_shop_is_open() -> None:
    problem = day(shop("a"))
    (visit,) = drive(problem, even_ways(problem, 20)).visits
    assert (visit.arrival_s, visit.wait_s, visit.start_s, visit.departure_s) == (
        at("09:20"),
        0,
        at("09:20"),
        at("09:50"),
    )


def test_the_rep_leaves_late_rather_than_wait_at_the_first_door() -> None:
    problem = day(shop("a", windows=hours("11:00-12:00")))
    route = drive(problem, even_ways(problem, 20))
    assert route.starts_s == at("10:40")
    assert route.wait_s == 0


def test_waiting_at_a_later_door_is_counted() -> None:
    problem = day(shop("a"), shop("b", windows=hours("11:00-12:00")))
    route = drive(problem, even_ways(problem, 20))
    assert [visit.wait_s for visit in route.visits] == [0, 50 * 60]
    assert route.wait_s == 50 * 60


def test_the_rep_is_out_of_the_door_when_the_shop_closes() -> None:
    """29 minutes before closing is too late for a visit of 30: it moves to the afternoon window."""
    problem = day(shop("a", windows=hours("09:00-09:49", "14:00-15:00")))
    assert drive(problem, even_ways(problem, 20)).visits[0].start_s == at("14:00")
    to_the_minute = day(shop("a", windows=hours("09:00-09:50", "14:00-15:00")))
    assert drive(to_the_minute, even_ways(to_the_minute, 20)).visits[0].start_s == at("09:20")


def test_two_windows_that_touch_are_not_one() -> None:
    """A visit may not straddle the minute at which one window closes and the next opens."""
    problem = day(shop("a", service_s=3600, windows=hours("09:00-10:00", "10:00-12:00")))
    assert drive(problem, even_ways(problem, 20)).visits[0].start_s == at("10:00")


def test_an_order_that_misses_a_window_has_no_timetable() -> None:
    problem = day(shop("a"), shop("b", windows=hours("09:00-09:30")))
    assert timetable(compile_day(problem, even_ways(problem, 20)), [1, 2]) is None


def test_the_day_ends_with_the_last_visit_when_there_is_no_end_point() -> None:
    problem = day(shop("a"), home=False)
    route = drive(problem, even_ways(problem, 20))
    assert (route.ends_s, route.travel_s, route.last_leg_s, route.last_leg_m) == (at("09:50"), 1200, 0, 0)


def test_a_day_without_visits_goes_nowhere() -> None:
    problem = day(shop("a"))
    route = timetable(compile_day(problem, even_ways(problem, 20)), [])
    assert route is not None
    assert (route.starts_s, route.ends_s, route.travel_s, route.distance_m) == (at("09:00"), at("09:00"), 0, 0)


def test_ways_may_differ_by_direction() -> None:
    problem = day(shop("a"))
    route = drive(problem, ways([[0, 10, 0], [0, 0, 40], [0, 0, 0]]))
    assert route.visits[0].travel_s == 600
    assert (route.last_leg_s, route.last_leg_m) == (2400, 20_000)
    assert (route.travel_s, route.distance_m) == (3000, 25_000)


def test_a_rep_back_before_lunch_time_needs_no_break_on_the_road() -> None:
    problem = day(shop("a"), lunch=noon_lunch())
    assert drive(problem, even_ways(problem, 20)).lunch is None


def test_a_rep_who_leaves_after_lunch_time_needs_no_break_on_the_road() -> None:
    problem = day(shop("a", windows=hours("16:00-16:30")), lunch=noon_lunch())
    route = drive(problem, even_ways(problem, 20))
    assert route.lunch is None
    assert route.starts_s == at("15:40")


def test_lunch_fills_a_wait_that_is_there_anyway() -> None:
    """Two hours idle before the second shop opens: lunch costs nothing there, and an hour anywhere else."""
    problem = day(
        *(shop("a", service_s=7200), shop("b", windows=hours("14:00-15:00")), shop("c", service_s=3600)),
        lunch=noon_lunch(),
    )
    route = drive(problem, even_ways(problem, 20))
    assert route.lunch is not None
    assert (route.lunch.after_visits, route.lunch.place) == (1, LunchPlace.ON_ARRIVAL)
    assert route.ends_s == at("16:10")
    assert route.visits[1].wait_s == at("14:00") - at("11:40") - 45 * 60


def test_lunch_is_had_before_driving_on_when_it_is_time() -> None:
    problem = day(shop("a", service_s=3 * 3600), shop("b", service_s=3 * 3600), lunch=noon_lunch("11:45-13:30"))
    lunch = drive(problem, even_ways(problem, 20)).lunch
    assert lunch is not None
    assert (lunch.after_visits, lunch.place, lunch.start_s) == (1, LunchPlace.BEFORE_DRIVE, at("12:20"))


def test_lunch_is_a_halt_on_the_way_when_the_drive_spans_it() -> None:
    problem = day(shop("a", service_s=7200), shop("b", service_s=3600), lunch=noon_lunch("12:00-13:00"))
    route = drive(problem, ways([[0, 20, 0, 0], [0, 0, 120, 0], [0, 0, 0, 20], [0, 0, 0, 0]]))
    assert route.lunch is not None
    assert (route.lunch.place, route.lunch.start_s) == (LunchPlace.ON_THE_WAY, at("12:00"))
    assert route.visits[1].arrival_s == at("11:20") + 7200 + 45 * 60


def test_lunch_that_cannot_be_had_makes_the_order_impossible() -> None:
    problem = day(shop("a", service_s=6 * 3600), lunch=noon_lunch("11:00-14:00"))
    assert timetable(compile_day(problem, even_ways(problem, 20)), [1]) is None


@settings(max_examples=150)
@given(days_with_ways(), st.randoms(use_true_random=False))
def test_the_earliest_end_is_the_one_a_ticking_clock_finds(
    world: tuple[DayProblem, TravelMatrix], random: Random
) -> None:
    """Two clocks side by side against everything a rep could do, tick by tick; the timetable keeps the promise."""
    problem, matrix = world
    order = random.sample(range(1, len(problem.stops) + 1), random.randint(0, len(problem.stops)))
    if not order:
        return
    compiled = compile_day(problem, matrix)
    found, route = earliest_end(compiled, order), timetable(compiled, order)
    expected = ticking_clock.earliest_end(problem, matrix, order)
    assert (None if found == NEVER_S else found) == expected
    assert (route.ends_s if route else None) == expected
