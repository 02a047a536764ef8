"""`fieldsales pay`: commission schemes, what they would have paid, monthly runs, and why a line is what it is."""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime
from pathlib import Path

import click
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.adoptions.service import adopt as adopt_scheme
from fieldsales.adoptions.service import drop
from fieldsales.cli.context import Context
from fieldsales.cli.exports import write_rows
from fieldsales.cli.pay_table import print_explanation, print_outcomes, print_runs, print_slips, slips_of_try
from fieldsales.cli.policies import read_document
from fieldsales.clock import utc_now
from fieldsales.db.paging import PageWanted
from fieldsales.db.session import reading, transaction
from fieldsales.explanations.queries import check_run, explain
from fieldsales.payfiles.queries import COLUMNS, pay_rows
from fieldsales.payruns.models import PayLine, PayRun
from fieldsales.payruns.queries import find_runs, lines_of, require_line, require_run, slips_of
from fieldsales.payruns.rules import RunNotFound
from fieldsales.payruns.service import close_run, discard_run, make_run, run_due, try_run
from fieldsales.people.queries import person_by_login
from fieldsales.schemes.queries import find_schemes, scheme_on
from fieldsales.schemes.rules import read_scheme
from fieldsales.schemes.service import check_scheme
from fieldsales.simulations.service import simulate

MONTH = click.DateTime(["%Y-%m", "%Y-%m-%d"])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
REP = click.option("--rep", metavar="LOGIN", help="Only of this rep.")
DRY = click.option("--dry-run", is_flag=True, help="Say what would come of it and keep nothing.")
SHOWN = 200


@click.group()
def pay() -> None:
    """What reps are paid, and why, to the last order line.

    A scheme is a JSON document (docs/pay.md). Try it on months that are over, adopt it, run a month, close it:

    \b
      fieldsales pay simulate field.json --from 2026-01 --months 3
      fieldsales pay adopt field field.json --from 2026-04
      fieldsales pay run field 2026-04
      fieldsales pay show field 2026-04 --rep anna
      fieldsales pay close field 2026-04
    """


@pay.command("schemes")
@click.argument("code", required=False)
@click.option("--save", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write it to this file.")
@click.pass_obj
def list_schemes(context: Context, code: str | None, save: Path | None) -> None:
    """List the versions of all schemes, or print the document of the CODE that holds today."""
    with reading(context.engine) as session:
        if code is not None:
            body = scheme_on(session, code, utc_now().date()).body
            document = json.dumps(body, indent=2, ensure_ascii=False) + "\n"
            click.echo(document, nl=False) if save is None else save.write_text(document)
            return
        table = Table("scheme", "from", "until", "name", "rules", "note", "version", box=None)
        found = find_schemes(session, PageWanted(limit=SHOWN)).items
        for each in found:
            rules = ", ".join(rule["name"] for rule in each.body["rules"])
            gone = "withdrawn" if each.withdrawn_at else str(each.ends_on or "")
            table.add_row(each.code, str(each.effective_from), gone, each.name, rules, each.note, str(each.id))
        context.console.print(table if found else "Nobody has put a scheme yet. See docs/pay.md.")


@pay.command("adopt")
@click.argument("code")
@click.argument("file", type=FILE)
@click.option("--from", "since", type=MONTH, required=True, help="The first month that it pays.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day that it pays.  [default: for ever]")
@click.option("--name", help="What people call it.  [default: CODE]")
@click.option("--note", default="", help="Why; it stands in the list.")
@DRY
@click.pass_obj
def adopt(
    context: Context,
    code: str,
    file: Path,
    since: datetime,
    until: datetime | None,
    name: str | None,
    note: str,
    dry_run: bool,
) -> None:
    """Put the scheme CODE as the JSON document in FILE says, from a month on. With --dry-run it is only checked."""
    body = read_document(file)
    if dry_run:
        with reading(context.engine) as session:
            check_scheme(session, body)
        context.console.print(f"“{file.name}” is a scheme. Dry run: nothing was kept.")
        return
    with transaction(context.engine) as session:
        made = adopt_scheme(
            session,
            code,
            body,
            effective_from=since.date(),
            ends_on=until.date() if until else None,
            name=name,
            note=note,
            now=utc_now(),
        )
        context.console.print(f"“{code}” pays from {made.effective_from}: version {made.id}.", soft_wrap=True)


@pay.command("drop")
@click.argument("version", type=click.UUID)
@click.pass_obj
def drop_scheme(context: Context, version: uuid.UUID) -> None:
    """Withdraw a VERSION of a scheme by which no month is paid."""
    with transaction(context.engine) as session:
        found = drop(session, version, now=utc_now())
        context.console.print(f"Withdrawn: “{found.code}” of {found.effective_from}.")


@pay.command("simulate")
@click.argument("files", nargs=-1, type=FILE)
@click.option("--scheme", "codes", multiple=True, help="Also this scheme, as it holds in the first month.")
@click.option("--from", "since", type=MONTH, required=True, help="The first month.")
@click.option("--months", type=click.IntRange(1, 24), default=1, show_default=True)
@click.pass_obj
def simulate_schemes(
    context: Context, files: tuple[Path, ...], codes: tuple[str, ...], since: datetime, months: int
) -> None:
    """Say what the schemes in FILES would have paid each rep in past months. Keeps nothing."""
    with reading(context.engine) as session:
        first = since.date().replace(day=1)
        wanted = [(code, read_scheme(scheme_on(session, code, first).body)) for code in codes]
        for file in files:
            body = read_document(file)
            check_scheme(session, body)
            wanted.append((file.stem, read_scheme(body)))
        print_outcomes(context.console, session, simulate(session, wanted, first, months))


@pay.command("run")
@click.argument("code", required=False)
@click.argument("month", required=False, type=MONTH)
@DRY
@click.pass_obj
def run(context: Context, code: str | None, month: datetime | None, dry_run: bool) -> None:
    """Reckon a MONTH by the scheme CODE; without both, last month by every scheme that has no run of it."""
    if code is None or month is None:
        if code is not None or dry_run:
            raise click.UsageError("Say CODE and MONTH, or neither.")
        with transaction(context.engine) as session:
            print_runs(context.console, run_due(session, now=utc_now()), "No run is missing.")
        return
    if dry_run:
        with reading(context.engine) as session:
            made, found, entries = try_run(session, code, month.date())
            print_slips(context.console, made, slips_of_try(session, found, entries))
        context.console.print("Dry run: nothing was kept.")
        return
    with transaction(context.engine) as session:
        kept = make_run(session, code, month.date(), now=utc_now())
        print_slips(context.console, kept, slips_of(session, None, kept, utc_now()))


@pay.command("show")
@click.argument("code", required=False)
@click.argument("month", required=False, type=MONTH)
@REP
@click.option("--lines", type=click.IntRange(0), default=20, show_default=True, help="How many lines of a rep's slip.")
@click.pass_obj
def show(context: Context, code: str | None, month: datetime | None, rep: str | None, lines: int) -> None:
    """Show the slips of a MONTH by the scheme CODE, or list all runs."""
    with reading(context.engine) as session:
        if month is None:
            print_runs(context.console, find_runs(session, None, PageWanted(limit=SHOWN), code).items, "No run yet.")
            return
        found = _run(session, str(code), month.date())
        slips = slips_of(session, None, found, utc_now())
        if rep is None:
            print_slips(context.console, found, slips)
            return
        who = person_by_login(session, rep)
        mine = [each for each in slips if each[1].id == who.id]
        theirs = lines_of(session, None, found, utc_now(), rep_id=who.id).order_by(PayLine.position).limit(lines)
        print_slips(context.console, found, mine, list(session.scalars(theirs)))


@pay.command("explain")
@click.argument("line", type=click.UUID)
@click.pass_obj
def explain_line(context: Context, line: uuid.UUID) -> None:
    """Say why a LINE of a slip is what it is, to the last line of the order."""
    with reading(context.engine) as session:
        print_explanation(context.console, explain(session, require_line(session, None, line, utc_now())))


@pay.command("check")
@click.argument("code")
@click.argument("month", type=MONTH)
@click.pass_obj
def check(context: Context, code: str, month: datetime) -> None:
    """Reckon a run again from its stored lines. Exits with 1 where a cent is missing."""
    with reading(context.engine) as session:
        found = _run(session, code, month.date())
        faults = check_run(session, found)
    for each in faults:
        context.console.print(each, markup=False)
    if faults:
        raise SystemExit(1)
    context.console.print(f"All {found.lines} lines add up to the cent; content {found.content_hash[:16]}…")


@pay.command("close")
@click.argument("code")
@click.argument("month", type=MONTH)
@DRY
@click.pass_obj
def close(context: Context, code: str, month: datetime, dry_run: bool) -> None:
    """Close the run of a MONTH: it is paid, and nothing of it changes any more."""
    with transaction(context.engine) as session:
        found = close_run(session, _run(session, code, month.date()).id, now=utc_now())
        print_runs(context.console, [found], "")
        if dry_run:
            session.rollback()
            context.console.print("Dry run: nothing was kept.")


@pay.command("discard")
@click.argument("code")
@click.argument("month", type=MONTH)
@click.pass_obj
def discard(context: Context, code: str, month: datetime) -> None:
    """Give the open run of a MONTH up."""
    with transaction(context.engine) as session:
        print_runs(context.console, [discard_run(session, _run(session, code, month.date()).id, now=utc_now())], "")


@pay.command("export")
@click.argument("code")
@click.argument("month", type=MONTH)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@REP
@click.pass_obj
def export(context: Context, code: str, month: datetime, file: Path, rep: str | None) -> None:
    """Write the slips of a MONTH to FILE as CSV or XLSX, a row for each line of each order."""
    with reading(context.engine) as session:
        found = _run(session, code, month.date())
        who = person_by_login(session, rep).id if rep else None
        count = write_rows(file, COLUMNS, pay_rows(session, None, found, utc_now(), who))
    context.console.print(f"{count} rows written to {file}.", soft_wrap=True)


def _run(session: Session, code: str, day: date) -> PayRun:
    """The run of a month: the closed one, or else the open one."""
    runs = select(PayRun.id).where(PayRun.code == code, PayRun.first == day.replace(day=1), PayRun.state != "discarded")
    found = session.scalars(runs.order_by(PayRun.state).limit(1)).one_or_none()
    if found is None:
        raise RunNotFound(
            f"There is no run of {day:%Y-%m} by “{code}”.", mend=f"Run: fieldsales pay run {code} {day:%Y-%m}"
        )
    return require_run(session, None, found)
