"""How reps drive, as the routing room is told."""

from __future__ import annotations

import pytest

from fieldsales.driving import rules
from fieldsales.driving.rules import Driving, WorkDay, day_problem, fingerprint

HOUR_S = 3600
WORK = WorkDay(52.0, 5.0, (9 * HOUR_S, 17 * HOUR_S), None)


def test_a_minute_of_waiting_counts_as_one_of_driving() -> None:
    assert Driving().budget.wait_weight == 1.0


def test_a_route_found_when_waiting_counted_otherwise_is_searched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stamp of a stored route knows what waiting counted for."""
    problem = day_problem(WORK, [])
    before = fingerprint(problem, Driving())
    monkeypatch.setattr(rules, "WAIT_WEIGHT", 0.0)
    assert fingerprint(problem, Driving()) != before


def test_more_time_to_search_is_no_reason_to_search_again() -> None:
    problem = day_problem(WORK, [])
    assert fingerprint(problem, Driving(solve_seconds=1)) == fingerprint(problem, Driving(solve_seconds=2))
