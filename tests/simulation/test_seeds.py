"""Whatever happens to many phones, nothing is lost, nothing doubled, nothing skipped.

`--seeds` says how many seeds are run on each database, `--from-seed` the first; see docs/proof.md.
"""

from __future__ import annotations

import pytest
from simulation.conftest import Simulate

A_TEST = 10
"""How many seeds one test runs, so that several processes can share the work."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Cut the seeds that were asked for into pieces."""
    if "seeds" in metafunc.fixturenames:
        first, count = metafunc.config.getoption("from_seed"), metafunc.config.getoption("seeds")
        pieces = [range(start, min(start + A_TEST, first + count)) for start in range(first, first + count, A_TEST)]
        metafunc.parametrize("seeds", pieces, ids=[f"{piece.start}-{piece.stop - 1}" for piece in pieces])


@pytest.mark.slow
def test_many_phones_end_equal_to_the_server(run_seed: Simulate, seeds: range) -> None:
    for seed in seeds:
        run_seed(seed)


def test_a_seed_is_repeated_to_the_letter(run_seed: Simulate) -> None:
    once, again = run_seed(3), run_seed(3)
    assert once.trace.events == again.trace.events
    assert len(once.trace.events) > 30
