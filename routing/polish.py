"""The last touch on a driving order: nothing that still fits is left out, and no single swap is worth more.

It makes the reasons given for left-out stops true of the order as it stands.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from routing.compiled import NEVER_S, CompiledDay
from routing.schedule import earliest_end


def polish(day: CompiledDay, order: Sequence[int]) -> list[int]:
    """``order`` with left-out stops added, or put in place of one less valuable, until neither is possible."""
    kept = list(order)
    while better := _added(day, kept) or _swapped(day, kept):
        kept = better
    return kept


def _added(day: CompiledDay, kept: list[int]) -> list[int] | None:
    return next((wider for place in _left_out(day, kept) if (wider := inserted(day, kept, place))), None)


def _swapped(day: CompiledDay, kept: list[int]) -> list[int] | None:
    for place in _left_out(day, kept):
        for given_up in sorted(kept, key=lambda other: worth(day, other)):
            if worth(day, given_up) >= worth(day, place):
                break
            if better := inserted(day, [other for other in kept if other != given_up], place):
                return better
    return None


def worth(day: CompiledDay, place: int) -> tuple[bool, int]:
    """What a visit counts for: those that must be made before all others, then by prize."""
    stop = day.stop(place)
    return stop.mandatory, stop.prize


def inserted(day: CompiledDay, order: Sequence[int], place: int) -> list[int] | None:
    """``order`` with ``place`` where it costs least driving and can still be driven; None when nowhere."""
    working_s = day.driving_s(order) + sum(day.service_s[other] for other in (*order, place))
    for detour_s, gap in sorted(_detours(day, order, place)):
        if working_s + detour_s > day.length_s:
            return None
        wider = [*order[:gap], place, *order[gap:]]
        if earliest_end(day, wider) != NEVER_S:
            return wider
    return None


def least_detour_s(day: CompiledDay, order: Sequence[int], place: int) -> int:
    """The least driving time that visiting ``place`` would add to ``order``, clocks not considered."""
    return min(detour_s for detour_s, _ in _detours(day, order, place))


def _detours(day: CompiledDay, order: Sequence[int], place: int) -> Iterator[tuple[int, int]]:
    """By gap (0: before the first visit), the driving time that a visit there would add."""
    for gap, (here, there) in enumerate(pairwise((0, *order, day.end))):
        direct_s = day.travel_s[here][there] if order else 0
        yield day.travel_s[here][place] + day.travel_s[place][there] - direct_s, gap


def _left_out(day: CompiledDay, kept: Sequence[int]) -> list[int]:
    """The stops not kept that can be visited at all, most valuable first."""
    out = [place for place in range(1, day.end) if place not in kept and day.starts[place]]
    return sorted(out, key=lambda place: (worth(day, place), day.stop(place).id), reverse=True)
