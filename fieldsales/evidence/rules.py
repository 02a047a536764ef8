"""The facts about a visit that speak for it or against it, as values; and what a finding looks like.

Nothing here judges. The nouns above (`places`, `motion`, `texture`, `likeness`, `handsets`) each look at their part of
the evidence and tell signals; `integrity` adds them up.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from fieldsales.shots.rules import Shown
from fieldsales.visits.models import EventKind
from fieldsales.visits.rules import metres_between

Spot = tuple[float, float]
"""Latitude and longitude, WGS-84 degrees."""
SURE_M = 100.0
"""Fixes less sure than this may come from masts, which stand still and repeat themselves."""
_METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a phone said it was at a moment, and how sure it was (metres, 68 %; None: it did not say)."""

    at: datetime
    latitude: float
    longitude: float
    accuracy_m: float | None = None
    mock: bool = False

    @property
    def spot(self) -> Spot:
        """Latitude and longitude."""
        return self.latitude, self.longitude


@dataclass(frozen=True, slots=True)
class Told:
    """A check-in or a check-out: when by our clock, where (None: the phone had no position), what was odd."""

    kind: EventKind
    at: datetime
    fix: Fix | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A check-in or check-out of the same rep and day in another visit, and where that customer is."""

    at: datetime
    fix: Fix
    customer: Spot | None


@dataclass(frozen=True, slots=True)
class Sharing:
    """What another rep told through the same installation of the app on the day.

    `between` tells that the other's came both before and after this visit; `minutes` to the nearest of them.
    """

    between: bool
    minutes: float


@dataclass(frozen=True, slots=True)
class Former:
    """The track of an earlier day on which many of the same customers were visited, by the rep (`own`) or another."""

    day: date
    own: bool
    track: tuple[Fix, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known about one visit.

    Attributes:
        customer: Where the customer is said to be.
        radius_m: How far from there still counts as there.
        told: The visit's own check-ins and check-outs, in order.
        excused: Whether a cause was given why nothing came of the visit.
        usual: Where the customer's earlier visits were told from, one spot for each.
        start: Where the rep's days start, usually home.
        neighbours: The rep's other check-ins and check-outs of the day.
        track: The rep's fixes of the day, by moment.
        repeated: How many of the accurate fixes near the visit an earlier day has to the last digit.
        compared: Of how many.
        formers: Tracks of earlier days among the same customers.
        varied: Whether the rep's phone told different accuracies on earlier days; some apps never do.
        photos: What was photographed.
        sharing: Who else used the phone; None: nobody.
        least_s: The least time in store by the visit policy, seconds.
    """

    customer: Spot | None
    radius_m: float
    told: tuple[Told, ...]
    excused: bool = False
    usual: tuple[Spot, ...] = ()
    start: Spot | None = None
    neighbours: tuple[Neighbour, ...] = ()
    track: tuple[Fix, ...] = ()
    repeated: int = 0
    compared: int = 0
    formers: tuple[Former, ...] = ()
    varied: bool = False
    photos: tuple[Shown, ...] = ()
    sharing: Sharing | None = None
    least_s: float = 0.0

    def first(self, kind: EventKind) -> Told | None:
        """Return the first check-in or check-out."""
        return next((each for each in self.told if each.kind is kind), None)

    @property
    def arrival(self) -> Told | None:
        """Where and when the visit was first told of."""
        return self.first(EventKind.CHECK_IN) or (self.told[0] if self.told else None)

    @property
    def seconds(self) -> float | None:
        """From check-in to check-out; None where one of them is missing."""
        came, left = self.first(EventKind.CHECK_IN), self.first(EventKind.CHECK_OUT)
        return (left.at - came.at).total_seconds() if came and left else None


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that speaks against a visit: its code, how strongly (0 to 1), and what was seen in one sentence."""

    code: str
    strength: float
    says: str
    facts: dict[str, float | int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds of all signals, as the policy `integrity` has them. Metres, seconds, metres a second, bits.

    Attributes:
        far_m: How far beyond the radius a check-in counts in full.
        same_spot_m: Fixes this near each other are of one spot.
        apart_m: Customers this far from each other are not in one building.
        most_mps: Faster than this nobody gets from one customer to the next.
        least_jump_m: Shorter jumps say nothing, however fast: fixes err.
        moving_mps: Faster than this somebody drives.
        seconds_inside: Check-in and check-out nearer to each other count in full.
        stay_s: A visit of which the track shows less was no visit.
        repeated_fixes: So many fixes to the last digit like an earlier day's are a replay.
        retraced_m: By no more than this may a stretch of a replay be off the clock of the day that it was recorded.
        retraced_share: So much of the way in the time of one earlier day is a replay (0 to 1).
        retraced_legs: The same of the legs of a whole day, whatever the pauses are.
        retraced_stretches: Fewer legs and pauses say nothing.
        pin_m: Nearer than this to the customer's stored position no satellite fix is twice.
        memory: Fixes of a phone at rest whose errors have less to do with each other are made up (0 to 1).
        photo_early_s: How long before the check-in a camera may say that it took the picture.
        grating_db: Periodic colours that stand out further are of a screen (decibels).
        photo_away_m: How far from the customer a camera may say that it was.
        shared_minutes: Another rep's use of the phone within this counts in full.
    """

    far_m: float = 800.0
    same_spot_m: float = 60.0
    apart_m: float = 300.0
    most_mps: float = 55.0
    least_jump_m: float = 700.0
    moving_mps: float = 4.0
    seconds_inside: float = 60.0
    stay_s: float = 120.0
    repeated_fixes: int = 4
    retraced_m: float = 30.0
    retraced_share: float = 0.7
    retraced_legs: float = 0.85
    retraced_stretches: int = 6
    pin_m: float = 2.0
    memory: float = 0.33
    photo_early_s: float = 3600.0
    grating_db: float = 12.0
    photo_away_m: float = 600.0
    shared_minutes: float = 120.0


def repeats(fixes: Iterable[Fix], earlier: Collection[Spot]) -> tuple[int, int]:
    """Return how many different accurate fixes an earlier day has to the last digit, and of how many."""
    sure = {fix.spot for fix in fixes if fix.accuracy_m is not None and fix.accuracy_m < SURE_M}
    return len(sure.intersection(earlier)), len(sure)


def sharing(since: datetime, until: datetime, others: Sequence[datetime]) -> Sharing | None:
    """Return how a phone was shared, from when others told something through it on the day of a visit."""
    if not others:
        return None
    between = any(each <= since for each in others) and any(each >= until for each in others)
    between = between or any(since < each < until for each in others)
    gaps = [max((since - each).total_seconds(), (each - until).total_seconds(), 0.0) for each in others]
    return Sharing(between, min(gaps) / 60)


def near(one: Spot, other: Spot, metres: float) -> bool:
    """Tell whether two spots are within so many metres of each other (geodesic)."""
    roughly = math.hypot(*flat_metres(one, other))
    if abs(roughly - metres) > metres * 0.02 + 1 and roughly < 50_000 and abs(one[0]) < 80:
        return roughly <= metres
    return metres_between(one, other) <= metres


def flat_metres(one: Spot, origin: Spot) -> tuple[float, float]:
    """Return metres east and north of an origin on a plane that touches the Earth there; good for some kilometres."""
    east = (one[1] - origin[1] + 180) % 360 - 180
    return east * _METRES_A_DEGREE * math.cos(math.radians(origin[0])), (one[0] - origin[0]) * _METRES_A_DEGREE


def doubt_m(fix: Fix, most: float = 300.0) -> float:
    """Return how far a fix may be off in 95 of 100 cases: twice its accuracy, of which no more than `most` is believed.

    For a Gaussian error of the plane with 68 % within a radius r, 95 % are within 1.62 r; cities have longer tails.
    """
    return 2 * min(fix.accuracy_m or 0.0, most)
