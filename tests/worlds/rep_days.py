"""Small days of one rep: by name for examples, by chance for properties.

Chance days count in ticks of a quarter of an hour, so that a ticking clock can try everything a rep could do; ways
are asymmetric and heed no triangle inequality.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from routing.problem import DayProblem, Lunch, Point, Stop, Window, Worker
from routing.travel import TravelMatrix

TICK_S = 900
HOUR_S = 3600
OFFICE = Point(52.0, 5.0)
ALL_DAY = Window(0, 24 * HOUR_S)


def at(clock: str) -> int:
    """Seconds from midnight of "09:30"."""
    hours, minutes = clock.split(":")
    return int(hours) * HOUR_S + int(minutes) * 60


def hours(*spans: str) -> tuple[Window, ...]:
    """Opening hours from spans like "09:00-12:00"."""
    return tuple(Window(at(span[:5]), at(span[6:])) for span in spans)


def shop(name: str, **facts: Any) -> Stop:
    """A shop open all day, 30 minutes' work, worth 10."""
    return Stop(**{"id": name, "at": OFFICE, "service_s": 1800, "windows": (ALL_DAY,), "prize": 10, **facts})


def day(*stops: Stop, shift: str = "09:00-17:00", lunch: Lunch | None = None, home: bool = True) -> DayProblem:
    """A day of a rep who leaves from the office, and returns there when ``home``."""
    return DayProblem(Worker(OFFICE, OFFICE if home else None, hours(shift)[0], (lunch,) if lunch else ()), stops)


def noon_lunch(window: str = "12:00-14:00", minutes: int = 45) -> Lunch:
    """Lunch of so many minutes inside a window."""
    return Lunch(hours(window)[0], minutes * 60)


def ways(minutes: list[list[int]]) -> TravelMatrix:
    """A matrix from minutes; a minute is 500 metres."""
    table = np.array(minutes, dtype=np.int64)
    return TravelMatrix(table * 60, table * 500)


def even_ways(problem: DayProblem, minutes: int) -> TravelMatrix:
    """The same way between any two places."""
    size = len(problem.stops) + 2
    return ways((np.full((size, size), minutes) - minutes * np.eye(size, dtype=int)).tolist())


def _ticks(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low, high).map(lambda ticks: ticks * TICK_S)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """A span of 15 minutes to 7 hours between 08:00 and 21:00."""
    opens_s = at("08:00") + draw(_ticks(0, 24))
    return Window(opens_s, opens_s + draw(_ticks(1, 28)))


@st.composite
def stops(draw: st.DrawFn, name: str) -> Stop:
    """A shop with none to three windows."""
    return Stop(
        id=name,
        at=OFFICE,
        service_s=draw(_ticks(1, 4)),
        windows=tuple(draw(st.lists(windows(), max_size=3))),
        prize=draw(st.integers(1, 20)),
        mandatory=draw(st.sampled_from([False, False, False, True])),
    )


@st.composite
def lunches(draw: st.DrawFn) -> Lunch:
    """15 to 60 minutes somewhere between 10:00 and 17:00."""
    duration_s = draw(_ticks(1, 4))
    opens_s = at("10:00") + draw(_ticks(0, 16))
    return Lunch(Window(opens_s, opens_s + duration_s + draw(_ticks(0, 8))), duration_s)


@st.composite
def days_with_ways(draw: st.DrawFn, max_stops: int = 5) -> tuple[DayProblem, TravelMatrix]:
    """A day of 2 to 9 hours and its matrix."""
    opens_s = at("08:00") + draw(_ticks(0, 12))
    shift = Window(opens_s, opens_s + draw(_ticks(8, 36)))
    end = draw(st.sampled_from([OFFICE, None]))
    lunch = draw(st.none() | lunches())
    worker = Worker(OFFICE, end, shift, (lunch,) if lunch else ())
    names = [f"shop {letter}" for letter in "abcdefgh"[: draw(st.integers(0, max_stops))]]
    problem = DayProblem(worker, tuple(draw(stops(name)) for name in names))
    size = len(names) + 2
    quarters = draw(st.lists(st.integers(0, 5), min_size=size * size, max_size=size * size))
    table = np.array(quarters, dtype=np.int64).reshape(size, size)
    np.fill_diagonal(table, 0)
    return problem, TravelMatrix(table * TICK_S, table * 7000)
