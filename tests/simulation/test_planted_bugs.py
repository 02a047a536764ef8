"""A simulator that finds nothing proves nothing: bugs are planted, and each must be caught."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from simulation.conftest import Simulate
from simulation.planted import feed_bugs, ledger_bugs, trigger_bugs, work_bugs
from simulation.planted.plant import PLANTS, replacing
from simulation.run import Failed

from sync import timing

BOUND = 200
"""A bug must show within so many seeds."""
BREAKS = (TypeError, AttributeError, NameError)
"""What a bug raises that does not fit the code any more. That is not what is to be caught."""
ALL = (feed_bugs, ledger_bugs, trigger_bugs, work_bugs)


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_bug_is_caught(
    name: str,
    runners: Callable[[str], Simulate],
    record_property: Callable[[str, object], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    bug = PLANTS[name]
    run_seed = runners(bug.on)
    with bug.sow(run_seed.engine):
        for seed in range(BOUND):
            try:
                run_seed(seed)
            except Failed as caught:
                _check_fits(caught, caplog)
                print(f"caught: {name} | {caught.promise} | {seed + 1}")
                record_property(name, f"{caught.promise} ({seed + 1})")
                return
    pytest.fail(f"“{name}” is not caught by {BOUND} seeds")


def _check_fits(caught: Failed, caplog: pytest.LogCaptureFixture) -> None:
    """Fail if a bug showed by breaking, aloud or in the log, rather than by what it does."""
    raised = [caught.__cause__, *(each.exc_info[1] for each in caplog.records if each.exc_info)]
    if broken := [each for each in raised if isinstance(each, BREAKS)]:
        pytest.fail(f"the bug does not fit the code any more: {broken[0]!r}")


def test_a_bug_that_does_not_fit_is_not_planted() -> None:
    with pytest.raises(TypeError):
        replacing(timing.Reckoning, "date", lambda reckoning: reckoning.now)
