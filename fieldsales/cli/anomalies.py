"""Scoring an export of orders from the terminal."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TimeRemainingColumn

from fieldsales.cli.imports import DELIMITERS, parse_map
from fieldsales.imports.service import MARKS
from fieldsales.imports.writing.rules import Writing
from fieldsales.scores.reading.rules import Orders
from fieldsales.scores.rules import COLUMNS, as_row, score
from fieldsales.scores.service import DIGITS, columns_of, read_orders
from fieldsales.tabular.rejects import neutralise
from fieldsales.tabular.table import TableFile, examine

_TOLD = 5


@click.group()
def anomalies() -> None:
    """Customers whose buying has changed."""


@anomalies.command("score", epilog="\b\nFields for --map:\n  customer, date, amount")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as-of", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The morning from which to look ahead.")
@click.option("--horizon", default=60, show_default=True, type=click.IntRange(1, 730), help="How many days ahead.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where the CSV goes.  [default: printed]")
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN", help="Column of a field; repeat.")
@click.option("--encoding", help="Encoding of a text, if it is not recognised.")
@click.option("--delimiter", help="What separates columns: , ; | or tab.  [default: recognised]")
@click.option("--sheet", help="Sheet of a workbook.  [default: the first]")
@click.option("--decimal", type=click.Choice(list(MARKS)), help="Decimal mark.  [default: recognised]")
@click.option("--dates", type=click.Choice(["dmy", "mdy"]), help="Order of 03/04/2021.  [default: recognised]")
def score_file(file: Path, as_of: datetime, horizon: int, out: Path | None, **typed: Any) -> None:
    """Say for every customer in FILE how likely it is to stay away, or to buy for much less.

    FILE is any export of orders with a customer, a date and an amount: CSV (also .gz) or XLSX. Nothing is stored and
    no database is needed. Only what was ordered before --as-of counts, of the two years before it. A negative amount
    is a return. The answer is CSV, the likeliest to stay away first:

    \b
      customer, p_silent, p_amount_plunge, p_count_plunge, at_risk, evidence

    p_silent: no order within --horizon days. p_amount_plunge, p_count_plunge: orders have fallen to less than half,
    in amount or in number. at_risk: what 30 days usually bring.

    \b
      fieldsales anomalies score orders.csv --as-of 2026-03-02 --out scores.csv
      fieldsales anomalies score export.xlsx --as-of 2026-03-02 --horizon 90 --map customer="Sold to"
    """
    errors = Console(stderr=True)
    delimiter = DELIMITERS.get(typed["delimiter"], typed["delimiter"]) if typed["delimiter"] else None
    table = examine(file, encoding=typed["encoding"], delimiter=delimiter, sheet=typed["sheet"])
    matches = columns_of(table, dict(parse_map(pair) for pair in typed["columns"]))
    errors.print("Columns: " + ", ".join(f"{each.field} is “{each.column}”" for each in matches), highlight=False)
    found = _read(table, matches, Writing(MARKS.get(typed["decimal"] or ""), typed["dates"]), as_of, errors)
    assert found.history is not None
    rows = (as_row(each, found.names, DIGITS) for each in score(found.history, as_of.date(), horizon))
    if out is None:
        _write(sys.stdout, rows)
    else:
        with out.open("w", encoding="utf-8", newline="") as target:
            _write(target, rows)
        errors.print(f"Written to {out}.", highlight=False)


def _read(table: TableFile, matches: Any, writing: Writing, as_of: datetime, errors: Console) -> Orders:
    with Progress("Reading", BarColumn(), TimeRemainingColumn(), console=errors, transient=True) as bar:
        task = bar.add_task("", total=table.size)
        found = read_orders(
            table, matches, writing, as_of.date(), lambda position: bar.update(task, completed=position)
        )
    errors.print(f"{found.read:,} rows, {len(found.names):,} customers.", highlight=False)
    if found.later:
        errors.print(f"{found.later:,} rows of {as_of:%Y-%m-%d} or later are left aside.", highlight=False)
    if found.unread:
        errors.print(f"{found.unread:,} rows cannot be read; mend them and run it again:", highlight=False)
        for line, why in found.bad[:_TOLD]:
            errors.print(f"  line {line}: {why}", highlight=False)
    return found


def _write(target: TextIO, rows: Iterable[tuple[str, ...]]) -> None:
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    for customer, *rest in rows:
        writer.writerow([neutralise(customer), *rest])
