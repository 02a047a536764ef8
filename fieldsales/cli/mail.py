"""`fieldsales mail`: sending what waits."""

from __future__ import annotations

import click

from fieldsales.chores.letters import deliver_letters, mailbox_of
from fieldsales.cli.context import Context
from fieldsales.cli.rounds import keep_on
from fieldsales.clock import utc_now
from fieldsales.db.session import transaction
from fieldsales.letters.service import try_again


@click.group()
def mail() -> None:
    """Receipts and reports by mail."""


@mail.command("deliver")
@click.option("--every", type=click.FloatRange(1), help="Go on, with so many seconds between rounds.")
@click.option("--now", "at_once", is_flag=True, help="Try what failed or was given up, too, without waiting.")
@click.pass_obj
def deliver(context: Context, every: float | None, at_once: bool) -> None:
    """Send the mail that waits. A server that does not take it loses nothing: it is tried again later."""
    if at_once:
        with transaction(context.engine) as session:
            try_again(session, utc_now())
    mailbox = mailbox_of(context.settings)

    def once() -> None:
        sent, failed = deliver_letters(context.engine, mailbox)
        if every is None or sent or failed:
            context.console.print(f"{sent} sent, {failed} failed.")

    keep_on(once, every)
