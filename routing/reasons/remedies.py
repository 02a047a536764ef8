"""What a stop left out would push out, and what would make it fit: each found by trying, none guessed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain

from routing.compiled import NEVER_S, CompiledDay, allowed_starts, loads
from routing.place import LATEST_S, Window
from routing.polish import worth
from routing.reasons.codes import Params, RemedyCode, sentence
from routing.route import PushedOut, Remedy
from routing.slack import Chance, Slack
from routing.worker import Worker

MOST_S = 4 * 3600
"""No shift or opening hours are asked to be longer by more than this: it would not be advice."""

MINUTE_S = 60


class Kept:
    """A driven order, its slack, and the slack of the orders that giving up some visits makes of it."""

    def __init__(self, day: CompiledDay, order: Sequence[int]) -> None:
        """Prepare; the slack is looked for when it is asked for."""
        self.day = day
        self.order = list(order)
        self._without: dict[tuple[int, ...], Slack] = {}
        self._by_length: dict[tuple[int, ...], list[tuple[int, ...]]] = {}

    @cached_property
    def slack(self) -> Slack:
        """Of the order as it stands."""
        return Slack(self.day, self.order)

    @cached_property
    def endless(self) -> Slack:
        """Of the order if the shift had no end."""
        return Slack(_with_shift(self.day, self.day.shift.opens_s, LATEST_S), self.order)

    def thinner(self) -> Iterator[tuple[tuple[int, ...], Slack]]:
        """Visits given up and the slack without: one or two in a row, those worth least first; then longer runs."""
        longer = (self._sorted_runs(length) for length in range(3, len(self.order) + 1))
        for run in chain(self._sorted_runs(1, 2), chain.from_iterable(longer)):
            if run not in self._without:
                self._without[run] = Slack(self.day, [each for each in self.order if each not in run])
            yield run, self._without[run]

    def _sorted_runs(self, *lengths: int) -> list[tuple[int, ...]]:
        if lengths not in self._by_length:
            order = self.order
            spans = ((first, first + length) for length in lengths for first in range(len(order) - length + 1))
            self._by_length[lengths] = sorted((tuple(order[a:b]) for a, b in spans), key=self._worth)
        return self._by_length[lengths]

    def _worth(self, places: Sequence[int]) -> tuple[int, int]:
        worths = [worth(self.day, place) for place in places]
        return sum(must for must, _ in worths), sum(prize for _, prize in worths)


def pushed_out(kept: Kept, place: int) -> tuple[PushedOut, ...]:
    """Visits in a row without which ``place`` fits: few, and those worth least; none where that does not help."""
    for places, slack in kept.thinner():
        if slack.fits(place):
            stops = [kept.day.stop(each) for each in places]
            return tuple(PushedOut(stop.id, stop.prize) for stop in stops)
    return ()


def missed_window(kept: Kept, place: int) -> Window | None:
    """Of a stop's hours, the window nearest to when it could first be visited if it were always open."""
    day, windows = kept.day, kept.day.stop(place).windows
    if not windows:
        return None
    at_s = min((chance.ready_s for chance in kept.endless.chances(place)), default=day.shift.opens_s)
    service_s = day.service_s[place]
    return min(windows, key=lambda w: (max(w.opens_s - at_s, at_s + service_s - w.closes_s, 0), w.opens_s))


def remedies(kept: Kept, place: int, pushed: Sequence[PushedOut]) -> tuple[Remedy, ...]:
    """Every change that alone would make the visit fit beside all that are kept."""
    found = [*_of_shift(kept, place), *_of_hours(kept, place), *_of_limits(kept, place)]
    if pushed:
        params: Params = {"stops": ", ".join(each.stop_id for each in pushed), "prize": sum(p.prize for p in pushed)}
        found.append((RemedyCode.GIVE_UP, params))
    return tuple(remedy(code, params) for code, params in found)


def remedy(code: RemedyCode, params: Mapping[str, int | str]) -> Remedy:
    """A remedy and its sentence."""
    return Remedy(code, sentence(code, params), params)


Found = Iterator[tuple[RemedyCode, Params]]


def _of_shift(kept: Kept, place: int) -> Found:
    day = kept.day
    late_s = kept.endless.soonest_end(place) - day.closes_s
    late_s = -(-late_s // MINUTE_S) * MINUTE_S
    if 0 < late_s <= MOST_S:
        yield RemedyCode.LATER_END, {"late_s": late_s, "ends_at_s": day.shift.closes_s + late_s}
    leaves_s = kept.slack.latest_leave(place)
    early_s = -(-(day.shift.opens_s - leaves_s) // MINUTE_S) * MINUTE_S
    if leaves_s >= 0 and 0 < early_s <= min(MOST_S, day.shift.opens_s):
        yield RemedyCode.EARLIER_START, {"early_s": early_s, "starts_at_s": day.shift.opens_s - early_s}


def _with_shift(day: CompiledDay, opens_s: int, closes_s: int) -> CompiledDay:
    worker = replace(day.problem.worker, shift=Window(opens_s, closes_s), overtime_s=0)
    return replace(day, problem=replace(day.problem, worker=worker))


def _of_hours(kept: Kept, place: int) -> Found:
    """The least that one window would have to be longer, at its close and at its opening."""
    stop = kept.day.stop(place)
    chances = list(kept.slack.chances(place))
    until = [(_close_for(chance, window, stop.service_s), window) for window in stop.windows for chance in chances]
    until = [(close_s, window) for close_s, window in until if window.closes_s < close_s <= window.closes_s + MOST_S]
    if until:
        close_s, window = min(until, key=lambda each: (each[0] - each[1].closes_s, each[1].opens_s))
        close_s = -(-close_s // MINUTE_S) * MINUTE_S
        yield RemedyCode.OPEN_UNTIL, {"closes_at_s": close_s, "opens_at_s": window.opens_s}
    opens = [
        (min(chance.latest_s, window.closes_s - stop.service_s), chance.ready_s, window)
        for window in stop.windows
        for chance in chances
    ]
    opens = [each for each in opens if each[1] <= each[0] < each[2].opens_s <= each[0] + MOST_S]
    if opens:
        opens_s, _, window = min(opens, key=lambda each: (each[2].opens_s - each[0], each[2].opens_s))
        opens_s = opens_s // MINUTE_S * MINUTE_S
        yield RemedyCode.OPEN_FROM, {"opens_at_s": opens_s, "closes_at_s": window.closes_s}


def _close_for(chance: Chance, window: Window, service_s: int) -> int:
    start_s = max(chance.ready_s, window.opens_s)
    return start_s + service_s if start_s <= chance.latest_s else NEVER_S


def _of_limits(kept: Kept, place: int) -> Found:
    """Limits of the worker that are all that is in the way."""
    day, worker = kept.day, kept.day.problem.worker
    if day.is_plain:
        return
    wider = [*kept.order, place]
    if worker.max_visits is not None and len(wider) > worker.max_visits:
        more = replace(worker, max_visits=len(wider))
        if _fits_with(day, more, kept.order, place):
            yield RemedyCode.MORE_VISITS, {"visits": len(wider)}
    load = loads([day.stop(each) for each in wider])
    if any(had > room for had, room in zip(load, worker.capacity, strict=False)):
        capacity = tuple(max(pair) for pair in zip(worker.capacity, load, strict=False)) + worker.capacity[len(load) :]
        if _fits_with(day, replace(worker, capacity=capacity), kept.order, place):
            yield RemedyCode.MORE_ROOM, {"room": amounts(capacity)}


def _fits_with(day: CompiledDay, worker: Worker, order: Sequence[int], place: int) -> bool:
    changed = replace(day, problem=replace(day.problem, worker=worker))
    return Slack(changed, order).fits(place)


def amounts(values: Sequence[int]) -> str:
    """Amounts by dimension as text."""
    return " + ".join(map(str, values)) or "0"


def of_permission(day: CompiledDay, order: Sequence[int], place: int) -> tuple[Remedy, ...]:
    """For a stop that this worker may not visit, what would let them, if it then fits in."""
    worker, stop = day.problem.worker, day.stop(place)
    if worker.shift is None:
        return ()
    lacks = stop.skills - worker.skills
    starts = list(day.starts)
    starts[place] = allowed_starts(stop)
    free = replace(day, starts=starts)
    if not Slack(free, order).fits(place):
        return ()
    is_barred = bool(stop.only and worker.id not in stop.only) or worker.id in stop.forbids
    is_barred = is_barred or bool(stop.lock and stop.lock.worker_id != worker.id)
    if lacks and not is_barred:
        return (remedy(RemedyCode.SKILL, {"worker": worker.id, "skills": ", ".join(sorted(lacks))}),)
    if is_barred and not lacks:
        return (remedy(RemedyCode.ALLOW, {"worker": worker.id}),)
    return ()
