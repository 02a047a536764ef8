"""A team's day as a question: who works, and whom they could visit between them."""

from dataclasses import dataclass
from math import isfinite

from routing.checks import require, require_seconds
from routing.place import LATEST_S, Point
from routing.problem import require_named_once
from routing.stop import Stop
from routing.worker import Worker

MAX_WORKERS = 200
MAX_TEAM_STOPS = 5_000
"""The most candidates of a team's day; with ``MAX_PRIZE`` it keeps sums exact in 64-bit integers."""


@dataclass(frozen=True, slots=True)
class TeamProblem:
    """Workers and the stops that could fill their day.

    What is best, in this order: the most mandatory visits, the greatest sum of prizes, the least cost. Cost is in
    seconds of driving: all driving, idling by ``Budget.wait_weight``, overtime by ``Worker.overtime_price``,
    ``preference_s`` for each visit made by somebody whom the stop did not prefer, and ``balance`` for each second
    between the longest and the shortest working time (driving and service) of the workers who have a shift.

    Attributes:
        workers: Who works; no two of one id. There may be none.
        stops: What could be visited, each at most once, by one of them.
        balance: What a second of difference between the busiest and the idlest worker costs; 0 minds none.
        preference_s: What a visit by anybody but those preferred costs.
    """

    workers: tuple[Worker, ...]
    stops: tuple[Stop, ...]
    balance: float = 0
    preference_s: int = 0

    def __post_init__(self) -> None:
        """Refuse workers or stops given twice, too many of them, and negative costs."""
        require(isinstance(self.workers, tuple), "workers must be a tuple of Worker")
        require(isinstance(self.stops, tuple), "stops must be a tuple of Stop")
        require(len(self.workers) <= MAX_WORKERS, f"{len(self.workers)} workers, at most {MAX_WORKERS}")
        require(
            len(self.stops) <= MAX_TEAM_STOPS,
            f"{len(self.stops)} candidates for one team's day, at most {MAX_TEAM_STOPS}: keep the most valuable",
        )
        require_named_once("worker", (worker.id for worker in self.workers))
        require_named_once("stop", (stop.id for stop in self.stops))
        require(
            isfinite(self.balance) and 0 <= self.balance <= 100,
            f"a balance of {self.balance} is not between 0 (nobody minds) and 100",
        )
        require_seconds("preference_s", self.preference_s, LATEST_S)
        self._check_names()

    def _check_names(self) -> None:
        """A name that nobody bears is most likely misspelt."""
        known = {worker.id for worker in self.workers}
        for stop in self.stops:
            for name in ("only", "forbids", "prefers"):
                unknown = getattr(stop, name) - known
                require(
                    not unknown, f"stop {stop.id}: {name} names {', '.join(sorted(unknown))}, who is not in the team"
                )
            if stop.lock:
                holder = stop.lock.worker_id
                require(holder in known, f"stop {stop.id}: is locked to {holder}, who is not in the team")

    def points(self) -> tuple[Point, ...]:
        """The places that a travel matrix must cover: all workers' starts, all stops, all workers' ends.

        A worker without an end repeats the start in its place; the way there is then not counted.
        """
        starts = (worker.start for worker in self.workers)
        ends = (worker.end or worker.start for worker in self.workers)
        return (*starts, *(stop.at for stop in self.stops), *ends)
