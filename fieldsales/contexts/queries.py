"""What is known of customers before an order, in a number of queries that does not grow with them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, String, and_, cast, func, select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.catalog.queries import discount_of
from fieldsales.companions.rules import learn, propose
from fieldsales.contexts.models import OrderContext
from fieldsales.contexts.rules import BUYING_DAYS, FAVOURITES, PROPOSALS, Bought, Habit, habit_told, habits
from fieldsales.credits.queries import standings
from fieldsales.credits.rules import Standing
from fieldsales.customers.models import Customer
from fieldsales.invoices.queries import aged_debts
from fieldsales.invoices.rules import ageing, overdue
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState
from fieldsales.orders.queries import Buying, buying_summary
from fieldsales.pricebooks.models import PublishedTerms
from fieldsales.pricebooks.queries import current_books
from fieldsales.pricebooks.rules import Body
from fieldsales.promotions.rules import Promotion, parse_promotion
from fieldsales.supplies.queries import sold_out

RETURN_DAYS = 30
"""For how long a return is told of."""


def known_since(session: Session, day: date, customer_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of some customers of whom there is a document of a day or later."""
    found = select(OrderContext.customer_id).where(
        OrderContext.customer_id.in_(customer_ids), OrderContext.made_on >= day
    )
    return set(session.scalars(found))


def drafted_contexts(session: Session, customers: Sequence[Customer], day: date) -> dict[uuid.UUID, Body]:
    """Return what there is to know of some customers on the morning of a day."""
    ids = [each.id for each in customers]
    bought, back = _bought(session, ids, day), _returns(session, ids, day)
    last = buying_summary(session, ids, day - timedelta(days=1), favourites=1)
    proposals, terms = _proposals(session, ids, day), _terms(session, ids)
    books = {each.currency: each for each in current_books(session)}
    offers = [(each, parse_promotion(each)) for book in books.values() for each in book.body["promotions"]]
    gone = sold_out(session, ids, day)
    owed, aged = standings(session, ids, day), aged_debts(session, ids, day)
    discounts = {tier: discount_of(session, tier) for tier in {each.tier for each in customers}}
    return {
        each.id: {
            "day": day.isoformat(),
            "tier": each.tier,
            "discount_bp": discounts[each.tier],
            "price_books": {currency: book.version for currency, book in sorted(books.items())},
            "terms": terms[each.id],
            "promotions": _open_promotions(offers, each, day),
            "last_orders": _orders_told(last[each.id]),
            "favourites": [habit_told(habit) for habit in habits(bought[each.id])],
            "proposals": proposals.get(each.id, []),
            "returns": back[each.id],
            "receivables": _receivables(owed.get(each.id, {}), aged.get(each.id, {}), day),
            "out_of_stock": _missing(gone.get(each.id, frozenset()), bought[each.id], proposals.get(each.id, [])),
        }
        for each in customers
    }


def _missing(gone: Collection[uuid.UUID], bought: Sequence[Bought], proposals: Sequence[Body]) -> list[str]:
    """Return what a customer buys, or is proposed, that its warehouse has nothing left of."""
    wanted = {str(each.product_id) for each in bought} | {str(each["product_id"]) for each in proposals}
    return sorted(wanted & {str(each) for each in gone})


def _receivables(owed: Mapping[str, Standing], aged: Mapping[str, Body], day: date) -> list[dict[str, Any]]:
    """Return what a customer owes by currency, by how late it is, and how much more it may owe."""
    return [
        standing.told()
        | {"ageing": (debts := dict(aged.get(currency) or ageing((), day))), "overdue_minor": overdue(debts)}
        for currency, standing in owed.items()
    ]


def habits_of(session: Session, ids: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, list[Habit]]:
    """Return how customers buy, what each buys most often first; no entry for who bought nothing lately."""
    return {customer_id: habits(bought) for customer_id, bought in _bought(session, ids, day).items()}


def _sales(day: date, days: int) -> Select[uuid.UUID, uuid.UUID, date, int]:
    return (
        select(Order.customer_id, OrderLine.product_id, Order.ordered_on, OrderLine.quantity)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.kind == OrderKind.SALE, Order.state == OrderState.PLACED, OrderLine.amount_minor > 0)
        .where(Order.ordered_on < day, Order.ordered_on >= day - timedelta(days=days))
    )


def _bought(session: Session, ids: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, list[Bought]]:
    found: dict[uuid.UUID, list[Bought]] = defaultdict(list)
    of_these = _sales(day, BUYING_DAYS).where(Order.customer_id.in_(ids))
    often, latest = func.count(func.distinct(Order.ordered_on)), func.max(Order.ordered_on)
    order = (often.desc(), latest.desc(), func.sum(OrderLine.quantity).desc(), OrderLine.product_id)
    ranked = (
        of_these.with_only_columns(
            Order.customer_id,
            OrderLine.product_id,
            func.row_number().over(partition_by=Order.customer_id, order_by=order).label("rank"),
        ).group_by(Order.customer_id, OrderLine.product_id)
    ).subquery()
    loved = and_(ranked.c.customer_id == Order.customer_id, ranked.c.product_id == OrderLine.product_id)
    rows = session.execute(of_these.join(ranked, loved).where(ranked.c.rank <= FAVOURITES))
    for customer_id, product_id, ordered_on, pieces in rows:
        found[customer_id].append(Bought(product_id, ordered_on, pieces))
    return found


def _proposals(session: Session, ids: Sequence[uuid.UUID], day: date) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """Return what similar customers buy, among products that are on sale; all customers are learned from.

    Ids are read as text: they are few, and their rows are many.
    """
    who, what = cast(Order.customer_id, String), cast(OrderLine.product_id, String)
    pairs = session.execute(
        _sales(day, BUYING_DAYS)
        .with_only_columns(who, what)
        .join(Product, Product.id == OrderLine.product_id)
        .where(Product.active)
        .distinct()
    ).all()
    texts = sorted({text for text, _ in pairs}), sorted({text for _, text in pairs})
    places = [{text: at for at, text in enumerate(these)} for these in texts]
    customers, products = ([uuid.UUID(text) for text in these] for these in texts)
    rows = {customer_id: at for at, customer_id in enumerate(customers)}
    wanted = [each for each in ids if each in rows]
    if not wanted:
        return {}
    known = learn([places[0][text] for text, _ in pairs], [places[1][text] for _, text in pairs])
    return {
        customers[at]: [
            {
                "product_id": str(products[each.product]),
                "because_of": str(products[each.because_of]),
                "customers": each.customers,
                "score": each.score,
            }
            for each in found
        ]
        for at, found in propose(known, [rows[each] for each in wanted], PROPOSALS).items()
    }


def _returns(session: Session, ids: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, list[dict[str, Any]]]:
    found: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    rows = session.execute(
        select(Order.customer_id, Order.id, Order.ordered_on, Order.currency, Order.amount_minor, Order.reason)
        .where(Order.customer_id.in_(ids), Order.kind == OrderKind.RETURN, Order.state == OrderState.PLACED)
        .where(Order.ordered_on < day, Order.ordered_on >= day - timedelta(days=RETURN_DAYS))
        .order_by(Order.ordered_on.desc(), Order.id)
    )
    for customer_id, order_id, returned_on, currency, amount, reason in rows:
        told = {"order_id": str(order_id), "returned_on": returned_on.isoformat(), "currency": currency}
        found[customer_id].append(told | {"amount_minor": amount, "reason": reason})
    return found


def _terms(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    found: dict[uuid.UUID, dict[str, str]] = defaultdict(dict)
    statement = select(PublishedTerms.customer_id, PublishedTerms.currency, PublishedTerms.version)
    current = statement.where(PublishedTerms.customer_id.in_(ids), PublishedTerms.superseded_at.is_(None))
    for customer_id, currency, version in session.execute(current.order_by(PublishedTerms.currency)):
        found[customer_id][currency] = version
    return found


def _open_promotions(offers: Sequence[tuple[Body, Promotion]], customer: Customer, day: date) -> list[dict[str, Any]]:
    found = {
        each["code"]: {"code": each["code"], "name": each["name"], "until": each.get("until")}
        for each, promotion in offers
        if promotion.open_to(str(customer.id), customer.tier, day.isoformat())
    }
    return [found[code] for code in sorted(found)]


def _orders_told(buying: Buying) -> list[dict[str, Any]]:
    return [
        {
            "order_id": str(each.id),
            "ordered_on": each.ordered_on.isoformat(),
            "currency": each.currency,
            "amount_minor": each.amount_minor,
        }
        for each in buying.last_orders
    ]
