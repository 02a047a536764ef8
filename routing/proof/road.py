"""A day as label setting wants it, forwards and backwards.

Nodes are the candidates, 0 to n - 1. ``worth`` weighs the whole lexicographic goal in one whole number: a mandatory
visit outweighs all prizes, a point of prize all driving. What a route may cost beyond driving (overtime, idling) and
what else limits it (capacity, locks) is left out, so that a bound stays a bound.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from routing.compiled import CompiledDay
from routing.core.ground import NEVER, NO_WAY, Ints, breaks_of, choices_of


class Road(NamedTuple):
    """A day in one direction. Driven backwards all times are negative: the day begins at minus its end.

    Attributes:
        way: ``[from, to]`` seconds.
        out: From the start.
        home: To the end.
        service: Seconds in the shop.
        span_at: Spans of starts as in :class:`routing.core.ground.Ground`.
        span_first: Likewise.
        span_last: Likewise.
        start: By number of breaks had: when the day can begin.
        by: By number of breaks had: when it must be over.
        leg_add: ``[from clock, to clock, choice]``, as there.
        leg_open: Likewise.
        leg_last: Likewise.
        worth: What a visit is worth.
        near: ``[from, to]`` seconds by the quickest way, through other nodes where that is quicker than straight on.
        near_home: Likewise to the end.
    """

    way: Ints
    out: Ints
    home: Ints
    service: Ints
    span_at: Ints
    span_first: Ints
    span_last: Ints
    start: Ints
    by: Ints
    leg_add: Ints
    leg_open: Ints
    leg_last: Ints
    worth: Ints
    near: Ints
    near_home: Ints


class Scale(NamedTuple):
    """What a point of prize and a mandatory visit are worth in seconds of driving."""

    prize: int
    must: int

    def value(self, must: int, prize: int, cost_s: int) -> int:
        """The whole goal of a route as one number."""
        return must * self.must + prize * self.prize - cost_s

    def split(self, value: int) -> tuple[int, int, int]:
        """The most mandatory visits of routes of at most that value, so the most prize, and so the least cost."""
        must = (value + self.prize - 1) // self.must
        rest = value - must * self.must
        prize = max(0, -(-rest // self.prize))
        return must, prize, max(0, prize * self.prize - rest)


def scale_of(day: CompiledDay, places: Sequence[int]) -> Scale:
    """The scale on which prizes outweigh all driving of a day, and mandatory visits all prizes."""
    prize = day.length_s + 1
    return Scale(prize, prize * (2 + sum(day.stop(place).prize for place in places)))


def road_of(day: CompiledDay, places: Sequence[int], scale: Scale) -> Road:
    """The road of a day over ``places``, driven forwards."""
    at = np.array(places, dtype=np.intp)
    ways = np.minimum(np.array(day.travel_s, dtype=np.int64), NO_WAY)
    spans = [day.starts[place] for place in places]
    clocks = breaks_of(day.breaks, len(day.breaks) + 1, choices_of(day.breaks), day.shift.opens_s, day.closes_s)
    stops = [day.stop(place) for place in places]
    way, home = ways[np.ix_(at, at)], ways[at, day.end]
    near = _quickest(way)
    return Road(
        way=way,
        out=ways[0, at],
        home=home,
        service=np.array([day.service_s[place] for place in places], dtype=np.int64),
        span_at=np.concatenate([[0], np.cumsum([len(each) for each in spans])]).astype(np.int64),
        span_first=np.array([first for each in spans for first, _ in each], dtype=np.int64),
        span_last=np.array([last for each in spans for _, last in each], dtype=np.int64),
        start=clocks.start,
        by=clocks.end,
        leg_add=clocks.add,
        leg_open=clocks.open,
        leg_last=clocks.last,
        worth=np.array([stop.prize * scale.prize + stop.mandatory * scale.must for stop in stops], dtype=np.int64),
        near=near,
        near_home=_quickest_home(near, home),
    )


def backwards(road: Road) -> Road:
    """The same day from its end to its start."""
    spans = [
        [(int(-last - served), int(-first - served)) for first, last in zip(*each, strict=True)][::-1]
        for each, served in zip(_spans(road), road.service, strict=True)
    ]
    return Road(
        way=np.ascontiguousarray(road.way.T),
        out=road.home,
        home=road.out,
        service=road.service,
        span_at=road.span_at,
        span_first=np.array([first for each in spans for first, _ in each], dtype=np.int64),
        span_last=np.array([last for each in spans for _, last in each], dtype=np.int64),
        start=-road.by[::-1].copy(),
        by=-road.start[::-1].copy(),
        leg_add=_turned(road.leg_add),
        leg_open=-_turned(road.leg_last),
        leg_last=-_turned(road.leg_open),
        worth=road.worth,
        near=np.ascontiguousarray(road.near.T),
        near_home=_quickest_home(road.near.T, road.out),
    )


def part_of(road: Road, nodes: Sequence[int]) -> Road:
    """The same day with these nodes alone."""
    at = np.array(nodes, dtype=np.intp)
    every = _spans(road)
    spans = [every[node] for node in nodes]
    way = np.ascontiguousarray(road.way[np.ix_(at, at)])
    near = _quickest(way)
    return road._replace(
        way=way,
        near=near,
        near_home=_quickest_home(near, road.home[at]),
        out=road.out[at],
        home=road.home[at],
        service=road.service[at],
        span_at=np.concatenate([[0], np.cumsum([len(first) for first, _ in spans])]).astype(np.int64),
        span_first=np.concatenate([first for first, _ in spans]),
        span_last=np.concatenate([last for _, last in spans]),
        worth=road.worth[at],
    )


def _quickest(way: Ints) -> Ints:
    """The quickest ways between all nodes (R. W. Floyd, "Algorithm 97", Communications of the ACM 5(6), 1962).

    Measured ways need not be the quickest: a detour that turns nowhere left can beat the street straight on.
    """
    near = way.copy()
    np.fill_diagonal(near, 0)
    for via in range(len(near)):
        near = np.minimum(near, near[:, via, None] + near[None, via, :])
    return np.ascontiguousarray(near)


def _quickest_home(near: Ints, home: Ints) -> Ints:
    return np.ascontiguousarray((near + home[None, :]).min(axis=1)) if len(home) else home.copy()


def _spans(road: Road) -> list[tuple[Ints, Ints]]:
    ends = zip(road.span_at[:-1], road.span_at[1:], strict=True)
    return [(road.span_first[low:high], road.span_last[low:high]) for low, high in ends]


def _turned(table: Ints) -> Ints:
    """Clocks count the breaks still to come instead of those had."""
    return np.ascontiguousarray(table[::-1, ::-1].transpose(1, 0, 2))


def most_to_come(road: Road, grain: int) -> Ints:
    """By ``grain`` seconds left, what visits may still gain at most: a fractional knapsack of all of them.

    Each takes its service and at least the shortest way to its door (G. B. Dantzig, 1957).
    """
    count = len(road.worth)
    near = np.minimum(road.out, (road.way + np.diag(np.full(count, NEVER))).min(axis=0))
    need = np.maximum(road.service + near, 1e-9)
    order = np.argsort(-road.worth / need, kind="stable")
    reach = np.concatenate([[0.0], np.cumsum(need[order])])
    gained = np.concatenate([[0.0], np.cumsum(road.worth[order].astype(np.float64))])
    left = np.arange(0, road.by.max() - road.start.min() + 2 * grain, grain, dtype=np.float64)
    table = np.interp(left, reach, gained)
    most: Ints = np.ceil(table * (1 + 1e-12) + 1e-6).astype(np.int64)
    return most
