"""Tearing visits out of routes: strings of neighbours, scattered ones near each other, or any."""

import numpy as np

from routing.core.ground import Flags, Ground
from routing.core.routes import Routes, keep, take_out
from routing.jit import compiled

LONGEST_STRING = 10
"""The most visits in a row that go together, as in SISR."""

MEAN_TORN = 8
"""How many visits are torn out of a team's day on average."""


@compiled
def ruin(ground: Ground, routes: Routes, before: Routes, touched: Flags) -> None:
    """Tear some visits out; ``touched`` says of which workers, whose routes are kept in ``before``."""
    seed = ground.stops[np.random.randint(0, len(ground.stops))]
    kind = np.random.random()
    if kind < 0.6:
        _strings(ground, routes, before, touched, seed)
    elif kind < 0.85:
        _near(ground, routes, before, touched, seed)
    else:
        _any(ground, routes, before, touched)


@compiled
def _out(ground: Ground, routes: Routes, before: Routes, touched: Flags, stop: int) -> None:
    worker = routes.where[stop]
    for index in range(ground.pinned[worker]):
        if routes.order[worker, index] == stop:
            return
    if not touched[worker]:
        touched[worker] = True
        keep(routes, before, worker)
    take_out(routes, stop)


@compiled
def _strings(ground: Ground, routes: Routes, before: Routes, touched: Flags, seed: int) -> None:
    """Strings around a stop, one a route."""
    workers = len(routes.length)
    served = routes.length.sum()
    longest = min(LONGEST_STRING, max(1, served // max(1, workers)))
    many = 1 if workers == 1 else 1 + np.random.randint(0, max(1, min(workers, (4 * MEAN_TORN) // (1 + longest))))
    for stop in ground.near[seed]:
        if many == 0:
            return
        worker = routes.where[stop]
        if worker < 0 or touched[worker]:
            continue
        _string(ground, routes, before, touched, stop, longest)
        many -= 1


@compiled
def _string(ground: Ground, routes: Routes, before: Routes, touched: Flags, stop: int, longest: int) -> None:
    """One string with a stop in it; half the time some in its middle stay."""
    worker = routes.where[stop]
    count = routes.length[worker]
    length = 1 + np.random.randint(0, min(longest, count))
    stays = np.random.randint(0, count - length + 1) if np.random.random() < 0.5 else 0
    if stays:
        stays = min(stays, 3)
    at = 0
    while routes.order[worker, at] != stop:
        at += 1
    span = length + stays
    low, high = max(0, at - span + 1), min(at, count - span)
    first = low + np.random.randint(0, high - low + 1)
    skip_from = np.random.randint(0, length + 1) if stays else span
    victims = routes.order[worker, first : first + span].copy()
    for index in range(span):
        if not skip_from <= index < skip_from + stays:
            _out(ground, routes, before, touched, victims[index])


@compiled
def _near(ground: Ground, routes: Routes, before: Routes, touched: Flags, seed: int) -> None:
    """Some of the stops nearest to one."""
    wanted = 1 + np.random.randint(0, min(LONGEST_STRING, 1 + routes.length.sum() // 2))
    skip = 0.5 * np.random.random()
    for stop in ground.near[seed]:
        if wanted == 0:
            return
        if routes.where[stop] >= 0 and np.random.random() >= skip:
            _out(ground, routes, before, touched, stop)
            wanted -= 1


@compiled
def _any(ground: Ground, routes: Routes, before: Routes, touched: Flags) -> None:
    """Any few."""
    for _ in range(1 + np.random.randint(0, 5)):
        stop = ground.stops[np.random.randint(0, len(ground.stops))]
        if routes.where[stop] >= 0:
            _out(ground, routes, before, touched, stop)
