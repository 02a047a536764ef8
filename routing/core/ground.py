"""A day or a team day as the arrays that inner loops want.

Places are numbered as the caller's travel matrix does. Whoever drives carries several **clocks**, one for each number
of breaks had so far: clock c is the earliest moment at which the worker can be there with the first c breaks behind.
A way from clock b to clock c interrupts itself for the breaks between. However driving and breaks are laid into each
other, the earliest arrival is ``max(departure + way + leg_add[b, c, a], leg_open[b, c, a])``, possible when the
departure is no later than ``leg_last[b, c, a]``. The choices ``a`` are the windows in which each break is had.
"""

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from routing.breaks import back_by, had_before
from routing.problem import Lunch, Window

Ints = npt.NDArray[np.int64]
Shorts = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

NEVER = 1 << 40
"""A time that never comes."""

NO_WAY = 1 << 28
"""A way longer than any day."""

NEIGHBOURS = 40
"""How many of its nearest a stop can be torn out with."""

NO_LIMIT = 1 << 40
"""What stands for a limit that is not there."""


class Ground(NamedTuple):
    """What does not change while searching.

    Attributes:
        ways: ``[pace, from, to]`` seconds; ``pace[worker]`` says which of them a worker drives by.
        pace: By worker.
        service: Seconds in the shop by place.
        span_at: ``span_first[span_at[p] : span_at[p + 1]]`` and ``span_last`` likewise are the spans, in order and
            disjoint, in which service at place p may start.
        span_first: First starts.
        span_last: Last starts.
        begins: The place where each worker begins.
        finishes: The place where each worker ends.
        clock_start: ``[worker, clock]``: when the worker can leave with so many breaks had at home.
        clock_end: ``[worker, clock]``: how late the worker may arrive at the end with so many breaks had; overtime
            is included.
        leg_add: ``[worker, from clock, to clock]``, see above; likewise ``leg_open`` and ``leg_last``.
        leg_open: See above.
        leg_last: See above.
        opens: When each worker's shift begins.
        over_from: When each worker's overtime begins.
        over_price: Seconds of driving that a second of overtime counts as.
        wait_weight: Seconds of driving that a second of idling counts as.
        stops: The places that may be visited.
        prize: By place.
        must: By place: comes before all that need not.
        allowed: ``[place, worker]``.
        dislike: ``[place, worker]``: seconds of driving that it counts when this worker goes there.
        amount: ``[place, kind]`` what a stop takes of the capacity.
        capacity: ``[worker, kind]``.
        most: The most visits of each worker.
        pinned: How many visits at the head of each worker's route stay where they are.
        near: ``[place, rank]`` the stops nearest to each place, itself first if it is one.
        keys: ``[rule, place]``: by which unserved stops are put back, greatest first.
        works: Whether each worker has a shift.
        balance: What a second between the longest and the shortest working day counts.
        metres: ``[from, to]``; empty where nobody minds them.
        most_metres: By worker.
        most_travel: Seconds of driving at most, by worker.
        locked_at: ``[place]``: which visit of the day it must be, counted from 0; -1 for any.
    """

    ways: Shorts
    pace: Ints
    service: Ints
    span_at: Ints
    span_first: Ints
    span_last: Ints
    begins: Ints
    finishes: Ints
    clock_start: Ints
    clock_end: Ints
    leg_add: Ints
    leg_open: Ints
    leg_last: Ints
    opens: Ints
    over_from: Ints
    over_price: Ints
    wait_weight: float
    stops: Ints
    prize: Ints
    must: Flags
    allowed: Flags
    dislike: Ints
    amount: Ints
    capacity: Ints
    most: Ints
    pinned: Ints
    near: Ints
    keys: Floats
    works: Flags
    balance: float
    metres: Shorts
    most_metres: Ints
    most_travel: Ints
    locked_at: Ints


class Breaks(NamedTuple):
    """The clocks of one worker: what ``Ground`` says by worker, for one."""

    start: Ints
    end: Ints
    add: Ints
    open: Ints
    last: Ints


def breaks_of(breaks: Sequence[Lunch], clocks: int, choices: int, opens_s: int, closes_s: int) -> Breaks:
    """The clocks of a worker who is owed ``breaks`` in this order, as arrays for so many clocks and choices.

    A break may be had at home before the day begins or after it ended.
    """
    owed = len(breaks)
    start, end = np.full(clocks, NEVER, dtype=np.int64), np.full(clocks, -NEVER, dtype=np.int64)
    start[: owed + 1] = had_before(breaks, opens_s)
    end[: owed + 1] = np.minimum(back_by(breaks), closes_s)
    shape = (clocks, clocks, choices)
    add = np.zeros(shape, dtype=np.int64)
    opening, last = np.full(shape, -NEVER, dtype=np.int64), np.full(shape, -NEVER, dtype=np.int64)
    for had in range(owed):
        for upto in range(had + 1, owed + 1):
            for choice, spans in enumerate(product(*(pause.windows for pause in breaks[had:upto]))):
                leg = _leg([pause.duration_s for pause in breaks[had:upto]], spans)
                add[had, upto, choice], opening[had, upto, choice], last[had, upto, choice] = leg
    return Breaks(start, end, add, opening, last)


def choices_of(breaks: Sequence[Lunch]) -> int:
    """In how many ways the windows of all breaks can be chosen."""
    return prod(len(pause.windows) for pause in breaks)


def _leg(durations_s: Sequence[int], spans: Sequence[Window]) -> tuple[int, int, int]:
    """``leg_add``, ``leg_open`` and ``leg_last`` of a way with breaks in these windows, one after the other."""
    added, opened, latest = 0, -NEVER, NEVER
    for duration_s, span in zip(durations_s, spans, strict=True):
        # Whoever departs at d begins this break at max(d + added, opened, span.opens_s) at the earliest.
        latest_start = span.closes_s - duration_s
        if opened > latest_start:
            return 0, -NEVER, -NEVER
        latest = min(latest, latest_start - added)
        added += duration_s
        opened = max(opened, span.opens_s) + duration_s
    return added, opened, latest


def nearest(ways: Shorts, service: Ints, stops: Ints, spans: tuple[Ints, Ints, Ints]) -> Ints:
    """By place, the stops that go well with it: little driving either way, and little waiting between."""
    at, first, last = spans
    there, back = ways[:, stops].astype(np.int64), ways[stops, :].T.astype(np.int64)
    apart = np.minimum(there, back).astype(np.float64)
    opens = np.array([first[at[p]] if at[p] < at[p + 1] else 0 for p in range(len(service))])
    closes = np.array([last[at[p + 1] - 1] if at[p] < at[p + 1] else NEVER for p in range(len(service))])
    waits = np.maximum(0, opens[stops][None, :] - closes[:, None] - service[:, None] - there)
    waits = np.minimum(waits, np.maximum(0, opens[:, None] - closes[stops][None, :] - service[stops][None, :] - back))
    apart += 0.2 * np.minimum(waits, NO_WAY)
    apart[stops, np.arange(len(stops))] = -1
    many = min(NEIGHBOURS, len(stops))
    ranked = np.argsort(apart, axis=1, kind="stable")[:, :many]
    return np.ascontiguousarray(stops[ranked])


def rules_of(
    ways: Shorts, service: Ints, prize: Ints, must: Flags, stops: Ints, spans: tuple[Ints, Ints, Ints]
) -> Floats:
    """The rules by which stops are put back: prize, prize for the time it takes, narrow hours first, far ones first."""
    at, first, last = spans
    places = len(service)
    keys = np.zeros((4, places))
    among = ways[np.ix_(stops, stops)].astype(np.float64) + np.where(np.eye(len(stops), dtype=bool), NO_WAY, 0)
    near = among.min(axis=0) if len(stops) > 1 else np.zeros(len(stops))
    need = 1.0 + service[stops] + np.minimum(near, NO_WAY)
    width = np.array([max(1, (last[at[p] : at[p + 1]] - first[at[p] : at[p + 1]]).sum()) for p in stops], dtype=float)
    far = np.minimum(ways[0, stops], NO_WAY).astype(np.float64)
    worth = np.where(must[stops], 1.0, prize[stops])
    keys[0, stops] = worth
    keys[1, stops] = worth / need
    keys[2, stops] = worth / np.sqrt(width)
    keys[3, stops] = np.where(must[stops], 1.0 + far, worth * np.sqrt(1.0 + far))
    keys /= np.maximum(keys.max(axis=1, keepdims=True), 1e-9)
    keys[:, stops[must[stops]]] += 10.0
    return keys
