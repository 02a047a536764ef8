"""`fieldsales key-accounts`: customers that are given to reps by hand, from the terminal."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click
from rich.table import Table

from fieldsales.accounts.queries import AccountFilter, accounts_visible_to
from fieldsales.accounts.rules import Change
from fieldsales.accounts.service import assign, end
from fieldsales.cli.context import Context
from fieldsales.cli.key_accounts_file import Unread, Wanted, read_key_accounts
from fieldsales.cli.lookup import find_customer, find_rep
from fieldsales.clock import utc_now
from fieldsales.db.paging import PageWanted
from fieldsales.db.session import reading, transaction
from fieldsales.people.models import User
from fieldsales.people.queries import days_at

SHOWN = 200


@click.group("key-accounts")
def key_accounts() -> None:
    """Key accounts: customers that are given to one or several reps by hand."""


@key_accounts.command("assign")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and keep nothing of it.")
@click.pass_obj
def assign_file(context: Context, file: Path, dry_run: bool) -> None:
    """Give out the customers in FILE (CSV or XLSX), a row each; the same file again changes nothing.

    \b
    customer          number in another system, or id (required)
    reps              logins, with a blank between them (required)
    priority          1 goes first, 3 is ordinary, 5 last
    rrule             how often to go, such as FREQ=WEEKLY;INTERVAL=2; else as the tier says
    minimum_gap_days  else two thirds of that
    from, until       the days between which it counts, such as 2026-03-02
    together          yes: its reps go on the same day
    instruction       what the rep should know

    Who has an account already gets these terms. A row that cannot be used is told, and the others are done.

    \b
      fieldsales key-accounts assign accounts.csv --dry-run
    """
    with transaction(context.engine) as session:
        counts: Counter[str] = Counter()
        for row in read_key_accounts(session, file):
            if isinstance(row, Unread):
                counts["not read"] += 1
                context.console.print(f"line {row.line}: {row.why}", soft_wrap=True)
                continue
            given = assign(session, [row.customer_id], list(row.reps), row.terms, now=utc_now())
            for each in given.rows:
                counts[str(each.change)] += 1
                if each.change is not Change.SAME:
                    context.console.print(_told(row, row.reps[each.rep_id], each.change, each.changes), soft_wrap=True)
        if dry_run:
            session.rollback()
    context.console.print(", ".join(f"{many} {what}" for what, many in counts.items()) or "The file has no rows.")
    if dry_run:
        context.console.print("Dry run: nothing was kept.")


@key_accounts.command("end")
@click.argument("customer")
@click.option("--reps", "logins", metavar="LOGIN,LOGIN,…", help="From whom.  [default: from all]")
@click.option("--dry-run", is_flag=True, help="Say what would happen and keep nothing of it.")
@click.pass_obj
def end_account(context: Context, customer: str, logins: str | None, dry_run: bool) -> None:
    """Take the key account of CUSTOMER (a number in another system, or an id) back from its reps."""
    with transaction(context.engine) as session:
        found = find_customer(session, customer)
        reps = [find_rep(session, login).id for login in (logins or "").split(",") if login.strip()]
        rows = end(session, [found.id], reps, now=utc_now(), dry_run=dry_run).rows
        names = [session.get_one(User, row.rep_id).name for row in rows if row.change is Change.ENDED]
        told = f"{found.name}: taken back from {', '.join(names)}." if names else f"{found.name}: nothing to take back."
    context.console.print(told)
    if dry_run:
        context.console.print("Dry run: nothing was kept.")


@key_accounts.command("list")
@click.option("--rep", "login", metavar="LOGIN", help="Only those of this rep.")
@click.pass_obj
def list_accounts(context: Context, login: str | None) -> None:
    """Say who has which key account, whose turn it is, and when it is due."""
    with reading(context.engine) as session:
        only = AccountFilter(rep_id=find_rep(session, login).id if login else None)
        today, _ = days_at(session, utc_now())
        page = accounts_visible_to(session, None, PageWanted(limit=SHOWN), only, today)
        table = Table("customer", "priority", "how often", "due", "reps (whose turn: *)", "until", box=None)
        for each in page.items:
            reps = ", ".join(f"{holder.rep_name}{'*' if holder.turn else ''}" for holder in each.holders)
            until = {str(holder.assignment.until_on or "") for holder in each.holders}
            cells = (str(each.priority), str(each.cadence), str(each.due_on or ""), reps, " ".join(sorted(until)))
            table.add_row(each.customer.name, *cells)
        context.console.print(table if page.items else "There are no key accounts.")
        if page.next:
            context.console.print(f"These are the first {SHOWN}; name a rep.")


def _told(row: Wanted, login: str, change: Change, changes: dict[str, tuple[object, object]]) -> str:
    told = "; ".join(f"{name}: {old} → {new}" for name, (old, new) in changes.items())
    return f"line {row.line}: {row.customer} to {login}: {change}" + (f" ({told})" if told else "")
