"""The families of instances as team problems with a matrix, and what is best known of each.

Days and teams come in VROOM's JSON with ``best.csv``; orienteering with time windows of G. Righini and M. Salani;
travelling salesmen with time windows with their ``*.best_known.txt``; Solomon's vehicle routing with ``BKS.json``.
VROOM's and all the others' windows bound the start of a visit, so each is widened by the service time here. Real
numbers are scaled up to whole ones.
"""

import csv
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.route_days import read_day
from routing.place import LATEST_S
from routing.problem import Point, Stop, Window, Worker
from routing.team.problem import TeamProblem
from routing.travel.matrix import TravelMatrix

NOWHERE = Point(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem; what is known best of it: a prize or, where all must be visited, driving (``scale`` s to one)."""

    name: str
    family: str
    problem: TeamProblem
    matrix: TravelMatrix
    best_prize: int | None = None
    best_cost: float | None = None
    scale: float = 1.0

    @property
    def is_mandatory(self) -> bool:
        """Whether everything must be visited."""
        return all(stop.mandatory for stop in self.problem.stops)


def days(folder: Path) -> Iterator[Instance]:
    """Rep days and team days."""
    with (folder / "best.csv").open(encoding="utf-8", newline="") as file:
        best = {row["instance"]: int(row["best_prize"]) for row in csv.DictReader(file)}
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        many, lunch = len(document["vehicles"]), "-lunch" if path.stem.endswith("lunch") else ""
        family = f"days-{len(document['jobs'])}{lunch}" if many == 1 else f"team-{len(document['jobs'])}{lunch}"
        yield Instance(path.stem, family, *read_team(document), best_prize=best.get(path.stem))


def read_team(document: dict[str, Any]) -> tuple[TeamProblem, TravelMatrix]:
    """A VROOM problem of one profile as a team's day and its matrix."""
    vehicles, stops = document["vehicles"], ()
    workers = []
    for vehicle in vehicles:
        day, _ = read_day({**document, "vehicles": [vehicle]})
        workers.append(replace(day.worker, id=str(vehicle["id"])))
        stops = day.stops
    places = [
        *(vehicle["start_index"] for vehicle in vehicles),
        *(job["location_index"] for job in document["jobs"]),
        *(vehicle["end_index"] for vehicle in vehicles),
    ]
    durations = np.array(document["matrices"]["car"]["durations"], dtype=np.int64)[np.ix_(places, places)]
    return TeamProblem(tuple(workers), stops), TravelMatrix(durations, np.zeros_like(durations))


def toptw(folder: Path) -> Iterator[Instance]:
    """Orienteering with time windows, one path; distances are rounded down to one decimal (two for Cordeau's)."""
    for group, digits in (("c_r_rc_100_50", 1), ("c_r_rc_100_100", 1)):
        for path in sorted((folder / group).glob("*.txt")):
            lines = path.read_text(encoding="utf-8").split("\n")
            rows = [[float(cell) for cell in line.split()] for line in lines[2:] if len(line.split()) > 8]
            scale = 10**digits
            xy = np.array([row[1:3] for row in rows])
            ways = np.floor(_apart(xy) * scale).astype(np.int64)
            spans = [(row[-2] * scale, row[-1] * scale) for row in rows]
            facts = [(row[3] * scale, int(row[4]) or None) for row in rows]
            yield _one_route(path.stem, f"toptw-{len(rows) - 1}", ways, spans, facts, scale=scale)


def tsptw(folder: Path) -> Iterator[Instance]:
    """Travelling salesmen with time windows; everything must be visited."""
    for source in ("Dumas", "SolomonPotvinBengio", "AFG"):
        known = {}
        for line in (folder / f"{source}.best_known.txt").read_text(encoding="utf-8").split("\n"):
            cells = line.split()
            if len(cells) > 2 and not line.startswith("#"):
                known[cells[0]] = float(cells[1])
        for path in sorted((folder / source).iterdir()):
            if path.name in known:
                yield _salesman(path, source, known[path.name])


def _salesman(path: Path, source: str, best: float) -> Instance:
    numbers = [float(cell) for line in path.read_text().split("\n") for cell in line.split("#")[0].split()]
    size = int(numbers[0])
    table = np.array(numbers[1 : 1 + size * size]).reshape(size, size)
    windows = np.array(numbers[1 + size * size : 1 + size * size + 2 * size]).reshape(size, 2)
    horizon = windows[0, 1]
    scale = min(10 if np.all(table == np.round(table)) else 100, int(LATEST_S // horizon))
    spans = [(first * scale, last * scale) for first, last in windows]
    ways = np.round(table * scale).astype(np.int64)
    upto = "60" if size <= 61 else "more"
    each = _one_route(f"{source}/{path.name}", f"tsptw-{upto}", ways, spans, [(0, None)] * size, scale=scale, must=True)
    return replace(each, best_cost=best)


def vrptw(folder: Path) -> Iterator[Instance]:
    """Solomon's: everything must be visited, with the least distance, in as many of 25 routes as one likes."""
    best = json.loads((folder / "BKS.json").read_text(encoding="utf-8"))
    for path in sorted((folder / "solomon").glob("*.txt")):
        rows = [row for row in _numbers(path) if len(row) == 7]
        xy, horizon = np.array([row[1:3] for row in rows]), rows[0][5]
        scale = min(100, int(LATEST_S // (horizon + 1)))
        ways = np.round(_apart(xy) * scale).astype(np.int64)
        many, capacity = 25, int(best[path.stem]["capacity"])
        shift = Window(0, int(horizon * scale))
        workers = tuple(Worker(NOWHERE, NOWHERE, shift, capacity=(capacity,), id=str(each)) for each in range(many))
        stops = tuple(
            _stop(str(int(row[0])), row[6] * scale, (row[4] * scale, row[5] * scale), None, (int(row[3]),))
            for row in rows[1:]
        )
        places = [0] * many + list(range(1, len(rows))) + [0] * many
        matrix = TravelMatrix(ways[np.ix_(places, places)], np.zeros((len(places), len(places)), dtype=np.int64))
        cost = best[path.stem + "_distance"]["best_known_cost"]
        yield Instance(path.stem, "vrptw", TeamProblem(workers, stops), matrix, best_cost=cost, scale=scale)


def _numbers(path: Path) -> Iterator[list[float]]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        try:
            yield [float(cell) for cell in line.split()]
        except ValueError:
            continue


def _apart(xy: Any) -> Any:
    return np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(axis=2))


def _stop(
    name: str, service: float, span: tuple[float, float], prize: int | None, amount: tuple[int, ...] = ()
) -> Stop:
    length = math.ceil(service)
    # A window of one moment is a second long here, less than a tenth of the instance's own unit.
    opens = math.ceil(span[0])
    window = Window(opens, min(LATEST_S, max(opens + 1, math.floor(span[1]) + length)))
    return Stop(name, NOWHERE, length, (window,), prize or 1, mandatory=prize is None, amount=amount)


def _one_route(
    name: str,
    family: str,
    ways: Any,
    spans: list[tuple[float, float]],
    facts: list[tuple[float, int | None]],
    *,
    scale: float,
    must: bool = False,
) -> Instance:
    """A route from place 0 and back; a place without prize need not be visited unless all must."""
    chosen = [place for place in range(1, len(ways)) if must or facts[place][1]]
    stops = tuple(
        _stop(str(place), facts[place][0], spans[place], None if must else facts[place][1]) for place in chosen
    )
    worker = Worker(NOWHERE, NOWHERE, Window(max(0, math.ceil(spans[0][0])), min(LATEST_S, math.floor(spans[0][1]))))
    places = [0, *chosen, 0]
    matrix = TravelMatrix(ways[np.ix_(places, places)], np.zeros((len(places), len(places)), dtype=np.int64))
    return Instance(name, family, TeamProblem((worker,), stops), matrix, scale=scale)
