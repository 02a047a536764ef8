"""Verbs of an order. Once taken it never changes."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from fieldsales.catalog import queries as catalog
from fieldsales.catalog.queries import Article
from fieldsales.catalog.rules import Price
from fieldsales.catalog.service import ProductUnknown
from fieldsales.clock import local_day
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.db.desk import Desk, at_desk
from fieldsales.errors import Conflict, Invalid, NeedsDecision
from fieldsales.orders import rules
from fieldsales.orders.models import Order, OrderKind, OrderLine, Origin
from fieldsales.orders.queries import taken_ids
from fieldsales.orders.rules import Draft, Line, Verdict
from fieldsales.selling.rules import Sale
from fieldsales.selling.service import check_sale
from fieldsales.visits.queries import Standing, relations, visits_to_change
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
    """Who took an order and when, by the server's clock; `flags` of what was odd about the phone's.

    `approved` are the codes of what a person let pass, for instance prices far from ours. What `amends` another order
    was judged by the switches about its visit when that one was taken.
    """

    rep_id: uuid.UUID
    at: datetime
    flags: tuple[str, ...] = ()
    approved: Collection[str] = ()
    amends: bool = False


class OfVisit(Protocol):
    """What says at which customer it was, and perhaps in which visit."""

    @property
    def customer_id(self) -> uuid.UUID: ...
    @property
    def visit_id(self) -> uuid.UUID | None: ...


def place_order(session: Session, draft: Draft, taken: Taken, desk: Desk | None = None) -> Order:
    """Take an order on site. The prices that the customer was told stand within the policy's band.

    Our own price is computed beside each; a difference is flagged. With a `desk` what is new stays there. Refusals
    come before anything is written: `CustomerNotFound`, `ProductUnknown`, `VisitUnknown`, `VisitTaken`, `OrderTaken`,
    `WrongCurrency`, what the policy `selling` has against it once somebody set one, and `PriceOutOfBand` where a person
    must decide.
    """
    with at_desk(session, desk) as here:
        relation = here.find(relations, (taken.rep_id, draft.customer_id))
        if relation is None:
            raise CustomerNotFound(f"There is no customer {draft.customer_id}.", customer_id=str(draft.customer_id))
        standing = relation.at(taken.at)
        if here.find(taken_ids, draft.order_id) is not None:
            raise OrderTaken("The id stands for another order.", mend="Give each order an id of its own.")
        check_visit(session, draft, taken, here)
        products = products_of(session, draft, here)
        prices = catalog.prices_of(session, products.values(), standing.customer.tier, here)
        ours = [prices[line.product_id] for line in draft.lines]
        if PriceOutOfBand.code not in taken.approved:
            check_band(draft, products, ours)
        odd = _check_policy(here, draft, taken, ours, local_day(taken.at, standing.time_zone))
        order = entry(draft, taken, standing)
        order.flags = merged(order.flags, *oddities(draft, products, ours), *odd)
        lines = [line_of(number, *each) for number, each in enumerate(zip(draft.lines, ours, strict=True), start=1)]
        _keep(here, order, lines)
        return order


def _check_policy(desk: Desk, draft: Draft, taken: Taken, ours: Sequence[Price], day: date) -> tuple[str, ...]:
    """Return the flags that the policy `selling` gives; a price below ours counts as a discount."""
    sale = Sale(taken.at, draft.currency, draft.amount_minor, rules.discount_bp(draft, ours), amends=taken.amends)
    return check_sale(desk, sale, day, draft.visit_id, approved=taken.approved, built_in=False)


def _keep(desk: Desk, order: Order, lines: list[OrderLine]) -> None:
    for line in lines:
        line.order_id = order.id
    set_committed_value(order, "lines", lines)
    desk.add(order, *lines)
    desk.keep(taken_ids, order.id, order.id)


def entry(draft: Draft, taken: Taken, standing: Standing) -> Order:
    """Return a sale in the books without its lines; `standing` says of which day it is, and what is odd about it."""
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


def check_visit(session: Session, draft: OfVisit, taken: Taken, desk: Desk | None = None) -> None:
    """Raise `VisitUnknown`, or `VisitTaken` where the visit is another rep's or at another customer."""
    if draft.visit_id is None:
        return
    visit = (desk or Desk(session)).find(visits_to_change, draft.visit_id)
    if visit is None:
        raise VisitUnknown(f"There is no visit {draft.visit_id}.", visit_id=str(draft.visit_id))
    if (visit.rep_id, visit.customer_id) != (taken.rep_id, draft.customer_id):
        raise VisitTaken("The visit is another rep's or at another customer.", mend="Name the order's own visit.")


def products_of(session: Session, draft: Draft, desk: Desk | None = None) -> dict[uuid.UUID, Article]:
    """Return the products of a draft by id. Raises `ProductUnknown`, `WrongCurrency`."""
    sold = (desk or Desk(session)).lay_out(catalog.articles, [line.product_id for line in draft.lines])
    found = {each.id: each for each in sold}
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


def check_band(draft: Draft, products: Mapping[uuid.UUID, Article], ours: Sequence[Price]) -> None:
    """Raise `PriceOutOfBand` if a line was told further from its price among `ours` than the policy allows."""
    outside = [
        {
            "line": number,
            "sku": products[line.product_id].sku,
            "told_minor": line.unit_price_minor,
            "ours_minor": price.minor,
            "rule": price.rule,
        }
        for number, (line, price) in enumerate(zip(draft.lines, ours, strict=True), start=1)
        if rules.judge(line.unit_price_minor, price) is Verdict.OUTSIDE
    ]
    if outside:
        first = outside[0]
        raise PriceOutOfBand(
            f"Line {first['line']}: {first['sku']} was told at {first['told_minor']}, our price is "
            f"{first['ours_minor']} ({draft.currency} in minor units).",
            mend="The order is kept; a supervisor decides.",
            lines=outside,
            band_bp=rules.BAND_BP,
        )


def oddities(draft: Draft, products: Mapping[uuid.UUID, Article], ours: Sequence[Price]) -> tuple[str, ...]:
    """Return what is odd about the products and the prices of a draft; `ours` are the prices of its lines."""
    differs = any(line.unit_price_minor != price.minor for line, price in zip(draft.lines, ours, strict=True))
    found = (
        (rules.PRODUCT_INACTIVE, not all(each.active for each in products.values())),
        (rules.PRICE_DIFFERS, differs),
    )
    return tuple(flag for flag, holds in found if holds)


def line_of(number: int, line: Line, ours: Price) -> OrderLine:
    """Return a line of a sale in the books, its price beside ours."""
    return OrderLine.fresh(
        line_no=number,
        product_id=line.product_id,
        quantity=line.quantity,
        unit_price_minor=line.unit_price_minor,
        amount_minor=line.amount_minor,
        computed_price_minor=ours.minor,
        price_rule=ours.rule if line.unit_price_minor == ours.minor else f"as_told; ours by {ours.rule}",
    )
