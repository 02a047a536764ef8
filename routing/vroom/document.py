"""A VROOM problem as it was written, checked: what is missing, contradicts itself or cannot be honoured is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from routing.errors import InvalidProblem
from routing.vroom.fields import Json, Unsupported, coordinates, entries, span, spans, unknown, whole, wholes

BIG = (1 << 32) - 1
TOP = {"jobs", "shipments", "vehicles", "matrices"}
JOB = {
    *("id", "description", "location", "location_index", "setup", "service", "amount", "delivery", "pickup"),
    *("skills", "priority", "time_windows", "setup_per_type", "service_per_type"),
}
VEHICLE = {
    *("id", "profile", "description", "start", "start_index", "end", "end_index", "capacity", "costs", "skills"),
    *("time_window", "breaks", "speed_factor", "max_tasks", "max_travel_time", "max_distance", "steps", "type"),
}
BREAK = {"id", "time_windows", "service", "description", "max_load"}
COSTS = {"fixed", "per_hour", "per_task_hour", "per_km"}

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: a row of the matrix, a position (longitude, latitude), or both."""

    index: int | None
    lon_lat: tuple[float, float] | None

    @property
    def key(self) -> object:
        """Two places of one key are the same place."""
        return self.lon_lat if self.index is None else self.index


@dataclass(frozen=True, slots=True)
class Job:
    """One job. ``spans`` bound the start of its service."""

    id: int
    description: str | None
    place: Place
    setup_s: int
    service_s: int
    delivery: tuple[int, ...]
    pickup: tuple[int, ...]
    skills: frozenset[str]
    priority: int
    spans: list[Span] | None


@dataclass(frozen=True, slots=True)
class Break:
    """One break. ``spans`` bound its start."""

    id: int
    description: str | None
    service_s: int
    spans: list[Span] | None


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle; it starts or ends somewhere, or both."""

    id: int
    description: str | None
    profile: str
    start: Place | None
    end: Place | None
    capacity: tuple[int, ...]
    skills: frozenset[str]
    span: Span | None
    breaks: tuple[Break, ...]
    speed: float
    limits: tuple[int | None, int | None, int | None]
    per_hour: int


@dataclass(frozen=True, slots=True)
class Document:
    """A whole problem. ``matrix`` is the one of the vehicles' profile, None where coordinates are all there is."""

    vehicles: tuple[Vehicle, ...]
    jobs: tuple[Job, ...]
    matrix: Json | None
    warnings: tuple[str, ...]


def read_document(document: object) -> Document:
    """A problem of VROOM's JSON, already parsed.

    Raises:
        InvalidProblem: where VROOM would refuse it too.
        Unsupported: where it asks for what is not honoured here.
    """
    if not isinstance(document, dict):
        raise InvalidProblem("the problem is no JSON object with vehicles and jobs")
    if document.get("shipments"):
        raise Unsupported("shipments (a pickup and its delivery on one route) are not supported: give jobs only")
    warnings = list(unknown(document, TOP, ""))
    vehicles = tuple(_vehicle(each, where, warnings) for where, each in entries(document, "vehicles"))
    jobs = tuple(_job(each, where, warnings) for where, each in entries(document, "jobs"))
    if not vehicles:
        raise InvalidProblem("no vehicle is defined")
    if not jobs:
        raise InvalidProblem("no job is defined")
    _refuse_twice("vehicle", [each.id for each in vehicles])
    _refuse_twice("job", [each.id for each in jobs])
    _agree(vehicles, jobs)
    return Document(vehicles, jobs, _matrix(document, vehicles), tuple(warnings))


def _refuse_twice(noun: str, ids: Sequence[int]) -> None:
    twice = sorted({each for each in ids if ids.count(each) > 1}) if len(set(ids)) < len(ids) else []
    if twice:
        raise InvalidProblem(f"{noun} id {twice[0]} is given more than once")


def _job(source: Json, where: str, warnings: list[str]) -> Job:
    warnings += unknown(source, JOB, where)
    number = whole(source, "id", where, (0, 1 << 63))
    for name in ("setup_per_type", "service_per_type"):
        if source.get(name):
            raise Unsupported(f"{where}.{name} (times that depend on the type of vehicle) is not supported")
    if "amount" in source and "delivery" in source:
        raise InvalidProblem(f"{where} has both amount and delivery: amount is the old name of delivery")
    return Job(
        id=number,
        description=_text(source, where),
        place=_place(source, "location", "location_index", where) or _missing(where, "location"),
        setup_s=whole(source, "setup", where, (0, BIG), 0),
        service_s=whole(source, "service", where, (0, BIG), 0),
        delivery=wholes(source, "delivery" if "delivery" in source else "amount", where),
        pickup=wholes(source, "pickup", where),
        skills=_skills(source, where),
        priority=whole(source, "priority", where, (0, 100), 0),
        spans=spans(source, "time_windows", where),
    )


def _missing(where: str, name: str) -> Any:
    raise InvalidProblem(f"{where} has neither {name} nor {name}_index")


def _skills(source: Json, where: str) -> frozenset[str]:
    return frozenset(str(skill) for skill in wholes(source, "skills", where))


def _text(source: Json, where: str) -> str | None:
    text = source.get("description")
    if text is not None and not isinstance(text, str):
        raise InvalidProblem(f"{where}.description is {text!r}, not a text")
    return text


def _place(source: Json, name: str, index: str, where: str) -> Place | None:
    row = whole(source, index, where, (0, BIG)) if index in source else None
    lon_lat = coordinates(source[name], f"{where}.{name}") if name in source else None
    return None if row is None and lon_lat is None else Place(row, lon_lat)


def _vehicle(source: Json, where: str, warnings: list[str]) -> Vehicle:
    warnings += unknown(source, VEHICLE, where)
    start = _place(source, "start", "start_index", where)
    end = _place(source, "end", "end_index", where)
    if start is None and end is None:
        raise InvalidProblem(f"{where} has no start and no end: give it one of them")
    speed = source.get("speed_factor", 1.0)
    if type(speed) not in (int, float) or not 0 < speed <= 5:
        raise InvalidProblem(f"{where}.speed_factor is {speed!r}, not a number above 0 and up to 5")
    _refuse_forced_steps(source, where, warnings)
    limits = [
        whole(source, name, where, (0, BIG)) if name in source else None
        for name in ("max_tasks", "max_travel_time", "max_distance")
    ]
    return Vehicle(
        id=whole(source, "id", where, (0, 1 << 63)),
        description=_text(source, where),
        profile=str(source.get("profile", "car")),
        start=start,
        end=end,
        capacity=wholes(source, "capacity", where),
        skills=_skills(source, where),
        span=span(source["time_window"], f"{where}.time_window") if "time_window" in source else None,
        breaks=tuple(_break(each, f"{where}.{at}", warnings) for at, each in entries(source, "breaks")),
        speed=float(speed),
        limits=(limits[0], limits[1], limits[2]),
        per_hour=_per_hour(source, where, warnings),
    )


def _refuse_forced_steps(source: Json, where: str, warnings: list[str]) -> None:
    for at, step in entries(source, "steps"):
        forced = [name for name in ("service_at", "service_after", "service_before") if name in step]
        if forced:
            raise Unsupported(f"{where}.{at}.{forced[0]} (times of a route that is given) is not supported")
    if source.get("steps"):
        warnings.append(f"{where}.steps is only a hint where to begin and is not read")


def _break(source: Json, where: str, warnings: list[str]) -> Break:
    warnings += unknown(source, BREAK, where)
    if source.get("max_load") is not None:
        raise Unsupported(f"{where}.max_load (a break that needs an empty vehicle) is not supported")
    number = whole(source, "id", where, (0, 1 << 63))
    service_s = whole(source, "service", where, (0, BIG), 0)
    return Break(number, _text(source, where), service_s, spans(source, "time_windows", where))


def _per_hour(source: Json, where: str, warnings: list[str]) -> int:
    costs = source.get("costs", {})
    if not isinstance(costs, dict):
        raise InvalidProblem(f"{where}.costs is no object")
    warnings += unknown(costs, COSTS, f"{where}.costs")
    for name in ("fixed", "per_task_hour", "per_km"):
        if whole(costs, name, f"{where}.costs", (0, BIG), 0):
            raise Unsupported(f"{where}.costs.{name} is not supported: routes are chosen by their driving time")
    return whole(costs, "per_hour", f"{where}.costs", (0, BIG), 3600)


def _agree(vehicles: Sequence[Vehicle], jobs: Sequence[Job]) -> None:
    """Amounts of one length, one price of time, one profile."""
    size = len(vehicles[0].capacity)
    for vehicle in vehicles:
        if len(vehicle.capacity) != size:
            raise InvalidProblem(f"vehicle {vehicle.id}: capacity has {len(vehicle.capacity)} numbers, others {size}")
    for job in jobs:
        for name, amount in (("delivery", job.delivery), ("pickup", job.pickup)):
            if amount and len(amount) != size:
                raise InvalidProblem(f"job {job.id}: {name} has {len(amount)} numbers, vehicles have {size}")
    for axis in range(size):
        brought = any(job.delivery and job.delivery[axis] for job in jobs)
        taken = any(job.pickup and job.pickup[axis] for job in jobs)
        if brought and taken:
            raise Unsupported(f"delivery and pickup both use number {axis + 1} of the capacity, which is not supported")
    if len({vehicle.per_hour for vehicle in vehicles}) > 1:
        raise Unsupported("vehicles.costs.per_hour differs between vehicles, which is not supported")
    if len({vehicle.profile for vehicle in vehicles}) > 1:
        raise Unsupported("vehicles of different profiles are not supported: solve each profile by itself")


def _matrix(document: Json, vehicles: Sequence[Vehicle]) -> Json | None:
    matrices = document.get("matrices")
    if matrices is None:
        return None
    if not isinstance(matrices, dict):
        raise InvalidProblem("matrices is no object with a matrix for each profile")
    profile = vehicles[0].profile
    found = matrices.get(profile)
    if found is None:
        raise InvalidProblem(f"matrices has none for the profile {profile}")
    if not isinstance(found, dict) or "durations" not in found:
        raise InvalidProblem(f"matrices.{profile} has no durations")
    if "costs" in found and found["costs"] != found["durations"]:
        raise Unsupported(f"matrices.{profile}.costs is not supported: routes are chosen by their driving time")
    return found
