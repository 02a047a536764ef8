"""Why a stop was left out: the first rule that it meets, from those that hold whatever the day to those of this day."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from routing.compiled import NEVER_S, CompiledDay, loads
from routing.polish import least_detour_s
from routing.reasons.codes import Params, Reason, sentence
from routing.reasons.remedies import Kept, amounts, missed_window, of_permission, pushed_out, remedies
from routing.route import DayRoute, LeftOut
from routing.schedule import earliest_end
from routing.slack import Slack
from routing.stop import Stop
from routing.travel.matrix import NO_WAY_S
from routing.worker import Worker


def explain(day: CompiledDay, order: Sequence[int], route: DayRoute) -> tuple[LeftOut, ...]:
    """A reason for every stop that is not on the route, in the problem's order."""
    kept = Kept(day, order)
    return tuple(left_out_of(kept, route, place) for place in range(1, day.end) if place not in order)


def left_out_of(kept: Kept, route: DayRoute, place: int) -> LeftOut:
    """Why a place is not on a worker's route, what it would cost and push out, and what would make it fit."""
    day, order = kept.day, kept.order
    stop = day.stop(place)
    barred = why_barred([day.problem.worker], stop)
    code, params = (
        barred
        or _outside_the_shift(day, place)
        or _alone(day, place)
        or _limits(kept, place)
        or (_beside(day, order, route, place))
    )
    extra_s = None
    if code not in (Reason.NO_WAY, *BARRED):
        extra_s = least_detour_s(day, order, place) + stop.service_s
    pushed = () if barred else pushed_out(kept, place)
    return LeftOut(
        stop_id=stop.id,
        code=code,
        reason=sentence(code, params, mandatory=stop.mandatory),
        params=params,
        mandatory=stop.mandatory,
        worker_id=day.problem.worker.id,
        missed=None if barred else missed_window(kept, place),
        extra_s=extra_s,
        pushes_out=pushed,
        remedies=of_permission(day, order, place) if barred else remedies(kept, place, pushed),
    )


Finding = tuple[Reason, Params]

BARRED = (Reason.OFF_DUTY, Reason.NOBODY_WORKS, Reason.NO_SKILL, Reason.NOT_ALLOWED, Reason.TOO_HEAVY)
"""Nobody asked may make the visit, whatever the day is like."""


def why_barred(workers: Sequence[Worker], stop: Stop) -> Finding | None:
    """Why none of some workers may make a visit, hours and ways apart; None where one may."""
    if any(worker.may_visit(stop) for worker in workers):
        return None
    working = [worker for worker in workers if worker.shift is not None]
    if not working:
        return (Reason.OFF_DUTY if len(workers) == 1 else Reason.NOBODY_WORKS), {}
    able = [worker for worker in working if stop.skills <= worker.skills]
    if not able:
        lacks = min((stop.skills - worker.skills for worker in working), key=lambda names: (len(names), sorted(names)))
        return Reason.NO_SKILL, {"skills": ", ".join(sorted(lacks))}
    free = [worker for worker in able if replace(worker, capacity=()).may_visit(stop)]
    if not free:
        return Reason.NOT_ALLOWED, {}
    roomiest = max(worker.capacity for worker in free)
    return Reason.TOO_HEAVY, {"amount": amounts(stop.amount), "room": amounts(roomiest)}


def _outside_the_shift(day: CompiledDay, place: int) -> Finding | None:
    """Its hours alone rule it out, wherever it is."""
    stop, shift, spans = day.stop(place), day.shift, day.starts[place]
    service: Params = {"service_s": stop.service_s}
    if not stop.windows:
        return Reason.CLOSED, {}
    if not spans:
        return Reason.OPEN_TOO_BRIEFLY, {**service, "open_s": max(window.length_s for window in stop.windows)}
    starts: Params = {"shift_starts_at_s": shift.opens_s}
    ends: Params = {"shift_ends_at_s": day.closes_s}
    opens_s, closes_s = spans[0][0], spans[-1][1] + stop.service_s
    if opens_s < day.closes_s < opens_s + stop.service_s:
        return Reason.OPENS_TOO_LATE, {**service, "opens_at_s": opens_s, **ends}
    if closes_s - stop.service_s < shift.opens_s < closes_s:
        return Reason.CLOSES_TOO_EARLY, {**service, "closes_at_s": closes_s, **starts}
    if day.earliest_start(place, shift.opens_s) + stop.service_s > day.closes_s:
        return Reason.HOURS_MISS_SHIFT, {**starts, **ends}
    return None


def _alone(day: CompiledDay, place: int) -> Finding | None:
    """It could not be visited even if it were the only stop of the day."""
    if earliest_end(replace(day, is_plain=True), [place]) != NEVER_S:
        return None
    stop, shift = day.stop(place), day.shift
    there_s, back_s = day.travel_s[0][place], day.travel_s[place][day.end]
    legs = {"there_s": there_s, "service_s": stop.service_s, "back_s": back_s}
    if max(there_s, back_s) >= NO_WAY_S:
        return Reason.NO_WAY, {}
    if sum(legs.values()) > day.length_s:
        return Reason.TOO_FAR, {**legs, "shift_s": day.length_s}
    arrives_s = shift.opens_s + there_s
    starts_s = day.earliest_start(place, arrives_s)
    if starts_s == NEVER_S:
        closes_s = day.starts[place][-1][1] + stop.service_s
        params: Params = {"arrives_at_s": arrives_s, "service_s": stop.service_s, "closes_at_s": closes_s}
        return Reason.ARRIVES_TOO_LATE, params
    ends_s = starts_s + stop.service_s + back_s
    if ends_s > day.closes_s:
        clock = {"starts_at_s": starts_s, "ends_at_s": ends_s, "shift_ends_at_s": day.closes_s}
        return Reason.BACK_TOO_LATE, {**clock, "service_s": stop.service_s, "back_s": back_s}
    return Reason.LUNCH_IN_THE_WAY, {}


def _limits(kept: Kept, place: int) -> Finding | None:
    """It would fit the clock; what the worker may carry, drive or visit is in the way."""
    day, order = kept.day, kept.order
    if day.is_plain:
        return None
    chances = list(Slack(replace(day, is_plain=True), order).chances(place))
    fitting = [each for each in chances if day.earliest_start(place, each.ready_s) <= each.latest_s]
    if not fitting:
        return None
    lock = day.stop(place).lock
    place_taken: Finding = Reason.PLACE_TAKEN, {"place": lock.place + 1 if lock and lock.place is not None else 1}
    return next(_limits_met(kept, place), place_taken)


def _limits_met(kept: Kept, place: int) -> Iterator[Finding]:
    day, order, worker = kept.day, kept.order, kept.day.problem.worker
    wider = [*order, place]
    if worker.max_visits is not None and len(wider) > worker.max_visits:
        yield Reason.VISITS_FULL, {"visits": worker.max_visits}
    load = loads([day.stop(each) for each in wider])
    if any(had > room for had, room in zip(load, worker.capacity, strict=False)):
        taken = loads([day.stop(each) for each in order])
        left = [room - (taken[axis] if axis < len(taken) else 0) for axis, room in enumerate(worker.capacity)]
        yield Reason.CAR_FULL, {"amount": amounts(day.stop(place).amount), "room": amounts(left)}
    drive_s = least_detour_s(day, order, place)
    if worker.max_travel_s is not None and day.driving_s(order) + drive_s > worker.max_travel_s:
        yield Reason.DRIVING_FULL, {"drive_s": drive_s, "free_s": worker.max_travel_s - day.driving_s(order)}
    drive_m = min(day.driving_m([*order[:gap], place, *order[gap:]]) for gap in range(len(wider))) - day.driving_m(
        order
    )
    if worker.max_distance_m is not None and day.driving_m(order) + drive_m > worker.max_distance_m:
        yield Reason.METRES_FULL, {"drive_m": drive_m, "free_m": worker.max_distance_m - day.driving_m(order)}


def _beside(day: CompiledDay, order: Sequence[int], route: DayRoute, place: int) -> Finding:
    """It could be visited, but not beside the visits that were kept."""
    stop = day.stop(place)
    drive_s = least_detour_s(day, order, place)
    extra_s = drive_s + stop.service_s
    free_s = day.length_s - route.travel_s - route.service_s
    free_s -= sum(had.duration_s for had in route.breaks)
    params: Params = {"extra_s": extra_s, "drive_s": drive_s, "service_s": stop.service_s, "free_s": free_s}
    if stop.mandatory:
        return Reason.MANDATORY_CLASH, params
    if extra_s <= free_s:
        return Reason.NO_FITTING_TIME, params
    if all(day.stop(kept).prize >= stop.prize for kept in order):
        return Reason.DAY_FULL, params
    return Reason.OUTWEIGHED, params
