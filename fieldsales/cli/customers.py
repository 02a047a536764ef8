"""`fieldsales customers`: who serves whom, from the terminal."""

from __future__ import annotations

import uuid

import click
from rich.table import Table
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from fieldsales.cadence.rules import Cadence
from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_territory
from fieldsales.cli.plans import find_rep
from fieldsales.clock import utc_now
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.db.session import transaction
from fieldsales.districts.service import share_customers
from fieldsales.orders.models import Order
from fieldsales.people.queries import territories_below
from fieldsales.tiers.queries import policies


@click.group()
def customers() -> None:
    """Customers, and the reps who serve them."""


@customers.command()
@click.option("--reps", "logins", required=True, metavar="LOGIN,LOGIN,…", help="Among whom.")
@click.option("--territory", "code", metavar="CODE", help="Only customers at or below this territory.")
@click.option("--city", help="Only customers in this city, as it is written in their address.")
@click.option("--with-orders", is_flag=True, help="Only customers who have ordered at least once.")
@click.option("--unowned", is_flag=True, help="Only customers whom nobody owns yet.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and keep nothing of it.")
@click.pass_obj
def share(
    context: Context,
    logins: str,
    code: str | None,
    city: str | None,
    with_orders: bool,
    unowned: bool,
    dry_run: bool,
) -> None:
    """Share customers out among reps: compact areas of about the same work, around where each rep's day starts.

    Work is visits a week times minutes in the shop once customers have tiers (after the first plan), before that
    each customer counts alike. A customer has one owner: sharing again moves those who lie in another's area.

    \b
    Examples:
      fieldsales customers share --reps ann,bob --territory DSM
      fieldsales customers share --reps ann,bob,cat --with-orders --dry-run
    """
    with transaction(context.engine) as session:
        reps = [find_rep(session, login.strip()) for login in logins.split(",") if login.strip()]
        area = find_territory(session, code).id if code else None
        wanted = _wanted(area, city, with_orders=with_orders, unowned=unowned)
        chosen = list(session.scalars(wanted))
        shared = share_customers(
            session,
            [each.id for each in chosen],
            [rep.id for rep in reps],
            now=utc_now(),
            weights=_work(session, chosen),
        )
        table = Table("rep", "customers")
        for rep in reps:
            table.add_row(rep.name, str(shared.owned[rep.id]))
        if dry_run:
            session.rollback()
    context.console.print(table)
    context.console.print(
        f"{len(chosen)} customers, {shared.moved} to a new owner, {shared.without_position} without a position."
    )
    if dry_run:
        context.console.print("Dry run: nothing was kept.")


def _wanted(territory_id: uuid.UUID | None, city: str | None, *, with_orders: bool, unowned: bool) -> Select[Customer]:
    query = select(Customer).where(Customer.active).order_by(Customer.id)
    if territory_id is not None:
        query = query.where(Customer.territory_id.in_(territories_below(territory_id)))
    if city:
        query = query.where(Customer.city.ilike(city))
    if with_orders:
        query = query.where(exists().where(Order.customer_id == Customer.id))
    if unowned:
        owned = exists().where(
            Assignment.customer_id == Customer.id,
            Assignment.kind == AssignmentKind.OWNER,
            Assignment.ended_at.is_(None),
        )
        query = query.where(~owned)
    return query


def _work(session: Session, chosen: list[Customer]) -> dict[uuid.UUID, float]:
    """Minutes in the shop a week by the customers' tiers, the least for who has none; 1 for all if nobody has one."""
    minutes = {
        each.tier: each.service_minutes * 7 / Cadence(each.rrule, each.minimum_gap_days).period_days
        for each in policies(session)
    }
    least = min(minutes.values(), default=1.0)
    if not any(customer.tier in minutes for customer in chosen):
        least = 1.0
    return {customer.id: minutes.get(customer.tier or "", least) for customer in chosen}
