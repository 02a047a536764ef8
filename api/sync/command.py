"""`fieldsales sync`: how the sync is doing, and what waits for a person, for the operator at the terminal."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.table import Column, Table

from fieldsales.cli.context import Context
from fieldsales.clock import utc_now
from fieldsales.db.paging import PageWanted
from fieldsales.db.session import reading, transaction
from sync.forgetting import forget_held
from sync.gauges import read_gauges
from sync.models import Status
from sync.review.queries import Sought, UnderReview, queue


@click.group()
def sync() -> None:
    """Look after the phones' protocol."""


@sync.command("status")
@click.pass_obj
def sync_status(context: Context) -> None:
    """Say how the sync is doing: the same as /metrics, for a person."""
    with reading(context.engine) as session:
        told = read_gauges(session, utc_now())
    table = Table(show_header=False)
    received = ", ".join(f"{told.received[status]} {status.value}" for status in Status)
    for about, value in (
        ("Transactions from the horizon to the newest", str(told.horizon_lag)),
        ("Oldest open write transaction", f"{told.horizon_stall.total_seconds():.0f} s"),
        ("Mutations of the last 24 hours", received),
        ("Under review", f"{told.under_review[Status.HELD]} held, {told.under_review[Status.APPLIED]} applied"),
        ("Longest under review", f"{told.longest_review.total_seconds() / 3600:.1f} h"),
        ("Uploads unfinished", str(told.uploads_unfinished)),
        ("Devices seen in the last 24 hours", str(told.devices_seen)),
    ):
        table.add_row(about, value)
    click.echo(f"The database is {context.address}.")
    context.console.print(table)


@sync.command("forget")
@click.pass_obj
def sync_forget(context: Context) -> None:
    """Empty held tracks that are older than the policy `tracking` keeps positions. Safe to run again."""
    total, done = 0, 1
    while done:
        with transaction(context.engine) as session:
            done = forget_held(session, utc_now())
        total += done
    click.echo(f"{total} held tracks were emptied.")


@sync.command("review")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000), help="At most so many rows.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with the problem and what was sent.")
@click.pass_obj
def sync_review(context: Context, limit: int, as_json: bool) -> None:
    """List what waits for a person, the oldest first."""
    with reading(context.engine) as session:
        page = queue(session, None, Sought(), PageWanted(limit=limit))
        found = [_facts(each) for each in page.items]
    if as_json:
        for facts in found:
            click.echo(json.dumps(facts))
    else:
        context.console.print(_table(found) if found else "Nothing waits for a person.")
    if page.next:
        click.echo("There is more: raise --limit.", err=True)


def _facts(each: UnderReview) -> dict[str, Any]:
    mutation = each.mutation
    return {
        "id": str(mutation.id),
        "received_at": mutation.received_at.isoformat(),
        "rep": each.rep.name,
        "customer": each.customer.name if each.customer else None,
        "type": mutation.type,
        "status": mutation.status.value,
        "problem": each.problem,
        "flags": list(each.flags),
        "payload": mutation.payload,
    }


def _table(found: list[dict[str, Any]]) -> Table:
    """Ids stand whole, however narrow the terminal: they are what a person goes on with."""
    table = Table(Column("Id", no_wrap=True, min_width=36), "Received", "Rep", "Customer", "Type", "Status", "Why")
    for each in found:
        why = each["problem"]["code"] if each["problem"] else ", ".join(each["flags"])
        received = each["received_at"][:16].replace("T", " ")
        table.add_row(each["id"], received, each["rep"], each["customer"] or "", each["type"], each["status"], why)
    return table
