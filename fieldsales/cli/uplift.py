"""`fieldsales uplift`: what visits achieved, as a manager reads it."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fieldsales.cli.context import Context
from fieldsales.clock import utc_now
from fieldsales.comparisons.rules import By, Effect, Measure, Row
from fieldsales.db.session import reading
from fieldsales.episodes.rules import KINDS
from fieldsales.holdout.rules import episodes_needed
from fieldsales.tabular.rejects import neutralise
from fieldsales.uplift.queries import uplift_seen_by
from fieldsales.uplift.rules import HORIZON, HORIZONS, SOURCE_WORDS, Uplift, Wanted, told

DAY = click.DateTime(["%Y-%m-%d"])
ANYWAY, HELPS, SHARES = (0.1, 0.2, 0.3, 0.5), (0.03, 0.05, 0.1, 0.15), (500, 1000, 2000, 5000)
"""The cases of the table of how many episodes are needed: shares without a visit, what visits add, shares held out."""


@click.command()
@click.option("--since", type=DAY, help="First day of the visits and anomalies looked at.  [default: a year before]")
@click.option("--until", type=DAY, help="Last day of them.  [default: yesterday]")
@click.option("--horizon", default=HORIZON, show_default=True, type=click.IntRange(*HORIZONS), help="Days looked at.")
@click.option("--by", default=str(By.SOURCE), show_default=True, type=click.Choice([str(each) for each in By]))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, a line for each measure.")
@click.option("--needed", is_flag=True, help="Print how many episodes show which effect, and look at nothing.")
@click.pass_obj
def uplift(
    context: Context,
    since: datetime | None,
    until: datetime | None,
    horizon: int,
    by: str,
    as_json: bool,
    as_csv: bool,
    needed: bool,
) -> None:
    """Tell what visits achieved: what customers bought afterwards, beside a control, with 95 % intervals.

    An experiment compares anomalies that could be visited with those that were held out by lot
    (PUT /api/v1/holdout; off by default). An observation compares visits made with visits planned and not
    made, of the same source, tier and month: it may show other differences too, and says so.

    \b
    Examples:
      fieldsales uplift
      fieldsales uplift --since 2026-01-01 --by kind
      fieldsales uplift --by rep --csv > uplift.csv
      fieldsales uplift --needed
    """
    if needed:
        _print_needed(context.console)
        return
    wanted = Wanted(_day(since), _day(until), horizon, By(by))
    with reading(context.engine) as session:
        found = uplift_seen_by(session, None, wanted, utc_now())
    if as_json:
        click.echo(json.dumps(as_document(found), indent=2, ensure_ascii=False))
    elif as_csv:
        _write_csv(found)
    else:
        print_uplift(context.console, found)


def print_uplift(console: Console, found: Uplift) -> None:
    """Print the table, and a sentence for each row."""
    question = found.question
    console.print(
        f"Visits and anomalies from {question.since} to {found.last_day}, {question.horizon} days from each on, "
        f"as of {found.as_of}.\n",
        soft_wrap=True,
    )
    if not found.rows:
        console.print("Nothing was planned in these days, and nothing was drawn.")
        return
    console.print(_table(found))
    for each in found.rows:
        console.print(f"• [bold]{escape(name_of(each.row))}[/bold]: {escape(each.sentence)}", soft_wrap=True)
    console.print(
        f"\nIf visits achieved nothing, about {found.by_chance:.1f} of these effects would leave out 0 by chance. "
        "docs/uplift.md tells what may be concluded.",
        soft_wrap=True,
    )


def name_of(row: Row) -> str:
    """Return what a row is about."""
    source = f"{SOURCE_WORDS[row.source]}, {row.design}"
    group = row.group.replace("_", " ") if row.group in KINDS else row.group
    return source if group is None else f"{group}: {source}"


def as_document(found: Uplift) -> dict[str, Any]:
    """Return all of it as JSON can hold it."""
    rows = [
        {**asdict(each.row), "effects": [_effect(effect) for effect in each.row.effects], "sentence": each.sentence}
        for each in found.rows
    ]
    question = found.question
    head = {"since": str(question.since), "until": str(found.last_day), "horizon": question.horizon}
    return {**head, "by": question.by, "as_of": str(found.as_of), "rows": rows, "by_chance": found.by_chance}


def _effect(effect: Effect) -> dict[str, Any]:
    apart = effect.difference
    numbers = (apart.treated, apart.control, apart.estimate, apart.low, apart.high) if apart else (None,) * 5
    names = ("treated_mean", "control_mean", "estimate", "low", "high")
    many = {"treated": effect.treated, "control": effect.control}
    head = {"measure": effect.measure, "currency": effect.currency}
    return {**head, **many, **dict(zip(names, numbers, strict=True)), "verdict": effect.verdict}


def _write_csv(found: Uplift) -> None:
    lines = [
        {"design": row.row.design, "source": row.row.source, "group": neutralise(row.row.group or "")}
        | {"running": row.row.running}
        | _effect(effect)
        for row in found.rows
        for effect in row.row.effects
    ]
    names = [
        "design", "source", "group", "running", "measure", "currency", "treated", "control",
        "treated_mean", "control_mean", "estimate", "low", "high", "verdict",
    ]  # fmt: skip
    writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)


def _table(found: Uplift) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
    table.add_column("what", no_wrap=False)
    for name in ("with", "without", "running", "ordered, points", "order days", "amount a customer"):
        table.add_column(name, justify="right", no_wrap=name in {"with", "without", "running"})
    for each in found.rows:
        row = each.row
        cells = (_cells(row, measure) for measure in Measure)
        table.add_row(escape(name_of(row)), f"{row.treated:,}", f"{row.control:,}", f"{row.running:,}", *cells)
    return table


def _cells(row: Row, measure: Measure) -> str:
    return "\n".join(told(effect) for effect in row.effects if effect.measure is measure)


def _print_needed(console: Console) -> None:
    console.print("Episodes, both groups together, that show an effect on the share who order in four cases of five:\n")
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
    for name in ("order anyway", "visits add", *(f"{share / 100:g} % held out" for share in SHARES)):
        table.add_column(name, justify="right")
    for anyway, helps in ((anyway, helps) for anyway in ANYWAY for helps in HELPS):
        many = (f"{episodes_needed(anyway, helps, share):,}" for share in SHARES)
        table.add_row(f"{100 * anyway:.0f} %", f"{100 * helps:.0f} points", *many)
    console.print(table)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
