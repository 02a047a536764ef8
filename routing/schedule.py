"""The timetable of a driving order: when the rep leaves, arrives, waits, serves and has lunch.

Pure arithmetic over a :class:`routing.compiled.CompiledDay`. Every visit starts as early as it can; the rep leaves the
start as late as delays none of them. Lunch goes where the day ends earliest; among equals where the rep
waits least, then nearest to the middle of its window.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from routing.compiled import NEVER_S, CompiledDay
from routing.problem import Lunch
from routing.route import DayRoute, LunchPlace, PlacedLunch, RoutedVisit


@dataclass(frozen=True, slots=True)
class _LunchPlan:
    """One way to have lunch: not before ``leave_s``, in the gap after so many visits, or back by ``back_by_s``."""

    leave_s: int
    gap: int | None
    back_by_s: int


@dataclass(slots=True)
class _Drive:
    """A timetable in the making."""

    leave_s: int
    visits: list[RoutedVisit]
    lunch: PlacedLunch | None
    end_s: int

    @property
    def wait_s(self) -> int:
        return sum(visit.wait_s for visit in self.visits)


def earliest_end(day: CompiledDay, order: Sequence[int]) -> int:
    """When a rep driving ``order`` can be done, lunch had before, between or after; NEVER_S if impossible.

    Two clocks run side by side, one for a rep who has yet to have lunch and one for a rep who has had it: both
    only move forward, so the earlier time is never the worse one and the answer is exact.
    """
    lunch, opens_s, closes_s = day.lunch, day.shift.opens_s, day.shift.closes_s
    hungry = opens_s if lunch else NEVER_S
    fed = max(opens_s, lunch.earliest_end_s) if lunch else opens_s
    here = 0
    for place in (*order, day.end):
        way_s = day.travel_s[here][place]
        fed += way_s
        if lunch and hungry <= lunch.latest_start_s:
            fed = min(fed, max(hungry + way_s, lunch.window.opens_s) + lunch.duration_s)
        hungry += way_s
        if place != day.end:
            hungry = day.earliest_start(place, hungry) + day.service_s[place]
            fed = day.earliest_start(place, fed) + day.service_s[place]
        here = place
    if lunch and hungry <= lunch.latest_start_s:
        fed = min(fed, hungry)
    return fed if fed <= closes_s else NEVER_S


def timetable(day: CompiledDay, order: Sequence[int]) -> DayRoute | None:
    """The best timetable of a driving order (numbers of places), nothing left out yet; None if it cannot be driven."""
    if not order:
        return _route(day, (), _Drive(day.shift.opens_s, [], None, day.shift.opens_s))
    drives = [drive for plan in _lunch_plans(day, len(order)) if (drive := _drive(day, order, plan))]
    if not drives:
        return None
    return _route(day, order, min(drives, key=lambda drive: _preference(day, drive)))


def _lunch_plans(day: CompiledDay, visits: int) -> Iterator[_LunchPlan]:
    opens_s, closes_s, lunch = day.shift.opens_s, day.shift.closes_s, day.lunch
    if lunch is None:
        yield _LunchPlan(opens_s, None, closes_s)
        return
    yield _LunchPlan(opens_s, None, min(closes_s, lunch.latest_start_s))
    yield _LunchPlan(max(opens_s, lunch.earliest_end_s), None, closes_s)
    yield from (_LunchPlan(opens_s, gap, closes_s) for gap in range(visits + 1))


def _drive(day: CompiledDay, order: Sequence[int], plan: _LunchPlan) -> _Drive | None:
    """Drive as early as possible, then leave as late as the first visit allows."""
    early = _drive_from(day, order, plan, plan.leave_s)
    if early is None or early.end_s > plan.back_by_s:
        return None
    first = early.visits[0]
    leave_s = first.start_s - first.travel_s
    if plan.gap == 0 and day.lunch:
        leave_s = min(leave_s - day.lunch.duration_s, day.lunch.latest_start_s)
    return _drive_from(day, order, plan, leave_s)


def _drive_from(day: CompiledDay, order: Sequence[int], plan: _LunchPlan, leave_s: int) -> _Drive | None:
    drive = _Drive(leave_s, [], None, leave_s)
    here = 0
    for gap, place in enumerate((*order, day.end)):
        lunch = day.lunch if gap == plan.gap else None
        leg = _leg(drive.end_s, day.travel_s[here][place], lunch, gap)
        if leg is None:
            return None
        drive.lunch = leg.lunch or drive.lunch
        if place == day.end:
            drive.end_s = leg.ready_s
            return drive
        start_s = day.earliest_start(place, leg.ready_s)
        if start_s == NEVER_S:
            return None
        drive.visits.append(_visit(day, here, place, leg, start_s))
        drive.end_s = drive.visits[-1].departure_s
        here = place
    return drive


@dataclass(frozen=True, slots=True)
class _Leg:
    """The way to a place: when the rep is at the door, when ready to go in, and lunch if it was had in between."""

    arrival_s: int
    ready_s: int
    lunch: PlacedLunch | None


def _leg(departs_s: int, way_s: int, lunch: Lunch | None, gap: int) -> _Leg | None:
    arrival_s = departs_s + way_s
    if lunch is None:
        return _Leg(arrival_s, arrival_s, None)
    if departs_s > lunch.latest_start_s:
        return None
    opens_s = lunch.window.opens_s
    if departs_s >= opens_s:
        place, start_s = LunchPlace.BEFORE_DRIVE, departs_s
    elif arrival_s <= lunch.latest_start_s:
        place, start_s = LunchPlace.ON_ARRIVAL, max(arrival_s, opens_s)
    else:
        place, start_s = LunchPlace.ON_THE_WAY, opens_s
    had = PlacedLunch(start_s, lunch.duration_s, gap, place)
    if place is LunchPlace.ON_ARRIVAL:
        return _Leg(arrival_s, had.end_s, had)
    return _Leg(arrival_s + lunch.duration_s, arrival_s + lunch.duration_s, had)


def _visit(day: CompiledDay, here: int, place: int, leg: _Leg, start_s: int) -> RoutedVisit:
    lunch_at_door_s = leg.lunch.duration_s if leg.lunch and leg.ready_s > leg.arrival_s else 0
    return RoutedVisit(
        stop_id=day.stop(place).id,
        arrival_s=leg.arrival_s,
        wait_s=start_s - leg.arrival_s - lunch_at_door_s,
        start_s=start_s,
        service_s=day.service_s[place],
        departure_s=start_s + day.service_s[place],
        travel_s=day.travel_s[here][place],
        distance_m=day.distance_m[here][place],
    )


def _preference(day: CompiledDay, drive: _Drive) -> tuple[int, int, bool, int]:
    """Smaller is better: done early, little waiting, lunch not on the roadside, lunch near mid-window."""
    if drive.lunch is None or day.lunch is None:
        return (drive.end_s, drive.wait_s, False, 0)
    window = day.lunch.window
    off_middle = abs(drive.lunch.start_s + drive.lunch.end_s - window.opens_s - window.closes_s)
    return (drive.end_s, drive.wait_s, drive.lunch.place is LunchPlace.ON_THE_WAY, off_middle)


def _route(day: CompiledDay, order: Sequence[int], drive: _Drive) -> DayRoute:
    last = order[-1] if order else day.end
    last_leg_s, last_leg_m = day.travel_s[last][day.end], day.distance_m[last][day.end]
    return DayRoute(
        visits=tuple(drive.visits),
        lunch=drive.lunch,
        left_out=(),
        starts_s=drive.leave_s,
        ends_s=drive.end_s,
        travel_s=last_leg_s + sum(visit.travel_s for visit in drive.visits),
        distance_m=last_leg_m + sum(visit.distance_m for visit in drive.visits),
        wait_s=drive.wait_s,
        service_s=sum(visit.service_s for visit in drive.visits),
        prize=sum(day.stop(place).prize for place in order),
        last_leg_s=last_leg_s,
        last_leg_m=last_leg_m,
    )
