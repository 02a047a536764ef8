"""A VROOM problem in one call."""

from dataclasses import dataclass
from time import perf_counter

from routing.budget import Budget
from routing.place import LATEST_S
from routing.team.checker import broken_team_rules
from routing.team.route import TeamRoute
from routing.team.solve import DEFAULT_TEAM_BUDGET, solve_team_on_matrix
from routing.travel.great_circle import GreatCircle
from routing.travel.matrix import TravelProvider
from routing.vroom.answer import solution
from routing.vroom.document import read_document
from routing.vroom.fields import Json, Unsupported
from routing.vroom.problem import Translated, translate


@dataclass(frozen=True, slots=True)
class Solved:
    """A solution.

    Attributes:
        solution: VROOM's solution object, ready to be written as JSON.
        warnings: What was not read, and what the plan is careful about.
        known: The problem in our words.
        route: The answer in our words.
    """

    solution: Json
    warnings: tuple[str, ...]
    known: Translated
    route: TeamRoute


def solve_document(
    document: object,
    travel: TravelProvider = GreatCircle(),  # noqa: B008 -- frozen
    budget: Budget = DEFAULT_TEAM_BUDGET,
    seed: int = 0,
) -> Solved:
    """Solve a problem of VROOM's JSON, already parsed. ``travel`` tells the ways where it brings no matrix.

    Raises:
        InvalidProblem: where the document is wrong; :class:`routing.vroom.fields.Unsupported` where it asks for what is
            not honoured here.
        TravelError: when ``travel`` gives no usable matrix.
    """
    began = perf_counter()
    known = translate(read_document(document), travel)
    loaded = perf_counter()
    route = solve_team_on_matrix(known.problem, known.matrix, budget, seed)
    _refuse_what_ran_out_of_time(known, route)
    broken = broken_team_rules(known.problem, known.matrix, route)
    if broken:
        raise AssertionError(f"the solution breaks a rule: {broken[0]}")
    times_ms = {"loading": round(1000 * (loaded - began)), "solving": round(1000 * (perf_counter() - loaded))}
    warnings = known.document.warnings + known.matrix.warnings
    if not known.is_exact:
        warnings += ("setups at shared places were all planned for: a better plan may exist, so no bound is given",)
    return Solved(solution(known, route, {**times_ms, "routing": 0}), warnings, known, route)


def _refuse_what_ran_out_of_time(known: Translated, route: TeamRoute) -> None:
    """Jobs left out only because a plan ends after two weeks were not honoured."""
    ends_s = known.horizon.begins_s + LATEST_S
    spans = [vehicle.span for vehicle in known.document.vehicles]
    is_cut = known.horizon.length_s == LATEST_S and any(span is None or span[1] > ends_s for span in spans)
    if is_cut and route.left_out:
        raise Unsupported("the work takes more than two weeks, which is not supported: give vehicles a time_window")
