"""What may be tried once more, and what may not: docs/decisions/0006-a-second-chance.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import second_chances
from hypothesis import given
from hypothesis import strategies as st


class _Collected:
    """As much of a collected test as is looked at."""

    def __init__(self, node: str, function: Callable[..., None] = lambda: None) -> None:
        self.nodeid, self.path, self.obj = node, Path(node.partition("::")[0]), function


@given(st.integers())
def drawn(number: int) -> None:
    assert isinstance(number, int)


@pytest.mark.parametrize(
    ("node", "finding"),
    [
        ("tests/api/test_health.py::test_it_answers", False),
        ("tests/simulation/test_seeds.py::test_seed", True),
        ("tests/kills/test_kill_nine.py::test_nothing_is_lost", True),
        ("tests/sync/test_races_in_the_field.py::test_two_check_in", True),
        ("tests/sync/test_concurrency.py::test_two_at_once", True),
        ("tests/fieldsales/ledger/test_ledger.py::test_payments_race[postgresql]", True),
    ],
)
def test_a_failure_is_a_finding_where_the_next_try_would_meet_something_else(node: str, finding: bool) -> None:
    assert second_chances.is_finding(_Collected(node)) is finding  # type: ignore[arg-type]


def test_what_a_drawn_case_met_is_a_finding() -> None:
    assert second_chances.is_finding(_Collected("tests/api/test_money.py::test_it", drawn))  # type: ignore[arg-type]
