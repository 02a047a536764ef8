"""A cache of travel: it changes no answer, asks only for what it does not know, and survives restarts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import TravelError
from routing.problem import Point
from routing.travel import Cached, Line, Shelf, TravelMatrix, TravelTable
from routing.travel.cached import MOST_QUESTIONS, place_at, place_of, questions
from routing.travel.matrix import square, straight_legs

points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
MONDAY_8, TUESDAY_8, MONDAY_17, SUNDAY_8 = (
    datetime.fromisoformat("2026-03-02T08:00"),
    datetime.fromisoformat("2026-03-03T08:40"),
    datetime.fromisoformat("2026-03-02T17:00"),
    datetime.fromisoformat("2026-03-01T08:00"),
)


@dataclass
class Streets:
    """Streets on which every way has a time of its own, by the hour if timed; notes what it is asked."""

    version: str = "streets 1"
    timed: bool = False
    asked: list[tuple[Point, Point]] = field(default_factory=list)
    tables: int = 0

    def table(self, sources: Sequence[Point], targets: Sequence[Point], leaves: datetime | None = None) -> TravelTable:
        self.tables += 1
        self.asked += [(a, b) for a in sources for b in targets]
        hour = leaves.hour if leaves and self.timed else 0
        seconds = [[hash((a.lat, b.lon, b.lat, a.lon)) % 5000 + hour for b in targets] for a in sources]
        duration_s = np.array(seconds, np.int64).reshape(len(sources), len(targets))
        return TravelTable(duration_s, duration_s * 7)

    def matrix(self, points: Sequence[Point], leaves: datetime | None = None) -> TravelMatrix:
        return square(self.table(points, points, leaves))

    def legs(self, points: Sequence[Point]) -> tuple[Line, ...]:
        return straight_legs(points)


def on_grid(places: Sequence[Point]) -> list[Point]:
    return [place_at(place_of(place)) for place in places]


@given(points)
def test_a_place_stands_for_positions_a_metre_around(point: Point) -> None:
    again = place_at(place_of(point))
    assert abs(again.lat - point.lat) <= 0.0000051
    assert abs(again.lon - point.lon) <= 0.0000051
    assert place_of(again) == place_of(point)
    assert 0 <= place_of(point) < 2**63


@given(st.lists(st.lists(points, max_size=6), max_size=4))
def test_answers_are_those_of_the_provider_whatever_was_asked_before(days: list[list[Point]]) -> None:
    cached = Cached(Streets(), Shelf(":memory:"))
    for day in days:
        found, told = cached.matrix(day), Streets().matrix(on_grid(day))
        same = np.array([[place_of(a) == place_of(b) for b in day] for a in day]).reshape(len(day), len(day))
        assert np.array_equal(found.duration_s, np.where(same, 0, told.duration_s))
        assert np.array_equal(found.distance_m, np.where(same, 0, told.distance_m))


@given(st.lists(st.lists(points, max_size=5), max_size=4))
def test_no_pair_is_asked_for_twice_while_the_days_grow(days: list[list[Point]]) -> None:
    """Each day keeps the places of the one before and adds some, as customers do."""
    streets = Streets()
    cached = Cached(streets, Shelf(":memory:"))
    places: list[Point] = []
    for day in days:
        places += day
        cached.matrix(places)
        cached.matrix(list(reversed(places)))
    assert len(streets.asked) == len(set(streets.asked)) == len({place_of(place) for place in places}) ** 2


@given(st.integers(0, 12), st.integers(0, 12), st.randoms(use_true_random=False))
def test_every_unknown_pair_is_in_a_question(rows: int, columns: int, random: object) -> None:
    bits = [[random.random() < 0.3 for _ in range(columns)] for _ in range(rows)]  # type: ignore[attr-defined]
    unknown = np.array(bits, np.bool_).reshape(rows, columns)
    found = questions(unknown)
    asked = np.zeros_like(unknown)
    for some, others in found:
        asked[np.ix_(some, others)] = True
    assert (asked | ~unknown).all()
    assert len(found) <= MOST_QUESTIONS
    if len(found) > 1:
        assert np.array_equal(asked, unknown)


def test_a_new_customer_is_asked_for_by_its_own_row_and_column() -> None:
    streets = Streets()
    cached = Cached(streets, Shelf(":memory:"))
    town = [Point(52, 5 + n / 100) for n in range(20)]
    cached.matrix(town[:19])
    streets.asked.clear()
    cached.matrix(town)
    assert len(streets.asked) == 20 + 19
    assert (cached.asked, cached.known) == (361 + 39, 361)


def test_what_is_known_survives_a_restart(tmp_path: Path) -> None:
    town = [Point(52, 5), Point(52.1, 5.1)]
    first = Shelf(tmp_path / "ways.sqlite3")
    told = Cached(Streets(), first).matrix(town)
    first.close()
    silent = Streets()
    again = Cached(silent, Shelf(tmp_path / "ways.sqlite3")).matrix(town)
    assert np.array_equal(told.duration_s, again.duration_s)
    assert silent.tables == 0


def test_other_roads_are_other_answers() -> None:
    shelf, town = Shelf(":memory:"), [Point(52, 5), Point(52.1, 5.1)]
    Cached(Streets("streets 1"), shelf).matrix(town)
    newer = Streets("streets 2")
    Cached(newer, shelf).matrix(town)
    assert newer.tables == 1


def test_the_hour_counts_where_the_provider_knows_it_and_only_there() -> None:
    town = [Point(52, 5), Point(52.1, 5.1)]
    for timed, tables in ((True, 3), (False, 1)):
        streets = Streets(timed=timed)
        cached = Cached(streets, Shelf(":memory:"))
        for leaves in (MONDAY_8, TUESDAY_8, MONDAY_17, SUNDAY_8):
            cached.matrix(town, leaves)
        assert streets.tables == tables


def test_a_shelf_keeps_no_more_than_it_may_and_forgets_the_least_used() -> None:
    today = [100]
    shelf = Shelf(":memory:", most_ways=500, today=lambda: today[0])
    cached = Cached(Streets(), shelf)
    dear = [Point(1, n) for n in range(5)]
    cached.matrix(dear)
    for day in range(25):
        today[0] += 1
        cached.matrix(dear)
        cached.matrix([Point(2 + day, n) for n in range(10)])
        assert len(shelf) <= 500
    streets = Streets()
    Cached(streets, shelf).matrix(dear)
    assert streets.tables == 0, "used every day, kept every day"
    assert len(shelf) >= 400


def test_old_answers_are_asked_for_again() -> None:
    today = [100]
    streets, town = Streets(), [Point(52, 5), Point(52.1, 5.1)]
    cached = Cached(streets, Shelf(":memory:", days=30, today=lambda: today[0]))
    for day, tables in ((100, 1), (129, 1), (130, 2)):
        today[0] = day
        cached.matrix(town)
        assert streets.tables == tables


def test_two_processes_share_a_file(tmp_path: Path) -> None:
    town = [Point(52, 5), Point(52.1, 5.1), Point(52.2, 5)]
    one, other = (Shelf(tmp_path / "ways.sqlite3") for _ in range(2))
    Cached(Streets(), one).matrix(town[:2])
    streets = Streets()
    Cached(streets, other).matrix(town[:2])
    assert streets.tables == 0
    Cached(Streets(), other).matrix(town)
    assert len(one) == 9


def test_a_file_that_is_none_is_passed_by(tmp_path: Path) -> None:
    """A day must not fail for what only saves time."""
    broken = tmp_path / "ways.sqlite3"
    broken.write_bytes(b"this is no database, and never was" * 100)
    town = [Point(52, 5), Point(52.1, 5.1)]
    cached = Cached(Streets(), Shelf(broken))
    assert np.array_equal(cached.matrix(town).duration_s, Streets().matrix(town).duration_s)
    with pytest.raises(TravelError, match="does not remember"):
        Shelf(tmp_path / "no" / "such" / "folder").find("any", [1], [2])


def test_what_a_provider_refuses_is_not_kept() -> None:
    class Silent(Streets):
        def table(self, *asked: object) -> TravelTable:  # type: ignore[override]
            raise TravelError("no answer")

    shelf = Shelf(":memory:")
    with pytest.raises(TravelError, match="no answer"):
        Cached(Silent(), shelf).matrix([Point(52, 5), Point(52.1, 5.1)])
    assert len(shelf) == 0
