"""Taking goods back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session, lazyload

from fieldsales.catalog import queries as catalog
from fieldsales.catalog.rules import Price
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.errors import Conflict, NeedsDecision
from fieldsales.orders.models import Order, OrderKind, OrderState
from fieldsales.orders.queries import given_back, standing_in_place_of
from fieldsales.orders.rules import summed
from fieldsales.orders.service import (
    OrderTaken,
    PriceOutOfBand,
    Taken,
    WrongCurrency,
    check_band,
    check_visit,
    entry,
    line_of,
    oddities,
    products_of,
)
from fieldsales.returns.rules import Return, beyond_sold, paid_prices
from fieldsales.visits.queries import standing_of
from fieldsales.visits.rules import merged


class NotThatSale(Conflict):
    """The goods were not sold to that customer by that order. Name the customer's own sale, or none."""

    code = "return.not_that_sale"
    title = "The goods are not of that order"


class MoreThanSold(NeedsDecision):
    """More would come back than was sold, less what came back before. The return is kept; a person decides."""

    code = "return.more_than_sold"
    title = "More would come back than was sold"


def take_back(session: Session, back: Return, taken: Taken) -> Order:
    """Take goods back; the order that is stored has negative quantities and amounts.

    Against an order: at the prices at which they were sold, and no more than is left of it. Otherwise at ours, within
    the band. Raises `CustomerNotFound`, `OrderNotFound` (it may yet come), `OrderTaken`, `ProductUnknown`,
    `WrongCurrency`, `VisitUnknown`, `VisitTaken`, `NotThatSale`, and where a person must decide `MoreThanSold` or
    `PriceOutOfBand`.
    """
    draft = back.draft
    standing = standing_of(session, taken.rep_id, draft.customer_id, taken.at)
    if standing is None:
        raise CustomerNotFound(f"There is no customer {draft.customer_id}.", customer_id=str(draft.customer_id))
    if session.get(Order, draft.order_id, options=[lazyload("*")]) is not None:
        raise OrderTaken("The id stands for another order.", mend="Give each return an id of its own.")
    check_visit(session, draft, taken)
    products = products_of(session, draft)
    listed = catalog.prices_of(session, products.values(), standing.customer.tier)
    ours = [listed[line.product_id] for line in draft.lines]
    sale = _sale(session, back)
    if sale is not None:
        ours = paid_prices(draft.lines, [(each.product_id, each.unit_price_minor) for each in sale.lines], ours)
    if PriceOutOfBand.code not in taken.approved:
        check_band(draft, products, ours)
    if sale is not None and MoreThanSold.code not in taken.approved:
        _check_left(session, back, sale)
    order = _turned(entry(draft, taken, standing), back, ours)
    order.flags = merged(order.flags, *oddities(draft, products, ours))
    session.add(order)
    session.flush()
    return order


def _sale(session: Session, back: Return) -> Order | None:
    if back.against_id is None:
        return None
    sale = standing_in_place_of(session, back.against_id)
    if sale.customer_id != back.draft.customer_id or sale.kind is not OrderKind.SALE:
        raise NotThatSale("The order is another customer's, or no sale.", mend="Name the customer's own, or none.")
    if sale.currency != back.draft.currency:
        raise WrongCurrency(
            f"The goods were sold in {sale.currency}, the return is in {back.draft.currency}.",
            mend="Give money back in the currency in which it was paid.",
        )
    return sale


def _check_left(session: Session, back: Return, sale: Order) -> None:
    sold = sale.lines if sale.state is OrderState.PLACED else []
    beyond = beyond_sold(
        summed((each.product_id, each.quantity, each.amount_minor) for each in back.draft.lines),
        summed((each.product_id, each.quantity, each.amount_minor) for each in sold),
        given_back(session, sale),
    )
    if beyond:
        first = beyond[0]
        raise MoreThanSold(
            f"{first['units']} of product {first['product_id']} for {first['amount_minor']} {back.draft.currency} "
            f"(minor units) would come back; left are {first['units_left']} for {first['amount_left_minor']}.",
            mend="The return is kept; a supervisor decides.",
            products=beyond,
        )


def _turned(order: Order, back: Return, ours: Sequence[Price]) -> Order:
    """Return the entry of a sale turned round."""
    order.kind, order.amount_minor = OrderKind.RETURN, -order.amount_minor
    order.reason, order.against_id = back.reason, back.against_id
    pairs = zip(back.draft.lines, ours, strict=True)
    order.lines = [line_of(number, *each) for number, each in enumerate(pairs, start=1)]
    for line, condition in zip(order.lines, back.conditions, strict=True):
        line.quantity, line.amount_minor, line.condition = -line.quantity, -line.amount_minor, condition
    return order
