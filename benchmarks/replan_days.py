"""How fast is a day replanned, and does more move than must? Days of a folder of benchmark days, changed on the way.

    python -m benchmarks.replan_days DIR [--seconds 0.5] [--only n40]

Each day is first planned in the usual way, then driven until its middle, and then: `late`, the rep is 40 minutes
behind; `urgent`, the most valuable visit that had no room must be made; `both`; `morning`, the urgent one before
anything was driven, so that the whole day is ahead. The fewest moved are those of the same question where no driving is
worth a move. Machine code is loaded before the clock is read, which is that of the processor: other work does not
count. Every answer goes through the independent checker.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, median
from time import process_time

import numpy as np

from benchmarks.route_days import read_day
from routing.budget import Budget
from routing.checker import broken_rules
from routing.day import solve_on_matrix
from routing.living import LivingDay, Made, replan_on_matrix
from routing.problem import DayProblem
from routing.route import DayRoute
from routing.travel.matrix import TravelMatrix

LATE_S = 40 * 60
NO_DRIVING_IS_WORTH_IT = 10**7


@dataclass(frozen=True, slots=True)
class Score:
    """One replanned day. `fewest` is how many must move, None where that is not proven."""

    ahead: int
    took_s: float
    moved: int
    fewest: int | None
    is_proven: bool


def main() -> None:
    """Read the arguments, replan the folder, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=0.5, help="for the plan in the morning")
    parser.add_argument("--only", default="", help="only files whose name contains this")
    asked = parser.parse_args()
    scores: dict[str, list[Score]] = defaultdict(list)
    for path in sorted(asked.folder.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        if asked.only in path.name and len(document["vehicles"]) == 1:
            for event, living, matrix in events(*read_day(document), Budget(asked.seconds, wait_weight=1.0)):
                scores[event].append(score(living, matrix))
    print("| | days | ahead | median ms | worst ms | proven | moved | more than must |\n" + "|---" * 8 + "|")
    for event, days in scores.items():
        print_row(event, days)


def print_row(event: str, days: list[Score]) -> None:
    """One line of the table."""
    took = [1000 * day.took_s for day in days]
    known = [day for day in days if day.fewest is not None]
    more = sum(day.moved > (day.fewest or 0) for day in known)
    cells = (
        f"{len(days)}",
        f"{median(day.ahead for day in days):g}, at most {max(day.ahead for day in days)}",
        f"{median(took):.1f}",
        f"{max(took):.0f}",
        f"{sum(day.is_proven for day in days)}",
        f"{fmean(day.moved for day in days):.2f} a day",
        f"{more} of {len(known)} days",
    )
    print(f"| {event} | " + " | ".join(cells) + " |")


def score(living: LivingDay, matrix: TravelMatrix) -> Score:
    """Replan a day twice: for the time and the answer, and for the fewest that must move."""
    replan_on_matrix(living, matrix)
    began = process_time()
    answer = replan_on_matrix(living, matrix)
    took_s = process_time() - began
    if answer.route.visits and (broken := broken_rules(living.rest(), matrix, answer.route)):
        sys.exit(f"{broken}")
    least = replan_on_matrix(replace(living, moving_price_s=NO_DRIVING_IS_WORTH_IT), matrix)
    fewest = len(least.moved) if least.is_proven else None
    return Score(len(living.ahead), took_s, len(answer.moved), fewest, answer.is_proven)


def events(problem: DayProblem, matrix: TravelMatrix, budget: Budget) -> Iterator[tuple[str, LivingDay, TravelMatrix]]:
    """What may happen to a day, as a question with the matrix of its rest."""
    route = solve_on_matrix(problem, matrix, budget)
    shift = problem.worker.shift
    noon = (shift.opens_s + shift.closes_s) // 2
    made = tuple(
        Made(visit.stop_id, visit.arrival_s, visit.departure_s if visit.departure_s <= noon else None)
        for visit in route.visits
        if visit.start_s <= noon
    )
    planned = _only(problem, route)
    at_noon = LivingDay(planned, tuple(visit.stop_id for visit in route.visits), noon, made=made)
    yield "late", at_noon.later(LATE_S), _rest(problem, matrix, at_noon.later(LATE_S))
    out = [stop for stop in problem.stops if stop not in planned.stops]
    if out:
        urgent = replace(max(out, key=lambda stop: stop.prize), mandatory=True)
        for name, living in (
            ("urgent", at_noon),
            ("both", at_noon.later(LATE_S)),
            ("morning", replace(at_noon, now_s=shift.opens_s, made=())),
        ):
            asked = living.with_stops([urgent])
            yield name, asked, _rest(problem, matrix, asked)


def _only(problem: DayProblem, route: DayRoute) -> DayProblem:
    visited = {visit.stop_id for visit in route.visits}
    return replace(problem, stops=tuple(stop for stop in problem.stops if stop.id in visited))


def _rest(problem: DayProblem, matrix: TravelMatrix, living: LivingDay) -> TravelMatrix:
    numbers = {stop.id: place for place, stop in enumerate(problem.stops, start=1)}
    here = numbers[living.made[-1].stop_id] if living.made else 0
    places = [here, *(numbers[stop.id] for stop in living.rest().stops), len(problem.stops) + 1]
    return TravelMatrix(matrix.duration_s[np.ix_(places, places)], matrix.distance_m[np.ix_(places, places)])


if __name__ == "__main__":
    main()
