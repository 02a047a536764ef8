"""`fieldsales webhooks`: addresses that are told what happens."""

from __future__ import annotations

import uuid

import click
from rich.table import Table

from fieldsales.chores.webhooks import Worker
from fieldsales.cli.context import Context
from fieldsales.cli.rounds import keep_on
from fieldsales.clock import utc_now
from fieldsales.db.session import reading, transaction
from fieldsales.webhooks.models import DeliveryState
from fieldsales.webhooks.queries import counts_of, require_webhook, set_aside, standing_webhooks
from fieldsales.webhooks.rules import TOPICS
from fieldsales.webhooks.service import add_webhook, end_webhook, redeliver, resume_webhook


@click.group()
def webhooks() -> None:
    """Tell an ERP what happens, signed and in order.

    \b
      fieldsales webhooks add https://erp.example/hook --topic order --topic payment
      fieldsales webhooks deliver --every 5       the worker; keep it running
    """


@webhooks.command("add")
@click.argument("url")
@click.option("--topic", "topics", multiple=True, type=click.Choice(TOPICS), help="May be given again.  [default: all]")
@click.option("--from-the-beginning", is_flag=True, help="Tell all that there is first.")
@click.pass_obj
def add(context: Context, url: str, topics: tuple[str, ...], from_the_beginning: bool) -> None:
    """Have URL told, and print the secret that signs: it is told this once."""
    with transaction(context.engine) as session:
        found = add_webhook(
            session,
            url,
            list(topics or TOPICS),
            from_the_beginning=from_the_beginning,
            private=bool(context.settings.call_private),
            by=None,
            now=utc_now(),
        )
        context.console.print(f"{found.id}\nsecret {found.secret}", soft_wrap=True)


@webhooks.command("list")
@click.pass_obj
def list_all(context: Context) -> None:
    """List the webhooks and how they stand."""
    table = Table("id", "address", "topics", "told", "waiting", "set aside", "failures", "stands", box=None)
    with reading(context.engine) as session:
        waiting = counts_of(session, DeliveryState.WAITING)
        for each in standing_webhooks(session):
            stands = "paused" if each.paused_at else f"tried again {each.next_at:%H:%M:%S}" if each.failures else "well"
            table.add_row(
                str(each.id),
                each.url,
                ", ".join(each.topics),
                str(each.sequence),
                str(waiting.get(each.id, 0)),
                str(len(set_aside(session, each))),
                str(each.failures),
                stands,
            )
    context.console.print(table)


@webhooks.command("set-aside")
@click.argument("webhook_id", type=click.UUID)
@click.option("--again", is_flag=True, help="Send them once more, behind what waits.")
@click.pass_obj
def show_set_aside(context: Context, webhook_id: uuid.UUID, again: bool) -> None:
    """List the events that the other side refused too often, which were set aside so that the others go on."""
    table = Table("sequence", "topic", "about", "status", "answer", "delivery", box=None)
    with transaction(context.engine) as session:
        found = set_aside(session, require_webhook(session, webhook_id))
        for each in found:
            told = (each.sequence, each.topic, each.subject_id, each.status, each.answer or "", each.id)
            table.add_row(*map(str, told))
            if again:
                redeliver(session, webhook_id, each.id, by=None, now=utc_now())
    context.console.print(table if found else "Nothing is set aside.")
    if again and found:
        context.console.print(f"{len(found)} are sent again.")


@webhooks.command("resume")
@click.argument("webhook_id", type=click.UUID)
@click.pass_obj
def resume(context: Context, webhook_id: uuid.UUID) -> None:
    """Go on with a webhook that was paused or waits after failures."""
    with transaction(context.engine) as session:
        resume_webhook(session, webhook_id, by=None, now=utc_now())
    context.console.print("It goes on with the next round.")


@webhooks.command("end")
@click.argument("webhook_id", type=click.UUID)
@click.pass_obj
def end(context: Context, webhook_id: uuid.UUID) -> None:
    """End a webhook; nothing more is sent to it."""
    with transaction(context.engine) as session:
        end_webhook(session, webhook_id, by=None, now=utc_now())
    context.console.print("Ended.")


@webhooks.command("deliver")
@click.option("--every", type=click.FloatRange(0.1), help="Go on, with so many seconds between rounds.")
@click.pass_obj
def deliver(context: Context, every: float | None) -> None:
    """Send what waits, to each webhook in its order. Several workers may run; each event has one at a time."""
    settings = context.settings
    worker = Worker(context.engine, utc_now, bool(settings.call_private), settings.call_seconds)

    def once() -> None:
        found = worker.work_once()
        if every is None or found.delivered or found.failed:
            context.console.print(f"{found.delivered} delivered, {found.failed} failed.")

    keep_on(once, every)
