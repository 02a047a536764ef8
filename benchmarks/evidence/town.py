"""A town to be honest or dishonest in: shops, where they are, where the books say they are, and where reps live."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from fieldsales.evidence.rules import Spot

Plane = tuple[float, float]
"""Metres east and north of the middle of the town."""
MIDDLE = (38.246, 21.735)
SPREAD_M = 3500.0


@dataclass(frozen=True)
class Shop:
    """A shop: its door, the position in the books, whether it stands in a canyon of houses, and where earlier visits
    were told from."""

    door: Plane
    pin: Spot
    canyon: bool
    usual: tuple[Spot, ...]


def on_earth(at: Plane) -> Spot:
    """Return latitude and longitude of a point of the plane, with seven digits as phones have them."""
    latitude = MIDDLE[0] + at[1] / 111_320
    longitude = MIDDLE[1] + at[0] / (111_320 * math.cos(math.radians(MIDDLE[0])))
    return round(latitude, 7), round(longitude, 7)


def around(dice: random.Random, at: Plane, sigma: float) -> Plane:
    """Return a point scattered around another."""
    return at[0] + dice.gauss(0, sigma), at[1] + dice.gauss(0, sigma)


def somewhere(dice: random.Random, spread_m: float = SPREAD_M) -> Plane:
    """Return a point of the town, denser in the middle."""
    return around(dice, (0.0, 0.0), spread_m / 2)


def shops(dice: random.Random, number: int, spread_m: float = SPREAD_M) -> list[Shop]:
    """Return shops: a tenth share a building with the one before, three in a hundred have a wrong position in the
    books, and one in seven was never visited before."""
    found: list[Shop] = []
    for _ in range(number):
        door = somewhere(dice, spread_m)
        if found and dice.random() < 0.1:
            door = around(dice, found[-1].door, 8)
        told = around(dice, door, 12)
        if dice.random() < 0.03:
            away, turn = math.exp(dice.uniform(math.log(400), math.log(5000))), dice.uniform(0, math.tau)
            told = door[0] + away * math.cos(turn), door[1] + away * math.sin(turn)
        visits = 0 if dice.random() < 0.15 else dice.randint(1, 8)
        usual = tuple(on_earth(around(dice, door, 20)) for _ in range(visits))
        found.append(Shop(door, on_earth(told), dice.random() < 0.3, usual))
    return found
