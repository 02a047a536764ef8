"""Deeds whose results are asked for, and asking."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session
from worlds.ordering import ordered
from worlds.small_town import NOON, SmallTown

from fieldsales.db.base import new_id
from fieldsales.orders.models import Order, OrderKind, OrderState
from fieldsales.receivables.models import Method, Payment
from fieldsales.results.queries import ask
from fieldsales.results.rules import Answer, question
from fieldsales.rollups.service import refresh
from fieldsales.visits.models import Visit

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
SUMS = (
    *("sales_amount", "net_sales", "quantity", "returns_amount", "returns_quantity", "cost", "gross_margin"),
    *("orders", "collections", "calls", "productive_calls"),
)


def on(day: int, month: int = 3) -> date:
    """A day of 2026."""
    return date(2026, month, day)


def asked(session: Session, *measures: str, by: tuple[str, ...] = (), days: Any = MARCH, **more: Any) -> Answer:
    """Ask as of noon of the world's day, as the operator unless an `actor` is given."""
    actor, now = more.pop("actor", None), more.pop("now", NOON + timedelta(30))
    return ask(session, question(measures, *days, by, **more), actor=actor, now=now)


def told(answer: Answer) -> dict[tuple[str, ...], tuple[Any, ...]]:
    """Return the values of rows by the names of their keys, and by currency where there are several."""
    return {tuple(key.name for key in row.keys): row.values for row in answer.rows}


def total(answer: Answer) -> tuple[Any, ...]:
    """Return the values of the only totals."""
    [row] = answer.totals
    return row.values


def visited(session: Session, world: SmallTown, shop: str, day: date, minutes: int | None = 20, **more: Any) -> Visit:
    """Have Anna, or another `rep`, call at a shop."""
    begun = datetime.combine(day, time(9), NOON.tzinfo)
    visit = Visit(
        id=new_id(),
        customer_id=world.customers[shop].id,
        rep_id=more.pop("rep", world.anna).id,
        day=day,
        checked_in_at=begun,
        checked_out_at=None if minutes is None else begun + timedelta(minutes=minutes),
        flags=[],
    )
    session.add(visit)
    session.flush()
    return visit


def sold(session: Session, world: SmallTown, *pieces: int, day: date, **more: Any) -> Order:
    """Have Anna, or another `rep`, sell the first products of the town on a day."""
    rep = more.pop("rep", world.anna)
    order = ordered(session, world, *pieces, ordered_on=day, **more)
    order.rep_id = rep.id
    session.flush()
    return order


def came_back(session: Session, world: SmallTown, *pieces: int, day: date, **more: Any) -> Order:
    """Have Anna take goods back."""
    return sold(session, world, *(-each for each in pieces), day=day, kind=OrderKind.RETURN, **more)


def paid(session: Session, world: SmallTown, shop: str, amount: int, day: date, **more: Any) -> Payment:
    """Have Anna take money."""
    payment = Payment(
        id=new_id(),
        customer_id=world.customers[shop].id,
        rep_id=more.pop("rep", world.anna).id,
        method=Method.CASH,
        currency="EUR",
        amount_minor=amount,
        paid_on=day,
        paid_at=NOON,
        flags=[],
        **more,
    )
    session.add(payment)
    session.flush()
    return payment


def refreshed(session: Session) -> None:
    """Sum everything that is marked anew."""
    session.flush()
    while refresh(session):
        pass


def random_deeds(session: Session, world: SmallTown, seed: int, many: int = 12) -> None:
    """Have both reps do things on days from February to April, by seed; some are undone, some have no lines."""
    dice = random.Random(seed)
    for _ in range(many):
        day = date(2026, 2, 20) + timedelta(dice.randrange(60))
        rep, shop = dice.choice((world.anna, world.ben)), dice.choice(list(world.customers))
        pieces = [dice.randrange(1, 9) for _ in range(dice.randrange(1, 5))]
        visit = visited(session, world, shop, day, dice.choice((None, 5, 30)), rep=rep)
        kind = dice.randrange(7)
        if kind == 0:
            came_back(session, world, *pieces, day=day, rep=rep, shop=shop)
        elif kind == 1:
            sold(session, world, *pieces, day=day, rep=rep, shop=shop, state=OrderState.CANCELLED)
        elif kind == 2:
            sold(session, world, *pieces, day=day, rep=rep, shop=shop, kind=OrderKind.GIFT)
        elif kind == 3:
            order = sold(session, world, day=day, rep=rep, shop=shop)
            order.amount_minor, order.tax_minor = dice.randrange(100, 9000), None
        elif kind == 4:
            paid(session, world, shop, dice.randrange(1, 5000), day, rep=rep)
        else:
            sold(session, world, *pieces, day=day, rep=rep, shop=shop, visit_id=visit.id)
    session.flush()
