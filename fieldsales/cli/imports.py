"""Importing files from the operator's terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from fieldsales.cli.context import Context
from fieldsales.cli.import_report import Report
from fieldsales.clock import utc_now
from fieldsales.db.session import reading, transaction
from fieldsales.imports.models import ImportKind
from fieldsales.imports.queries import earlier_run, saved_mapping
from fieldsales.imports.service import FIELDS, MARKS, Prepared, prepare, run_import, save_mapping, terms_of
from fieldsales.tabular.rejects import write_rejects
from fieldsales.tabular.table import TableFile, examine

DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_SAVED = ("encoding", "delimiter", "sheet", "decimal", "dates", "system", "territory", "currency")
"""Options that a mapping remembers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an operator asked for, the options of a saved mapping included."""

    kind: ImportKind
    path: Path
    columns: dict[str, str]
    saved_columns: dict[str, str]
    options: dict[str, str]
    save_as: str | None
    dry_run: bool
    rejects: Path | None


@click.group("import")
def imports() -> None:
    """Customers, products and orders from other systems' files.

    A file is CSV (also .gz; commas, semicolons, tabs or bars; UTF-8, GB18030 or Big5) or XLSX. Obvious columns are
    found by their header; name the others. A file is imported as a whole or, if it fails or you stop it, not at all.
    Importing it again changes nothing. Rows that cannot be used go to a rejects file, each with line and reason: mend
    it there and import that file.

    \b
    Try first what would happen, then do it:
      fieldsales import customers shops.csv --territory DSM --dry-run
      fieldsales import customers shops.csv --territory DSM
      fieldsales import products wares.xlsx --sheet Articles --map price="List price" --currency EUR
      fieldsales import orders history.csv.gz --map order=Invoice --save-mapping sap
      fieldsales import orders newer.csv.gz --mapping sap
      fieldsales import orders history.rejects.csv --mapping sap        (after mending it)
    """


def _file_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that all imports have."""
    options = (
        click.argument("file", type=click.Path(path_type=Path)),
        click.option(
            "--map",
            "columns",
            multiple=True,
            metavar="FIELD=COLUMN",
            help="Column of a field; repeat. FIELD= for none.",
        ),
        click.option("--mapping", metavar="NAME", help="Use columns and options that were saved under this name."),
        click.option("--save-mapping", metavar="NAME", help="Save columns and options under this name."),
        click.option("--dry-run", is_flag=True, help="Do everything, tell what happened, and take it all back."),
        click.option(
            "--rejects",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Where rejected rows go.  [default: FILE.rejects.csv here]",
        ),
        click.option("--encoding", help="Encoding of a text, if it is not recognised: utf-8, gb18030, big5, cp1252 …"),
        click.option("--delimiter", help="What separates columns: , ; | or tab.  [default: recognised]"),
        click.option("--sheet", help="Sheet of a workbook.  [default: the first]"),
        click.option("--decimal", type=click.Choice(list(MARKS)), help="Decimal mark.  [default: recognised]"),
        click.option("--dates", type=click.Choice(["dmy", "mdy"]), help="Order of 03/04/2021.  [default: recognised]"),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _fields(kind: ImportKind) -> str:
    """Return the part of a help text that lists the fields."""
    lines = (f"  {field.name:<16} {field.about}{' (required)' if field.required else ''}" for field in FIELDS[kind])
    return "\b\nFields for --map:\n" + "\n".join(lines)


_system = click.option("--system", metavar="NAME", help="Whose numbers the references are.  [default: erp]")
_currency = click.option("--currency", help="ISO 4217 code of prices.  [default: that of the territories]")
_territory = click.option("--territory", metavar="CODE", help="Where customers belong whose row names none.")


@imports.command(epilog=_fields(ImportKind.CUSTOMERS))
@_file_options
@_system
@_territory
@click.pass_obj
def customers(context: Context, /, **typed: Any) -> None:
    """Add or change the customers in FILE, by their reference.

    A blank cell leaves what is stored. A customer without a position is imported, flagged, and kept out of routes. A
    phone number or opening hours that cannot be read are left out and flagged.
    """
    _import(context, ImportKind.CUSTOMERS, typed)


@imports.command(epilog=_fields(ImportKind.PRODUCTS))
@_file_options
@_currency
@click.pass_obj
def products(context: Context, /, **typed: Any) -> None:
    """Add or change the products in FILE, by their number.

    Barcodes are text: zeros that a spreadsheet dropped are put back, check digits are verified, and a wrong barcode is
    left out and flagged.
    """
    _import(context, ImportKind.PRODUCTS, typed)


@imports.command(epilog=_fields(ImportKind.ORDERS))
@_file_options
@_system
@_currency
@click.pass_obj
def orders(context: Context, /, **typed: Any) -> None:
    """Add the orders in FILE: lines if it has a product column, else totals by day (or by order number).

    An order belongs to its customer and number. If an order is there already and its lines differ, the lines of the
    file replace it. Negative totals are returns. Import customers and products first.
    """
    _import(context, ImportKind.ORDERS, typed)


def _import(context: Context, kind: ImportKind, typed: dict[str, Any]) -> None:
    with reading(context.engine) as session:
        asked = _ask(session, kind, typed)
        file = examine(asked.path, **{name: asked.options.get(name) for name in ("encoding", "delimiter", "sheet")})
        prepared = _prepare(context, session, asked, file)
        before = earlier_run(session, kind, file.sha256)
    report = Report(context.console, prepared, dry_run=asked.dry_run)
    report.intent(imported_at=before.finished_at if before else None)
    target = asked.rejects or _default_rejects(asked.path)
    with (
        write_rejects(
            target,
            file.columns,
            delimiter=file.delimiter or ",",
            mark=not file.is_ascii,
            overwrite=asked.rejects is not None,
        ) as rejects,
        report.progress() as progress,
        transaction(context.engine) as session,
    ):
        tally = run_import(session, prepared, rejects, clock=utc_now, progress=progress)
        if asked.save_as and not asked.dry_run:
            columns = {match.field: match.column for match in prepared.matches}
            save_mapping(session, kind, asked.save_as, columns, asked.options, now=utc_now())
        if asked.dry_run:
            session.rollback()
    report.outcome(tally, rejects.path)


def _ask(session: Session, kind: ImportKind, typed: dict[str, Any]) -> Asked:
    options = {name: typed[name] for name in _SAVED if typed.get(name)}
    if "delimiter" in options:
        options["delimiter"] = DELIMITERS.get(options["delimiter"], options["delimiter"])
    saved = saved_mapping(session, kind, typed["mapping"]) if typed["mapping"] else None
    path, rejects = typed["file"], typed["rejects"]
    if rejects is not None and rejects.resolve() == path.resolve():
        raise click.UsageError("--rejects would overwrite the file that is read.")
    return Asked(
        kind,
        path,
        columns=dict(parse_map(pair) for pair in typed["columns"]),
        saved_columns=saved.columns if saved else {},
        options=(saved.options if saved else {}) | options,
        save_as=typed["save_mapping"],
        dry_run=typed["dry_run"],
        rejects=rejects,
    )


def _prepare(context: Context, session: Session, asked: Asked, file: TableFile) -> Prepared:
    terms = terms_of(session, asked.options, currency=context.settings.currency)
    return prepare(session, asked.kind, file, given=asked.columns, saved=asked.saved_columns, terms=terms)


def parse_map(pair: str) -> tuple[str, str]:
    """Return the field and the column of a `--map` option."""
    field, equals, column = pair.partition("=")
    if not equals:
        raise click.BadParameter(f"“{pair}” is not FIELD=COLUMN, such as latitude=Lat.", param_hint="--map")
    return field.strip(), column.strip()


def _default_rejects(path: Path) -> Path:
    stem = re.sub(r"(\.(csv|tsv|txt|gz|xlsx|xlsm))+$", "", path.name, flags=re.IGNORECASE)
    return Path(re.sub(r"\.rejects(-\d+)?$", "", stem) + ".rejects.csv")
