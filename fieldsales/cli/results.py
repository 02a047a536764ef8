"""`fieldsales results`: any measure by anything, a rep beside peers, and what the measures are."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from fieldsales.cli.context import Context
from fieldsales.cli.exports import write_rows
from fieldsales.clock import utc_now
from fieldsales.db.session import reading, transaction
from fieldsales.peers.queries import compare
from fieldsales.people.queries import person_by_login
from fieldsales.registry.rules import MEASURES
from fieldsales.results.queries import ask
from fieldsales.results.rules import Answer, Row, question
from fieldsales.rollups.service import refresh
from fieldsales.sheets import rules as sheets
from fieldsales.spans.rules import Compared

DAY = click.DateTime(["%Y-%m-%d"])
FIRST = click.option("--from", "first", type=DAY, required=True, help="First day.")
LAST = click.option("--to", "last", type=DAY, required=True, help="Last day, included.")


@click.group()
def results() -> None:
    """Sales, margin, strike rate, coverage and all other measures, by rep, team, customer, product, month …"""


@results.command("ask")
@click.argument("measures")
@FIRST
@LAST
@click.option(
    "--by", default="", help="rep, team, territory, customer, segment, tier, product, brand, category, month …"
)
@click.option("--compare", type=click.Choice([str(each) for each in Compared]), help="Show another period beside it.")
@click.option("--top", type=click.IntRange(1), help="Only the rows with the most of the first measure.")
@click.option("--file", type=click.Path(dir_okay=False, path_type=Path), help="Write CSV or XLSX instead.")
@click.pass_obj
def ask_results(
    context: Context,
    measures: str,
    first: datetime,
    last: datetime,
    by: str,
    compare: str | None,
    top: int | None,
    file: Path | None,
) -> None:
    """Answer a question: MEASURES and dimensions are names with commas between them.

    \b
    Examples:
      fieldsales results ask sales_amount,gross_margin_share --by rep,month --from 2026-01-01 --to 2026-03-31
      fieldsales results ask strike_rate,coverage,lppc,drop_size --by rep --from 2026-03-01 --to 2026-03-31
      fieldsales results ask sales_amount --by customer --top 20 --compare last_year --from 2026-01-01 --to 2026-03-31
    """
    wanted = question(_names(measures), first.date(), last.date(), _names(by), compared=compare, top=top)
    with reading(context.engine) as session:
        answer = ask(session, wanted, actor=None, now=utc_now())
    if file:
        count = write_rows(file, tuple(sheets.columns(answer)), sheets.rows(answer))
        context.console.print(f"{count} rows written to {file}.", soft_wrap=True)
        return
    context.console.print(_table(answer))


@results.command("peers")
@click.argument("login")
@click.argument("measure")
@FIRST
@LAST
@click.pass_obj
def peers(context: Context, login: str, measure: str, first: datetime, last: datetime) -> None:
    """Tell how the rep LOGIN stands in MEASURE among direct peers: same segments, territory type and tenure."""
    with reading(context.engine) as session:
        rep = person_by_login(session, login)
        found = compare(session, rep.id, measure, (first.date(), last.date()), actor=None, now=utc_now())
        standing, of = found.standing, found.measure
        told = [sheets.say(each, of, found.currency) for each in (standing.value, standing.median)]
        context.console.print(f"{escape(found.rep.name)}, {of.title}: {told[0]}; {found.sentence}.", soft_wrap=True)
        if standing.median is not None:
            middle = " to ".join(sheets.say(each, of, found.currency) for each in (standing.lower, standing.upper))
            context.console.print(f"Median of the peers {told[1]}, middle half {middle}.", soft_wrap=True)
        left = ", ".join(f"{count} by {reason}" for reason, count in found.left_out.items()) or "nobody"
        kind = f"{found.profile.territory_type} territory, {found.profile.tenure}"
        context.console.print(f"Peers: same segments, {kind}. Left out: {left}.", soft_wrap=True)


@results.command("measures")
@click.option("--markdown", is_flag=True, help="Print docs/measures.md.")
@click.pass_obj
def list_measures(context: Context, markdown: bool) -> None:
    """List what can be asked, and how each measure is defined."""
    if markdown:
        click.echo(sheets.as_markdown(), nl=False)
        return
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
    for name in ("code", "unit", "formula"):
        table.add_column(name, no_wrap=name != "formula")
    for each in MEASURES.values():
        table.add_row(each.code, str(each.unit), escape(each.formula))
    context.console.print(table)


@results.command("refresh")
@click.pass_obj
def refresh_results(context: Context) -> None:
    """Sum the days anew on which something was done. Answers are right without it, and quicker with it."""
    months = 0
    more = True
    while more:
        with transaction(context.engine) as session:
            more = refresh(session)
        months += 1
    context.console.print(f"Results are summed; {months} {'month' if months == 1 else 'months'} looked at.")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _table(answer: Answer) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
    for by in answer.question.by:
        table.add_column(str(by))
    table.add_column("")
    for each in answer.measures:
        table.add_column(each.title, justify="right")
        if answer.before_first:
            table.add_column("before", justify="right", style="dim")
    for row in answer.rows if answer.question.by else ():
        table.add_row(*(escape(key.name or sheets.NOBODY) for key in row.keys), *_cells(answer, row))
    for row in answer.totals:
        blank = ["total", *[""] * len(answer.question.by)][: len(answer.question.by)]
        table.add_row(*blank, *_cells(answer, row), style="bold")
    return table


def _cells(answer: Answer, row: Row) -> list[str]:
    cells = [row.currency or ""]
    for at, each in enumerate(answer.measures):
        cells.append(sheets.say(row.values[at], each, row.currency))
        if row.before is not None:
            cells.append(sheets.say(row.before[at], each, row.currency))
    return cells
