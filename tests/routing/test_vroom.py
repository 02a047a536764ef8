"""VROOM's JSON in and out: its meaning kept, what is not honoured refused by name."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from worlds.vroom_files import file, job, vehicle, vroom_files

from routing.budget import Budget
from routing.errors import InvalidProblem
from routing.vroom import solve_document
from routing.vroom.fields import Unsupported

SHORT = Budget(seconds=0.2, patience=1)

Json = dict[str, Any]


def solved(document: object) -> Json:
    """The solution of a document."""
    return solve_document(document, budget=SHORT).solution


def only_route(solution: Json) -> list[tuple[str, int | None, int, int]]:
    """(type, id, arrival, wait) of each step of the one route."""
    (route,) = solution["routes"]
    return [(step["type"], step.get("id"), step["arrival"], step["waiting_time"]) for step in route["steps"]]


def test_a_window_bounds_the_start_of_a_job_not_its_end() -> None:
    late = job(1, 1, service=500, time_windows=[[100, 110]])
    assert only_route(solved(file([vehicle(time_window=[0, 1000])], [late]))) == [
        ("start", None, 0, 0),
        ("job", 1, 100, 0),
        ("end", None, 700, 0),
    ]


def test_a_window_of_one_moment_and_no_service_is_met() -> None:
    assert ("job", 1, 300, 0) in only_route(solved(file([vehicle()], [job(1, 1, time_windows=[[300, 300]])])))


def test_a_setup_counts_only_where_the_place_changes() -> None:
    jobs = [job(1, 1, setup=50, service=10), job(2, 1, setup=50, service=10)]
    answer = solve_document(file([vehicle()], jobs), budget=SHORT)
    assert (answer.solution["summary"]["setup"], answer.solution["summary"]["service"]) == (50, 20)
    assert answer.solution["bound"] is None
    assert any("setups" in warning for warning in answer.warnings)


def test_the_sum_of_priorities_comes_before_the_number_of_jobs() -> None:
    """One job of priority 3 far away, or two of priority 1 on the way: time for either."""
    far, near = (
        job(1, 3, service=100, priority=3),
        [job(2, 1, service=100, priority=1), job(3, 2, service=100, priority=1)],
    )
    answer = solved(file([vehicle(time_window=[0, 700])], [far, *near]))
    assert (answer["summary"]["priority"], answer["summary"]["unassigned"]) == (3, 2)


def test_jobs_without_priority_are_wanted_too() -> None:
    answer = solved(file([vehicle(time_window=[0, 450])], [job(1, 3), job(2, 1), job(3, 2)]))
    assert answer["summary"]["unassigned"] == 1
    assert answer["unassigned"] == [{"id": 1, "location_index": 3, "type": "job"}]


def test_every_break_is_had_even_after_the_last_job() -> None:
    pause = {"id": 7, "service": 60, "time_windows": [[3000, 3500]]}
    answer = solved(file([vehicle(time_window=[0, 5000], breaks=[pause])], [job(1, 1, service=10)]))
    steps = only_route(answer)
    assert [step[0] for step in steps] == ["start", "job", "break", "end"]
    assert steps[2][2] + steps[2][3] == 3000
    assert answer["summary"]["service"] == 70


def test_a_break_is_had_in_the_later_of_its_windows_where_the_earlier_does_not_do() -> None:
    pause = {"id": 7, "service": 60, "time_windows": [[150, 160], [800, 900]]}
    long = job(1, 1, service=500, time_windows=[[100, 120]])
    assert ("break", 7, 800, 0) in [
        (kind, name, arrival + wait, 0)
        for kind, name, arrival, wait in only_route(
            solved(file([vehicle(time_window=[0, 5000], breaks=[pause])], [long]))
        )
    ]


def test_a_vehicle_without_a_start_begins_at_its_first_job() -> None:
    answer = solved(file([{"id": 1, "end_index": 0}], [job(1, 1, service=10), job(2, 2, service=10)]))
    assert answer["summary"]["duration"] == 200
    assert answer["routes"][0]["steps"][0]["location_index"] == 2


def test_a_vehicle_without_an_end_stays_at_its_last_job() -> None:
    answer = solved(file([{"id": 1, "start_index": 0}], [job(1, 1), job(2, 2)]))
    assert (answer["summary"]["duration"], answer["routes"][0]["steps"][-1]["location_index"]) == (200, 2)


def test_timestamps_are_answered_as_timestamps() -> None:
    noon = 1_700_049_600
    car = vehicle(time_window=[noon, noon + 4000])
    early, late = (
        job(1, 1, time_windows=[[noon + 1000, noon + 1100]]),
        job(2, 2, time_windows=[[noon - 500, noon - 400]]),
    )
    answer = solved(file([car], [early, late]))
    (step,) = [step for step in answer["routes"][0]["steps"] if step["type"] == "job"]
    assert step["arrival"] + step["waiting_time"] == noon + 1000
    assert answer["reasons"][0]["missed"] == [noon - 500, noon - 400]


def test_loads_go_down_with_deliveries_and_up_with_pickups() -> None:
    jobs = [job(1, 1, delivery=[1, 0]), job(2, 2, delivery=[2, 0], pickup=[0, 4])]
    answer = solved(file([vehicle(capacity=[3, 9], time_window=[0, 9999])], jobs))
    (route,) = answer["routes"]
    assert (route["delivery"], route["pickup"]) == ([3, 0], [0, 4])
    assert route["steps"][0]["load"] == [3, 0]
    assert route["steps"][-1]["load"] == [0, 4]


def test_skills_limits_and_speed_are_kept() -> None:
    skilled = vehicle(id=2, skills=[5], max_tasks=1, speed_factor=2)
    answer = solved(file([vehicle(max_tasks=0), skilled], [job(1, 2, skills=[5]), job(2, 1, skills=[5, 6]), job(3, 1)]))
    (route,) = answer["routes"]
    assert (route["vehicle"], route["duration"]) == (2, 100)
    assert {reason["id"]: reason["code"] for reason in answer["reasons"]} == {1: "visits_full", 2: "no_skill"}


def test_coordinates_alone_will_do() -> None:
    at = [4.8952, 52.3702]
    answer = solved({"vehicles": [{"id": 1, "start": at, "end": at}], "jobs": [{"id": 1, "location": [4.91, 52.37]}]})
    assert answer["summary"]["distance"] > 2000
    assert answer["routes"][0]["steps"][1]["location"] == [4.91, 52.37]


def test_a_proven_answer_has_no_gap() -> None:
    answer = solved(file([vehicle()], [job(1, 1, priority=5)]))
    assert (answer["gap"], answer["bound"]["priority"], answer["bound"]["assigned"]) == (0.0, 5, 1)


def test_unknown_keys_are_told_and_nothing_else() -> None:
    document = {**file([vehicle(colour="red")], [job(1, 1, colour="red")]), "colour": "red"}
    assert solve_document(document, budget=SHORT).warnings == (
        "colour is not known and is not read",
        "vehicles[0].colour is not known and is not read",
        "jobs[0].colour is not known and is not read",
    )


UNSUPPORTED: dict[str, Callable[[], Json]] = {
    "shipments": lambda: {**file([vehicle()], [job(1, 1)]), "shipments": [{"pickup": {}, "delivery": {}}]},
    "costs.fixed": lambda: file([vehicle(costs={"fixed": 100})], [job(1, 1)]),
    "costs.per_km": lambda: file([vehicle(costs={"per_km": 1})], [job(1, 1)]),
    "costs.per_hour differs": lambda: file([vehicle(), vehicle(id=2, costs={"per_hour": 10})], [job(1, 1)]),
    "profiles": lambda: file([vehicle(), vehicle(id=2, profile="bike")], [job(1, 1)]),
    "max_load": lambda: file([vehicle(breaks=[{"id": 1, "max_load": [1]}])], [job(1, 1)]),
    "service_at": lambda: file([vehicle(steps=[{"type": "job", "id": 1, "service_at": 5}])], [job(1, 1)]),
    "delivery and pickup": lambda: file([vehicle(capacity=[9])], [job(1, 1, delivery=[1]), job(2, 2, pickup=[1])]),
    "service_per_type": lambda: file([vehicle()], [job(1, 1, service_per_type={"van": 3})]),
    "two weeks": lambda: file(
        [vehicle()], [job(1, 1, time_windows=[[0, 5]]), job(2, 2, time_windows=[[9_999_999, 9_999_999]])]
    ),
    "more than two weeks": lambda: file([vehicle()], [job(n, 1, service=600_000) for n in range(1, 5)]),
    "durations.*costs": lambda: {
        **file([vehicle()], [job(1, 1)]),
        "matrices": {"car": {"durations": [[0, 1], [1, 0]], "costs": [[0, 2], [2, 0]]}},
    },
}


@pytest.mark.parametrize("named", UNSUPPORTED)
def test_what_is_not_honoured_is_refused_by_name(named: str) -> None:
    pattern = "costs" if named == "durations.*costs" else named
    with pytest.raises(Unsupported, match=pattern):
        solved(UNSUPPORTED[named]())


WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "a list": (list, "no JSON object"),
    "no vehicles": (lambda: file([], [job(1, 1)]), "no vehicle"),
    "no jobs": (lambda: file([vehicle()], []), "no job"),
    "a job twice": (lambda: file([vehicle()], [job(1, 1), job(1, 2)]), "job id 1 is given more than once"),
    "a vehicle from nowhere to nowhere": (lambda: file([{"id": 1}], [job(1, 1)]), "no start and no end"),
    "a job without a place": (lambda: file([vehicle()], [{"id": 1}]), r"jobs\[0\] has neither location"),
    "an index outside the matrix": (lambda: file([vehicle()], [job(1, 9)]), "job 1 has the index 9, the matrix has 4"),
    "unsorted windows": (lambda: file([vehicle()], [job(1, 1, time_windows=[[9, 10], [0, 1]])]), "unsorted or overlap"),
    "a window backwards": (lambda: file([vehicle()], [job(1, 1, time_windows=[[9, 1]])]), "before it starts"),
    "a priority of 101": (lambda: file([vehicle()], [job(1, 1, priority=101)]), r"jobs\[0\].priority is 101"),
    "an id that is a text": (lambda: file([vehicle()], [job("a", 1)]), r"jobs\[0\].id is 'a'"),
    "amounts without capacity": (lambda: file([vehicle()], [job(1, 1, delivery=[1])]), "delivery has 1 numbers"),
    "a break outside working hours": (
        lambda: file(
            [vehicle(time_window=[0, 99], breaks=[{"id": 4, "service": 60, "time_windows": [[90, 95]]}])], [job(1, 1)]
        ),
        "break 4 cannot be had",
    ),
    "a speed of nothing": (lambda: file([vehicle(speed_factor=0)], [job(1, 1)]), "speed_factor is 0"),
    "a matrix that is no square": (
        lambda: {**file([vehicle()], [job(1, 1)]), "matrices": {"car": {"durations": [[0, 1]]}}},
        "no square",
    ),
    "a matrix of half seconds": (
        lambda: {**file([vehicle()], [job(1, 1)]), "matrices": {"car": {"durations": [[0, 0.5], [1, 0]]}}},
        "whole numbers",
    ),
    "no matrix of the profile": (lambda: file([vehicle(profile="bike")], [job(1, 1)]), "none for the profile bike"),
    "coordinates of three": (lambda: {"vehicles": [{"id": 1, "start": [1, 2, 3]}], "jobs": [job(1, 1)]}, "longitude"),
    "swapped coordinates": (
        lambda: {"vehicles": [{"id": 1, "start": [52.0, 104.0]}], "jobs": [{"id": 1, "location": [4, 52]}]},
        "swapped",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_problem_is_refused_with_its_path(wrong: str) -> None:
    make, message = WRONG[wrong]
    with pytest.raises(InvalidProblem, match=message):
        solved(make())


@settings(max_examples=25, deadline=None)
@given(vroom_files())
def test_the_clock_of_every_answer_adds_up_in_vrooms_own_terms(document: Json) -> None:
    """Each step is reached by what the step before took, windows bound starts, sums are the steps' sums."""
    answer = solved(document)
    jobs = {each["id"]: each for each in document["jobs"]}
    cars = {each["id"]: each for each in document["vehicles"]}
    durations = document["matrices"]["car"]["durations"]
    seen = [out["id"] for out in answer["unassigned"]]
    for route in answer["routes"]:
        steps, car = route["steps"], cars[route["vehicle"]]
        for before, after in pairwise(steps):
            took = before["waiting_time"] + before["setup"] + before["service"]
            assert after["arrival"] == before["arrival"] + took + after["duration"] - before["duration"]
            assert after["waiting_time"] >= 0
        opens, closes = car.get("time_window", [0, 10**9])
        assert opens <= steps[0]["arrival"]
        assert steps[-1]["arrival"] <= closes
        places = [step["location_index"] for step in steps if step["type"] != "break"]
        assert route["duration"] == sum(durations[a][b] for a, b in pairwise(places)) == steps[-1]["duration"]
        pauses = {each["id"]: each for each in car.get("breaks", [])}
        assert [step["id"] for step in steps if step["type"] == "break"] == list(pauses)
        for step in steps[1:-1]:
            asked = pauses[step["id"]] if step["type"] == "break" else jobs[step["id"]]
            start = step["arrival"] + step["waiting_time"]
            assert any(a <= start <= b for a, b in asked.get("time_windows", [[0, 10**9]]))
            assert step["service"] == asked.get("service", 0)
        made = [step["id"] for step in steps if step["type"] == "job"]
        assert len(made) <= car.get("max_tasks", 99)
        assert sum(jobs[each].get("delivery", [0])[0] for each in made) <= car.get("capacity", [10**9])[0]
        seen += made
    assert sorted(seen) == sorted(jobs)
    assert answer["summary"]["priority"] == sum(route["priority"] for route in answer["routes"])
    assert [reason["id"] for reason in answer["reasons"]] == [out["id"] for out in answer["unassigned"]]
