"""`fieldsales invoices`, `receivables` and `approvals`: what customers owe, from the terminal."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import click
from rich.table import Table

from fieldsales.ageings.queries import ageing_report, ageing_totals
from fieldsales.allocations.queries import accounts_to_settle
from fieldsales.allocations.service import settle_account
from fieldsales.approvals.service import expire
from fieldsales.claims.service import file_claims
from fieldsales.cli.context import Context
from fieldsales.cli.invoices_file import read_invoices
from fieldsales.cli.lookup import find_rep
from fieldsales.clock import utc_now
from fieldsales.customers.queries import CustomerFilter
from fieldsales.db.paging import PageWanted
from fieldsales.db.session import reading, transaction
from fieldsales.debts.rules import Fate
from fieldsales.invoices.rules import BUCKETS
from fieldsales.invoices.service import hold_customer
from fieldsales.money import Money
from fieldsales.people.queries import days_at

SHOWN = 200
HEADS = ("not due", "1–30", "31–60", "61–90", "over 90")


class SomeRefused(click.ClickException):
    """Some rows of a file could not be used; the others were taken over."""

    exit_code = 2


@click.group()
def invoices() -> None:
    """Invoices of another system.

    \b
      fieldsales invoices import invoices.csv --dry-run
      fieldsales invoices import invoices.csv
    """


@invoices.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what it would change and keep nothing.")
@click.pass_obj
def import_invoices(context: Context, file: Path, dry_run: bool) -> None:
    """Take over invoices and credit notes from FILE (CSV or XLSX), a row each; the same file again changes nothing.

    \b
    reference    the invoice's number (required)
    customer     its number in another system, or its id (required)
    issued_on    such as 2026-03-02 (required)
    due_on       else by the customer's terms, or the policy's
    currency     such as EUR (required)
    amount       with tax, such as 12.50; below 0 it is a credit note (required)
    tax          within the amount
    open         what is left to pay of it there
    order        the order that it bills: the id that webhooks and exports tell, or its number there; - for none of ours
    version      a whole number that grows with each state of an invoice: an older state changes nothing

    A row that cannot be used is told, and the others are taken over.
    """
    with transaction(context.engine) as session:
        found = list(read_invoices(session, file))
        filed = file_claims(session, [(number, read) for _, number, read in found], by=None, now=utc_now())
        counts = Counter(each.fate for each in filed)
        for (line, _, _), each in zip(found, filed, strict=True):
            if each.fate is Fate.REFUSED:
                context.console.print(f"line {line}: {each.problem}  [{each.code}]", soft_wrap=True, markup=False)
        if dry_run:
            session.rollback()
    told = ", ".join(f"{counts[fate]} {fate}" for fate in Fate if counts[fate]) or "The file has no rows"
    context.console.print(f"{told}.{' Dry run: nothing was kept.' if dry_run else ''}")
    if counts[Fate.REFUSED]:
        raise SomeRefused(f"{counts[Fate.REFUSED]} rows were not used.")


@click.group()
def receivables() -> None:
    """What customers owe."""


@receivables.command("ageing")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="As of the end of this day.  [default: today]")
@click.option("--rep", metavar="LOGIN", help="Only customers whom this rep serves now.")
@click.pass_obj
def show_ageing(context: Context, day: datetime | None, rep: str | None) -> None:
    """Say who owes how much, by how many days it is late, and the DSO of the 90 days before."""
    with reading(context.engine) as session:
        on = day.date() if day else days_at(session, utc_now())[0]
        only = CustomerFilter(rep_id=find_rep(session, rep).id if rep else None, active=None)
        page = ageing_report(session, None, on, PageWanted(limit=SHOWN), only)
        table = Table("customer", *HEADS, "owed", box=None)
        for each in page.items:
            cells = [str(Money(each.buckets[name], each.currency)) for name in BUCKETS]
            table.add_row(each.customer.name, *cells, str(Money(each.owed_minor, each.currency)))
        totals = ageing_totals(session, None, on, only)
        for total in totals:
            cells = [str(Money(total.buckets[name], total.currency)) for name in BUCKETS]
            table.add_row("all", *cells, str(Money(sum(total.buckets.values()), total.currency)))
        context.console.print(table if totals else "Nobody owes anything.")
        for total in totals:
            days = "no sales" if total.dso_days is None else f"{total.dso_days:.1f} days"
            spare = Money(total.on_account_minor, total.currency)
            context.console.print(f"{total.currency}: DSO {days}; on account {spare}.")
        if page.next:
            context.console.print(
                f"These are the first {SHOWN} customers by name; GET /api/v1/receivables/ageing has all."
            )


@receivables.command("settle")
@click.option("--dry-run", is_flag=True, help="Say what it would pay and keep nothing.")
@click.pass_obj
def settle(context: Context, dry_run: bool) -> None:
    """Set what customers have on account against what they owe, both oldest first.

    The policy `credit` with on_account oldest_first does this with every new invoice; this does it for all there is.
    """
    paid: Counter[str] = Counter()
    now = utc_now()
    with transaction(context.engine) as session:
        pairs = accounts_to_settle(session)
        for customer_id, currency in pairs:
            hold_customer(session, customer_id)
            paid[currency] += settle_account(session, customer_id, currency, now)
        if dry_run:
            session.rollback()
    told = ", ".join(str(Money(amount, currency)) for currency, amount in sorted(paid.items()) if amount)
    kept = " Dry run: nothing was kept." if dry_run else ""
    context.console.print(f"{told} set against invoices of {len(pairs)} accounts.{kept}" if told else "Nothing to set.")


@click.group()
def approvals() -> None:
    """Requests that a person decides about."""


@approvals.command("expire")
@click.pass_obj
def expire_approvals(context: Context) -> None:
    """Close the requests that nobody decided in time; what waited for them stays under review. For every night."""
    with transaction(context.engine) as session:
        many = expire(session, utc_now())
    context.console.print(f"{many} expired.")
