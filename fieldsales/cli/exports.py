"""`fieldsales export`: orders, returns, payments, invoices and postings of a period as a file."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from fieldsales.cli.context import Context
from fieldsales.db.session import reading
from fieldsales.exports.queries import invoice_rows, order_rows, payment_rows, posting_rows
from fieldsales.exports.rules import INVOICE_COLUMNS, ORDER_COLUMNS, PAYMENT_COLUMNS, POSTING_COLUMNS, Cell, as_texts
from fieldsales.orders.models import OrderKind
from fieldsales.tabular.writing import csv_blocks, write_workbook

DAY = click.DateTime(["%Y-%m-%d"])
FIRST = click.option("--from", "first", type=DAY, required=True, help="First day.")
LAST = click.option("--to", "last", type=DAY, required=True, help="Last day, included.")
FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def export() -> None:
    """Orders, returns, payments, invoices and postings as CSV or XLSX, by the ending of FILE."""


@export.command("orders")
@FILE
@FIRST
@LAST
@click.option("--kind", type=click.Choice([str(kind) for kind in OrderKind]), help="Only these.")
@click.pass_obj
def export_orders(context: Context, file: Path, first: datetime, last: datetime, kind: str | None) -> None:
    """Write the lines of a period's orders and returns to FILE."""
    only = OrderKind(kind) if kind else None
    with reading(context.engine) as session:
        count = write_rows(file, ORDER_COLUMNS, order_rows(session, None, first.date(), last.date(), only))
    context.console.print(f"{count} rows of orders written to {file}.", soft_wrap=True)


@export.command("payments")
@FILE
@FIRST
@LAST
@click.pass_obj
def export_payments(context: Context, file: Path, first: datetime, last: datetime) -> None:
    """Write a period's payments to FILE."""
    with reading(context.engine) as session:
        count = write_rows(file, PAYMENT_COLUMNS, payment_rows(session, None, first.date(), last.date()))
    context.console.print(f"{count} payments written to {file}.", soft_wrap=True)


@export.command("returns")
@FILE
@FIRST
@LAST
@click.pass_obj
def export_returns(context: Context, file: Path, first: datetime, last: datetime) -> None:
    """Write the lines of a period's returns to FILE."""
    with reading(context.engine) as session:
        rows = order_rows(session, None, first.date(), last.date(), OrderKind.RETURN)
        count = write_rows(file, ORDER_COLUMNS, rows)
    context.console.print(f"{count} rows of returns written to {file}.", soft_wrap=True)


@export.command("invoices")
@FILE
@FIRST
@LAST
@click.pass_obj
def export_invoices(context: Context, file: Path, first: datetime, last: datetime) -> None:
    """Write the invoices issued in a period to FILE, with what is open of them now."""
    with reading(context.engine) as session:
        count = write_rows(file, INVOICE_COLUMNS, invoice_rows(session, None, first.date(), last.date()))
    context.console.print(f"{count} invoices written to {file}.", soft_wrap=True)


@export.command("postings")
@FILE
@FIRST
@LAST
@click.pass_obj
def export_postings(context: Context, file: Path, first: datetime, last: datetime) -> None:
    """Write a period's postings of the ledger to FILE."""
    with reading(context.engine) as session:
        count = write_rows(file, POSTING_COLUMNS, posting_rows(session, None, first.date(), last.date()))
    context.console.print(f"{count} postings written to {file}.", soft_wrap=True)


def write_rows(file: Path, columns: tuple[str, ...], rows: Iterable[list[Cell]]) -> int:
    """Write rows to a file by its ending; return how many there were."""
    if file.suffix.lower() not in (".csv", ".xlsx"):
        raise click.BadParameter(f"“{file}” must end in .csv or .xlsx.")
    count = itertools.count()
    counted = (row for row, _ in zip(rows, count, strict=False))
    try:
        with file.open("wb") as written:
            if file.suffix.lower() == ".xlsx":
                write_workbook(written, columns, counted)
            else:
                written.writelines(csv_blocks(columns, map(as_texts, counted)))
    except OSError as wrong:
        raise click.FileError(str(file), wrong.strerror or "cannot be written") from wrong
    return next(count)
