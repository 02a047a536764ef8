"""Problems in VROOM's JSON: by hand for examples, by chance for laws."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]


def matrices(places: int = 4) -> Json:
    """A line of places, 100 seconds from one to the next."""
    return {"car": {"durations": [[100 * abs(a - b) for b in range(places)] for a in range(places)]}}


def vehicle(**facts: Any) -> Json:
    """A car that starts and ends at place 0."""
    return {"id": 1, "start_index": 0, "end_index": 0, **facts}


def job(number: object, place: int, **facts: Any) -> Json:
    """A job at a place of the line."""
    return {"id": number, "location_index": place, **facts}


def file(vehicles: list[Json], jobs: list[Json]) -> Json:
    """A problem on the line of places."""
    return {"vehicles": vehicles, "jobs": jobs, "matrices": matrices()}


@st.composite
def _spans(draw: st.DrawFn, many: int) -> list[list[int]]:
    """Up to ``many`` time windows, in order and apart."""
    spans, at = [], draw(st.integers(0, 900))
    for _ in range(draw(st.integers(1, many))):
        end = at + draw(st.integers(0, 900))
        spans.append([at, end])
        at = end + draw(st.integers(1, 600))
    return spans


@st.composite
def vroom_files(draw: st.DrawFn) -> Json:
    """One to three vehicles, up to five jobs, on four places with asymmetric ways."""
    size = 4
    ways = [[0 if a == b else draw(st.integers(1, 300)) for b in range(size)] for a in range(size)]
    vehicles = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        car: Json = {"id": number, "capacity": [draw(st.integers(1, 6))]}
        ends = draw(st.sampled_from([("start_index",), ("end_index",), ("start_index", "end_index")]))
        car |= {end: draw(st.integers(0, size - 1)) for end in ends}
        if draw(st.booleans()):
            car["time_window"] = [draw(st.integers(0, 300)), draw(st.integers(2500, 4000))]
        if draw(st.booleans()):
            windows = [[300 + a, 300 + b] for a, b in draw(_spans(2))]
            car["breaks"] = [{"id": 1, "service": draw(st.integers(1, 300)), "time_windows": windows[:1]}]
            if windows[-1][0] <= 2000:
                car["breaks"][0]["time_windows"] = windows
        if draw(st.booleans()):
            car["max_tasks"] = draw(st.integers(0, 4))
        vehicles.append(car)
    jobs = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        each: Json = {
            "id": number,
            "location_index": draw(st.integers(0, size - 1)),
            "delivery": [draw(st.integers(0, 3))],
        }
        each |= {"service": draw(st.integers(0, 400)), "setup": draw(st.sampled_from([0, 0, 60]))}
        each["priority"] = draw(st.integers(0, 100))
        if draw(st.booleans()):
            each["time_windows"] = draw(_spans(2))
        jobs.append(each)
    return {"vehicles": vehicles, "jobs": jobs, "matrices": {"car": {"durations": ways}}}
