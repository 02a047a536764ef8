"""A day that makes no sense is refused with a sentence that says what, where and how to mend it."""

from collections.abc import Callable
from typing import Any

import pytest
from worlds.rep_days import OFFICE, day, noon_lunch, shop

from routing.budget import Budget
from routing.errors import InvalidProblem
from routing.problem import MAX_PRIZE, Lunch, Point, Stop, Window

NONSENSE: dict[str, tuple[Callable[[], Any], str]] = {
    "swapped coordinates": (lambda: Point(121.5, 31.2), r"latitude 121.5 .* swapped with the longitude"),
    "a longitude past the date line": (lambda: Point(31.2, 181), "longitude 181"),
    "a latitude that is not a number": (lambda: Point(float("nan"), 5), "latitude nan"),
    "a longitude that is not a number": (lambda: Point(5, float("nan")), "longitude nan"),
    "a window that closes before it opens": (lambda: Window(72_000, 7_200), "past midnight add 86,400"),
    "a window of no length": (lambda: Window(0, 0), "for a closed day give no window"),
    "a window before midnight": (lambda: Window(-1, 100), "opening is -1"),
    "a window of half seconds": (lambda: Window(0.5, 100), "not a whole number"),  # type: ignore[arg-type]
    "a window beyond two weeks": (lambda: Window(0, 1_300_000), "closing is 1300000"),
    "a stop without a name": (lambda: shop(""), "without an id"),
    "a visit that takes less than no time": (lambda: shop("a", service_s=-1), "stop a: service_s is -1"),
    "a visit without value": (lambda: shop("a", prize=0), "stop a: prize 0"),
    "a value beyond bounds": (lambda: shop("a", prize=MAX_PRIZE + 1), "scale the prizes"),
    "a value that is true": (lambda: shop("a", prize=True), "not a whole number"),
    "windows in a list": (lambda: Stop("a", OFFICE, 60, [], 1), "must be a tuple"),  # type: ignore[arg-type]
    "a lunch longer than its window": (lambda: noon_lunch("12:00-12:30", 45), "shorten the lunch or widen"),
    "a lunch of no length": (lambda: Lunch(Window(0, 100), 0), "lunch of 0 s"),
    "a stop given twice": (lambda: day(shop("a"), shop("b"), shop("a")), "stop a is given twice"),
    "more stops than a day could choose from": (
        lambda: day(*(shop(str(number)) for number in range(1001))),
        "1001 candidates",
    ),
    "a search without time": (lambda: Budget(seconds=0), "budget of 0 s"),
    "a search without patience": (lambda: Budget(patience=0), "give None to never stop early"),
    "waiting that pays": (lambda: Budget(wait_weight=-1), "wait weight of -1"),
    "a weight that is no number": (lambda: Budget(wait_weight=float("nan")), "wait weight of nan"),
}


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_is_refused_with_a_sentence(nonsense: str) -> None:
    make, message = NONSENSE[nonsense]
    with pytest.raises(InvalidProblem, match=message):
        make()


def test_a_refusal_is_a_value_error() -> None:
    """Callers outside the room need not know its classes."""
    assert issubclass(InvalidProblem, ValueError)


def test_the_edges_of_the_earth_are_places() -> None:
    assert [Point(90, 180), Point(-90, -180)]


def test_a_shop_may_close_after_midnight() -> None:
    assert Window(79_200, 93_600).length_s == 4 * 3600


def test_the_points_of_a_day_are_start_stops_and_end() -> None:
    far = Point(53, 6)
    assert day(shop("a", at=far)).points() == (OFFICE, far, OFFICE)
    assert day(shop("a", at=far), home=False).points() == (OFFICE, far, OFFICE)
