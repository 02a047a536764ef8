"""One rep's day in one call: travel, search, timetable, reasons."""

from dataclasses import replace

from routing.budget import Budget
from routing.compiled import compile_day
from routing.knapsack import gap_percent
from routing.problem import DayProblem
from routing.progress import Watch
from routing.reasons import explain, with_causes
from routing.route import DayRoute
from routing.schedule import timetable
from routing.search import search_order
from routing.smooth import idle_s, polish_smoothly
from routing.travel.matrix import TravelMatrix, TravelProvider

DEFAULT_BUDGET = Budget()


def solve_day(problem: DayProblem, travel: TravelProvider, budget: Budget = DEFAULT_BUDGET, seed: int = 0) -> DayRoute:
    """The best route found for one rep's day, with a reason for every stop left out.

    Mandatory stops come first, then the greatest sum of prizes, then the least driving time, to which idling adds
    by ``budget.wait_weight`` and overtime by its price.

    Raises:
        TravelError: when ``travel`` gives no usable matrix.
    """
    return solve_on_matrix(problem, travel.matrix(problem.points()), budget, seed)


def solve_on_matrix(
    problem: DayProblem,
    matrix: TravelMatrix,
    budget: Budget = DEFAULT_BUDGET,
    seed: int = 0,
    watch: Watch | None = None,
) -> DayRoute:
    """As :func:`solve_day`, over a matrix of ``problem.points()`` already at hand; ``watch`` hears how far it is."""
    day = compile_day(problem, matrix)
    found = search_order(day, budget, seed, watch)
    order = polish_smoothly(day, found.order, budget.wait_weight)
    route = timetable(day, order)
    if route is None:
        raise AssertionError(f"the timetable cannot drive the order {order} that was found drivable")
    # A proof of the least driving is one of the least driving and idling only where nobody idles.
    has_no_idling = idle_s(day, route) == 0 and route.travel_s == day.driving_s(found.order)
    is_proven = found.is_proven and (budget.wait_weight == 0 or has_no_idling)
    return replace(
        with_causes(day, order, route),
        left_out=explain(day, order, route),
        is_proven=is_proven,
        bound=found.bound,
        gap=gap_percent(route.prize, found.bound),
    )
