"""How far apart are a day planned as the crow flies and the road? Plans days both ways, then drives both on streets.

    python -m benchmarks.roads MAP.osm.pbf OUTLETS.geojson.gz [--days 20] [--candidates 40] [--most 300]

Needs the extra ``roads``. Roads are built from the map first. Each day draws its start and its candidates from the
outlets that the streets reach both ways; a third of the shops is open in the morning only, a third in the afternoon.
Three plans: by the great circle at the settings' defaults, by the great circle with the two numbers fitted to the
streets of this town, and by the streets. Each order is then driven on the times of the streets: a visit whose window or
shift cannot be met any more is left away, the rest goes on.
"""

import argparse
import gzip
import json
import random
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import fmean, median
from time import perf_counter

import numpy as np

from routing.budget import Budget
from routing.checker import broken_rules
from routing.compiled import NEVER_S, compile_day
from routing.day import solve_on_matrix
from routing.problem import DayProblem, Lunch, Point, Stop, Window, Worker
from routing.route import DayRoute
from routing.schedule import earliest_end, timetable
from routing.travel import NO_WAY_S, Cached, GreatCircle, Shelf, TravelMatrix, TravelProvider, Valhalla
from routing.travel.valhalla_build import build_roads

HOUR_S = 3600
SHIFT = Window(9 * HOUR_S, 17 * HOUR_S)
LUNCH = Lunch(Window(12 * HOUR_S, 14 * HOUR_S), 45 * 60)
SPANS = (Window(9 * HOUR_S, 17 * HOUR_S), Window(9 * HOUR_S, 12 * HOUR_S), Window(13 * HOUR_S, 17 * HOUR_S))


def read_outlets(file: Path) -> list[Point]:
    """The positions of outlets in a GeoJSON file of points."""
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        features = json.load(opened)["features"]
    spots = (each["geometry"]["coordinates"] for each in features if each["geometry"]["type"] == "Point")
    return list(dict.fromkeys(Point(round(lat, 5), round(lon, 5)) for lon, lat in spots))


def reachable(outlets: list[Point], matrix: TravelMatrix) -> list[Point]:
    """Those that most others reach and are reached from: the clipped map leaves some on islands."""
    ways = matrix.duration_s < NO_WAY_S
    hub = int(np.argmax(ways.sum(axis=0) + ways.sum(axis=1)))
    return [outlet for index, outlet in enumerate(outlets) if ways[hub, index] and ways[index, hub]]


def fitted(points: list[Point], matrix: TravelMatrix) -> GreatCircle:
    """The great circle whose two numbers fit the streets: medians over all pairs further apart than 300 m."""
    crow = GreatCircle(circuity=1.0, speed_kmh=3.6).matrix(points)
    far = (crow.distance_m > 300) & (matrix.duration_s < NO_WAY_S)
    metres, seconds = matrix.distance_m[far], matrix.duration_s[far]
    circuity = max(1.0, float(np.median(metres / crow.distance_m[far])))
    return GreatCircle(circuity, float(np.median(metres / seconds)) * 3.6)


def draw_day(outlets: list[Point], candidates: int, seed: int) -> DayProblem:
    """A rep's day among some of the outlets."""
    rng = random.Random(seed)
    start, *spots = rng.sample(outlets, candidates + 1)
    stops = tuple(
        Stop(str(number), spot, rng.choice((10, 15, 20)) * 60, (rng.choice(SPANS),), rng.randint(10, 100))
        for number, spot in enumerate(spots)
    )
    return DayProblem(Worker(start, start, SHIFT, LUNCH), stops)


@dataclass(frozen=True, slots=True)
class Driven:
    """A plan driven on the streets.

    Attributes:
        off_percent: How much longer than planned the driving takes, by the same order.
        lost: Visits that could not be made any more.
        prize: The value of those made.
        legs: The pairs of stops driven one after the other.
        matrix_ms: What its matrix took.
    """

    off_percent: float
    lost: int
    prize: int
    legs: frozenset[tuple[str, str]]
    matrix_ms: float


def drive(problem: DayProblem, plan: DayRoute, streets: TravelMatrix, matrix_ms: float) -> Driven:
    """Drive a plan's order on the times of the streets."""
    day = compile_day(problem, streets)
    place = {stop.id: number for number, stop in enumerate(problem.stops, start=1)}
    order = [place[visit.stop_id] for visit in plan.visits]
    kept: list[int] = []
    for stop in order:
        if earliest_end(day, [*kept, stop]) != NEVER_S:
            kept.append(stop)
    route = timetable(day, kept)
    assert route is not None
    assert broken_rules(problem, streets, route) == [] or route.left_out == ()
    ids = ["start", *(visit.stop_id for visit in plan.visits), "end"]
    return Driven(
        100 * (day.driving_s(order) / plan.travel_s - 1) if plan.travel_s else 0.0,
        len(order) - len(kept),
        sum(day.stop(stop).prize for stop in kept),
        frozenset(pairwise(ids)),
        matrix_ms,
    )


def compare(outlets: list[Point], roads: Valhalla, options: argparse.Namespace) -> dict[str, list[Driven]]:
    """Plan and drive every day three ways."""
    whole = roads.matrix(outlets)
    outlets = reachable(outlets, whole)
    fit = fitted(outlets, roads.matrix(outlets))
    print(f"{len(outlets)} outlets on the streets; fitted: circuity {fit.circuity:.2f}, {fit.speed_kmh:.1f} km/h")
    told: dict[str, list[Driven]] = {}
    for seed in range(options.seed, options.seed + options.days):
        problem = draw_day(outlets, options.candidates, seed)
        streets = roads.matrix(problem.points())
        for name, provider in (("great circle", GreatCircle()), ("great circle, fitted", fit), ("streets", roads)):
            begun = perf_counter()
            matrix = provider.matrix(problem.points())
            matrix_ms = 1000 * (perf_counter() - begun)
            plan = solve_on_matrix(problem, matrix, Budget(options.seconds), seed)
            told.setdefault(name, []).append(drive(problem, plan, streets, matrix_ms))
    return told


def print_table(told: dict[str, list[Driven]]) -> None:
    """One line for each way to plan."""
    best = told["streets"]
    print(
        "\n| planned by | driving on streets over plan, median (worst) | visits lost a day, mean (worst) | value made,"
        " % of the plan by streets | legs shared with it, % | matrix, ms |\n|---|---|---|---|---|---|"
    )
    for name, days in told.items():
        off = [day.off_percent for day in days]
        lost = [day.lost for day in days]
        worth = fmean(100 * day.prize / other.prize for day, other in zip(days, best, strict=True))
        shared = fmean(
            100 * len(day.legs & other.legs) / len(other.legs) for day, other in zip(days, best, strict=True)
        )
        ms = median(day.matrix_ms for day in days)
        print(
            f"| {name} | {median(off):+.0f} % ({max(off, key=abs):+.0f} %) | {fmean(lost):.2f} ({max(lost)}) |"
            f" {worth:.1f} | {shared:.0f} | {ms:.1f} |"
        )


def print_legs(outlets: list[Point], roads: Valhalla, fit: GreatCircle) -> None:
    """How far single ways are off, and how far there is from back."""
    streets = roads.matrix(outlets)
    ways = (
        (streets.duration_s < NO_WAY_S)
        & (streets.duration_s.T < NO_WAY_S)
        & (np.minimum(streets.duration_s, streets.duration_s.T) > 60)
    )
    there, back = streets.duration_s[ways], streets.duration_s.T[ways]
    print("\n| single ways over a minute | median | nine in ten |\n|---|---|---|")
    for name, provider in (("great circle", GreatCircle()), ("great circle, fitted", fit)):
        off = 100 * np.abs(provider.matrix(outlets).duration_s[ways] / there - 1)
        print(f"| {name} off the street's time | {np.median(off):.0f} % | {np.percentile(off, 90):.0f} % |")
    apart = 100 * np.abs(there - back) / np.minimum(there, back)
    print(f"| there and back differ | {np.median(apart):.0f} % | {np.percentile(apart, 90):.0f} % |")


def print_cache(outlets: list[Point], roads: Valhalla, options: argparse.Namespace) -> None:
    """What remembering saves: one rep's customers, day after day some of them; then one day planned again and again."""
    rng = random.Random(options.seed)
    customers = rng.sample(outlets, 150)
    days = [rng.sample(customers, options.candidates) for _ in range(40)]
    with tempfile.TemporaryDirectory() as folder:
        cached = Cached(roads, Shelf(Path(folder) / "travel.sqlite3"))
        print("\n| day | pairs remembered | cached, ms | router alone, ms |\n|---|---|---|---|")
        for day, places in [
            *enumerate(days, start=1),
            *((f"40, {again} times again", days[-1]) for again in range(1, 6)),
        ]:
            known = cached.known
            cached_ms, alone_ms = _taken_ms(cached, places), _taken_ms(roads, places)
            if day not in {3, 4, *range(6, 10), *range(11, 20), *range(21, 40)}:
                part = 100 * (cached.known - known) / options.candidates**2
                print(f"| {day} | {part:.0f} % | {cached_ms:.1f} | {alone_ms:.1f} |")


def _taken_ms(provider: TravelProvider, places: list[Point]) -> float:
    begun = perf_counter()
    provider.matrix(places)
    return 1000 * (perf_counter() - begun)


def main() -> None:
    """Build, compare, print."""
    about, epilog = (__doc__ or "").split("\n", 1)
    parser = argparse.ArgumentParser(
        description=about, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("map", type=Path)
    parser.add_argument("outlets", type=Path)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--candidates", type=int, default=40)
    parser.add_argument("--most", type=int, default=300, help="outlets drawn from the file")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    outlets = read_outlets(options.outlets)
    outlets = random.Random(options.seed).sample(outlets, min(options.most, len(outlets)))
    with tempfile.TemporaryDirectory() as folder:
        begun = perf_counter()
        built = build_roads(options.map, Path(folder) / "roads", lambda doing, part: None)
        print(
            f"Built {built.ways} streets, {built.nodes} crossings, {built.megabytes:.1f} MB"
            f" in {perf_counter() - begun:.1f} s"
        )
        roads = Valhalla(Path(folder) / "roads", timeout_s=120)
        try:
            told = compare(outlets, roads, options)
            known = reachable(outlets, roads.matrix(outlets))
            print_table(told)
            print_legs(known, roads, fitted(known, roads.matrix(known)))
            print_cache(known, roads, options)
        finally:
            roads.close()


if __name__ == "__main__":
    main()
