"""Our routes beside VROOM's and PyVRP's: gap tables by family and budget, every solution through the checker.

    python -m benchmarks.routes FOLDER [--family days-40 ...] [--seconds 0.25 --seconds 1] [--seeds 1] [--limit N]
                                       [--alone] [--plot gaps.png]

``FOLDER`` holds ``days``, ``toptw``, ``tsptw`` and ``vrptw``, see :mod:`benchmarks.routes.families`. Gaps are prize
(or, where all must be visited, driving) short of the best known; where nothing is known, of the best seen in this run.
"""

import argparse
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.routes import families
from benchmarks.routes.families import Instance
from benchmarks.routes.ours import our_score, score_of
from benchmarks.routes.peers import SOLVERS, solved_by
from benchmarks.routes.tables import Score, print_tables


def instances(folder: Path, wanted: list[str], limit: int) -> Iterator[Instance]:
    """The instances of the families asked for, at most ``limit`` of each."""
    taken: dict[str, int] = {}
    for name in ("days", "toptw", "tsptw", "vrptw"):
        if not any(each.startswith(("days", "team") if name == "days" else name) for each in wanted or [name]):
            continue
        for instance in getattr(families, name)(folder / name):
            if (not wanted or instance.family in wanted) and taken.get(instance.family, 0) < limit:
                taken[instance.family] = taken.get(instance.family, 0) + 1
                yield instance


def scores(instance: Instance, seconds: list[float], seeds: int, *, alone: bool) -> Iterator[Score]:
    """Everybody's scores on an instance; VROOM, which has no seed, once a budget."""
    for budget, seed in itertools.product(seconds, range(seeds)):
        yield our_score(instance, budget, seed)
        for solver in () if alone else SOLVERS:
            if solver == "vroom" and seed:
                continue
            if found := solved_by(solver, instance, budget, seed):
                yield score_of(instance, solver, budget, *found)


def main() -> None:
    """Read the arguments, solve, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--family", action="append", default=[])
    parser.add_argument("--seconds", action="append", type=float, default=[])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--limit", type=int, default=1_000)
    parser.add_argument("--alone", action="store_true", help="without the peers")
    parser.add_argument("--plot", type=Path, help="a picture of gap against time")
    told = parser.parse_args()
    found = []
    for instance in instances(told.folder, told.family, told.limit):
        found += scores(instance, told.seconds or [0.25, 1.0], told.seeds, alone=told.alone)
    print_tables(found)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {told.seeds} seed(s)")
    if told.plot:
        from benchmarks.routes.picture import draw  # noqa: PLC0415 -- matplotlib only where it draws

        draw(found, told.plot)


if __name__ == "__main__":
    main()
