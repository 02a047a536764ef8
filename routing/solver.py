"""The search for a good driving order, by OR-Tools. Nothing else in the room knows the engine.

OR-Tools is imported on first use: it takes 0.3 s and pulls in pandas. A search holds Python's interpreter
lock for its whole length; a service solves in :mod:`routing.pool`.
"""

from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

from routing.budget import Budget
from routing.compiled import CompiledDay
from routing.problem import LATEST_S


def search_order(day: CompiledDay, budget: Budget, seed: int) -> list[int]:
    """The best driving order found: numbers of places, start and end left out.

    First the most mandatory visits, then the greatest sum of prizes, then the least driving time. The engine's own
    randomness is fixed; ``seed`` shuffles the order in which it meets the stops, from their ids, so the
    order in which the caller lists them changes nothing.
    """
    places = [place for place in range(1, day.end) if _could_fit(day, place)]
    if not places:
        return []
    places.sort(key=lambda place: day.stop(place).id)
    Random(seed).shuffle(places)  # noqa: S311 - variety, not secrecy
    return _Model(day, places).search(budget)


def _could_fit(day: CompiledDay, place: int) -> bool:
    """Whether service can start and end within the shift at all; the way there is the engine's to judge."""
    start_s = day.earliest_start(place, day.shift.opens_s)
    return start_s + day.service_s[place] <= day.shift.closes_s


@dataclass(slots=True)
class _Patience:
    """Calls a search off after ``limit`` solutions in a row without a better one."""

    model: Any
    limit: int
    best: int | None = None
    tried: int = 0

    def __call__(self) -> None:
        cost = self.model.CostVar().Max()
        self.tried += 1
        if self.best is None or cost < self.best:
            self.best, self.tried = cost, 0
        elif self.tried >= self.limit:
            self.model.CancelSearch()


class _Model:
    """A day as OR-Tools knows it: node 0 the start, 1 to n the given places, n + 1 the end."""

    def __init__(self, day: CompiledDay, places: list[int]) -> None:
        from ortools.constraint_solver import pywrapcp  # noqa: PLC0415

        self.day = day
        self.places = [0, *places, day.end]
        self.cp = pywrapcp
        self.manager = pywrapcp.RoutingIndexManager(len(self.places), 1, [0], [len(self.places) - 1])
        self.model = pywrapcp.RoutingModel(self.manager)
        self._drive()
        self._tell_the_time()
        self._price_the_visits()

    def _drive(self) -> None:
        travel_s = [[min(self.day.travel_s[a][b], LATEST_S) for b in self.places] for a in self.places]
        service_s = [self.day.service_s[place] for place in self.places]
        self.model.SetArcCostEvaluatorOfAllVehicles(self.model.RegisterTransitMatrix(travel_s))
        elapsed_s = [[way + service for way in row] for row, service in zip(travel_s, service_s, strict=True)]
        shift = self.day.shift
        self.model.AddDimension(
            self.model.RegisterTransitMatrix(elapsed_s), shift.closes_s, shift.closes_s, False, "time"
        )
        self.time = self.model.GetDimensionOrDie("time")
        for index in (self.model.Start(0), self.model.End(0)):
            self.time.CumulVar(index).SetRange(shift.opens_s, shift.closes_s)

    def _tell_the_time(self) -> None:
        """Opening hours and lunch."""
        for node, place in enumerate(self.places[1:-1], start=1):
            clock = self.time.CumulVar(self.manager.NodeToIndex(node))
            spans = self.day.starts[place]
            clock.SetRange(spans[0][0], min(spans[-1][1], self.day.shift.closes_s))
            for (_, last), (first, _) in pairwise(spans):
                if last + 1 < first:
                    clock.RemoveInterval(last + 1, first - 1)
        lunch = self.day.lunch
        if lunch:
            pause = self.model.solver().FixedDurationIntervalVar(
                lunch.window.opens_s, lunch.latest_start_s, lunch.duration_s, False, "lunch"
            )
            service_s = [self.day.service_s[place] for place in self.places]
            self.time.SetBreakIntervalsOfVehicle([pause], 0, service_s)

    def _price_the_visits(self) -> None:
        """A penalty for leaving a stop out: one point of prize outweighs all driving, one mandatory stop all prizes."""
        point = self.day.shift.length_s + 1
        stops = [self.day.stop(place) for place in self.places[1:-1]]
        must = point * (1 + sum(stop.prize for stop in stops))
        for node, stop in enumerate(stops, start=1):
            penalty = stop.prize * point + (must if stop.mandatory else 0)
            self.model.AddDisjunction([self.manager.NodeToIndex(node)], penalty)

    def search(self, budget: Budget) -> list[int]:
        """The places of the best solution found, in driving order; none when the engine found nothing."""
        if budget.patience is not None:
            self.model.AddAtSolutionCallback(_Patience(self.model, budget.patience))
        solution = self.model.SolveWithIteratedLocalSearch(self._parameters(budget))
        if solution is None:
            return []
        order = []
        index = solution.Value(self.model.NextVar(self.model.Start(0)))
        while not self.model.IsEnd(index):
            order.append(self.places[self.manager.IndexToNode(index)])
            index = solution.Value(self.model.NextVar(index))
        return order

    def _parameters(self, budget: Budget) -> Any:
        """Iterated local search with SISR ruin and recreate (Christiaens and Vanden Berghe, 2020)."""
        from ortools.constraint_solver import routing_enums_pb2  # noqa: PLC0415

        first = routing_enums_pb2.FirstSolutionStrategy
        parameters = self.cp.DefaultRoutingSearchParameters()
        parameters.time_limit.FromMilliseconds(max(1, round(budget.seconds * 1000)))
        parameters.first_solution_strategy = first.PARALLEL_CHEAPEST_INSERTION
        parameters.use_iterated_local_search = True
        ils = parameters.iterated_local_search_parameters
        sisr = ils.ruin_recreate_parameters.ruin_strategies.add().sisr
        sisr.max_removed_sequence_size = 10
        sisr.avg_num_removed_visits = 10
        sisr.bypass_factor = 0.01
        ils.ruin_recreate_parameters.recreate_strategy.heuristic = first.LOCAL_CHEAPEST_INSERTION
        ils.reference_solution_acceptance_strategy.greedy_descent.SetInParent()
        return parameters
