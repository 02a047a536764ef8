"""A VROOM document as a team's day and its matrix."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from routing.breaks import had_before
from routing.compiled import NEVER_S
from routing.errors import InvalidProblem
from routing.place import Point, Window
from routing.stop import Stop
from routing.team.problem import TeamProblem
from routing.travel.matrix import NO_WAY_S, TravelMatrix, TravelProvider
from routing.vroom.document import Break, Document, Job, Place, Vehicle
from routing.vroom.horizon import Horizon, horizon_of
from routing.worker import Lunch, Worker

NOWHERE = Point(0.0, 0.0)
"""Stands for a place that is only a row of a matrix."""

LARGEST = 2**40
"""Of a matrix, in seconds or metres; it keeps sums of them exact."""


@dataclass(frozen=True, slots=True)
class Translated:
    """The same problem in our words.

    Attributes:
        document: Where it came from.
        problem: Vehicle and job ids are texts of their numbers.
        matrix: Covers ``problem.points()``.
        horizon: How its seconds are the document's.
        breaks: By vehicle, the document's break for each of the worker's.
        has_distances: Whether metres are known.
        is_exact: Where not, a setup that might be saved or a second for nothing was counted, so bounds do not hold.
    """

    document: Document
    problem: TeamProblem
    matrix: TravelMatrix
    horizon: Horizon
    breaks: tuple[tuple[Break, ...], ...]
    has_distances: bool
    is_exact: bool


def translate(document: Document, travel: TravelProvider) -> Translated:
    """The document as a team's day. ``travel`` tells the ways where there is no matrix.

    Raises:
        InvalidProblem: where places are missing.
        TravelError: when ``travel`` gives no usable matrix.
    """
    durations, distances, warnings = _tables(document, travel)
    has_ways = durations[durations < NO_WAY_S]
    slowest = min(vehicle.speed for vehicle in document.vehicles)
    horizon = horizon_of(document, int(has_ways.max(initial=0) / slowest) + 1)
    taken = [_breaks(vehicle, horizon) for vehicle in document.vehicles]
    problem = TeamProblem(
        workers=tuple(
            _worker(vehicle, horizon, pairs) for vehicle, pairs in zip(document.vehicles, taken, strict=True)
        ),
        stops=tuple(_stop(job, horizon, len(document.jobs)) for job in document.jobs),
    )
    kept = tuple(tuple(each for each, lunch in pairs or () if lunch) for pairs in taken)
    return Translated(
        document=document,
        problem=problem,
        matrix=TravelMatrix(durations, distances, warnings),
        horizon=horizon,
        breaks=kept,
        has_distances=document.matrix is None or "distances" in document.matrix,
        is_exact=not _may_save_setups(document)
        and all(planned_s(job) == job.setup_s + job.service_s for job in document.jobs),
    )


def _may_save_setups(document: Document) -> bool:
    """Whether a job with a setup shares its place with another task or a start."""
    places = [job.place.key for job in document.jobs]
    starts = {vehicle.start.key for vehicle in document.vehicles if vehicle.start}
    shares = {job.id: job.place.key in starts or places.count(job.place.key) > 1 for job in document.jobs}
    return any(job.setup_s and shares[job.id] for job in document.jobs)


def planned_s(job: Job) -> int:
    """How long a job keeps a vehicle: setup and service, and a second where a window is no longer than a moment."""
    lasts_s = job.setup_s + job.service_s
    return lasts_s or int(any(start == end for start, end in job.spans or ()))


def _stop(job: Job, horizon: Horizon, many: int) -> Stop:
    """A prize puts the sum of priorities first and the number of jobs second, as VROOM does."""
    lasts_s = planned_s(job)
    windows = (horizon.window(span, lasts_s) for span in job.spans or [horizon.all_of_it])
    sides = [side for side in (job.delivery, job.pickup) if side]
    return Stop(
        id=str(job.id),
        at=_point(job.place),
        service_s=lasts_s,
        windows=tuple(window for window in windows if window),
        prize=job.priority * (many + 1) + 1,
        skills=job.skills,
        amount=tuple(map(sum, zip(*sides, strict=True))),
    )


def _worker(vehicle: Vehicle, horizon: Horizon, pairs: "list[tuple[Break, Lunch | None]] | None") -> Worker:
    visits, travel_s, distance_m = vehicle.limits
    return Worker(
        start=_point(vehicle.start or vehicle.end),
        end=_point(vehicle.end) if vehicle.end else None,
        shift=None if pairs is None else horizon.shift(vehicle),
        breaks=tuple(lunch for _, lunch in pairs or () if lunch),
        id=str(vehicle.id),
        skills=vehicle.skills,
        capacity=vehicle.capacity,
        max_visits=visits,
        speed=vehicle.speed,
        max_travel_s=travel_s,
        max_distance_m=distance_m,
    )


def _breaks(vehicle: Vehicle, horizon: Horizon) -> "list[tuple[Break, Lunch | None]] | None":
    """Breaks inside the working hours, earliest first, None for one that takes no time; None without working hours."""
    shift = horizon.shift(vehicle)
    if shift is None:
        return None
    found: list[tuple[Break, Lunch | None]] = []
    for each in sorted(vehicle.breaks, key=lambda each: (each.spans or [horizon.all_of_it])[0]):
        if each.service_s == 0:
            found.append((each, None))
            continue
        windows = [horizon.window(span, each.service_s) for span in each.spans or [horizon.all_of_it]]
        inside = [cut for window in windows if window and (cut := _cut(window, shift, each.service_s))]
        if not inside:
            raise InvalidProblem(f"vehicle {vehicle.id}: break {each.id} cannot be had in its time_window")
        found.append((each, Lunch(inside[0], each.service_s, tuple(inside[1:]))))
    lunches = [lunch for _, lunch in found if lunch]
    if had_before(lunches, shift.opens_s)[-1] >= NEVER_S:
        raise InvalidProblem(f"vehicle {vehicle.id}: its breaks cannot all be had one after the other")
    return found


def _cut(window: Window, shift: Window, lasts_s: int) -> Window | None:
    opens_s, closes_s = max(window.opens_s, shift.opens_s), min(window.closes_s, shift.closes_s)
    return Window(opens_s, closes_s) if closes_s - opens_s >= lasts_s else None


def _point(place: Place | None) -> Point:
    if place is None or place.lon_lat is None:
        return NOWHERE
    lon, lat = place.lon_lat
    return Point(lat, lon)


Table = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def _tables(document: Document, travel: TravelProvider) -> tuple[Table, Table, tuple[str, ...]]:
    """Seconds and metres between starts, jobs and ends, with warnings.

    No way costs anything from a start that is nowhere.
    """
    starts = [vehicle.start for vehicle in document.vehicles]
    ends = [vehicle.end for vehicle in document.vehicles]
    places = [*starts, *(job.place for job in document.jobs), *ends]
    names = [*_names(document, "start"), *(f"job {job.id}" for job in document.jobs), *_names(document, "end")]
    warnings: tuple[str, ...] = ()
    if document.matrix is None:
        durations, distances, warnings = _from_coordinates(places, names, travel)
    else:
        durations, distances = _from_matrix(document, places, names)
    for row, place in enumerate(places):
        if place is None:
            durations[row], durations[:, row], distances[row], distances[:, row] = 0, 0, 0, 0
    return durations, distances, warnings


def _names(document: Document, what: str) -> list[str]:
    return [f"{what} of vehicle {vehicle.id}" for vehicle in document.vehicles]


def _from_coordinates(
    places: Sequence[Place | None], names: Sequence[str], travel: TravelProvider
) -> tuple[Table, Table, tuple[str, ...]]:
    for place, name in zip(places, names, strict=True):
        if place and place.lon_lat is None:
            raise InvalidProblem(f"{name} has no coordinates: without matrices every place needs them")
    spare = next(place for place in places if place)
    matrix = travel.matrix([_point(place or spare) for place in places])
    return matrix.duration_s.copy(), matrix.distance_m.copy(), matrix.warnings


def _from_matrix(document: Document, places: Sequence[Place | None], names: Sequence[str]) -> tuple[Table, Table]:
    source = document.matrix or {}
    durations = _square(source["durations"], "durations")
    distances = _square(source["distances"], "distances") if "distances" in source else np.zeros_like(durations)
    if distances.shape != durations.shape:
        raise InvalidProblem(f"distances are {len(distances)} by {len(distances)}, durations {len(durations)}")
    if "distances" not in source and any(vehicle.limits[2] is not None for vehicle in document.vehicles):
        raise InvalidProblem("vehicles.max_distance needs matrices with distances")
    rows = []
    for place, name in zip(places, names, strict=True):
        if place and place.index is None:
            raise InvalidProblem(f"{name} has no index into the matrix: with matrices every place needs one")
        row = (place.index if place else 0) or 0
        if row >= len(durations):
            raise InvalidProblem(f"{name} has the index {row}, the matrix has {len(durations)} rows (from 0)")
        rows.append(row)
    cut = np.ix_(np.array(rows), np.array(rows))
    return np.minimum(durations[cut], NO_WAY_S), distances[cut]


def _square(value: object, name: str) -> Table:
    try:
        table = np.array(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidProblem(f"{name} is no square of whole numbers") from error
    if table.ndim != 2 or table.shape[0] != table.shape[1] or not len(table):
        raise InvalidProblem(f"{name} is no square of whole numbers")
    if not (np.isfinite(table).all() and (table >= 0).all() and (table == np.floor(table)).all()):
        raise InvalidProblem(f"{name} holds something else than whole numbers from 0")
    if table.max() > LARGEST:
        raise InvalidProblem(f"{name} holds {table.max():g}: nothing is further than {LARGEST:,}")
    return table.astype(np.int64)
