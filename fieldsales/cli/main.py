"""The `fieldsales` command: its groups, and how a broken rule is told in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

import fieldsales.cli.replans
import fieldsales.cli.stock_moves  # noqa: F401 -- commands of `stock`
from fieldsales.cli.alerts import alerts
from fieldsales.cli.anomalies import anomalies
from fieldsales.cli.arrangements import arrange_customer
from fieldsales.cli.calendars import calendars
from fieldsales.cli.context import Context
from fieldsales.cli.covers import covers
from fieldsales.cli.customers import customers
from fieldsales.cli.days_off import days_off
from fieldsales.cli.deliveries import deliveries
from fieldsales.cli.edits import plans
from fieldsales.cli.exports import export
from fieldsales.cli.gifts import gifts
from fieldsales.cli.imports import imports
from fieldsales.cli.jobs import jobs
from fieldsales.cli.journeys import journeys
from fieldsales.cli.key_accounts import key_accounts
from fieldsales.cli.mail import mail
from fieldsales.cli.pay import pay
from fieldsales.cli.people import people
from fieldsales.cli.plans import plan
from fieldsales.cli.policies import policies
from fieldsales.cli.prices import prices
from fieldsales.cli.receipts import receipts
from fieldsales.cli.receivables import approvals, invoices, receivables
from fieldsales.cli.reports import reports
from fieldsales.cli.results import results
from fieldsales.cli.roads import roads
from fieldsales.cli.route import route
from fieldsales.cli.settlements import settlements
from fieldsales.cli.stock import stock
from fieldsales.cli.targets import targets
from fieldsales.cli.tiers import tiers
from fieldsales.cli.tracks import tracks
from fieldsales.cli.uplift import uplift
from fieldsales.cli.visits import visits
from fieldsales.cli.webhooks import webhooks
from fieldsales.config import Settings
from fieldsales.db.engine import DatabaseMissing
from fieldsales.errors import FieldsalesError


class Friendly(click.Group):
    """A group that tells a broken rule in one plain line with how to mend it, and exits with 2."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Run, and turn errors that a person can act on into text."""
        try:
            return super().main(args, *rest, **extra)
        except FieldsalesError as error:
            click.echo(f"fieldsales: {error}  [{error.code}]", err=True)
            sys.exit(2)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; where the database is missing, say which one was looked at."""
        try:
            return super().invoke(ctx)
        except DatabaseMissing as missing:
            told = f"{missing.detail} It is {ctx.obj.address} (FIELDSALES_DATABASE_URL)."
            raise DatabaseMissing(told, mend=missing.mend) from missing

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List commands in the order of a new user's first hour, not of the alphabet."""
        return list(self.commands)


@click.group(cls=Friendly, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="fieldsales")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Plan the visits, drive the day, lose nothing.

    \b
    A first hour:
      fieldsales db upgrade                      make the tables
      fieldsales people add …                    a territory, a manager, the reps
      fieldsales import customers shops.csv      then products, then orders
      fieldsales customers share --reps a,b      who serves whom
      fieldsales journeys build                  for weeks ahead, on which days whom
      fieldsales plan tomorrow                   tiers, due visits, routes
      fieldsales serve                           the API and its documentation
      fieldsales anomalies score orders.csv …    who will stay away, from any export of orders

    Settings come from the environment (FIELDSALES_…, see docs/settings.md).
    """
    if ctx.obj is None:
        ctx.obj = Context(Settings.from_environment())
    ctx.call_on_close(ctx.obj.close)


for command in (
    people,
    imports,
    customers,
    key_accounts,
    tiers,
    policies,
    prices,
    stock,
    gifts,
    invoices,
    receivables,
    approvals,
    settlements,
    pay,
    deliveries,
    receipts,
    mail,
    reports,
    export,
    webhooks,
    days_off,
    covers,
    journeys,
    plan,
    plans,
    route,
    roads,
    calendars,
    visits,
    tracks,
    anomalies,
    uplift,
    targets,
    alerts,
    jobs,
    results,
):
    main.add_command(command)
customers.add_command(arrange_customer)
