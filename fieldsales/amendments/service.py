"""Ending an order: another one takes its place, or it is called off. The order itself never changes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import update
from sqlalchemy.orm import Session

from fieldsales.budgets.service import give_up
from fieldsales.deliveries.service import call_off
from fieldsales.errors import Conflict, Forbidden, Invalid
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState, Supply
from fieldsales.orders.queries import given_back, locked_order, successor_of
from fieldsales.orders.rules import NOTHING, Draft, Line, summed
from fieldsales.orders.service import Taken, place_order
from fieldsales.sales.rules import Basis, Told, ToldLine
from fieldsales.sales.service import basis_in_books, sell
from fieldsales.visits.queries import standing_of
from fieldsales.visits.rules import merged, standing_flags


class NotYourOrder(Forbidden):
    """Somebody else took that order. Ask that rep, or the office."""

    code = "order.not_yours"
    title = "Somebody else took that order"


class OrderEnded(Conflict):
    """The order was amended or cancelled already. Amend the order that stands in its place, if there is one."""

    code = "order.ended"
    title = "That order does not stand any more"


class NotASale(Invalid):
    """Only a sale can be amended. Cancel the return or the gift, and submit another one."""

    code = "order.not_a_sale"
    title = "Only a sale can be amended"


class PartOfExchange(Conflict):
    """The order is one half of an exchange, which stands or falls as a whole. Cancel the exchange."""

    code = "order.part_of_exchange"
    title = "The order is one half of an exchange"


class GivenBack(Conflict):
    """Goods of the order came back already, and it would hold less than that. Cancel the return first."""

    code = "order.given_back"
    title = "Goods of that order came back already"


@dataclass(frozen=True, slots=True)
class Amendment:
    """What an order should have been: the id of the one that takes its place, and all of its lines."""

    order_id: uuid.UUID
    amends_id: uuid.UUID
    currency: str
    lines: tuple[Line, ...]
    total_minor: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PricedAmendment:
    """What an order should have been, priced by a phone: all of its lines, those that promotions give included."""

    order_id: uuid.UUID
    amends_id: uuid.UUID
    currency: str
    basis: Basis
    lines: tuple[ToldLine, ...]
    total_minor: int
    reason: str | None = None


def amend_order(session: Session, amendment: Amendment, taken: Taken) -> Order:
    """Put another order in the place of a sale, of the same customer, visit and day; prices are judged as ever.

    Of two amendments of one order the first stands. Raises `OrderNotFound` (it may yet come), `NotYourOrder`,
    `OrderEnded`, `NotASale`, `GivenBack`, `DeliveryBegun`, and whatever `place_order` raises.
    """
    old = _sale(session, amendment.amends_id, taken.rep_id)
    _check_covers(session, old, amendment.lines)
    call_off(session, old, taken.at)
    draft = Draft(
        order_id=amendment.order_id,
        customer_id=old.customer_id,
        currency=amendment.currency,
        lines=amendment.lines,
        visit_id=old.visit_id,
        total_minor=amendment.total_minor,
    )
    place_order(session, draft, replace(taken, amends=True))
    return _put_in_place(session, old, amendment.order_id, amendment.reason, taken)


def amend_priced(session: Session, amendment: PricedAmendment, taken: Taken) -> Order:
    """Put an order that a phone priced in the place of a sale; the price book that this was sold by may be named still.

    Goods that a promotion gave leave with the lines that earned them: the order is priced anew as a whole. Raises what
    `amend_order` raises, and whatever `sell` raises.
    """
    old = _sale(session, amendment.amends_id, taken.rep_id)
    call_off(session, old, taken.at)
    told = Told(
        order_id=amendment.order_id,
        customer_id=old.customer_id,
        currency=amendment.currency,
        basis=amendment.basis,
        lines=amendment.lines,
        total_minor=amendment.total_minor,
        visit_id=old.visit_id,
    )
    kind = str(old.supply or Supply.DELIVERY)
    order = sell(session, told, replace(taken, amends=True), amended=basis_in_books(old), kind=kind)
    _check_covers(session, old, order.lines)
    return _put_in_place(session, old, order.id, amendment.reason, taken)


def cancel_order(
    session: Session, order_id: uuid.UUID, reason: str, taken: Taken, *, of_exchange: bool = False
) -> list[str]:
    """Call an order, a return or a gift off; return what was odd about that.

    Raises `OrderNotFound` (it may yet come), `NotYourOrder`, `OrderEnded`, `GivenBack`, `DeliveryBegun`, and
    `PartOfExchange` unless the other half is called off with it (`of_exchange`).
    """
    order = _standing(session, order_id, taken.rep_id, of_exchange=of_exchange)
    _check_covers(session, order, ())
    call_off(session, order, taken.at)
    _end(order, OrderState.CANCELLED, reason, taken)
    if order.kind is OrderKind.GIFT:
        give_up(session, order)
    standing = standing_of(session, taken.rep_id, order.customer_id, taken.at)
    odd = standing_flags(active=standing.customer.active, served=standing.served) if standing else ()
    flags = merged([*taken.flags], *odd)
    order.flags = merged(order.flags, *flags)
    session.flush()
    return flags


def _sale(session: Session, order_id: uuid.UUID, rep_id: uuid.UUID) -> Order:
    old = _standing(session, order_id, rep_id)
    if old.kind is not OrderKind.SALE:
        raise NotASale(f"The order is a {old.kind}.", mend="Cancel it and submit another one.", kind=str(old.kind))
    return old


def _put_in_place(session: Session, old: Order, order_id: uuid.UUID, reason: str | None, taken: Taken) -> Order:
    _end(old, OrderState.AMENDED, reason, taken)
    values = {"amends_id": old.id, "ordered_on": old.ordered_on, "supply": old.supply, "wanted_on": old.wanted_on}
    place = update(Order).where(Order.id == order_id).values(values)
    session.execute(place)
    session.flush()
    return session.get_one(Order, order_id)


def _standing(session: Session, order_id: uuid.UUID, rep_id: uuid.UUID, *, of_exchange: bool = False) -> Order:
    order = locked_order(session, order_id)
    if order.rep_id != rep_id:
        raise NotYourOrder("Somebody else took that order.", mend="Ask that rep, or the office.")
    if order.state is not OrderState.PLACED:
        after = successor_of(session, order)
        raise OrderEnded(
            f"The order was {order.state} before.",
            mend=f"Amend {after} instead." if after else "Submit another one.",
            state=str(order.state),
            ended_at=order.ended_at.isoformat() if order.ended_at else None,
            replaced_by=str(after) if after else None,
        )
    if order.exchange_id is not None and not of_exchange:
        raise PartOfExchange(
            "The order is one half of an exchange.",
            mend="Cancel the exchange, and make another one.",
            exchange_id=str(order.exchange_id),
        )
    return order


def _check_covers(session: Session, order: Order, lines: Iterable[Line | OrderLine]) -> None:
    """Raise `GivenBack` if the lines hold less of a product, in units or in money, than came back of the order."""
    wanted = summed((line.product_id, line.quantity, line.amount_minor) for line in lines)
    short = [
        {"product_id": str(product_id), "given_back": back.units, "ordered": wanted.get(product_id, NOTHING).units}
        for product_id, back in sorted(given_back(session, order).items())
        if not wanted.get(product_id, NOTHING).covers(back)
    ]
    if short:
        raise GivenBack(
            f"{short[0]['given_back']} of product {short[0]['product_id']} came back already.",
            mend="Cancel the return first.",
            products=short,
        )


def _end(order: Order, state: OrderState, reason: str | None, taken: Taken) -> None:
    order.state, order.ended_at = state, taken.at
    if reason:
        order.reason = f"{order.reason}; {reason}"[:300] if order.reason else reason
