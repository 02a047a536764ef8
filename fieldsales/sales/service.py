"""Taking an order that a phone priced by a price book: the same calculation is made again beside it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session, lazyload

from fieldsales.catalog.queries import Article, articles
from fieldsales.clock import local_day
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.db.desk import Desk
from fieldsales.orders.models import Order, OrderKind, OrderLine, Origin
from fieldsales.orders.rules import PRICE_DIFFERS, PRODUCT_INACTIVE
from fieldsales.orders.service import OrderTaken, PriceOutOfBand, Taken, WrongCurrency, check_visit
from fieldsales.precedence.rules import Buyer
from fieldsales.pricebooks.rules import PriceBook
from fieldsales.pricing.queries import buyer_at, current_book, former_book, former_terms
from fieldsales.pricing.rules import PricedLine, PricedOrder, UnknownProduct, price_order
from fieldsales.sales.rules import (
    OTHER_SUM,
    STALE_BOOK,
    UNKNOWN_BOOK,
    Basis,
    Told,
    ToldLine,
    agrees,
    check_wanted,
    explaining,
    outside,
)
from fieldsales.selling.rules import SALE, Sale
from fieldsales.selling.service import check_sale
from fieldsales.taxes.rules import half_up
from fieldsales.visits.queries import Standing, standing_of
from fieldsales.visits.rules import merged, standing_flags


@dataclass(frozen=True, slots=True)
class Judgement:
    """Our own calculation, that which explains what was told, and what is odd about the phone's."""

    ours: PricedOrder
    explains: PricedOrder
    flags: tuple[str, ...] = ()


def sell(session: Session, told: Told, taken: Taken, *, amended: Basis | None = None, kind: str = SALE) -> Order:
    """Take an order that was priced on a phone; `kind` is that by which the policy `selling` knows a minimum.

    It is priced again from the versions that the phone names. Where these are current, or those of the order that it
    amends (`amended`), and the sums agree, it stands as told. Where they are not, or do not agree, what was told stands
    within the band around our own prices of that moment, flagged; beyond, `PriceOutOfBand` is raised. Refusals come
    before anything is written: `CustomerNotFound`, `OrderTaken`, `VisitUnknown`, `VisitTaken`, `WrongCurrency`, what
    `price_order` and `judge_sale` raise, and `BookNotFound`.
    """
    standing = standing_of(session, taken.rep_id, told.customer_id, taken.at)
    if standing is None:
        raise CustomerNotFound(f"There is no customer {told.customer_id}.", customer_id=str(told.customer_id))
    if session.get(Order, told.order_id, options=[lazyload("*")]) is not None:
        raise OrderTaken("The id stands for another order.", mend="Give each order an id of its own.")
    desk = Desk(session)
    check_visit(session, told, taken, desk)
    products = _products(session, told)
    judgement = judge(session, told, taken, standing, amended)
    if PriceOutOfBand.code not in taken.approved:
        _check_band(told, judgement.ours)
    sale = Sale(taken.at, told.currency, told.total_minor, told.most_discount_bp, amends=taken.amends, kind=kind)
    day = local_day(taken.at, standing.time_zone)
    check_wanted(told, day)
    odd = check_sale(desk, sale, day, told.visit_id, approved=taken.approved, built_in=True)
    order = _entry(told, taken, standing, judgement)
    idle = () if all(each.active for each in products.values()) else (PRODUCT_INACTIVE,)
    order.flags = merged(order.flags, *idle, *judgement.flags, *odd)
    order.lines = [_line(each, judgement) for each in told.lines]
    session.add(order)
    session.flush()
    return order


def judge(session: Session, told: Told, taken: Taken, standing: Standing, amended: Basis | None = None) -> Judgement:
    """Price an order again, by what the phone named and by what was current when it was taken.

    An amendment that names what its order was priced by is priced by that alone.
    """
    day = local_day(taken.at, standing.time_zone)
    book = current_book(session, told.currency, taken.at)
    buyer = buyer_at(session, told.customer_id, standing.customer.tier, told.currency, (day, taken.at))
    named = former_book(session, told.currency, told.basis.book)
    terms = former_terms(session, told.customer_id, told.basis.terms)
    if named is None or terms is None:
        ours = price_order(book, buyer, told.wanted)
        return Judgement(ours, ours, (UNKNOWN_BOOK,) if agrees(told, ours) else (UNKNOWN_BOOK, PRICE_DIFFERS))
    basis = told.basis
    theirs = price_order(named, Buyer(str(told.customer_id), basis.tier, terms, basis.day.isoformat()), told.wanted)
    ours = theirs
    if basis != amended and basis_of(theirs) != basis_of_current(book, buyer):
        ours = price_order(_with_former(book, named), buyer, told.wanted)
    right = agrees(told, theirs)
    flags = (
        ((STALE_BOOK,) if theirs.book != ours.book or theirs.terms != ours.terms else ())
        + (() if right else (OTHER_SUM,))
        + (() if agrees(told, ours) else (PRICE_DIFFERS,))
    )
    return Judgement(ours, theirs if right else ours, flags)


def basis_of(priced: PricedOrder) -> tuple[str | None, ...]:
    """Return what an order was priced by."""
    return (priced.book, priced.terms, priced.tier, priced.day)


def basis_in_books(order: Order) -> Basis | None:
    """Return what an order in the books was priced by; None where it was not priced by a book."""
    found = order.basis
    if found is None:
        return None
    return Basis(found["book"], found["terms"], found["tier"], date.fromisoformat(found["day"]))


def basis_of_current(book: PriceBook, buyer: Buyer) -> tuple[str | None, ...]:
    """Return what an order would be priced by."""
    return (book.version, buyer.terms.version, buyer.tier, buyer.day)


def _with_former(book: PriceBook, named: PriceBook) -> PriceBook:
    """Return the book with what is no longer sold, at the price at which it last was."""
    gone = {product_id: item for product_id, item in named.items.items() if product_id not in book.items}
    rates = {**named.tax_rates, **book.tax_rates}
    return replace(book, items={**book.items, **gone}, tax_rates=rates) if gone else book


def _products(session: Session, told: Told) -> dict[uuid.UUID, Article]:
    found = articles(session, [each.product_id for each in told.lines])
    for each in told.lines:
        product = found.get(each.product_id)
        where = {"line": each.line, "product_id": str(each.product_id)}
        if product is None:
            raise UnknownProduct(f"Line {each.line}: there is no product {each.product_id}.", mend="Pull.", **where)
        if product.currency != told.currency:
            raise WrongCurrency(
                f"Line {each.line}: {product.sku} is sold in {product.currency}, the order is in {told.currency}.",
                mend="Keep each currency in an order of its own.",
                **where,
            )
    return found


def _check_band(told: Told, ours: PricedOrder) -> None:
    far = outside(told, ours)
    if far:
        first = far[0]
        raise PriceOutOfBand(
            f"Line {first['line']} was told at {first['told_minor']} for {first['quantity']}, ours is "
            f"{first['ours_minor']} for {first['ours_quantity'] or first['quantity']} (minor units).",
            mend="The order is kept; a supervisor decides.",
            lines=far,
        )


def _entry(told: Told, taken: Taken, standing: Standing, judgement: Judgement) -> Order:
    basis = dict(zip(("book", "terms", "tier", "day"), basis_of(judgement.explains), strict=True))
    return Order(
        id=told.order_id,
        customer_id=told.customer_id,
        rep_id=taken.rep_id,
        visit_id=told.visit_id,
        kind=OrderKind.SALE,
        origin=Origin.FIELD,
        ordered_on=local_day(taken.at, standing.time_zone),
        ordered_at=taken.at,
        currency=told.currency,
        amount_minor=told.total_minor,
        tax_minor=sum(each.tax_minor for each in told.lines),
        basis=basis,
        supply=told.supply,
        wanted_on=told.wanted_on,
        flags=merged([*taken.flags], *standing_flags(active=standing.customer.active, served=standing.served)),
    )


def _line(told: ToldLine, judgement: Judgement) -> OrderLine:
    """Return a line in the books: what was told, beside the calculation that explains it and our own.

    The unit price is what a piece came to, all discounts and taxes counted: at that goods come back.
    """
    explained = explaining(told, judgement.explains)
    ours = explaining(told, judgement.ours)
    line = explained or ours
    pieces = line.pieces if line and line.quantity == told.quantity else told.quantity
    return OrderLine(
        line_no=told.line,
        product_id=told.product_id,
        quantity=pieces,
        unit_price_minor=half_up(told.amount_minor, pieces),
        amount_minor=told.amount_minor,
        computed_price_minor=half_up(ours.amount_minor, ours.pieces) if ours else None,
        price_rule=_rule(line) if line else None,
        unit=told.unit,
        unit_quantity=told.quantity,
        discount_minor=line.discount_minor if line else None,
        tax_minor=told.tax_minor,
        promotion=told.promotion,
        steps=list(line.steps) if line else None,
    )


def _rule(line: PricedLine) -> str:
    return ",".join(step["code"] for step in line.steps if step["code"] not in ("goods", "tax"))[:80]
