"""Held mutations that ask for approval: the request beside them, with the facts that a person decides by."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.approvals.queries import open_about
from fieldsales.approvals.rules import Sold, is_over, kinds_of, margin
from fieldsales.approvals.service import Request, ask, close_expired, lapse
from fieldsales.catalog.models import Product
from fieldsales.clock import local_day
from fieldsales.customers.models import Customer
from fieldsales.orders.models import Order
from fieldsales.people.models import Territory
from fieldsales.units.models import ProductUnit
from sync.models import Mutation, Status
from sync.outcomes import Outcome

_TOLD = (
    *("lines", "back_lines", "breaches", "band_bp", "budget_minor", "given_minor", "worth_minor"),
    *("products", "kept", "budgets"),
)
"""What of a problem is told as a fact."""


def asks(outcome: Outcome) -> bool:
    """Tell whether a held mutation asks for approval."""
    return outcome.status is Status.HELD and bool(kinds_of(outcome.problem or {}))


def follow(session: Session, mutation: Mutation, outcome: Outcome, now: datetime) -> None:
    """Ask for approval where an outcome says so; a request that is not needed any more lapses.

    A request that is open already stands, with the facts and the votes that it has.
    """
    if mutation.held_at is None:
        return
    there = open_about(session, mutation.id)
    if not asks(outcome):
        if there is not None:
            lapse(session, there, now)
        return
    request = _request(session, mutation, outcome.problem or {})
    if request is None:
        return
    if there is not None and is_over(there.expires_at, now):
        close_expired(session, there, now)
    elif there is not None:
        if (there.amount_minor, there.kinds) == (request.amount_minor, [each.value for each in request.kinds]):
            return
        lapse(session, there, now)
    extra = {name: (outcome.problem or {})[name] for name in _TOLD if name in (outcome.problem or {})}
    ask(session, request, extra | _margin(session, mutation), day=_day(session, request, mutation), now=now)


def _request(session: Session, mutation: Mutation, problem: Mapping[str, Any]) -> Request | None:
    data = _data(mutation)
    customer_id = _customer_of(session, data)
    if customer_id is None:
        return None
    return Request(
        kinds=tuple(kinds_of(problem)),
        reason=str(problem.get("detail", "")),
        asked_by=mutation.user_id,
        customer_id=customer_id,
        currency=data["currency"],
        amount_minor=problem["worth_minor"] if "worth_minor" in problem else _total(data),
        mutation_id=mutation.id,
    )


def _data(mutation: Mutation) -> dict[str, Any]:
    """The data as it is judged; a handler has checked its shape, or there would be no such problem."""
    found: dict[str, Any] = mutation.payload["data"] if mutation.corrected is None else mutation.corrected
    return found


def _customer_of(session: Session, data: Mapping[str, Any]) -> uuid.UUID | None:
    if "customer_id" in data:
        return uuid.UUID(data["customer_id"])
    return session.scalar(select(Order.customer_id).where(Order.id == uuid.UUID(data["amends_id"])))


def _total(data: Mapping[str, Any]) -> int:
    back = data.get("back", {}).get("lines", ())
    return max(sum(map(_amount, data["lines"])), sum(map(_amount, back)))


def _amount(line: Mapping[str, Any]) -> int:
    if "amount_minor" in line:
        return int(line["amount_minor"])
    return int(line["quantity"] * line.get("unit_price_minor", 0))


def _margin(session: Session, mutation: Mutation) -> dict[str, Any]:
    lines = _data(mutation)["lines"]
    ids = {uuid.UUID(line["product_id"]) for line in lines}
    costs = dict(session.execute(select(Product.id, Product.cost_minor).where(Product.id.in_(ids))).all())
    units = select(ProductUnit).where(ProductUnit.product_id.in_(ids))
    pieces = {(each.product_id, each.unit): each.pieces for each in session.scalars(units)}
    sold = []
    for line in lines:
        product_id = uuid.UUID(line["product_id"])
        count = line["quantity"] * pieces.get((product_id, line.get("unit", "each")), 1)
        cost = costs.get(product_id)
        net = _amount(line) - line.get("tax_minor", 0)
        sold.append(Sold(net, None if cost is None else cost * count))
    return {"margin": margin(sold)}


def _day(session: Session, request: Request, mutation: Mutation) -> date:
    zone = select(Territory.time_zone).join(Customer, Customer.territory_id == Territory.id)
    at = mutation.at or mutation.received_at
    return local_day(at, session.scalars(zone.where(Customer.id == request.customer_id)).one())
