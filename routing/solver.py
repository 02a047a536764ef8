"""One run of the engine, OR-Tools, over one rep's day. Nothing else in the room knows it.

OR-Tools is imported on first use: it takes 0.3 s and pulls in pandas. A run holds Python's interpreter lock for
its whole length, so a service solves in :mod:`routing.pool`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from routing.compiled import CompiledDay
from routing.problem import LATEST_S, Lunch

START_TEMPERATURE = 5.0
"""Of the annealing, in prices of one point of prize; it ends at a hundredth of this."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long one run may last: whichever of the two ends first. Solutions, unlike seconds, repeat exactly."""

    seconds: float
    solutions: int


def load_engine() -> None:
    """Import the engine now, so that the time it takes is not taken from a search's budget."""
    import ortools.constraint_solver.pywrapcp  # noqa: F401, PLC0415


def run_engine(
    day: CompiledDay, places: Sequence[int], price_s: int, effort: Effort, offer: Callable[[list[int]], None]
) -> None:
    """Search orders of ``places`` and hand each one found to ``offer``.

    Args:
        day: The day.
        places: Numbers of the stops that may be visited, in the order in which the engine meets them.
        price_s: Seconds of driving that one point of prize is worth.
        effort: When to stop.
        offer: Called with every solution on the way, drivable by the engine's reckoning.
    """
    _Model(day, places, price_s).run(effort, offer)


class _Listener:
    """Hands on the solutions of one run. Written around two habits of the engine's Python wrapper.

    It keeps every callback for ever, so a callback that leads back to the model would keep both from being freed;
    and it swallows what a callback raises. (Cancelling does not help: a cancelled iterated local search idles on
    until its time is up.)
    """

    def __init__(self, order: Callable[[], list[int]], offer: Callable[[list[int]], None]) -> None:
        self._order: Callable[[], list[int]] | None = order
        self._offer = offer
        self._error: Exception | None = None

    def __call__(self) -> None:
        """A solution stands in the model."""
        if self._order is None or self._error:
            return
        try:
            self._offer(self._order())
        except Exception as error:  # whatever it is, let_go raises it again
            self._error = error

    def let_go(self) -> None:
        """Forget the model; raise what went wrong while listening (its traceback leads to the model too)."""
        error, self._error, self._order = self._error, None, None
        if error:
            raise error


class _Model:
    """A day as OR-Tools knows it: node 0 the start, 1 to n the given places, n + 1 the end."""

    def __init__(self, day: CompiledDay, places: Sequence[int], price_s: int) -> None:
        from ortools.constraint_solver import pywrapcp  # noqa: PLC0415

        self.cp = pywrapcp
        self.day = day
        self.price_s = price_s
        self.places = [0, *places, day.end]
        self.manager = pywrapcp.RoutingIndexManager(len(self.places), 1, [0], [len(self.places) - 1])
        self.model = pywrapcp.RoutingModel(self.manager)
        self._measure_ways()
        self._keep_hours()
        if day.breaks:
            self._keep_breaks(day.breaks)
        self._price_visits()

    def _measure_ways(self) -> None:
        day, closes_s = self.day, self.day.closes_s
        ways_s = [[min(day.travel_s[a][b], LATEST_S) for b in self.places] for a in self.places]
        self.model.SetArcCostEvaluatorOfAllVehicles(self.model.RegisterTransitMatrix(ways_s))
        taken_s = [
            [day.service_s[place] + way_s for way_s in row] for place, row in zip(self.places, ways_s, strict=True)
        ]
        taken = self.model.RegisterTransitMatrix(taken_s)
        self.model.AddDimension(taken, closes_s, closes_s, False, "clock")
        self.clock = self.model.GetDimensionOrDie("clock")
        for index in (self.model.Start(0), self.model.End(0)):
            self.clock.CumulVar(index).SetRange(day.shift.opens_s, closes_s)

    def _keep_hours(self) -> None:
        for node, place in enumerate(self.places[1:-1], start=1):
            starts_at = self.clock.CumulVar(self.manager.NodeToIndex(node))
            spans = self.day.starts[place]
            starts_at.SetRange(spans[0][0], min(spans[-1][1], self.day.closes_s))
            for (_, last), (first, _) in pairwise(spans):
                if last + 1 < first:
                    starts_at.RemoveInterval(last + 1, first - 1)

    def _keep_breaks(self, breaks: Sequence[Lunch]) -> None:
        solver = self.model.solver()
        pauses: list[Any] = []
        for lunch in breaks:
            windows = lunch.windows
            pause = solver.FixedDurationIntervalVar(
                windows[0].opens_s, lunch.latest_start_s, lunch.duration_s, False, "break"
            )
            for before, after in pairwise(windows):
                first, last = before.closes_s - lunch.duration_s + 1, after.opens_s - 1
                if first <= last:
                    pause.StartExpr().Var().RemoveInterval(first, last)
            if pauses:
                solver.Add(pause.StartsAfterEnd(pauses[-1]))
            pauses.append(pause)
        services_s = [self.day.service_s[place] for place in self.places]
        self.clock.SetBreakIntervalsOfVehicle(pauses, 0, services_s)

    def _price_visits(self) -> None:
        """What leaving a stop out costs; one that must be made outweighs all the prizes and driving of a day."""
        stops = [self.day.stop(place) for place in self.places[1:-1]]
        must = (self.day.length_s + 1) * (1 + sum(stop.prize for stop in stops))
        for node, stop in enumerate(stops, start=1):
            penalty = stop.prize * self.price_s + (must if stop.mandatory else 0)
            self.model.AddDisjunction([self.manager.NodeToIndex(node)], penalty)

    def run(self, effort: Effort, offer: Callable[[list[int]], None]) -> None:
        """Search, handing every solution to ``offer``."""
        listener = _Listener(self.order, offer)
        self.model.AddAtSolutionCallback(listener)
        self.model.SolveWithIteratedLocalSearch(self._parameters(effort))
        listener.let_go()

    def order(self) -> list[int]:
        """The places of the solution at hand, in driving order."""
        order = []
        index = self.model.NextVar(self.model.Start(0)).Value()
        while not self.model.IsEnd(index):
            order.append(self.places[self.manager.IndexToNode(index)])
            index = self.model.NextVar(index).Value()
        return order

    def _parameters(self, effort: Effort) -> Any:
        """Iterated local search by ruin and recreate.

        The ruin is SISR (Christiaens and Vanden Berghe, "Slack Induction by String Removals", Transportation
        Science 54(2), 2020), acceptance by simulated annealing that cools with the solutions spent.
        """
        from ortools.constraint_solver import routing_enums_pb2  # noqa: PLC0415

        first = routing_enums_pb2.FirstSolutionStrategy
        parameters = self.cp.DefaultRoutingSearchParameters()
        parameters.time_limit.FromMilliseconds(max(1, round(effort.seconds * 1000)))
        parameters.solution_limit = effort.solutions
        parameters.first_solution_strategy = first.PARALLEL_CHEAPEST_INSERTION
        search = parameters.iterated_local_search_parameters
        search.ruin_recreate_parameters.recreate_strategy.heuristic = first.LOCAL_CHEAPEST_COST_INSERTION
        ruin = search.ruin_recreate_parameters.ruin_strategies.add().sisr
        ruin.max_removed_sequence_size = 10
        ruin.avg_num_removed_visits = 10
        ruin.bypass_factor = 0.01
        annealing = search.reference_solution_acceptance_strategy.simulated_annealing
        annealing.initial_temperature = START_TEMPERATURE * self.price_s
        annealing.final_temperature = annealing.initial_temperature / 100
        return parameters
