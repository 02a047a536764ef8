"""One search in a process of its own."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from worlds.rep_days import day, shop

from routing.budget import Budget
from routing.child import ChildSearch, Job, News
from routing.day import solve_on_matrix
from routing.errors import SolverDied
from routing.problem import DayProblem, Point
from routing.progress import Better
from routing.travel import GreatCircle

LONG = Budget(seconds=600, patience=None)


def scattered(many: int) -> DayProblem:
    return day(*(shop(f"shop {n}", at=Point(52 + n * 7 % 50 / 100, 5 + n * 13 % 50 / 100)) for n in range(many)))


def job(many: int, days: int = 1, budget: Budget = LONG, seed: int = 0) -> Job:
    problem = scattered(many)
    return Job(((problem, GreatCircle().matrix(problem.points())),) * days, budget, seed)


def told_until(search: ChildSearch, enough: Callable[[list[News]], bool]) -> list[News]:
    told: list[News] = []
    while not enough(told):
        told += search.news(30)
    return told


def cpu_s(pid: int) -> float:
    """The processor time that a process has used; 0 for one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if fields[0] != "Z" else 0.0


def test_every_day_has_its_bound_then_better_and_better_answers_then_its_route() -> None:
    wanted = job(12, days=2, budget=Budget(seconds=1, patience=1))
    with ChildSearch(wanted) as search:
        told = told_until(search, lambda _told: search.is_done)
    assert [number for number, each in told[:2] if isinstance(each, Better) and each.bound > 0] == [0, 1]
    problem, matrix = wanted.days[0]
    assert search.routes[0] == search.routes[1] == solve_on_matrix(problem, matrix, wanted.budget)
    best = [each for number, each in told[2:] if number == 0 and isinstance(each, Better)][-1]
    assert (best.prize, best.bound >= best.prize) == (search.routes[0].prize, True)


def test_the_same_seed_finds_the_same_within_its_patience() -> None:
    wanted = job(26, budget=Budget(seconds=60, patience=1), seed=4)
    routes = []
    for _ in range(2):
        with ChildSearch(wanted) as search:
            told_until(search, lambda _told: search.is_done)
        routes.append(search.routes[0])
    assert routes[0] == routes[1]


def test_a_killed_search_is_gone_at_once_and_burns_nothing_any_more() -> None:
    with ChildSearch(job(40)) as search:
        told_until(search, lambda told: any(isinstance(each, Better) and each.prize for _, each in told))
        pid = search.pid
        assert pid is not None
        assert cpu_s(pid) > 0
        began = time.perf_counter()
        search.kill()
        assert time.perf_counter() - began < 2
    assert cpu_s(pid) == 0
    assert pid not in {child.pid for child in multiprocessing.active_children()}


def test_a_process_that_dies_is_told_as_such_and_not_waited_for() -> None:
    with ChildSearch(job(40)) as search:
        told_until(search, bool)
        assert search.pid is not None
        os.kill(search.pid, signal.SIGKILL)
        with pytest.raises(SolverDied, match="ended without an answer"):
            told_until(search, lambda _told: False)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_child_whose_parent_was_killed_ends_by_itself(tmp_path: Path) -> None:
    """A web worker is killed with -9: what it had begun to search does not go on for ten minutes."""
    script = tmp_path / "parent.py"
    tests = Path(__file__).parents[1]
    script.write_text(
        dedent(f"""
        import sys
        sys.path[:0] = [{str(tests)!r}, {str(tests / "routing")!r}]
        from test_child import job, told_until
        from routing.child import ChildSearch
        if __name__ == "__main__":
            with ChildSearch(job(40)) as search:
                told_until(search, lambda told: len(told) > 2)
                print(search.pid, flush=True)
                told_until(search, lambda told: False)
        """),
        encoding="utf-8",
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 30
    while cpu_s(child) > 0:
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.2)
