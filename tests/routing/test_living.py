"""A day under way is planned again: what was made stays, what is locked stays, and as little moves as can be."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.living_days import every_order, fewest_moved, keeps_locks, living_days, standard
from worlds.rep_days import OFFICE, at, day, even_ways, hours, noon_lunch, shop, ways

from routing.checker import broken_rules
from routing.compiled import compile_day
from routing.errors import InvalidProblem
from routing.living import MOVING_PRICE_S, LivingDay, Made, Replanned, replan, replan_on_matrix
from routing.living.ready import prepare
from routing.problem import LATEST_S, DayProblem, Point
from routing.travel import GreatCircle, TravelMatrix

Living = tuple[LivingDay, TravelMatrix]


def driven(answer: Replanned) -> list[str]:
    return [visit.stop_id for visit in answer.route.visits]


def afternoon(*names: str, now: str = "12:00", minutes: int = 10, **facts: object) -> Living:
    """A day with some shops ahead, any two places ten minutes apart."""
    living = LivingDay(day(*(shop(name) for name in names)), tuple(names), at(now), **facts)  # type: ignore[arg-type]
    return living, even_ways(living.rest(), minutes)


@given(living_days())
@settings(max_examples=150)
def test_no_order_of_the_rest_is_better_than_the_one_found(world: Living) -> None:
    """Against every choice in every order, by arithmetic that is not the search's."""
    living, matrix = world
    answer = replan_on_matrix(living, matrix)
    rest = compile_day(living.rest(), matrix)
    numbers = {stop.id: place for place, stop in enumerate(rest.problem.stops, start=1)}
    found = standard(living, rest, tuple(numbers[stop_id] for stop_id in driven(answer)))
    assert found is not None
    if not answer.stands:
        best = max(each for order in every_order(rest) if (each := standard(living, rest, order)) is not None)
        assert found[:2] == best[:2]
        assert found[2] == pytest.approx(best[2])
        assert answer.is_proven


@given(living_days())
def test_the_rest_of_the_day_breaks_no_rule(world: Living) -> None:
    living, matrix = world
    answer = replan_on_matrix(living, matrix)
    if driven(answer):
        assert broken_rules(living.rest(), matrix, answer.route) == []
    assert keeps_locks(living, driven(answer))
    assert len(answer.moved) == fewest_moved(living.ahead, driven(answer))


@given(living_days())
def test_what_was_made_stays_as_it_was_and_is_not_driven_to_again(world: Living) -> None:
    living, matrix = world
    answer = replan_on_matrix(living, matrix)
    assert answer.made == living.made
    assert not {each.stop_id for each in living.made} & {left.stop_id for left in answer.route.left_out}
    assert not {each.stop_id for each in living.made} & set(driven(answer))


@given(living_days(), st.integers(0, 5))
def test_where_nothing_changed_nothing_moves(world: Living, seed: int) -> None:
    """Whatever was answered, asked again it is answered the same, and nothing is said to have moved."""
    living, matrix = world
    answer = replan_on_matrix(living, matrix, seed)
    gone = {left.stop_id for left in answer.route.left_out}
    again = replace(living.without(gone), standing=(*(m.stop_id for m in living.made), *driven(answer)))
    places = [0, *(living.rest().stops.index(_stop(living.rest(), name)) + 1 for name in driven(answer)), -1]
    narrow = TravelMatrix(matrix.duration_s[places][:, places].copy(), matrix.distance_m[places][:, places].copy())
    second = replan_on_matrix(again, narrow, seed)
    assert (driven(second), second.moved, second.dropped, second.added) == (driven(answer), (), (), ())
    assert second.stands


def _stop(problem: DayProblem, name: str) -> object:
    return next(stop for stop in problem.stops if stop.id == name)


@given(living_days(locks=False))
def test_no_more_move_than_had_to(world: Living) -> None:
    """Where no driving is worth a move, the moved are the fewest with which as much can be visited."""
    living, matrix = world
    living = replace(living, moving_price_s=10**9)
    answer = replan_on_matrix(living, matrix)
    rest = compile_day(living.rest(), matrix)
    scored = [(score, order) for order in every_order(rest) if (score := standard(living, rest, order)) is not None]
    best = max(score[:2] for score, _ in scored)
    least = min(
        fewest_moved(living.ahead, [rest.stop(place).id for place in order])
        for score, order in scored
        if score[:2] == best
    )
    if not answer.stands:
        assert len(answer.moved) == least


@given(living_days())
@settings(max_examples=30)
def test_the_same_day_is_answered_the_same(world: Living) -> None:
    living, matrix = world
    assert replan_on_matrix(living, matrix, 3) == replan_on_matrix(living, matrix, 3)


def test_an_urgent_visit_goes_in_where_it_costs_least_and_moves_nobody() -> None:
    living, _ = afternoon("a", "b", "c")
    living = living.with_stops([shop("urgent", mandatory=True)])
    table = [
        [0, 10, 20, 30, 21, 40],
        *[[10 * abs(here - there) for there in (0, 1, 2, 3, 2, 4)] for here in (1, 2, 3, 2, 4)],
    ]
    answer = replan_on_matrix(living, ways(table))
    assert set(driven(answer)[1:3]) == {"b", "urgent"}
    assert (answer.moved, answer.added, answer.dropped) == ((), ("urgent",), ())


def test_an_urgent_visit_at_the_cost_of_the_least_valuable_one() -> None:
    """From 12:00 to 17:00 there is room for seven visits of half an hour, ten minutes apart."""
    names = "abcdefg"
    stops = [shop(name, prize=5 if name == "d" else 10) for name in names]
    living = LivingDay(day(*stops, shop("urgent", mandatory=True)), tuple(names), at("12:00"))
    answer = replan_on_matrix(living, even_ways(living.rest(), 10))
    assert [left.stop_id for left in answer.dropped] == ["d"]
    assert "worth at least as much" in answer.dropped[0].reason
    assert answer.moved == ()


def test_a_rep_who_is_late_drops_what_closes_before() -> None:
    stops = (shop("early", windows=hours("09:00-12:30")), shop("late"))
    living = LivingDay(day(*stops), ("early", "late"), at("12:10"))
    answer = replan_on_matrix(living, even_ways(living.rest(), 10))
    assert driven(answer) == ["late"]
    assert "Closes 12:30" in answer.dropped[0].reason
    assert "the rep can go on at 12:10" in answer.dropped[0].reason


def test_a_visit_that_would_be_late_goes_first_and_is_the_only_one_to_move() -> None:
    stops = (*(shop(name) for name in "abcd"), shop("closing", windows=hours("09:00-13:00")))
    living = LivingDay(day(*stops), ("a", "b", "c", "d", "closing"), at("12:00"))
    answer = replan_on_matrix(living, even_ways(living.rest(), 10))
    assert answer.moved == ("closing",)
    assert answer.dropped == ()
    assert [name for name in driven(answer) if name != "closing"] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(("way", "moved"), [(14, 0), (16, 1)])
def test_a_move_must_save_half_an_hour(way: int, moved: int) -> None:
    """Two shops near, two far, driven by turns until now: one move saves the way there and back."""
    stops = (shop("near"), shop("far"), shop("near too"), shop("far too"), shop("urgent", mandatory=True))
    living = LivingDay(day(*stops), ("near", "far", "near too", "far too"), at("10:00"))
    is_far = [False, False, True, False, True, False, False]
    answer = replan_on_matrix(living, ways([[way * (here != there) for there in is_far] for here in is_far]))
    assert (len(answer.moved), answer.route.travel_s) == (moved, (4 if moved == 0 else 2) * way * 60)
    assert MOVING_PRICE_S == 30 * 60


def test_a_visit_locked_in_its_place_stays_the_second() -> None:
    living, _ = afternoon("a", "b", "c", in_place=frozenset("b"))
    living = living.with_stops([shop("x", mandatory=True), shop("y", mandatory=True)])
    answer = replan_on_matrix(living, even_ways(living.rest(), 10))
    assert driven(answer)[1] == "b"
    assert len(driven(answer)) == 5


def test_visits_locked_in_order_stay_so_even_if_that_costs_another() -> None:
    closing = shop("closing", windows=hours("09:00-12:40"))
    living = LivingDay(day(shop("a"), closing), ("a", "closing"), at("12:00"), in_order=frozenset({"a", "closing"}))
    free = replace(living, in_order=frozenset())
    matrix = even_ways(living.rest(), 10)
    assert driven(replan_on_matrix(free, matrix)) == ["closing", "a"]
    assert driven(replan_on_matrix(living, matrix)) in (["a"], ["closing"])


def test_the_visit_under_way_is_finished_first() -> None:
    living, _ = afternoon("a", "b", made=(Made("a", at("11:50")),))
    answer = replan_on_matrix(living, even_ways(living.rest(), 10))
    assert answer.route.starts_s == at("12:20")
    assert answer.route.visits[0].arrival_s == at("12:30")


def test_lunch_is_owed_until_it_was_had_or_its_window_is_over() -> None:
    problem = day(shop("a"), shop("b"), lunch=noon_lunch("12:00-14:00", 45))
    living = LivingDay(problem, ("a", "b"), at("13:05"))
    matrix = even_ways(living.rest(), 10)
    owed, had = replan_on_matrix(living, matrix), replan_on_matrix(replace(living, lunch_had=True), matrix)
    assert owed.route.ends_s - had.route.ends_s == 45 * 60
    assert replan_on_matrix(replace(living, now_s=at("13:30")), matrix).route.lunch is None


def test_after_the_shift_everything_is_left_out_and_the_rep_goes_home() -> None:
    living, matrix = afternoon("a", "b", now="17:20", made=())
    answer = replan_on_matrix(living, matrix)
    assert [(left.code, left.reason) for left in answer.dropped] == [("shift_over", "The shift ended at 17:00.")] * 2
    assert answer.route.ends_s == at("17:30")


def test_a_day_is_replanned_from_where_the_rep_is() -> None:
    stops = (shop("a", at=Point(52.0, 5.02)), shop("b", at=Point(52.0, 5.10)))
    living = LivingDay(day(*stops), ("a", "b"), at("12:00"), here=Point(52.0, 5.08))
    assert replan(living, GreatCircle()).route.visits[0].distance_m > 4000
    assert replan(replace(living, here=None), GreatCircle()).route.visits[0].distance_m < 2000


def test_what_if() -> None:
    """Forty minutes late, a shift that ends later, a visit dropped: each is the day with one thing changed."""
    living, matrix = afternoon(*"abcdefg")
    assert replan_on_matrix(living, matrix).stands
    late = replan_on_matrix(living.later(40 * 60), matrix)
    assert len(late.dropped) == 1
    assert replan_on_matrix(living.later(40 * 60).until(at("18:00")), matrix).stands
    fewer = living.without({"c"})
    assert driven(replan_on_matrix(fewer, even_ways(fewer.rest(), 10))) == list("abdefg")


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"standing": ("a", "a")}, "standing names a visit twice"),
        ({"standing": ("a", "z")}, "standing names z, which is no stop of the day"),
        ({"in_place": frozenset("z")}, "in_place locks z, which does not stand on the day"),
        ({"now_s": LATEST_S}, f"now_s is {LATEST_S}"),
        ({"made": (Made("a", 0), Made("b", 0))}, "a was never left, and another visit was made after it"),
        ({"moving_price_s": -1}, "moving_price_s is -1, and cannot be below 0"),
    ],
)
def test_a_day_that_makes_no_sense_is_refused(facts: dict[str, object], message: str) -> None:
    given_facts = {"problem": day(shop("a"), shop("b")), "standing": ("a", "b"), "now_s": 0, **facts}
    with pytest.raises(InvalidProblem, match=message):
        LivingDay(**given_facts)  # type: ignore[arg-type]


def test_a_whole_day_of_thirty_visits_at_one_door_is_answered() -> None:
    """Everything costs nothing, so that the proof has nothing to go by."""
    names = [f"shop {number}" for number in range(30)]
    stops = [shop(name, at=OFFICE, service_s=600) for name in names]
    living = LivingDay(day(*stops, shop("urgent", service_s=600, mandatory=True)), tuple(names), at("09:00"))
    answer = replan_on_matrix(living, even_ways(living.rest(), 5))
    assert len(driven(answer)) == 31
    assert answer.moved == ()


def test_the_machine_code_is_ready_before_anybody_waits_for_it() -> None:
    prepare()
    began = time.process_time()
    test_an_urgent_visit_at_the_cost_of_the_least_valuable_one()
    assert time.process_time() - began < 0.2
