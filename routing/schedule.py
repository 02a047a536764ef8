"""The timetable of a driving order: when the rep leaves, arrives, waits, serves and has breaks.

Pure arithmetic over a :class:`routing.compiled.CompiledDay`. Every visit starts as early as it can; the rep leaves the
start as late as delays none of them. Breaks go where the day ends earliest; among equals where the rep
waits least, then nearest to the middle of their windows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb

from routing.breaks import after_way, back_by, begins, had_before
from routing.compiled import NEVER_S, CompiledDay, keeps_limits
from routing.problem import Lunch
from routing.route import DayRoute, LunchPlace, PlacedLunch, RoutedVisit

MOST_PLANS = 300
"""Up to so many ways to place the breaks, all are tried; beyond, each break in turn takes its best place."""


@dataclass(frozen=True, slots=True)
class _BreakPlan:
    """One way to have the breaks: so many before leaving, then one in each of ``gaps``, the others once back.

    A gap is the way after so many visits.
    """

    leave_s: int
    had: int
    gaps: tuple[int, ...]
    back_by_s: int


@dataclass(slots=True)
class _Drive:
    """A timetable in the making."""

    leave_s: int
    visits: list[RoutedVisit]
    breaks: list[PlacedLunch]
    end_s: int

    @property
    def wait_s(self) -> int:
        return sum(visit.wait_s for visit in self.visits)


def earliest_end(day: CompiledDay, order: Sequence[int]) -> int:
    """When a rep driving ``order`` can be done, breaks had before, between or after; NEVER_S if impossible."""
    if not day.is_plain and not keeps_limits(day, order):
        return NEVER_S
    if not day.breaks:
        return _earliest_end_without_breaks(day, order)
    breaks = day.breaks
    clocks = had_before(breaks, day.shift.opens_s)
    here = 0
    for place in (*order, day.end):
        clocks = after_way(clocks, day.travel_s[here][place], breaks)
        if place != day.end:
            service_s = day.service_s[place]
            clocks = [min(NEVER_S, day.earliest_start(place, clock) + service_s) for clock in clocks]
        here = place
    ends = [clock for clock, latest_s in zip(clocks, back_by(breaks), strict=True) if clock <= latest_s]
    end_s = min(ends, default=NEVER_S)
    return end_s if end_s <= day.closes_s else NEVER_S


def _earliest_end_without_breaks(day: CompiledDay, order: Sequence[int]) -> int:
    clock, here, closes_s = day.shift.opens_s, 0, day.closes_s
    for place in order:
        clock = day.earliest_start(place, clock + day.travel_s[here][place]) + day.service_s[place]
        if clock > closes_s:
            return NEVER_S
        here = place
    clock += day.travel_s[here][day.end]
    return clock if clock <= closes_s else NEVER_S


def timetable(day: CompiledDay, order: Sequence[int]) -> DayRoute | None:
    """The best timetable of a driving order (numbers of places), nothing left out yet; None if it cannot be driven."""
    if not order:
        return _route(day, (), _Drive(day.shift.opens_s, [], [], day.shift.opens_s))
    if not day.is_plain and not keeps_limits(day, order):
        return None
    drives = [drive for plan in _break_plans(day, order) if (drive := _drive(day, order, plan))]
    if not drives:
        return None
    return _route(day, order, min(drives, key=lambda drive: _preference(day, drive)))


def _break_plans(day: CompiledDay, order: Sequence[int]) -> Iterator[_BreakPlan]:
    """Gap -1 stands for before the route, one past the last way for after it; breaks keep their order."""
    many, after = len(day.breaks), len(order) + 1
    if not many:
        yield _BreakPlan(day.shift.opens_s, 0, (), day.closes_s)
    elif comb(after + 1 + many, many) <= MOST_PLANS:
        for gaps in combinations_with_replacement(range(-1, after + 1), many):
            yield _break_plan(day, gaps, after)
    else:
        for gaps in _good_gaps(day, order):
            yield _break_plan(day, gaps, after)


def _break_plan(day: CompiledDay, gaps: Sequence[int], after: int) -> _BreakPlan:
    had, later = gaps.count(-1), gaps.count(after)
    return _BreakPlan(
        leave_s=had_before(day.breaks[:had], day.shift.opens_s)[-1],
        had=had,
        gaps=tuple(gap for gap in gaps if 0 <= gap < after),
        back_by_s=min(day.closes_s, back_by(day.breaks[len(gaps) - later :])[0]),
    )


def _good_gaps(day: CompiledDay, order: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """The gaps of the earliest end, found backwards: a break is moved as late as the end still allows."""
    gaps = [-1] * len(day.breaks)
    after, best_s = len(order) + 1, earliest_end(day, order)
    for number in reversed(range(len(gaps))):
        ceiling = gaps[number + 1] if number + 1 < len(gaps) else after
        for gap in range(ceiling, -2, -1):
            gaps[number] = gap
            if _end_with(day, order, gaps, number) <= best_s:
                break
    yield tuple(gaps)


def _end_with(day: CompiledDay, order: Sequence[int], gaps: Sequence[int], fixed: int) -> int:
    """The earliest end where the breaks from number ``fixed`` on are had in their ``gaps``, those before anywhere."""
    breaks = day.breaks
    clocks = had_before(breaks, day.shift.opens_s)
    clocks = [clock if _may_have(gaps, fixed, had, -1) else NEVER_S for had, clock in enumerate(clocks)]
    here = 0
    for gap, place in enumerate((*order, day.end)):
        clocks = after_way(clocks, day.travel_s[here][place], breaks)
        if place != day.end:
            clocks = [min(NEVER_S, day.earliest_start(place, clock) + day.service_s[place]) for clock in clocks]
        clocks = [clock if _may_have(gaps, fixed, had, gap) else NEVER_S for had, clock in enumerate(clocks)]
        here = place
    latest = (min(latest_s, day.closes_s) for latest_s in back_by(breaks))
    return min((clock for clock, latest_s in zip(clocks, latest, strict=True) if clock <= latest_s), default=NEVER_S)


def _may_have(gaps: Sequence[int], fixed: int, had: int, gap: int) -> bool:
    """Whether ``had`` breaks may be behind a rep after a gap: of the fixed ones exactly those placed by then."""
    due = sum(1 for number in range(fixed, len(gaps)) if gaps[number] <= gap)
    return had == fixed + due if due else had <= fixed


def _drive(day: CompiledDay, order: Sequence[int], plan: _BreakPlan) -> _Drive | None:
    """Drive as early as possible, then leave as late as the first visit allows."""
    early = _drive_from(day, order, plan, plan.leave_s)
    if early is None or early.end_s > plan.back_by_s:
        return None
    first = early.visits[0]
    leave_s = first.start_s - first.travel_s
    at_first = day.breaks[plan.had : plan.had + plan.gaps.count(0)]
    if at_first:
        leave_s = min(leave_s - sum(lunch.duration_s for lunch in at_first), back_by(at_first)[0])
    late = _drive_from(day, order, plan, max(leave_s, plan.leave_s))
    return late if late and late.end_s <= early.end_s else early


def _drive_from(day: CompiledDay, order: Sequence[int], plan: _BreakPlan, leave_s: int) -> _Drive | None:
    drive = _Drive(leave_s, [], [], leave_s)
    here, number = 0, plan.had
    for gap, place in enumerate((*order, day.end)):
        upto = number + plan.gaps.count(gap)
        leg = _leg(day, range(number, upto), drive.end_s, day.travel_s[here][place], gap)
        if leg is None:
            return None
        number = upto
        drive.breaks += leg.breaks
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
    """The way to a place: when the rep is at the door, when ready to go in, and the breaks had in between."""

    arrival_s: int
    ready_s: int
    breaks: tuple[PlacedLunch, ...] = ()


def _leg(day: CompiledDay, numbers: range, departs_s: int, way_s: int, gap: int) -> _Leg | None:
    """Each break is had as soon as its window is open; the last one rather on arrival than on the roadside."""
    clock, left_s = departs_s, way_s
    arrival_s: int | None = None
    had: list[PlacedLunch] = []
    for number in numbers:
        lunch = day.breaks[number]
        start_s = begins(lunch, clock)
        if start_s == NEVER_S:
            return None
        at_door_s = begins(lunch, clock + left_s)
        costs_nothing = at_door_s == max(start_s, clock + left_s) and number == numbers[-1]
        if arrival_s is not None or (start_s > clock and (costs_nothing or start_s >= clock + left_s)):
            arrival_s = arrival_s if arrival_s is not None else clock + left_s
            place, start_s, left_s = LunchPlace.ON_ARRIVAL, at_door_s, 0
        else:
            left_s -= start_s - clock
            is_before = left_s == way_s and start_s == clock
            place = LunchPlace.BEFORE_DRIVE if is_before else LunchPlace.ON_THE_WAY
        had.append(PlacedLunch(start_s, lunch.duration_s, gap, place, number))
        clock = start_s + lunch.duration_s
    ready_s = clock + left_s
    return _Leg(ready_s if arrival_s is None else arrival_s, ready_s, tuple(had))


def _visit(day: CompiledDay, here: int, place: int, leg: _Leg, start_s: int) -> RoutedVisit:
    at_door_s = sum(lunch.duration_s for lunch in leg.breaks if lunch.place is LunchPlace.ON_ARRIVAL)
    return RoutedVisit(
        stop_id=day.stop(place).id,
        arrival_s=leg.arrival_s,
        wait_s=start_s - leg.arrival_s - at_door_s,
        start_s=start_s,
        service_s=day.service_s[place],
        departure_s=start_s + day.service_s[place],
        travel_s=day.travel_s[here][place],
        distance_m=day.distance_m[here][place],
    )


def _preference(day: CompiledDay, drive: _Drive) -> tuple[int, int, int, int]:
    """Smaller is better: done early, little waiting, few breaks on the roadside, breaks near mid-window."""
    on_the_way = sum(lunch.place is LunchPlace.ON_THE_WAY for lunch in drive.breaks)
    off_middle = sum(_off_middle(day.breaks[lunch.number], lunch) for lunch in drive.breaks)
    return (drive.end_s, drive.wait_s, on_the_way, off_middle)


def _off_middle(owed: Lunch, had: PlacedLunch) -> int:
    return min(abs(had.start_s + had.end_s - window.opens_s - window.closes_s) for window in owed.windows)


def _route(day: CompiledDay, order: Sequence[int], drive: _Drive) -> DayRoute:
    last = order[-1] if order else day.end
    last_leg_s, last_leg_m = day.travel_s[last][day.end], day.distance_m[last][day.end]
    return DayRoute(
        visits=tuple(drive.visits),
        breaks=tuple(drive.breaks),
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
        worker_id=day.problem.worker.id,
        overtime_s=max(0, drive.end_s - day.shift.closes_s),
    )
