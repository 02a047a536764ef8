"""Where a rep's phone was on a day of the demo: on the way, and at rest, with a receiver's errors."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from fieldsales.demo.places import Metres, Position, in_metres, on_map, rotated
from fieldsales.tracks.rules import Point

_EVERY_S = 45
_ERROR_M, _LASTS_S = 7.0, 180.0
_GRID = 9.0
"""By how many degrees the streets of the new town are turned."""


@dataclass(frozen=True, slots=True)
class Rest:
    """The phone lay at a place from one moment to another."""

    since: datetime
    until: datetime
    place: Position


def follow(rests: Sequence[Rest], chance: Random) -> Iterator[Point]:
    """Return a fix every 45 seconds, from the first rest to the last; errors last for minutes, as a receiver's do."""
    error: Metres = (0.0, 0.0)
    keep = math.exp(-_EVERY_S / _LASTS_S)
    fresh = _ERROR_M * math.sqrt(1 - keep * keep)
    for at, (east, north) in _way(rests):
        error = (error[0] * keep + chance.gauss(0, fresh), error[1] * keep + chance.gauss(0, fresh))
        place = on_map((east + error[0], north + error[1]))
        yield Point(at, place.latitude, place.longitude, round(chance.uniform(5, 19), 1), provider="gps")


def _way(rests: Sequence[Rest]) -> Iterator[tuple[datetime, Metres]]:
    at = rests[0].since
    for rest, coming in pairwise(rests):
        here, there = in_metres(rest.place), in_metres(coming.place)
        while at < coming.since:
            gone = (at - rest.until) / max(coming.since - rest.until, timedelta(seconds=1))
            yield at, here if gone <= 0 else _round_the_corner(here, there, gone)
            at += timedelta(seconds=_EVERY_S)


def _round_the_corner(here: Metres, there: Metres, share: float) -> Metres:
    """Return where one is after a share of the way along two streets at a right angle."""
    (x, y), (u, v) = rotated(here, -_GRID), rotated(there, -_GRID)
    gone = share * (abs(u - x) + abs(v - y))
    along = min(gone, abs(u - x))
    return rotated((x + math.copysign(along, u - x), y + math.copysign(gone - along, v - y)), _GRID)
