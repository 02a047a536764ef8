"""`fieldsales route`: the routing engine by itself, on a file. Needs no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from fieldsales.cli.context import Context
from routing.budget import Budget
from routing.errors import RoutingError
from routing.export import route_page, team_sheets
from routing.travel import GreatCircle
from routing.vroom import Solved, solve_document
from routing.vroom.problem import NOWHERE


class Refused(click.ClickException):
    """A problem that is wrong, or asks for what is not honoured."""

    exit_code = 2


@click.group()
def route() -> None:
    """Routes for problems from a file, in the JSON of VROOM 1.14.

    \b
      fieldsales route solve problem.json
      fieldsales route solve problem.json --time-limit 10 --output solution.json
    """


@route.command()
@click.argument("problem", type=click.File("rb"))
@click.option(
    "--time-limit",
    default=5.0,
    show_default=True,
    metavar="S",
    type=click.FloatRange(0, 3600, min_open=True),
    help="At most so many seconds of search; less where nothing better turns up.",
)
@click.option(
    "--seed", default=0, show_default=True, type=click.IntRange(0), help="The same seed searches the same way."
)
@click.option("--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Instead of printing.")
@click.option("--map", "page", type=click.Path(dir_okay=False, path_type=Path), help="Also draw it, as a page of HTML.")
@click.pass_obj
def solve(context: Context, problem: Any, time_limit: float, seed: int, output: Path | None, page: Path | None) -> None:
    """Solve PROBLEM, a file of VROOM's JSON (- reads standard input), and print the solution as JSON.

    Where it brings no matrices, ways are great circles by FIELDSALES_CIRCUITY and FIELDSALES_SPEED_KMH. What cannot be
    honoured is refused by name, never half-solved.
    """
    travel = GreatCircle(context.settings.circuity, context.settings.speed_kmh)
    try:
        solved = solve_document(_parsed(problem), travel, Budget(seconds=time_limit), seed)
    except RoutingError as error:
        raise _refusal(problem, str(error)) from error
    for warning in solved.warnings:
        click.echo(f"fieldsales: warning: {warning}", err=True)
    if page is not None:
        _draw(solved, page)
    text = json.dumps(solved.solution, ensure_ascii=False)
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")


def _draw(solved: Solved, page: Path) -> None:
    """Draw a solution whose places are known. Vehicles and jobs are called by their descriptions."""
    document, problem = solved.known.document, solved.known.problem
    if NOWHERE in problem.points():
        raise Refused("--map: some places have no coordinates: give each a location, also beside a matrix")
    reps = {str(each.id): each.description or f"Vehicle {each.id}" for each in document.vehicles}
    names = {str(each.id): each.description or f"Job {each.id}" for each in document.jobs}
    sheets = team_sheets(problem, solved.route, reps=reps, names=names)
    try:
        page.write_text(route_page(sheets, "Routes"), encoding="utf-8")
    except OSError as wrong:
        raise click.FileError(str(page), wrong.strerror or str(wrong)) from wrong


def _parsed(problem: Any) -> object:
    try:
        return json.loads(problem.read())
    except (ValueError, RecursionError) as error:
        raise _refusal(problem, f"no JSON: {error}") from error


def _refusal(problem: Any, message: str) -> Refused:
    return Refused(f"{problem.name}: {message}")
