"""Verbs of an order. Once taken it never changes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, lazyload

from fieldsales.catalog import queries as catalog
from fieldsales.catalog.models import Product
from fieldsales.catalog.rules import Price
from fieldsales.catalog.service import ProductUnknown
from fieldsales.clock import local_day
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.errors import Conflict, Invalid, NeedsDecision
from fieldsales.orders import rules
from fieldsales.orders.models import Order, OrderKind, OrderLine, Origin
from fieldsales.orders.rules import Draft, Line, Verdict
from fieldsales.visits.models import Visit
from fieldsales.visits.queries import Standing, standing_of
from fieldsales.visits.rules import merged, standing_flags
from fieldsales.visits.service import VisitTaken, VisitUnknown


class OrderTaken(Conflict):
    """The id stands for another order. Give each order an id of its own."""

    code = "order.id_taken"
    title = "That order is another one"


class WrongCurrency(Invalid):
    """A product is sold in another currency than the order's. Keep each currency in an order of its own."""

    code = "order.wrong_currency"
    title = "That product is sold in another currency"


class PriceOutOfBand(NeedsDecision):
    """The customer was told a price further from ours than the policy allows. The order is kept; a person decides."""

    code = "order.price_out_of_band"
    title = "A price is too far from ours"


@dataclass(frozen=True, slots=True)
class Taken:
    """Who took an order and when, by the server's clock; `flags` of what was odd about the phone's."""

    rep_id: uuid.UUID
    at: datetime
    flags: tuple[str, ...] = ()


def place_order(session: Session, draft: Draft, taken: Taken) -> Order:
    """Take an order on site. The prices that the customer was told stand within the policy's band.

    Our own price is computed beside each; a difference is flagged. Raises `CustomerNotFound`, `ProductUnknown`,
    `VisitUnknown`, `VisitTaken`, `OrderTaken`, `WrongCurrency`, and `PriceOutOfBand` where a person must decide.
    """
    standing = standing_of(session, taken.rep_id, draft.customer_id, taken.at)
    if standing is None:
        raise CustomerNotFound(f"There is no customer {draft.customer_id}.", customer_id=str(draft.customer_id))
    if session.get(Order, draft.order_id, options=[lazyload("*")]) is not None:
        raise OrderTaken("The id stands for another order.", mend="Give each order an id of its own.")
    _check_visit(session, draft, taken)
    products = _products(session, draft)
    prices = catalog.prices_of(session, products.values(), standing.customer.tier)
    _check_band(draft, products, prices)
    order = _order(draft, taken, standing)
    order.flags = merged(order.flags, *_oddities(draft, products, prices))
    order.lines = [_line(number, line, prices[line.product_id]) for number, line in enumerate(draft.lines, start=1)]
    session.add(order)
    session.flush()
    return order


def _order(draft: Draft, taken: Taken, standing: Standing) -> Order:
    return Order(
        id=draft.order_id,
        customer_id=draft.customer_id,
        rep_id=taken.rep_id,
        visit_id=draft.visit_id,
        kind=OrderKind.SALE,
        origin=Origin.FIELD,
        ordered_on=local_day(taken.at, standing.time_zone),
        ordered_at=taken.at,
        currency=draft.currency,
        amount_minor=draft.amount_minor,
        flags=merged([*taken.flags], *standing_flags(active=standing.customer.active, served=standing.served)),
    )


def _check_visit(session: Session, draft: Draft, taken: Taken) -> None:
    if draft.visit_id is None:
        return
    visit = session.get(Visit, draft.visit_id, options=[lazyload("*")])
    if visit is None:
        raise VisitUnknown(f"There is no visit {draft.visit_id}.", visit_id=str(draft.visit_id))
    if (visit.rep_id, visit.customer_id) != (taken.rep_id, draft.customer_id):
        raise VisitTaken("The visit is another rep's or at another customer.", mend="Name the order's own visit.")


def _products(session: Session, draft: Draft) -> dict[uuid.UUID, Product]:
    found = catalog.products(session, {line.product_id for line in draft.lines})
    for number, line in enumerate(draft.lines, start=1):
        product = found.get(line.product_id)
        if product is None:
            raise ProductUnknown(
                f"Line {number}: there is no product {line.product_id}.", product_id=str(line.product_id), line=number
            )
        if product.currency != draft.currency:
            raise WrongCurrency(
                f"Line {number}: {product.sku} is sold in {product.currency}, the order is in {draft.currency}.",
                mend="Keep each currency in an order of its own.",
                line=number,
            )
    return found


def _check_band(draft: Draft, products: Mapping[uuid.UUID, Product], prices: Mapping[uuid.UUID, Price]) -> None:
    outside = [
        {
            "line": number,
            "sku": products[line.product_id].sku,
            "told_minor": line.unit_price_minor,
            "ours_minor": prices[line.product_id].minor,
            "rule": prices[line.product_id].rule,
        }
        for number, line in enumerate(draft.lines, start=1)
        if rules.judge(line.unit_price_minor, prices[line.product_id]) is Verdict.OUTSIDE
    ]
    if outside:
        first = outside[0]
        raise PriceOutOfBand(
            f"Line {first['line']}: {first['sku']} was sold at {first['told_minor']}, our price is "
            f"{first['ours_minor']} ({draft.currency} in minor units).",
            mend="The order is kept; a supervisor decides.",
            lines=outside,
            band_bp=rules.BAND_BP,
        )


def _oddities(
    draft: Draft, products: Mapping[uuid.UUID, Product], prices: Mapping[uuid.UUID, Price]
) -> tuple[str, ...]:
    differs = any(line.unit_price_minor != prices[line.product_id].minor for line in draft.lines)
    found = (
        (rules.PRODUCT_INACTIVE, not all(each.active for each in products.values())),
        (rules.PRICE_DIFFERS, differs),
    )
    return tuple(flag for flag, holds in found if holds)


def _line(number: int, line: Line, ours: Price) -> OrderLine:
    return OrderLine(
        line_no=number,
        product_id=line.product_id,
        quantity=line.quantity,
        unit_price_minor=line.unit_price_minor,
        amount_minor=line.amount_minor,
        computed_price_minor=ours.minor,
        price_rule=ours.rule if line.unit_price_minor == ours.minor else f"as_told; ours by {ours.rule}",
    )
