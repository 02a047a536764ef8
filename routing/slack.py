"""Where one visit more would fit into a driving order, and how much is missing where it does not.

Two passes over the order, one forwards (when the rep can be done at each place) and one backwards (when the rep must
be ready there at the latest), answer for any further visit at any gap without driving the whole day again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from routing.breaks import Clocks, after_way, back_by, had_before, latest_departures
from routing.compiled import NEVER_S, CompiledDay, keeps_limits
from routing.schedule import earliest_end


@dataclass(frozen=True, slots=True)
class Chance:
    """A visit at a gap: it can start from ``ready_s`` on and must by ``latest_s``, opening hours apart."""

    gap: int
    ready_s: int
    latest_s: int


class Slack:
    """The slack of a drivable order (numbers of places) of a day."""

    def __init__(self, day: CompiledDay, order: Sequence[int]) -> None:
        """Pass over the order forwards and backwards."""
        self.day = day
        self.order = list(order)
        places = [0, *order, day.end]
        clocks = had_before(day.breaks, day.shift.opens_s)
        self._done = [clocks]
        for here, place in pairwise(places[:-1]):
            clocks = after_way(clocks, day.travel_s[here][place], day.breaks)
            clocks = [min(NEVER_S, day.earliest_start(place, at) + day.service_s[place]) for at in clocks]
            self._done.append(clocks)
        self._ready_by = list(_ready_by(day, places))[::-1]
        self._work_to = [0]
        for here, place in pairwise(places):
            self._work_to.append(self._work_to[-1] + day.travel_s[here][place] + day.service_s[place])

    def with_place(self, place: int, gap: int) -> list[int]:
        """The order with a place put into a gap."""
        return [*self.order[:gap], place, *self.order[gap:]]

    def chances(self, place: int) -> Iterator[Chance]:
        """Every gap at which a visit would fit if the shop were always open; one for each number of breaks had."""
        day = self.day
        places = [0, *self.order, day.end]
        for gap, (here, there) in enumerate(pairwise(places)):
            ready = after_way(self._done[gap], day.travel_s[here][place], day.breaks)
            leaves = latest_departures(self._ready_by[gap], day.travel_s[place][there], day.breaks)
            fits = [(at, by - day.service_s[place]) for at, by in zip(ready, leaves, strict=True)]
            fits = [(at, by) for at, by in fits if at <= by]
            if fits and (day.is_plain or keeps_limits(day, self.with_place(place, gap))):
                yield from (Chance(gap, at, by) for at, by in fits)

    def fits(self, place: int) -> bool:
        """Whether a visit fits in somewhere as things are."""
        return any(self.day.earliest_start(place, chance.ready_s) <= chance.latest_s for chance in self.chances(place))

    def soonest_end(self, place: int) -> int:
        """The earliest end with a further visit at its best gap; NEVER_S when it fits nowhere."""
        best_s = NEVER_S
        for bound_s, gap in sorted((self._end_bound(place, gap), gap) for gap in range(len(self.order) + 1)):
            if bound_s >= best_s:
                break
            best_s = min(best_s, earliest_end(self.day, self.with_place(place, gap)))
        return best_s

    def _end_bound(self, place: int, gap: int) -> int:
        """No earlier end is possible there: no wait and no break is counted from the gap on."""
        day, there = self.day, [*self.order, self.day.end][gap]
        here = [0, *self.order][gap]
        around_s = day.travel_s[here][place] + day.service_s[place] + day.travel_s[place][there]
        onwards_s = self._work_to[-1] - self._work_to[gap + 1] + day.service_s[there]
        return min(self._done[gap]) + around_s + onwards_s

    def latest_leave(self, place: int) -> int:
        """The latest beginning of the shift with which a further visit would fit in; -1 when it fits nowhere."""
        best_s = -1
        bounds = ((self._leave_bound(place, gap), gap) for gap in range(len(self.order) + 1))
        for bound_s, gap in sorted(bounds, reverse=True):
            if bound_s <= best_s:
                break
            best_s = max(best_s, latest_leave(self.day, self.with_place(place, gap)))
        return best_s

    def _leave_bound(self, place: int, gap: int) -> int:
        """No later beginning is possible there: no wait and no break is counted before the gap."""
        day, there = self.day, [*self.order, self.day.end][gap]
        here = [0, *self.order][gap]
        leaves_s = max(latest_departures(self._ready_by[gap], day.travel_s[place][there], day.breaks))
        starts_s = _latest_start(day, place, leaves_s - day.service_s[place])
        return starts_s - day.travel_s[here][place] - self._work_to[gap]


def _ready_by(day: CompiledDay, places: Sequence[int]) -> Iterator[Clocks]:
    """From the end backwards, by when the rep must be ready at each place but the start."""
    by = [min(day.closes_s, at) for at in back_by(day.breaks)]
    yield by
    for place, there in zip(places[-2:0:-1], places[:1:-1], strict=True):
        leaves = latest_departures(by, day.travel_s[place][there], day.breaks)
        by = [_latest_start(day, place, at - day.service_s[place]) for at in leaves]
        yield by


def _latest_start(day: CompiledDay, place: int, by_s: int) -> int:
    """The latest moment at which service may start, ``by_s`` at the latest; -1 when there is none."""
    return max((min(last, by_s) for first, last in day.starts[place] if first <= by_s), default=-1)


def latest_leave(day: CompiledDay, order: Sequence[int]) -> int:
    """The latest time at which a shift could begin so that ``order`` can still be driven; -1 if never."""
    if not day.is_plain and not keeps_limits(day, order):
        return -1
    places = [0, *order, day.end]
    *_, first = _ready_by(day, places)
    leaves = latest_departures(first, day.travel_s[0][places[1]], day.breaks)
    return max((by for by, at in zip(leaves, had_before(day.breaks, 0), strict=True) if at <= by), default=-1)
