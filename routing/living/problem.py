"""A day under way as a question: what was made, what stands, where the rep is, and what must not move."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from routing.checks import require, require_seconds
from routing.problem import LATEST_S, DayProblem, Lunch, Point, Stop, Window, Worker

MOVING_PRICE_S = 1800
"""What moving a visit costs beside driving and idling, in seconds: nobody is moved to save less than half an hour."""


@dataclass(frozen=True, slots=True)
class Made:
    """A visit that was made, or is being made: the rep is still in the shop when ``left_s`` is None."""

    stop_id: str
    arrived_s: int
    left_s: int | None = None


@dataclass(frozen=True, slots=True)
class LivingDay:
    """A rep's day at a moment. Times are seconds from local midnight.

    Attributes:
        problem: The whole day. Stops that neither stand nor were made are new: those that are mandatory come before
            all others, the rest are fitted in where there is room.
        standing: The ids of the visits in the order in which they are to be driven until now; those made need not
            be among them.
        now_s: What time it is.
        here: Where the rep is; None for the shop of the last visit made, or the start of the day.
        made: The visits made, in the order in which they were.
        in_place: Visits that stay the n-th from now on, as they stand; the last, if fewer than n remain.
        in_order: Visits that stay in the order in which they stand among each other.
        lunch_had: The rep had lunch; otherwise it is still owed, if its window leaves room for it.
        wait_weight: What a second of idling counts for, in seconds of driving.
        moving_price_s: What it counts for that a visit moves: see :data:`MOVING_PRICE_S`.
    """

    problem: DayProblem
    standing: tuple[str, ...]
    now_s: int
    here: Point | None = None
    made: tuple[Made, ...] = ()
    in_place: frozenset[str] = frozenset()
    in_order: frozenset[str] = frozenset()
    lunch_had: bool = False
    wait_weight: float = 1.0
    moving_price_s: int = MOVING_PRICE_S

    def __post_init__(self) -> None:
        """Refuse visits that are not of the day, are named twice, or are locked without standing on it."""
        known = {stop.id for stop in self.problem.stops}
        made = [each.stop_id for each in self.made]
        require_seconds("now_s", self.now_s, LATEST_S - 1)
        for name, ids in (("standing", list(self.standing)), ("made", made)):
            require(len(set(ids)) == len(ids), f"{name} names a visit twice")
            require(set(ids) <= known, f"{name} names {min(set(ids) - known, default='')}, which is no stop of the day")
        for each in self.made[:-1]:
            require(each.left_s is not None, f"{each.stop_id} was never left, and another visit was made after it")
        for name, locked in (("in_place", self.in_place), ("in_order", self.in_order)):
            loose = locked - set(self.standing)
            require(not loose, f"{name} locks {min(loose, default='')}, which does not stand on the day")
        require(self.moving_price_s >= 0, f"moving_price_s is {self.moving_price_s}, and cannot be below 0")
        require(0 <= self.wait_weight <= 100, f"wait_weight is {self.wait_weight}, not between 0 and 100")

    @property
    def shift(self) -> Window:
        """The worker's shift of the day."""
        shift = self.problem.worker.shift
        require(shift is not None, "the worker does not work that day: there is nothing to replan")
        assert shift is not None
        return shift

    @property
    def ahead(self) -> tuple[str, ...]:
        """The visits that stand and were not made, in their order."""
        gone = {each.stop_id for each in self.made}
        return tuple(stop_id for stop_id in self.standing if stop_id not in gone)

    @property
    def ready_s(self) -> int:
        """When the rep can go on: now, once the shift began and the visit under way is over."""
        ready_s = max(self.now_s, self.shift.opens_s)
        if self.made and self.made[-1].left_s is None:
            last = self.made[-1]
            ready_s = max(ready_s, last.arrived_s + self._stop(last.stop_id).service_s)
        return min(ready_s, LATEST_S - 1)

    @property
    def position(self) -> Point:
        """Where the rep goes on from."""
        if self.made and (self.made[-1].left_s is None or self.here is None):
            return self._stop(self.made[-1].stop_id).at
        return self.here or self.problem.worker.start

    def rest(self) -> DayProblem:
        """What is left of the day as a problem of its own: from here and now, visits that stand first, then new ones.

        Visits that are locked are mandatory in it. A shift that is over leaves room for nothing.
        """
        gone, locked = {each.stop_id for each in self.made}, self.in_place | self.in_order
        ahead = [self._stop(stop_id) for stop_id in self.ahead]
        new = [stop for stop in self.problem.stops if stop.id not in gone and stop.id not in self.standing]
        stops = tuple(replace(stop, mandatory=stop.mandatory or stop.id in locked) for stop in (*ahead, *new))
        return DayProblem(self._worker_now(), stops)

    def without(self, stop_ids: Collection[str]) -> "LivingDay":
        """The day without some visits that are not to be made; those made stay."""
        gone = set(stop_ids) - {each.stop_id for each in self.made}
        stops = tuple(stop for stop in self.problem.stops if stop.id not in gone)
        return replace(
            self,
            problem=replace(self.problem, stops=stops),
            standing=tuple(stop_id for stop_id in self.standing if stop_id not in gone),
            in_place=self.in_place - gone,
            in_order=self.in_order - gone,
        )

    def with_stops(self, stops: Iterable[Stop]) -> "LivingDay":
        """The day with more visits that could be made."""
        return replace(self, problem=replace(self.problem, stops=(*self.problem.stops, *stops)))

    def later(self, late_s: int) -> "LivingDay":
        """The day of a rep who is held up here for so many seconds, or ahead by as many."""
        return replace(self, now_s=min(max(0, self.now_s + late_s), LATEST_S - 1))

    def until(self, closes_s: int) -> "LivingDay":
        """The day with a shift that ends at another time."""
        worker = replace(self.problem.worker, shift=Window(self.shift.opens_s, closes_s))
        return replace(self, problem=replace(self.problem, worker=worker))

    def _stop(self, stop_id: str) -> Stop:
        return next(stop for stop in self.problem.stops if stop.id == stop_id)

    def _worker_now(self) -> Worker:
        worker, ready_s = self.problem.worker, self.ready_s
        shift = Window(ready_s, max(self.shift.closes_s, ready_s + 1))
        owed = () if self.lunch_had else tuple(left for each in worker.breaks for left in _left_of(each, ready_s))
        return replace(worker, start=self.position, shift=shift, breaks=owed)


def _left_of(lunch: Lunch, ready_s: int) -> tuple[Lunch, ...]:
    """A break within what is left of its windows; none if it cannot be had any more."""
    left = [
        Window(max(window.opens_s, ready_s), window.closes_s)
        for window in lunch.windows
        if window.closes_s - max(window.opens_s, ready_s) >= lunch.duration_s
    ]
    return (Lunch(left[0], lunch.duration_s, tuple(left[1:])),) if left else ()
