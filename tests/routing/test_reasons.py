"""Why a stop was left out, in words a rep and a supervisor understand."""

import string
from pathlib import Path

import numpy as np
import pytest
from worlds.rep_days import at, day, even_ways, hours, noon_lunch, shop, ways

from routing.day import solve_on_matrix
from routing.problem import DayProblem
from routing.reasons import CAUSES, REMEDIES, SENTENCES, CauseCode, Reason, RemedyCode, sentence
from routing.route import LeftOut
from routing.travel import TravelMatrix

EVERY = {**SENTENCES, **REMEDIES, **CAUSES}


def why(problem: DayProblem, matrix: TravelMatrix) -> LeftOut:
    """The one stop that a day leaves out."""
    (left,) = solve_on_matrix(problem, matrix).left_out
    return left


def alone(minutes: int = 20, shift: str = "09:00-17:30", **facts: object) -> LeftOut:
    """Why a shop that is the only one of the day is not visited."""
    problem = day(shop("a", **facts), shift=shift)
    return why(problem, even_ways(problem, minutes))


def test_closed_that_day() -> None:
    assert alone(windows=()).reason == "Closed all day."


def test_open_too_briefly_for_the_visit() -> None:
    left = alone(windows=hours("09:00-09:10", "12:00-12:20"))
    assert left.reason == "Open for 20 min at a time at most; the visit takes 30 min."


def test_opens_too_late_in_the_shift() -> None:
    left = alone(windows=hours("17:15-20:00"))
    assert left.reason == "Opens 17:15 and the visit takes 30 min; the shift ends 17:30."
    assert dict(left.params) == {
        "opens_at_s": at("17:15"),
        "service_s": 1800,
        "shift_ends_at_s": at("17:30"),
    }


def test_closes_too_early_in_the_shift() -> None:
    left = alone(windows=hours("06:00-09:15"))
    assert left.reason == "Closes 09:15, the visit takes 30 min; the shift starts 09:00."


@pytest.mark.parametrize(
    "spans",
    [
        ("06:00-08:00", "18:00-20:00"),
        ("00:00-02:00",),
        ("06:00-09:00",),
        ("18:00-20:00",),
        ("17:30-20:00",),
        ("00:00-02:00", "18:30-23:00"),
    ],
)
def test_open_only_outside_the_shift(spans: tuple[str, ...]) -> None:
    """A bar open till two at night does not "close too early" for a day's work: it is never open during it."""
    left = alone(windows=hours(*spans))
    assert left.reason == "Open only outside the shift of 09:00 to 17:30."


def test_too_far_to_go_and_return() -> None:
    left = alone(minutes=270)
    assert left.reason == (
        "Too far: 4 h 30 min to drive there, 30 min in the shop and 4 h 30 min to drive back; "
        "the shift is 8 h 30 min long."
    )


def test_closes_before_the_rep_can_be_there() -> None:
    left = alone(minutes=90, windows=hours("09:00-10:40"))
    assert left.reason == "Cannot be reached before 10:30; the visit takes 30 min and the shop closes 10:40."


def test_opens_too_late_to_be_back_in_time() -> None:
    left = alone(minutes=45, windows=hours("16:30-20:00"))
    assert left.reason == (
        "The visit cannot start before 16:30; with 30 min in the shop and 45 min to drive back "
        "the day would end 17:45, the shift ends 17:30."
    )


def test_a_place_without_a_road() -> None:
    problem = day(shop("a"))
    assert why(problem, even_ways(problem, 10_000_000)).code == Reason.NO_WAY


def test_a_visit_that_would_cost_the_lunch() -> None:
    problem = day(shop("a", service_s=7 * 3600), lunch=noon_lunch())
    left = why(problem, even_ways(problem, 20))
    assert left.reason == "Fits the shift and its opening hours, but leaves no time for lunch."


def test_the_day_is_too_short_and_every_kept_visit_is_worth_as_much() -> None:
    """25 minutes' drive and 12 in the shop, with 9 to spare."""
    problem = day(shop("kept", prize=20), shop("a", prize=5, service_s=12 * 60), shift="09:00-09:59")
    left = why(problem, ways([[0, 10, 20, 9], [9, 0, 20, 10], [9, 9, 0, 15], [0, 0, 0, 0]]))
    assert left.code == Reason.DAY_FULL
    assert left.reason == (
        "Serving it would take 31 min more (19 min driving, 12 min in the shop); "
        "only 9 min left, and every kept visit is worth at least as much."
    )


def test_a_valuable_visit_that_no_single_cheaper_one_makes_room_for() -> None:
    problem = day(
        *(shop("small", prize=9), shop("little", prize=9)),
        shop("big", prize=10, service_s=95 * 60),
        shift="09:00-11:00",
    )
    left = why(problem, even_ways(problem, 10))
    assert (left.stop_id, left.code) == ("big", Reason.OUTWEIGHED)
    assert left.reason.endswith("only 30 min left, and giving up a visit worth less would not make enough room.")


def test_a_shop_whose_hours_are_taken() -> None:
    problem = day(shop("kept", windows=hours("10:00-10:30")), shop("a", prize=5, windows=hours("10:00-10:30")))
    left = why(problem, even_ways(problem, 10))
    assert left.code == Reason.NO_FITTING_TIME
    assert left.reason == (
        "Serving it would take 40 min more (10 min driving, 30 min in the shop) and 7 h 10 min are left of the day, "
        "but not while it is open; no visit worth less makes room for it."
    )


def test_every_code_has_a_sentence_that_its_parameters_fill() -> None:
    """A translator needs the codes, the parameters and nothing else."""
    assert (set(SENTENCES), set(REMEDIES), set(CAUSES)) == (set(Reason), set(RemedyCode), set(CauseCode))
    for code, text in EVERY.items():
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name]
        assert "{" not in sentence(code, dict.fromkeys(names, 61))


@pytest.mark.parametrize(
    ("seconds", "spoken"),
    [(0, "0 min"), (1, "1 min"), (60, "1 min"), (3600, "1 h"), (3601, "1 h 1 min"), (9000, "2 h 30 min")],
)
def test_what_is_needed_is_rounded_up(seconds: int, spoken: str) -> None:
    params = {"open_s": seconds, "service_s": 0}
    assert sentence(Reason.OPEN_TOO_BRIEFLY, params).startswith(f"Open for {spoken} at a time")


def test_what_is_free_is_rounded_down() -> None:
    """What is missing must never look as if it were there."""
    params = {"extra_s": 541, "drive_s": 0, "service_s": 541, "free_s": 599}
    assert "10 min more" in sentence(Reason.DAY_FULL, params)
    assert "only 9 min left" in sentence(Reason.DAY_FULL, params)


def test_a_time_after_midnight_says_so() -> None:
    params = {"shift_starts_at_s": at("22:00"), "shift_ends_at_s": at("26:30")}
    assert sentence(Reason.HOURS_MISS_SHIFT, params) == "Open only outside the shift of 22:00 to 02:30 next day."


def test_a_mandatory_visit_says_that_it_must_be_made() -> None:
    assert alone(windows=(), mandatory=True).reason == "Must be visited, but cannot be: closed all day."


def test_reasons_stand_in_the_order_of_the_problem() -> None:
    problem = day(*(shop(name, windows=()) for name in "cab"))
    table = np.zeros((5, 5), dtype=np.int64)
    route = solve_on_matrix(problem, TravelMatrix(table, table))
    assert [left.stop_id for left in route.left_out] == ["c", "a", "b"]


@pytest.mark.parametrize("code", list(EVERY))
def test_each_reason_is_documented_word_for_word(code: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "routing.md").read_text()
    assert f"| `{code}` | {EVERY[code]} |" in page
