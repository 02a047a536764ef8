"""An honest day as it happened, and as the phone told it: where it was, what was told at the doors, the photos."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace

from benchmarks.evidence.screens import grid_of_shop
from benchmarks.evidence.sensors import Receiver, moment
from benchmarks.evidence.town import Plane, Shop, around, on_earth, somewhere
from fieldsales.evidence.rules import Evidence, Fix, Former, Neighbour, Sharing, Spot, Told, repeats
from fieldsales.shots.rules import Shown
from fieldsales.visits.models import EventKind

RADIUS_M = 200.0
IN, OUT = EventKind.CHECK_IN, EventKind.CHECK_OUT


@dataclass
class Call:
    """One visit of a day: where, from when to when somebody stood inside, what was told of it, and the truth."""

    shop: Shop
    came: float
    left: float
    told: list[Told] = field(default_factory=list)
    photos: list[Shown] = field(default_factory=list)
    excused: bool = False
    sharing: Sharing | None = None
    fake: str = ""


@dataclass
class Day:
    """A rep's day: the way as (second, place, surroundings), the calls, and the track that the phone told."""

    home: Plane
    way: list[tuple[float, Plane, str]]
    calls: list[Call]
    receiver: Receiver
    track: list[Fix] = field(default_factory=list)
    earlier: frozenset[Spot] = frozenset()
    formers: tuple[Former, ...] = ()
    varied: bool = field(init=False)

    def __post_init__(self) -> None:
        self.varied = self.receiver.dice.random() < 0.85  # the others are new, or have faked from the first day on

    def at(self, seconds: float) -> tuple[Plane, str]:
        """Return where the rep was."""
        before = self.way[0]
        for point in self.way:
            if point[0] > seconds:
                share = (seconds - before[0]) / max(1e-9, point[0] - before[0])
                (x, y), (u, v) = before[1], point[1]
                return (x + share * (u - x), y + share * (v - y)), before[2]
            before = point
        return before[1], before[2]


def drive(dice: random.Random, stops: list[Shop], home: Plane, slow: float = 5, fast: float = 11) -> Day:
    """Return a day that visits shops in the order of their bearing, as it happens; nothing is told yet.

    Each leg has one speed between `slow` and `fast`, metres a second.
    """
    stops = sorted(stops, key=lambda shop: math.atan2(shop.door[1], shop.door[0]))
    now, here = dice.uniform(0, 2400), home
    way: list[tuple[float, Plane, str]] = [(0.0, home, "inside"), (now, home, "road")]
    calls = []
    for shop in stops:
        now += math.dist(here, shop.door) * 1.3 / dice.uniform(slow, fast) + 20
        way.append((now, shop.door, "street"))
        now += dice.uniform(30, 180)
        stay, excused = _stay(dice)
        inside = around(dice, shop.door, 5)
        way.append((now, inside, "canyon" if shop.canyon else "inside"))
        calls.append(Call(shop, now, now + stay, excused=excused))
        now += stay
        way.append((now, inside, "street"))
        now += dice.uniform(20, 90)
        way.append((now, shop.door, "road"))
        here = shop.door
    way.append((now + math.dist(here, home) / 8, home, "inside"))
    return Day(home, way, calls, Receiver(dice))


def _stay(dice: random.Random) -> tuple[float, bool]:
    """Six in a hundred find the shop closed or nobody there; four of five of these say so."""
    if dice.random() < 0.06:
        return dice.uniform(40, 200), dice.random() < 0.8
    return max(200.0, math.exp(dice.gauss(math.log(780), 0.45))), False


def honest(dice: random.Random, stops: list[Shop], home: Plane, **manner: float) -> Day:
    """Return an honest day, with what goes wrong on honest days; `manner` is of `drive`."""
    day = drive(dice, stops, home, **manner)
    if dice.random() < 0.85:
        day.track = tracked(day)
    flags: tuple[str, ...] = ("clock_skew",) if dice.random() < 0.05 else ()
    skew = dice.choice([-1, 1]) * dice.uniform(200, 40_000) if flags else 0.0
    moved = dice.random() < 0.015
    borrowed = Sharing(False, dice.uniform(30, 400)) if dice.random() < 0.02 else None
    for call in day.calls:
        clock = (*flags, "clock_moved") if moved and dice.random() < 0.5 else flags
        early = dice.uniform(5, 40) if dice.random() < 0.03 else -dice.uniform(0, 40)
        late = dice.uniform(200, 2400) if dice.random() < 0.04 else dice.uniform(-20, 30)
        call.told = [tell(day, IN, call.came - early, clock), tell(day, OUT, call.left + late, clock)]
        call.photos = photos(dice, call, skew)
        call.sharing = borrowed
    return day


def tracked(day: Day) -> list[Fix]:
    """Return a fix about every minute."""
    found, now = [], 0.0
    while now < day.way[-1][0] + 300:
        where, surroundings = day.at(now)
        found.append(day.receiver.fix(now, where, surroundings))
        now += day.receiver.dice.uniform(50, 70)
    return found


def tell(day: Day, kind: EventKind, seconds: float, flags: tuple[str, ...] = ()) -> Told:
    """Return a check-in or check-out from where the rep is."""
    where, surroundings = day.at(seconds)
    return Told(kind, moment(seconds), day.receiver.fix(seconds, where, surroundings, first=True), flags)


def photos(dice: random.Random, call: Call, skew: float = 0.0) -> list[Shown]:
    """Return honest photos: four of five visits have one; shops look alike from the same spot now and then."""
    if dice.random() > 0.8:
        return []
    taken = call.came + dice.uniform(0.05, 0.9) * (call.left - call.came) + skew
    sure = dice.random() < 0.6 and not skew
    if not sure and dice.random() < 0.005:
        taken -= 3600 * dice.choice([1, 2])  # a camera in another time zone
    spot = on_earth(around(dice, call.shop.door, 15)) if dice.random() < 0.5 else None
    bits = round(dice.gauss(16, 5)) if call.shop.usual else 64
    dated = None if dice.random() < 0.01 else moment(taken)
    known, grid = bits if 0 <= bits <= 7 else None, grid_of_shop(dice)
    return [Shown("storefront", dated, sure, spot, known, False, True, clock_odd=bool(skew), grating_db=grid)]


def evidence(day: Day) -> list[tuple[Call, Evidence]]:
    """Return each call of a day with its evidence, put together as `fieldsales.evidence.queries` does."""
    found = []
    track = tuple(day.track)
    for call in day.calls:
        near = [fix for fix in track if call.told and abs((fix.at - call.told[0].at).total_seconds()) < 1800]
        fixes = [*near, *(each.fix for each in call.told if each.fix)]
        repeated, compared = repeats(fixes, day.earlier)
        neighbours = tuple(
            Neighbour(each.at, each.fix, other.shop.pin)
            for other in day.calls
            if other is not call
            for each in other.told
            if each.fix
        )
        found.append(
            (
                call,
                Evidence(
                    customer=call.shop.pin,
                    radius_m=RADIUS_M,
                    told=tuple(call.told),
                    excused=call.excused,
                    usual=call.shop.usual,
                    start=on_earth(day.home),
                    neighbours=neighbours,
                    track=track,
                    repeated=repeated,
                    compared=compared,
                    formers=day.formers,
                    varied=day.varied,
                    photos=tuple(call.photos),
                    sharing=call.sharing,
                ),
            )
        )
    return found


def home_of(dice: random.Random) -> Plane:
    """Return where a rep lives."""
    return somewhere(dice)


def shifted(fix: Fix, seconds: float) -> Fix:
    """Return a fix told later."""
    return replace(fix, at=moment((fix.at - moment(0)).total_seconds() + seconds))
