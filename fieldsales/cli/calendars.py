"""`fieldsales calendars`: secret addresses under which calendar programs read a rep's visits."""

from __future__ import annotations

import click

from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_rep
from fieldsales.clock import utc_now
from fieldsales.db.session import reading, transaction
from fieldsales.feeds.queries import feed_in_force
from fieldsales.feeds.service import close_feed, open_feed

DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would come of it and keep nothing.")


@click.group()
def calendars() -> None:
    """A rep's visits in any calendar program, under a secret address that can be revoked.

    \b
    Examples:
      fieldsales calendars open anna --base https://fieldsales.example
      fieldsales calendars close anna
    """


@calendars.command("open")
@click.argument("login", metavar="REP")
@click.option("--base", default="http://127.0.0.1:8000", show_default=True, help="Where the server is reached.")
@DRY_RUN
@click.pass_obj
def open_calendar(context: Context, login: str, base: str, dry_run: bool) -> None:
    """Give a rep's calendar a new address, and print it this once. The one before leads nowhere from then on."""
    if dry_run:
        with reading(context.engine) as session:
            before = feed_in_force(session, find_rep(session, login).id)
        told = f"The address of {before.made_at:%Y-%m-%d} would be replaced." if before else "It would get an address."
        context.console.print(f"{told}\nDry run: nothing was kept.")
        return
    with transaction(context.engine) as session:
        _, secret = open_feed(session, find_rep(session, login).id, by=None, now=utc_now())
    context.console.print(f"{base.rstrip('/')}/calendar/{secret}.ics", soft_wrap=True, markup=False)


@calendars.command("show")
@click.argument("login", metavar="REP")
@click.pass_obj
def show_calendar(context: Context, login: str) -> None:
    """Say whether a rep's calendar has an address, and since when."""
    with reading(context.engine) as session:
        feed = feed_in_force(session, find_rep(session, login).id)
        told = f"It has an address since {feed.made_at:%Y-%m-%d %H:%M} UTC." if feed else "It has no address."
    context.console.print(told)


@calendars.command("close")
@click.argument("login", metavar="REP")
@DRY_RUN
@click.pass_obj
def close_calendar(context: Context, login: str, dry_run: bool) -> None:
    """Revoke the address of a rep's calendar; whoever has it finds nothing any more."""
    with transaction(context.engine) as session:
        close_feed(session, find_rep(session, login).id, by=None, now=utc_now())
        if dry_run:
            session.rollback()
    context.console.print("Dry run: nothing was kept." if dry_run else "The address is revoked.")
