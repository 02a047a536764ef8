"""Pricing without saving: what an order would cost, and what former orders would have under other prices."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.catalog.service import ProductUnknown
from fieldsales.clock import local_day
from fieldsales.customers.queries import require_customer_in_scope
from fieldsales.orders.models import Order
from fieldsales.people.models import Territory
from fieldsales.people.queries import days_at
from fieldsales.people.rules import Actor
from fieldsales.precedence.rules import Buyer
from fieldsales.pricebooks.queries import BookNotFound, drafted_books
from fieldsales.pricebooks.rules import Contract, PriceBook, Terms, read_book
from fieldsales.pricebooks.service import Agreement
from fieldsales.pricing.queries import buyer_at, current_book, current_terms
from fieldsales.pricing.rules import PricedOrder, Wanted, price_order
from fieldsales.promotions.rules import Body, read_promotion
from fieldsales.quotes.queries import last_sales
from fieldsales.quotes.rules import MOST_TRIED, Case, TooManyOrders, Trial, compare, with_promotion


def quote(
    session: Session,
    customer_id: uuid.UUID,
    currency: str,
    wanted: Sequence[Wanted],
    *,
    now: datetime,
    by: Actor | None = None,
) -> PricedOrder:
    """Return what an order would cost a customer now, by the published prices; nothing is saved.

    Raises `CustomerNotFound`, `BookNotFound`, and what `price_order` raises.
    """
    customer = require_customer_in_scope(session, by, customer_id)
    zone = session.get_one(Territory, customer.territory_id).time_zone
    book = current_book(session, currency, now)
    buyer = buyer_at(session, customer_id, customer.tier, currency, (local_day(now, zone), now))
    return price_order(book, buyer, wanted)


def try_promotion(
    session: Session, body: Body, currency: str, orders: int, *, now: datetime, by: Actor | None = None
) -> Trial:
    """Return what the last orders would cost if a promotion stood, beside what they would cost today without it.

    Raises `PromotionInvalid`, `TooManyOrders`, `BookNotFound`.
    """
    promotion = read_promotion(body)
    book = book_or_draft(session, currency, now)
    cases = _cases(session, book, currency, orders, now=now, by=by)
    return compare([(each, each) for each in cases], (book, with_promotion(book, promotion)))


def try_agreement(session: Session, agreement: Agreement, orders: int, *, now: datetime, by: Actor | None) -> Trial:
    """Return what the customer's last orders would cost under a contract price, beside what they would today.

    Raises `CustomerNotFound`, `ProductUnknown`, `TooManyOrders`, `BookNotFound`.
    """
    require_customer_in_scope(session, by, agreement.customer_id)
    product = session.get(Product, agreement.product_id)
    if product is None:
        raise ProductUnknown(f"There is no product {agreement.product_id}.", product_id=str(agreement.product_id))
    book = book_or_draft(session, product.currency, now)
    cases = _cases(session, book, product.currency, orders, now=now, by=by, customer_id=agreement.customer_id)
    return compare([(each, _under(each, agreement)) for each in cases], (book, book))


def book_or_draft(session: Session, currency: str, now: datetime) -> PriceBook:
    """Return the price book of a currency; where none was published yet, as it would be. Raises `BookNotFound`."""
    try:
        return current_book(session, currency, now)
    except BookNotFound:
        drafted = drafted_books(session, days_at(session, now)[0])
        if currency not in drafted:
            raise
        return read_book(drafted[currency])


def _cases(
    session: Session,
    book: PriceBook,
    currency: str,
    orders: int,
    *,
    now: datetime,
    by: Actor | None,
    customer_id: uuid.UUID | None = None,
) -> list[Case]:
    if not 1 <= orders <= MOST_TRIED:
        raise TooManyOrders(f"{orders} orders cannot be looked at.", mend=f"Give 1 to {MOST_TRIED}.")
    day, _ = days_at(session, now)
    terms: dict[uuid.UUID, Terms] = {}
    found = []
    for order, tier in last_sales(session, by, currency, orders, customer_id=customer_id):
        if order.customer_id not in terms:
            terms[order.customer_id] = current_terms(session, order.customer_id, currency, now)
        wanted = _wanted(order, lambda product_id: product_id in book.items)
        if wanted:
            buyer = _buyer(order, tier, terms[order.customer_id], day)
            found.append(Case(order.id, buyer, wanted, order.amount_minor))
    return found


def _buyer(order: Order, tier: str | None, terms: Terms, day: date) -> Buyer:
    return Buyer(str(order.customer_id), tier, terms, day.isoformat())


def _wanted(order: Order, sold: Callable[[str], bool]) -> tuple[Wanted, ...]:
    """Return the lines of an order as pieces; what was given, and what is no longer sold, is left out."""
    return tuple(
        Wanted(line.line_no, str(line.product_id), line.quantity)
        for line in order.lines
        if line.promotion is None and line.quantity > 0 and sold(str(line.product_id))
    )


def _under(case: Case, agreement: Agreement) -> Case:
    contract = Contract(
        agreement.reference,
        str(agreement.product_id),
        agreement.price_minor,
        agreement.per,
        agreement.least,
        agreement.since.isoformat() if agreement.since else None,
        agreement.until.isoformat() if agreement.until else None,
    )
    terms = case.buyer.terms
    others = [
        each
        for each in terms.of(contract.product_id)
        if (each.reference, each.least) != (contract.reference, contract.least)
    ]
    contracts = {**terms.contracts, contract.product_id: [*others, contract]}
    return replace(case, buyer=replace(case.buyer, terms=Terms(terms.version, contracts)))
