"""A rep's day handed to the routing room: the working day and the calls as its problem, and what stamps a problem."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from routing.budget import Budget
from routing.problem import DayProblem, Lunch, Point, Stop, Window, Worker
from routing.travel import GreatCircle, Roads

WAIT_WEIGHT = 1.0
"""A minute at a closed door is as bad as one at the wheel: either is a minute that a rep gets paid for nothing."""

MOST_CALLS = 60
"""The most calls that a day is chosen from: no rep makes half as many, and the search stays thorough."""


@dataclass(frozen=True, slots=True)
class Driving:
    """How reps drive and how long the search for a route may take: settings as values.

    `roads` answers how long a way takes; None for the great circle at these two numbers.
    """

    circuity: float = 1.3
    speed_kmh: float = 30.0
    solve_seconds: float = 1.0
    roads: Roads | None = None

    @property
    def travel(self) -> Roads:
        """The provider of travel times."""
        return self.roads or GreatCircle(self.circuity, self.speed_kmh)

    @property
    def budget(self) -> Budget:
        """The effort for one day."""
        return Budget(seconds=self.solve_seconds, wait_weight=WAIT_WEIGHT)


@dataclass(frozen=True, slots=True)
class WorkDay:
    """A rep's day on the wall clock, in seconds from local midnight. It ends where it starts.

    `lunch` is its window and its length, or None for a rep who takes none.
    """

    latitude: float
    longitude: float
    shift: tuple[int, int]
    lunch: tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Call:
    """A customer who could be called on: where, for how long, within which spans of the day, and worth what."""

    customer_id: uuid.UUID
    latitude: float
    longitude: float
    service_s: int
    windows: tuple[tuple[int, int], ...]
    value: int
    must: bool = False


def day_problem(work: WorkDay, calls: Sequence[Call]) -> DayProblem:
    """Return the routing problem of a day; a stop's id is the customer's. The order of the calls changes nothing."""
    base = Point(work.latitude, work.longitude)
    breaks = (Lunch(Window(work.lunch[0], work.lunch[1]), work.lunch[2]),) if work.lunch else ()
    stops = tuple(_stop(call) for call in sorted(calls, key=lambda call: call.customer_id))
    return DayProblem(Worker(base, base, Window(*work.shift), breaks), stops)


def fingerprint(problem: DayProblem, driving: Driving) -> str:
    """Return a stamp of a problem and of how it is driven: same stamp, same question, no need to search again."""
    asked = {
        "problem": asdict(problem),
        "travel": driving.travel.version,
        "wait_weight": driving.budget.wait_weight,
    }
    return sha256(json.dumps(asked, sort_keys=True, default=sorted).encode()).hexdigest()


def most_valuable(calls: Sequence[Call]) -> tuple[list[Call], list[Call]]:
    """Split calls into those that a route is chosen from and the rest, the least valuable."""
    order = sorted(calls, key=lambda call: (not call.must, -call.value, call.customer_id))
    return order[:MOST_CALLS], order[MOST_CALLS:]


def _stop(call: Call) -> Stop:
    return Stop(
        id=str(call.customer_id),
        at=Point(call.latitude, call.longitude),
        service_s=call.service_s,
        windows=tuple(Window(opens_s, closes_s) for opens_s, closes_s in call.windows),
        prize=call.value,
        mandatory=call.must,
    )
