"""`fieldsales settlements`: what reps have in their hands, and what they handed in. Signing takes two who log in."""

from __future__ import annotations

import uuid
from datetime import datetime

import click
from rich.table import Table

from fieldsales.cli.context import Context
from fieldsales.clock import utc_now
from fieldsales.db.paging import PageWanted
from fieldsales.db.session import reading
from fieldsales.ledger.queries import in_hand, owed_by_reps
from fieldsales.money import Money
from fieldsales.people.models import User
from fieldsales.people.queries import days_at, person_by_login, reps_visible_to
from fieldsales.settlements.queries import expected_of, find_settlements, is_intact, require_settlement

SHOWN = 200


@click.group()
def settlements() -> None:
    """The end of a rep's day. It is counted and signed over HTTP or on the phone, by two who log in."""


@settlements.command("expected")
@click.argument("login")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="[default: today]")
@click.pass_obj
def expected(context: Context, login: str, day: datetime | None) -> None:
    """Say what the rep with LOGIN must hand in by now: payments that are in hand, goods in the van."""
    with reading(context.engine) as session:
        rep = person_by_login(session, login)
        found = expected_of(session, rep.id, day.date() if day else days_at(session, utc_now())[0])
        table = Table("paid on", "form", "amount", "reference", "", box=None)
        for each in found.items:
            amount = str(Money(each.amount_minor, each.currency))
            late = "told after its day was settled" if each.late else ""
            table.add_row(each.paid_on.isoformat(), each.form.value, amount, each.reference or "", late)
        context.console.print(table if found.items else f"{rep.name} has no money in hand.")
        context.console.print(f"{sum(found.goods.values())} pieces of {len(found.goods)} products in the van.")


@settlements.command("hands")
@click.option("--currency", default="EUR", show_default=True)
@click.pass_obj
def hands(context: Context, currency: str) -> None:
    """Say what each rep has in hand, and still owes for shortages."""
    with reading(context.engine) as session:
        reps = {each.id: each.name for each in reps_visible_to(session, None)}
        held, owed = in_hand(session, list(reps), currency), owed_by_reps(session, list(reps))
        table = Table("rep", "in hand", "by form", "owed for shortages", box=None)
        for rep_id, name in reps.items():
            forms = held[rep_id]
            short = owed.get(rep_id, {}).get(currency, 0)
            if forms or short:
                parts = ", ".join(f"{form} {Money(amount, currency)}" for form, amount in forms.items())
                table.add_row(name, str(Money(sum(forms.values()), currency)), parts, str(Money(short, currency)))
        context.console.print(table if table.row_count else f"Nobody has {currency} in hand or owes any.")


@settlements.command("list")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Only of this day.")
@click.pass_obj
def list_settlements(context: Context, day: datetime | None) -> None:
    """List settlements by day, with what was missing or too much."""
    with reading(context.engine) as session:
        page = find_settlements(session, None, PageWanted(limit=SHOWN), day=day.date() if day else None)
        table = Table("day", "rep", "state", "handed in", "difference", "id", box=None)
        for each in page.items:
            money = each.content["money"]
            rep = session.get_one(User, each.rep_id)
            sums = [_sum(money, name) for name in ("counted_minor", "difference_minor")]
            table.add_row(each.day.isoformat(), rep.name, each.state.value, *sums, str(each.id))
        context.console.print(table if page.items else "Nothing was settled.")


@settlements.command("show")
@click.argument("settlement", type=click.UUID)
@click.pass_obj
def show(context: Context, settlement: uuid.UUID) -> None:
    """Show a SETTLEMENT line by line, who signed for it, and whether it is still what was signed."""
    with reading(context.engine) as session:
        found = require_settlement(session, None, settlement)
        money = Table("money", "expected", "counted", "difference", "note", box=None)
        for each in found.content["money"]:
            names = ("expected_minor", "counted_minor", "difference_minor")
            amounts = [str(Money(each[name], each["currency"])) for name in names]
            money.add_row(each["form"], *amounts, each["note"] or "")
        context.console.print(f"{found.day}, {session.get_one(User, found.rep_id).name}: {found.state}")
        context.console.print(money)
        if found.content["goods"]:
            goods = Table("product", "expected", "counted", "difference", "note", box=None)
            for each in found.content["goods"]["lines"]:
                pieces = [str(each[name]) for name in ("expected", "counted", "difference")]
                goods.add_row(each["sku"], *pieces, each["note"] or "")
            context.console.print(goods)
        for one in found.signatures:
            name = session.get_one(User, one.by).name
            context.console.print(f"signed for the {one.party} by {name}, {one.at:%Y-%m-%d %H:%M} UTC")
        told = "is what was counted" if is_intact(found) else "WAS CHANGED AFTER IT WAS COUNTED"
        context.console.print(f"content {found.content_hash[:16]}… {told}")


def _sum(money: list[dict[str, object]], name: str) -> str:
    sums: dict[str, int] = {}
    for each in money:
        currency = str(each["currency"])
        sums[currency] = sums.get(currency, 0) + int(str(each[name]))
    return ", ".join(str(Money(amount, currency)) for currency, amount in sorted(sums.items())) or "nothing"
