"""What would make a visit fit is true: the remedy is applied, the day solved again, and the visit is gained."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from worlds.rep_days import at, day, days_with_ways, even_ways, hours, noon_lunch, shop

from routing.budget import Budget
from routing.day import solve_on_matrix
from routing.problem import DayProblem, Stop, Window, Worker
from routing.reasons import Reason, RemedyCode
from routing.route import LeftOut, Remedy
from routing.travel import TravelMatrix

SHORT = Budget(seconds=0.5)


def left_out(problem: DayProblem, minutes: int = 20) -> LeftOut:
    """The one stop that a day of even ways leaves out."""
    (left,) = solve_on_matrix(problem, even_ways(problem, minutes), SHORT).left_out
    return left


def advice(left: LeftOut) -> dict[str, str]:
    """Remedies by code."""
    return {remedy.code: remedy.text for remedy in left.remedies}


def number(remedy: Remedy, name: str) -> int:
    """A whole number of a remedy."""
    value = remedy.params[name]
    assert isinstance(value, int)
    return value


def test_a_day_that_is_too_short_says_how_long_it_would_have_to_be() -> None:
    """09:00, 20 min there, 30 min in, 20 min on, 30 min in, 20 min home: 11:00."""
    problem = day(shop("kept", prize=20), shop("a", prize=5), shift="09:00-10:45")
    left = left_out(problem)
    assert advice(left) == {
        RemedyCode.LATER_END: "If the shift ended 15 min later, at 11:00.",
        RemedyCode.EARLIER_START: "If the shift began 15 min earlier, at 08:45.",
        RemedyCode.GIVE_UP: "If kept were given up, worth 20.",
    }
    assert [(out.stop_id, out.prize) for out in left.pushes_out] == [("kept", 20)]
    assert (left.extra_s, left.worker_id) == (50 * 60, "rep")


def test_a_shop_that_closes_too_early_says_until_when_it_would_have_to_be_open() -> None:
    problem = day(shop("a", windows=hours("09:00-09:40")))
    left = left_out(problem)
    assert advice(left) == {
        RemedyCode.EARLIER_START: "If the shift began 10 min earlier, at 08:50.",
        RemedyCode.OPEN_UNTIL: "If the shop were open until 09:50.",
    }
    assert left.missed == hours("09:00-09:40")[0]


def test_a_shop_that_opens_too_late_says_from_when_it_would_have_to_be_open() -> None:
    left = left_out(day(shop("a", windows=hours("16:30-20:00"))))
    assert advice(left) == {
        RemedyCode.LATER_END: "If the shift ended 20 min later, at 17:20.",
        RemedyCode.OPEN_FROM: "If the shop opened 16:10.",
    }


def test_of_two_windows_the_one_that_is_nearest_is_told() -> None:
    left = left_out(day(shop("a", windows=hours("06:00-07:00", "09:00-09:40"))))
    assert left.missed == hours("09:00-09:40")[0]


def test_a_day_of_too_few_visits_says_how_many_it_would_need() -> None:
    problem = day(shop("kept", prize=20), shop("a", prize=5))
    problem = replace(problem, worker=replace(problem.worker, max_visits=1))
    left = left_out(problem)
    assert left.reason == "The day holds 1 visits at most, and every kept visit is worth at least as much."
    assert advice(left)[RemedyCode.MORE_VISITS] == "If the day might hold 2 visits."


def test_a_car_that_is_full_says_what_it_would_have_to_hold() -> None:
    problem = day(shop("kept", prize=20, amount=(3,)), shop("a", prize=5, amount=(2,)))
    problem = replace(problem, worker=replace(problem.worker, capacity=(4,)))
    left = left_out(problem)
    assert left.reason == "Takes 2 of the capacity; only 1 left beside the visits that were kept."
    assert advice(left)[RemedyCode.MORE_ROOM] == "If the car held 5."


def test_a_skill_that_the_rep_lacks_is_named_with_its_remedy() -> None:
    left = left_out(day(shop("a", skills=frozenset({"forklift"}))))
    assert left.reason == "Nobody who works that day has what it needs: forklift."
    assert advice(left) == {RemedyCode.SKILL: "If rep had the skill forklift."}


def test_a_shop_that_forbids_the_rep_says_so() -> None:
    left = left_out(day(shop("a", forbids=frozenset({"rep"}))))
    assert (left.code, advice(left)) == (Reason.NOT_ALLOWED, {RemedyCode.ALLOW: "If rep were allowed to visit it."})


def test_a_rep_without_a_shift_visits_nobody_and_says_why() -> None:
    problem = day(shop("a"))
    left = left_out(replace(problem, worker=replace(problem.worker, shift=None)))
    assert left.reason == "Has no shift that day."


def test_a_wait_and_a_way_have_their_cause() -> None:
    problem = day(shop("a", windows=hours("09:00-09:50")), shop("b", windows=hours("11:00-12:00")))
    route = solve_on_matrix(problem, even_ways(problem, 20), SHORT)
    second = route.visits[1]
    assert second.wait_cause
    assert second.wait_cause.text == "Opens 11:00."
    assert second.way_cause
    assert second.way_cause.text == "From a to b; without this visit the day would drive 20 min less."
    assert route.last_leg_cause
    assert route.last_leg_cause.text == "From b back to where the day ends."


def test_a_wait_for_lunch_is_told_apart_from_a_wait_for_the_shop() -> None:
    problem = day(shop("a", service_s=2 * 3600 + 1200), shop("b", service_s=5 * 1800), lunch=noon_lunch("12:00-13:00"))
    route = solve_on_matrix(problem, even_ways(problem, 10), SHORT)
    waits = [visit.wait_cause.text for visit in route.visits if visit.wait_cause]
    assert waits == ["The break may begin 12:00."]


def applied(problem: DayProblem, left: LeftOut, remedy: Remedy) -> DayProblem:
    """The day with one remedy granted."""
    worker = problem.worker
    shift = worker.shift
    assert shift
    match remedy.code:
        case RemedyCode.LATER_END:
            return with_worker(problem, replace(worker, shift=Window(shift.opens_s, number(remedy, "ends_at_s"))))
        case RemedyCode.EARLIER_START:
            return with_worker(problem, replace(worker, shift=Window(number(remedy, "starts_at_s"), shift.closes_s)))
        case RemedyCode.GIVE_UP:
            gone = set(str(remedy.params["stops"]).split(", "))
            return replace(problem, stops=tuple(stop for stop in problem.stops if stop.id not in gone))
    return replace(problem, stops=tuple(_opened(stop, left, remedy) for stop in problem.stops))


def _opened(stop: Stop, left: LeftOut, remedy: Remedy) -> Stop:
    if stop.id != left.stop_id:
        return stop
    end = "opens_s" if remedy.code == RemedyCode.OPEN_UNTIL else "closes_s"
    same = number(remedy, "opens_at_s" if end == "opens_s" else "closes_at_s")
    longer = Window(number(remedy, "opens_at_s"), number(remedy, "closes_at_s"))
    return replace(stop, windows=tuple(longer if getattr(w, end) == same else w for w in stop.windows))


def with_worker(problem: DayProblem, worker: Worker) -> DayProblem:
    """The day of a changed worker."""
    return replace(problem, worker=worker)


def cut(problem: DayProblem, changed: DayProblem, matrix: TravelMatrix) -> TravelMatrix:
    """The matrix of a day of fewer stops."""
    stays = {stop.id for stop in changed.stops}
    rows = [0, *(place for place, stop in enumerate(problem.stops, 1) if stop.id in stays), len(problem.stops) + 1]
    return TravelMatrix(matrix.duration_s[rows][:, rows], matrix.distance_m[rows][:, rows])


@settings(max_examples=60, deadline=None)
@given(days_with_ways())
def test_every_remedy_granted_gains_the_visit(world: tuple[DayProblem, TravelMatrix]) -> None:
    """The day solved again is worth the visit more (where one is given up: no less than the rest with it)."""
    problem, matrix = world
    before = solve_on_matrix(problem, matrix, SHORT)
    prizes = {stop.id: (stop.mandatory, stop.prize) for stop in problem.stops}

    def merit(ids: list[str]) -> tuple[int, int]:
        return sum(prizes[name][0] for name in ids), sum(prizes[name][1] for name in ids)

    for left in before.left_out:
        for remedy in left.remedies:
            changed = applied(problem, left, remedy)
            after = solve_on_matrix(changed, cut(problem, changed, matrix), SHORT)
            gone = str(remedy.params.get("stops", "")).split(", ")
            promised = [visit.stop_id for visit in before.visits if visit.stop_id not in gone] + [left.stop_id]
            assert merit([visit.stop_id for visit in after.visits]) >= merit(promised), (left, remedy)


@pytest.mark.parametrize("shift", ["09:00-10:45", "09:00-10:59"])
def test_a_remedy_is_the_least_that_helps(shift: str) -> None:
    """A minute less than what is advised leaves the visit out still."""
    problem = day(shop("kept", prize=20), shop("a", prize=5), shift=shift)
    left = left_out(problem)
    late = next(remedy for remedy in left.remedies if remedy.code == RemedyCode.LATER_END)
    almost = with_worker(problem, replace(problem.worker, shift=Window(at("09:00"), number(late, "ends_at_s") - 60)))
    assert left_out(almost).stop_id == "a"
