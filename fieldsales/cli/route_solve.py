"""`fieldsales route solve`: the routing engine by itself, on a file. Needs no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from fieldsales.cli.context import Context
from fieldsales.driving.service import driving_of
from routing.budget import Budget
from routing.errors import RoutingError
from routing.export import route_page
from routing.vroom import Solved, has_map, sheets, solve_document


class Refused(click.ClickException):
    """A problem that is wrong, or asks for what is not honoured."""

    exit_code = 2


@click.command()
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
@click.option("--map", "page", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Draw the routes.")
@click.pass_obj
def solve(context: Context, problem: Any, time_limit: float, seed: int, output: Path | None, page: Path | None) -> None:
    """Solve PROBLEM, a file of VROOM's JSON (- reads standard input), and print the solution as JSON.

    Where it brings no matrices, ways come from where FIELDSALES_TRAVEL says. What cannot be honoured is refused by
    name, never half-solved. --map writes a page with a map of the routes; it needs coordinates.
    """
    travel = driving_of(context.settings).travel
    try:
        solved = solve_document(_parsed(problem), travel, Budget(seconds=time_limit), seed)
    except RoutingError as error:
        raise _refusal(problem, str(error)) from error
    for warning in solved.warnings:
        click.echo(f"fieldsales: warning: {warning}", err=True)
    if page is not None:
        _write(page, _drawn(problem, solved))
    text = json.dumps(solved.solution, ensure_ascii=False)
    if output is None:
        click.echo(text)
    else:
        _write(output, text + "\n")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as wrong:
        raise click.FileError(str(path), wrong.strerror or str(wrong)) from wrong


def _drawn(problem: Any, solved: Solved) -> str:
    if not has_map(solved.known):
        raise _refusal(problem, "some places have no coordinates, so there is no map to draw: give each a location")
    return route_page(sheets(solved.known, solved.route), Path(problem.name).stem)


def _parsed(problem: Any) -> object:
    try:
        return json.loads(problem.read())
    except (ValueError, RecursionError) as error:
        raise _refusal(problem, f"no JSON: {error}") from error


def _refusal(problem: Any, message: str) -> Refused:
    return Refused(f"{problem.name}: {message}")
