"""How good are the rep days? Solves a folder of benchmark days and prints the gaps to the best known answers.

    python -m benchmarks.route_days DIR [--seconds 1] [--seed 0] [--only n40]

``DIR`` holds days in VROOM's JSON (one vehicle, jobs with priorities, a duration matrix; files with more vehicles
are skipped) and ``best.csv`` with the best known prize and driving time by instance. VROOM's time windows bound
the start of a visit, so each is widened by the service time to mean the same here. Every route goes through the
independent checker; a broken rule ends the run.
"""

import argparse
import csv
import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import Any

import numpy as np

from routing.budget import Budget
from routing.checker import broken_rules
from routing.day import solve_on_matrix
from routing.problem import DayProblem, Lunch, Point, Stop, Window, Worker
from routing.travel.matrix import TravelMatrix


@dataclass(frozen=True, slots=True)
class Score:
    """One solved day beside the best known answer; None where none is known."""

    family: str
    prize: int
    travel_s: int
    best_prize: int | None
    best_travel_s: int | None
    is_proven: bool
    took_s: float

    @property
    def prize_gap(self) -> float | None:
        """Prize missed, in percent of the best known."""
        return None if self.best_prize is None else 100 * (self.best_prize - self.prize) / self.best_prize

    @property
    def is_best(self) -> bool:
        """At least as good as the best known, driving included."""
        if self.best_prize is None or self.best_travel_s is None:
            return False
        return (self.prize, -self.travel_s) >= (self.best_prize, -self.best_travel_s)


def read_day(document: dict[str, Any]) -> tuple[DayProblem, TravelMatrix]:
    """A one-vehicle VROOM problem as a day and its matrix."""
    vehicle, jobs = document["vehicles"][0], document["jobs"]
    pauses = vehicle.get("breaks", [])
    worker = Worker(
        start=_point(vehicle["start"]),
        end=_point(vehicle["end"]),
        shift=Window(*vehicle["time_window"]),
        breaks=tuple(Lunch(_widened(pause["time_windows"][0], pause["service"]), pause["service"]) for pause in pauses),
    )
    stops = tuple(
        Stop(
            id=str(job["id"]),
            at=_point(job["location"]),
            service_s=job["service"],
            windows=tuple(_widened(window, job["service"]) for window in job["time_windows"]),
            prize=job["priority"],
        )
        for job in jobs
    )
    places = [vehicle["start_index"], *(job["location_index"] for job in jobs), vehicle["end_index"]]
    durations = np.array(document["matrices"]["car"]["durations"], dtype=np.int64)[np.ix_(places, places)]
    return DayProblem(worker, stops), TravelMatrix(durations, np.zeros_like(durations))


def _point(lon_lat: list[float]) -> Point:
    return Point(lat=lon_lat[1], lon=lon_lat[0])


def _widened(window: list[int], service_s: int) -> Window:
    return Window(window[0], window[1] + service_s)


def score(path: Path, best: dict[str, dict[str, str]], budget: Budget, seed: int) -> Score | None:
    """Solve one file; None when it is a team's day."""
    document = json.loads(path.read_text(encoding="utf-8"))
    if len(document["vehicles"]) > 1:
        return None
    problem, matrix = read_day(document)
    began = perf_counter()
    route = solve_on_matrix(problem, matrix, budget, seed)
    took_s = perf_counter() - began
    if broken := broken_rules(problem, matrix, route):
        sys.exit(f"{path.name}: {broken}")
    known = best.get(path.stem)
    return Score(
        family=f"{len(problem.stops)} candidates{', lunch' if problem.worker.lunch else ''}",
        prize=route.prize,
        travel_s=route.travel_s,
        best_prize=int(known["best_prize"]) if known else None,
        best_travel_s=int(known["travel_seconds_at_best"]) if known else None,
        is_proven=route.is_proven,
        took_s=took_s,
    )


def print_table(scores: dict[str, list[Score]]) -> None:
    """One line a family: mean and worst prize gap, how many at least as good as the best known, how many proven."""
    names = ("days", "prize gap", "worst", "as best", "proven", "mean prize", "seconds")
    print(f"{'family':24}", *(f"{name:>10}" for name in names))
    for family, days in sorted(scores.items()):
        gaps = [gap for day in days if (gap := day.prize_gap) is not None]
        mean_gap, worst = (f"{fmean(gaps):.3f} %", f"{max(gaps):.2f} %") if gaps else ("-", "-")
        exact = f"{sum(day.is_best for day in days)}/{len(gaps)}"
        proven = sum(day.is_proven for day in days)
        prize, took_s = fmean(day.prize for day in days), fmean(day.took_s for day in days)
        cells = (len(days), mean_gap, worst, exact, proven, f"{prize:.1f}", f"{took_s:.2f}")
        print(f"{family:24}", *(f"{cell:>10}" for cell in cells))


def main() -> None:
    """Read the arguments, solve the folder, print the table."""
    parser = argparse.ArgumentParser(description="Prize gaps of rep days to the best known answers.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="solve only files whose name contains this")
    arguments = parser.parse_args()
    with (arguments.folder / "best.csv").open(encoding="utf-8", newline="") as file:
        best = {row["instance"]: row for row in csv.DictReader(file)}
    scores: dict[str, list[Score]] = defaultdict(list)
    for path in sorted(arguments.folder.glob("*.json")):
        if arguments.only not in path.name:
            continue
        if day := score(path, best, Budget(arguments.seconds), arguments.seed):
            scores[day.family].append(day)
    print_table(scores)


if __name__ == "__main__":
    main()
