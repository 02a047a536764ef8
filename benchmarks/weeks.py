"""Weeks: the periodic vehicle routing instances of Cordeau, Gendreau and Laporte, beside the best known.

    python -m benchmarks.weeks FOLDER [--seconds 30] [--seeds 1] [NAME ...]

FOLDER holds `p01.txt` … and `p01.res` … in Cordeau's format (Networks 30, 1997). Prints driving, the best known and the
gap; a plan that breaks a limit says so instead.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import median

import numpy as np

from routing.weeks.plan import Effort, solve_on_times
from routing.weeks.problem import Option, Outlet, WeeksProblem

FINE = 1_000
"""Service times and limits are whole numbers: an instance's unit is so many of ours."""


def read(path: Path) -> tuple[WeeksProblem, np.ndarray]:
    """Return an instance and its distances, both in thousandths of its unit."""
    rows = [[float(each) for each in line.split()] for line in path.read_text().splitlines() if line.strip()]
    (_, vehicles, _, days), limits, depot = rows[0][:4], rows[1 : 1 + int(rows[0][3])], rows[1 + int(rows[0][3])]
    places = [depot, *rows[2 + int(days) :]]
    at = np.array([place[1:3] for place in places])
    apart = np.sqrt(((at[:, None] - at[None]) ** 2).sum(-1)) * FINE
    outlets = tuple(
        Outlet(str(int(row[0])), None, int(row[3] * FINE), tuple(_options(row, int(days))), int(row[4]))
        for row in places[1:]
    )
    longest = tuple(int((limit or 1e9) * FINE) for limit, _ in limits)
    capacity = int(limits[0][1])
    return WeeksProblem(None, outlets, longest, int(vehicles), capacity or None), apart


def _options(row: list[float], days: int) -> list[Option]:
    return [
        Option(tuple(day for day in range(days) if int(mask) >> (days - 1 - day) & 1))
        for mask in row[7 : 7 + int(row[6])]
    ]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seeds", type=int, default=1)
    asked = parser.parse_args()
    names = asked.names or sorted(path.stem for path in asked.folder.glob("p*.txt"))
    print(f"{'instance':10}{'outlets':>8}{'days':>6}{'driving':>12}{'best known':>12}{'gap':>9}{'rounds':>12}{'s':>7}")
    gaps = []
    solve_on_times(*read(asked.folder / f"{names[0]}.txt"), Effort(1))  # so that compiling is not counted
    for name in names:
        problem, apart = read(asked.folder / f"{name}.txt")
        known = float((asked.folder / f"{name}.res").read_text().split()[0])
        runs = []
        for seed in range(asked.seeds):
            began = time.monotonic()
            plan = solve_on_times(problem, apart, Effort(None, asked.seconds), seed)
            runs.append((plan.travel_s / FINE, plan.over_s, plan.rounds, time.monotonic() - began))
        driving, over, rounds, took = sorted(runs)[len(runs) // 2]
        gap = driving / known - 1
        gaps.append(gap)
        told = f"{gap:9.2%}" if not over else f" breaks {over:.0f}"
        print(
            f"{name:10}{len(problem.outlets):8}{problem.days:6}{driving:12.2f}{known:12.2f}{told}{rounds:12,}{took:7.1f}",
            flush=True,
        )
    print(f"mean gap {sum(gaps) / len(gaps):.2%}, median {median(gaps):.2%}, worst {max(gaps):.2%}")


if __name__ == "__main__":
    main()
