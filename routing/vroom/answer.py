"""A team's route as VROOM's solution, with our reasons, bound and gap beside."""

from collections.abc import Mapping, Sequence

from routing.reasons import RemedyCode, sentence
from routing.route import DayRoute, LeftOut, Remedy
from routing.team.route import TeamRoute
from routing.vroom.document import Job
from routing.vroom.fields import Json
from routing.vroom.problem import Translated, planned_s
from routing.vroom.timeline import Timeline, located


def solution(known: Translated, route: TeamRoute, times_ms: Json) -> Json:
    """VROOM's solution object."""
    pairs = enumerate(route.routes)
    routes = [_route(known, number, day) for number, day in pairs if day.visits]
    jobs = {str(job.id): job for job in known.document.jobs}
    left = [jobs[out.stop_id] for out in route.left_out]
    sums = ("cost", "setup", "service", "duration", "waiting_time", "priority", *_distance(known))
    summary: Json = {"routes": len(routes), "unassigned": len(left)}
    summary |= {name: sum(each[name] for each in routes) for name in sums}
    if known.document.vehicles[0].capacity:
        summary |= {name: _added([each[name] for each in routes], known) for name in ("delivery", "pickup")}
    return {
        "code": 0,
        "summary": {**summary, "violations": [], "computing_times": times_ms},
        "unassigned": [_unassigned(job) for job in left],
        "routes": routes,
        "reasons": [_reason(known, out) for out in route.left_out],
        "bound": _bound(known, route),
        "gap": route.gap if known.is_exact else None,
    }


def _distance(known: Translated) -> tuple[str, ...]:
    return ("distance",) if known.has_distances else ()


def _added(amounts: Sequence[Sequence[int]], known: Translated) -> list[int]:
    size = len(known.document.vehicles[0].capacity)
    return [sum(amount[axis] for amount in amounts) for axis in range(size)]


def _unassigned(job: Job) -> Json:
    told: Json = {"id": job.id, **located(job.place), "type": "job"}
    return told if job.description is None else {**told, "description": job.description}


def _route(known: Translated, number: int, day: DayRoute) -> Json:
    timeline = Timeline(known, number, day)
    steps, vehicle, jobs = timeline.steps(), timeline.vehicle, timeline.jobs
    told: Json = {"vehicle": vehicle.id}
    if vehicle.description is not None:
        told["description"] = vehicle.description
    if vehicle.capacity:
        none = [0] * len(vehicle.capacity)
        told["delivery"] = _added([job.delivery or none for job in jobs], known)
        told["pickup"] = _added([job.pickup or none for job in jobs], known)
    told |= {name: sum(step[name] for step in steps) for name in ("setup", "service", "waiting_time")}
    told |= {
        "cost": round(day.travel_s * vehicle.per_hour / 3600),
        "duration": day.travel_s,
        "priority": sum(job.priority for job in jobs),
        "steps": steps,
        "violations": [],
    }
    if known.has_distances:
        told["distance"] = day.distance_m
    return told


def _bound(known: Translated, route: TeamRoute) -> Json | None:
    """What no solution can do better: by priority first, then by the number of jobs."""
    if route.bound is None or not known.is_exact:
        return None
    many = len(known.document.jobs)
    priority, assigned = divmod(route.bound.prize, many + 1)
    most = sum(job.priority for job in known.document.jobs)
    priority, assigned = min((priority, assigned), (most, many))
    return {"priority": priority, "assigned": min(assigned, many), "duration": route.bound.travel_s}


def _reason(known: Translated, out: LeftOut) -> Json:
    jobs = {str(job.id): job for job in known.document.jobs}
    at_s, job = known.horizon.begins_s, jobs[out.stop_id]
    missed = None
    if out.missed and job.spans:
        missed = [out.missed.opens_s + at_s, out.missed.closes_s - planned_s(job) + at_s]
    return {
        "id": job.id,
        "code": out.code,
        "reason": out.reason,
        "params": _dated(out.params, at_s),
        "vehicle": int(out.worker_id) if out.worker_id else None,
        "missed": missed,
        "extra": out.extra_s,
        "pushes_out": [{"id": int(each.stop_id), "priority": jobs[each.stop_id].priority} for each in out.pushes_out],
        "remedies": [_remedy(known, out, each) for each in out.remedies],
    }


def _remedy(known: Translated, out: LeftOut, remedy: Remedy) -> Json:
    """A remedy; what giving up jobs costs is told in their priorities."""
    params = dict(remedy.params)
    if remedy.code == RemedyCode.GIVE_UP:
        gone = {each.stop_id for each in out.pushes_out}
        params["prize"] = sum(job.priority for job in known.document.jobs if str(job.id) in gone)
    dated = _dated(params, known.horizon.begins_s)
    return {"code": remedy.code, "text": sentence(remedy.code, params), "params": dated}


def _dated(params: Mapping[str, int | str], begins_s: int) -> Json:
    """Moments in the document's own seconds."""
    return {
        name: value + begins_s if isinstance(value, int) and name.endswith("_at_s") else value
        for name, value in params.items()
    }
