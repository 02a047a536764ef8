"""Dividing customers among reps so that each gets a compact area and about the same work."""

from __future__ import annotations

import math
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from fieldsales.errors import Invalid


class NobodyToShare(Invalid):
    """Customers were to be shared out, but no rep was named. Name at least one."""

    code = "districts.nobody"
    title = "There is nobody to share among"


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to be served: degrees in WGS-84, and how much work it is beside the others."""

    id: uuid.UUID
    latitude: float
    longitude: float
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not (self.weight > 0 and math.isfinite(self.weight)):
            raise ValueError(f"the weight of {self.id} is {self.weight}")


@dataclass(frozen=True, slots=True)
class Base:
    """Where a rep's day starts, in degrees (WGS-84)."""

    rep_id: uuid.UUID
    latitude: float
    longitude: float


def share_out(places: Iterable[Place], bases: Sequence[Base]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return which places each rep gets: about the same weight, and an area of one piece near the rep's base.

    Recursive bisection (Berger and Bokhari, 1987): cut across the longer side, so that the weight divides as the
    number of reps does, give the reps whose bases lie that way the one part, and divide each part again. The same
    input gives the same areas, in whatever order it comes. Raises `NobodyToShare`.
    """
    if not bases:
        raise NobodyToShare("No rep was named.", mend="Name at least one.")
    spread = sorted(places, key=lambda place: place.id)
    if not spread:
        return {base.rep_id: [] for base in bases}
    plane = _Plane.around(spread)
    shares: dict[uuid.UUID, list[uuid.UUID]] = {}
    _bisect(spread, sorted(bases, key=lambda base: base.rep_id), plane, shares)
    return shares


@dataclass(frozen=True, slots=True)
class Address:
    """A customer by its address alone, and how much work it is beside the others."""

    id: uuid.UUID
    postal_code: str | None
    city: str | None
    weight: float = 1.0


def follow_neighbours(
    nowhere: Iterable[Address], areas: Mapping[uuid.UUID, Sequence[Address]]
) -> dict[uuid.UUID, uuid.UUID]:
    """Return which rep gets each customer that has no position, given the areas shared out among the reps.

    It goes to the rep who got most customers of the same postal code, where nobody got one of the same city, and where
    nobody got one of either to whoever has the least work by then. Case and spaces of an address do not count.
    """
    codes = _neighbours(areas, lambda each: each.postal_code)
    cities = _neighbours(areas, lambda each: each.city)
    load = {rep_id: math.fsum(each.weight for each in area) for rep_id, area in areas.items()}
    given: dict[uuid.UUID, uuid.UUID] = {}
    unknown: list[Address] = []
    for each in sorted(nowhere, key=lambda address: address.id):
        near = codes.get(_plain(each.postal_code)) or cities.get(_plain(each.city))
        if near:
            given[each.id] = max(near, key=lambda rep_id: (near[rep_id], rep_id))
            load[given[each.id]] += each.weight
        else:
            unknown.append(each)
    for each in unknown:
        given[each.id] = min(load, key=lambda rep_id: (load[rep_id], rep_id))
        load[given[each.id]] += each.weight
    return given


def _neighbours(
    areas: Mapping[uuid.UUID, Sequence[Address]], part: Callable[[Address], str | None]
) -> dict[str, Counter[uuid.UUID]]:
    """How many customers each rep got, by one part of the address; those without it are nobody's neighbours."""
    found: dict[str, Counter[uuid.UUID]] = {}
    for rep_id, area in areas.items():
        for each in area:
            if name := _plain(part(each)):
                found.setdefault(name, Counter())[rep_id] += 1
    return found


def _plain(name: str | None) -> str:
    return "".join((name or "").split()).casefold()


@dataclass(frozen=True, slots=True)
class _Plane:
    """A flat map around a place, in degrees of latitude; it knows no seam at 180° east."""

    origin_longitude: float
    squeeze: float

    @classmethod
    def around(cls, places: Sequence[Place]) -> _Plane:
        middle = math.fsum(place.latitude for place in places) / len(places)
        return cls(places[0].longitude, math.cos(math.radians(middle)))

    def at(self, point: Place | Base) -> tuple[float, float]:
        east = (point.longitude - self.origin_longitude + 180) % 360 - 180
        return east * self.squeeze, point.latitude


def _bisect(places: list[Place], bases: list[Base], plane: _Plane, shares: dict[uuid.UUID, list[uuid.UUID]]) -> None:
    if len(bases) == 1:
        shares[bases[0].rep_id] = [place.id for place in places]
        return
    axis = _longer_side([plane.at(place) for place in places])

    def along(point: Place | Base) -> tuple[float, float]:
        spot = plane.at(point)
        return spot[axis], spot[1 - axis]

    places, bases = sorted(places, key=along), sorted(bases, key=along)
    few = len(bases) // 2
    cut = _cut([place.weight for place in places], few / len(bases))
    _bisect(places[:cut], bases[:few], plane, shares)
    _bisect(places[cut:], bases[few:], plane, shares)


def _longer_side(spots: list[tuple[float, float]]) -> int:
    sides = [max(side) - min(side) for side in zip(*spots, strict=True)]
    return 1 if sides and sides[1] > sides[0] else 0


def _cut(weights: list[float], share: float) -> int:
    """Return how many of the first places weigh as nearly as possible that share of all."""
    sums = [0.0, *accumulate(weights)]
    wanted = sums[-1] * share
    return min(range(len(sums)), key=lambda count: (abs(sums[count] - wanted), count))
