"""`fieldsales customers`: who serves whom, from the terminal."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence

import click
from rich.table import Table
from sqlalchemy.orm import Session

from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_rep, find_territory
from fieldsales.cli.sharing import Wanted, Work, busiest_cities, customers_to_share, inactive_among, work_of
from fieldsales.clock import utc_now
from fieldsales.db.session import transaction
from fieldsales.districts.service import Sharing, share_customers
from fieldsales.ladders.queries import ladder_on
from fieldsales.people.models import User

MOST_CITIES = 8
"""How many cities are told to somebody whose customers were not found."""


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
    One without a position goes where most of its postal code went, or else most of its city.

    \b
    Examples:
      fieldsales customers share --reps ann,bob --territory DSM
      fieldsales customers share --reps ann,bob,cat --with-orders --dry-run
    """
    with transaction(context.engine) as session:
        reps = [find_rep(session, login) for login in logins.split(",") if login.strip()]
        area = find_territory(session, code).id if code else None
        wanted = Wanted(area, city, with_orders=with_orders, unowned=unowned)
        chosen = customers_to_share(session, wanted)
        inactive = inactive_among(session, wanted)
        if not chosen:
            asked = _as_asked(code, city, with_orders=with_orders, unowned=unowned)
            raise click.UsageError(_nobody_found(session, asked, inactive))
        work = work_of(ladder_on(session, utc_now().date()), chosen)
        shared = share_customers(
            session,
            [each.id for each in chosen],
            [rep.id for rep in reps],
            now=utc_now(),
            weights={who: each.minutes for who, each in work.items()},
        )
        table = _share_table(reps, shared, work)
        if dry_run:
            session.rollback()
    context.console.print(table)
    for line in _told(len(chosen), shared, inactive, dry_run=dry_run):
        context.console.print(line)


def _told(chosen: int, shared: Sharing, inactive: int, *, dry_run: bool) -> Iterator[str]:
    """Say below the table how many changed hands, who was passed over, and whether it was kept."""
    yield f"{_customers(chosen)}, {shared.moved} to a new owner, {shared.without_position} without a position."
    if inactive:
        yield f"Passed over: {_customers(inactive, 'inactive ')}."
    if dry_run:
        yield "Dry run: nothing was kept."


def _share_table(reps: Sequence[User], shared: Sharing, work: Mapping[uuid.UUID, Work]) -> Table:
    """What each rep got, and the work in it once customers have tiers."""
    table = Table("rep")
    for name in ("customers", "visits a week", "minutes a week") if work else ("customers",):
        table.add_column(name, justify="right")
    for rep in reps:
        row = [rep.name, str(shared.owned[rep.id])]
        if work:
            mine = [work[who] for who, owner in shared.owner_of.items() if owner == rep.id]
            row += [f"{sum(each.visits for each in mine):.1f}", f"{sum(each.minutes for each in mine):.0f}"]
        table.add_row(*row)
    return table


def _as_asked(code: str | None, city: str | None, *, with_orders: bool, unowned: bool) -> str:
    options = {f"--territory {code}": code, f"--city {city}": city, "--with-orders": with_orders, "--unowned": unowned}
    return " ".join(option for option, given in options.items() if given)


def _nobody_found(session: Session, asked: str, inactive: int) -> str:
    """Say that no customer was found, and what there is instead."""
    if inactive:
        return f"No active customer matches {asked}".rstrip() + f", only {_customers(inactive, 'inactive ')}."
    if not customers_to_share(session, Wanted()):
        return "There are no active customers yet. See: fieldsales import customers --help"
    cities = ", ".join(f"{city} ({many})" for city, many in busiest_cities(session, MOST_CITIES))
    there = f" Cities with most customers: {cities}." if cities else ""
    return f"No customer matches {asked}.{there} To see what there is, leave an option out and add --dry-run."


def _customers(many: int, kind: str = "") -> str:
    return f"1 {kind}customer" if many == 1 else f"{many} {kind}customers"
