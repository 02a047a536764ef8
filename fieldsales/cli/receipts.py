"""`fieldsales receipts`: an order's receipt in the terminal, for a printer, as PDF, as UBL."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import click

from fieldsales.cli.context import Context
from fieldsales.clock import utc_now
from fieldsales.db.session import reading, transaction
from fieldsales.escpos.rules import COLUMNS, PROFILES, escpos, paper_of, profile_of
from fieldsales.imprints.rules import receipt_png
from fieldsales.labels.rules import LANGUAGES, language_of
from fieldsales.papers.rules import receipt_pdf
from fieldsales.receipts.models import Form
from fieldsales.receipts.queries import Seller, receipt_of, require_order_in_scope
from fieldsales.receipts.rules import Receipt
from fieldsales.receipts.service import issue_receipt
from fieldsales.slips.rules import Code, slip
from fieldsales.ubl.rules import ubl_order

ORDER = click.argument("order", type=click.UUID)
LANGUAGE = click.option("--language", type=click.Choice(list(LANGUAGES)), help="[default: the rep's]")
PAPER = click.option("--paper", type=click.Choice([str(each) for each in COLUMNS]), help="Width in mm.")
PRINTER = click.option("--printer", type=click.Choice(list(PROFILES)), help="What the printer understands.")
TO = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def receipts() -> None:
    """What a customer is given. Looking at one gives none out; printing and PDF do, and later ones are copies."""


@receipts.command("show")
@ORDER
@LANGUAGE
@PAPER
@PRINTER
@click.option("--png", type=click.Path(dir_okay=False, path_type=Path), help="Draw it to this file instead.")
@click.pass_obj
def show(
    context: Context, order: uuid.UUID, language: str | None, paper: str | None, printer: str | None, png: Path | None
) -> None:
    """Show the receipt of an ORDER as a printer would print it; nothing is given out."""
    with reading(context.engine) as session:
        found = require_order_in_scope(session, None, order)
        told = language_of(language) if language else None
        receipt = receipt_of(session, found, Seller.of(context.settings), told)
    width = int(paper or context.settings.paper_mm)
    if png is not None:
        _write(png, receipt_png(escpos(receipt, width, profile_of(printer or context.settings.printer)), width))
        context.console.print(f"Drawn to {png}.", soft_wrap=True)
        return
    for part in slip(receipt, paper_of(width, PROFILES[printer or "utf8"])):
        click.echo(f"[{part.payload}]" if isinstance(part, Code) else part.text)


@receipts.command("print")
@ORDER
@TO
@LANGUAGE
@PAPER
@PRINTER
@click.pass_obj
def print_one(
    context: Context, order: uuid.UUID, file: Path, language: str | None, paper: str | None, printer: str | None
) -> None:
    """Give out the receipt of an ORDER as ESC/POS bytes, to a FILE or a device such as /dev/usb/lp0."""
    profile, width = profile_of(printer or context.settings.printer), int(paper or context.settings.paper_mm)
    _give_out(context, (order, Form.PAPER, language), file, lambda receipt: escpos(receipt, width, profile))


@receipts.command("pdf")
@ORDER
@TO
@LANGUAGE
@click.pass_obj
def pdf(context: Context, order: uuid.UUID, file: Path, language: str | None) -> None:
    """Give out the receipt of an ORDER as a PDF FILE."""
    _give_out(context, (order, Form.PDF, language), file, receipt_pdf)


@receipts.command("ubl")
@ORDER
@TO
@click.pass_obj
def ubl(context: Context, order: uuid.UUID, file: Path) -> None:
    """Write a sale as UBL 2.1 Order to FILE."""
    with reading(context.engine) as session:
        found = require_order_in_scope(session, None, order)
        body = ubl_order(receipt_of(session, found, Seller.of(context.settings), whole=False))
    _write(file, body)
    context.console.print(f"Written to {file}.", soft_wrap=True)


def _give_out(
    context: Context, what: tuple[uuid.UUID, Form, str | None], file: Path, render: Callable[[Receipt], bytes]
) -> None:
    """Write first and count then: what could not be written was not given out."""
    order, form, language = what
    told = language_of(language) if language else None
    with transaction(context.engine) as session:
        seller = Seller.of(context.settings)
        receipt = issue_receipt(session, order, form, seller, by=None, now=utc_now(), language=told)
        _write(file, render(receipt))
    called = f"copy {receipt.copy}" if receipt.copy else "the original"
    context.console.print(f"Written to {file}: {called}.", soft_wrap=True)


def _write(file: Path, body: bytes) -> None:
    try:
        file.write_bytes(body)
    except OSError as wrong:
        raise click.FileError(str(file), wrong.strerror or "cannot be written") from wrong
