"""The books read as sources of pay, in one order that does not depend on when rows were written."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select
from sqlalchemy.orm import Session, aliased

from fieldsales.catalog.models import Product
from fieldsales.commission.rules import Scheme
from fieldsales.customers.models import Customer
from fieldsales.earnings.rules import Article, Line, Source, SourceKind
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState
from fieldsales.servings.queries import Serving
from fieldsales.unpaid.queries import Unpaid

CHUNK = 500
Back = dict[uuid.UUID, dict[uuid.UUID, int]]


@dataclass(frozen=True, slots=True)
class Shop:
    """A customer as rules choose it; texts are case-folded."""

    tier: str
    segment: str


@dataclass(frozen=True, slots=True)
class After:
    """What happened to orders afterwards: what came back by order and product, by which returns, what is paid late."""

    back: Back
    why: Mapping[uuid.UUID, list[dict[str, Any]]]
    late: Unpaid


class Books:
    """What a run reads besides its orders, read once for all months: products, customers, who serves whom.

    `last` is the day as of which what came back, and what was paid, counts.
    """

    def __init__(self, session: Session, currency: str) -> None:
        self.session, self.currency = session, currency
        self.serving = Serving(session)
        rows = session.execute(select(Customer.id, Customer.tier, Customer.category))
        self.shops = {who: Shop(fold(tier), fold(category)) for who, tier, category in rows}
        of_product = select(Product.id, Product.sku, Product.brand, Product.category, Product.cost_minor)
        self.articles: dict[uuid.UUID, Article] = {}
        for who, sku, brand, category, cost in session.execute(of_product.where(Product.currency == currency)):
            self.articles[who] = Article(fold(sku), fold(brand), fold(category), cost)

    def orders(self, scheme: Scheme, last: date, *only: ColumnElement[bool], standing: bool = True) -> list[Source]:
        """Return the orders, and the returns that name none, that some conditions choose, as they stand on a day.

        `standing` leaves those out that have ended, and that nobody earns by.
        """
        named = and_(Order.kind == OrderKind.RETURN, Order.against_id.is_not(None))
        wanted = [Order.currency == self.currency, Order.kind != OrderKind.GIFT, ~named, *only]
        if standing:
            wanted.append(Order.state == OrderState.PLACED)
        orders = self.session.execute(select(*_ORDER).where(*wanted).order_by(Order.ordered_on, Order.id)).all()
        if not orders:
            return []
        lines = _lines(self.session, wanted)
        back, why = _given_back(self.session, self.currency, orders[0].ordered_on, last)
        late = Unpaid(self.session, {each.id for each in orders}, last, scheme.unpaid_days)
        after = After(back, why, late)
        found = (self._source(scheme, each, lines[each.id], after) for each in orders)
        return [each for each in found if each.weights or not standing]

    def chosen(self, scheme: Scheme, last: date, order_ids: Collection[uuid.UUID]) -> list[Source]:
        """Return some orders as they stand on a day, ended ones too."""
        ids = sorted(order_ids)
        pieces = (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))
        return [each for some in pieces for each in self.orders(scheme, last, Order.id.in_(some), standing=False)]

    def nobodys(self, *only: ColumnElement[bool]) -> int:
        """Return what orders that some conditions choose amount to by which nobody earns, as nobody serves there."""
        wanted = (Order.currency == self.currency, Order.kind != OrderKind.GIFT, Order.state == OrderState.PLACED)
        rows = self.session.execute(
            select(Order.customer_id, Order.ordered_on, Order.amount_minor).where(
                Order.rep_id.is_(None), *wanted, *only
            )
        )
        return sum(amount for who, day, amount in rows if self.serving.owner(who, day) is None)

    def _source(self, scheme: Scheme, order: Row[Any], rows: Iterable[Any], after: After) -> Source:
        shop = self.shops[order.customer_id]
        late, claimed, invoices = after.late.of(order.id)
        told = (order.basis or {}).get("tier")
        return Source(
            kind=SourceKind.ORDER if order.kind is OrderKind.SALE else SourceKind.RETURN,
            id=order.id,
            day=order.ordered_on,
            customer_id=order.customer_id,
            weights=self.serving.shares(scheme, order.customer_id, order.ordered_on, order.rep_id),
            lines=tuple(self._lines_left(rows, after.back.get(order.id, {}))),
            tier=fold(told) if isinstance(told, str) else shop.tier,
            segment=shop.segment,
            channel=str(order.supply or ""),
            standing=order.state is OrderState.PLACED,
            unpaid_minor=late,
            claimed_minor=claimed,
            because=(*after.why.get(order.id, ()), *invoices),
        )

    def _lines_left(self, rows: Iterable[Any], back: Mapping[uuid.UUID, int]) -> Iterable[Line]:
        """What came back of a product is taken off its lines from the first one on."""
        gone = dict(back)
        for _, line_no, product_id, units, price, amount, tax, ours in rows:
            off = min(gone.get(product_id, 0), units) if units > 0 and gone else 0
            if off:
                gone[product_id] -= off
            net = amount - (tax or 0)
            yield Line(line_no, units, units - off, net, self.articles.get(product_id), price, ours)


def fold(text: str | None) -> str:
    """Return a text as rules compare it."""
    return (text or "").strip().casefold()


_ORDER = (
    *(Order.id, Order.customer_id, Order.rep_id, Order.kind, Order.state, Order.ordered_on, Order.supply, Order.basis),
)
_LINE = (
    *(OrderLine.order_id, OrderLine.line_no, OrderLine.product_id, OrderLine.quantity, OrderLine.unit_price_minor),
    *(OrderLine.amount_minor, OrderLine.tax_minor, OrderLine.computed_price_minor),
)


def _lines(session: Session, wanted: Sequence[ColumnElement[bool]]) -> Mapping[uuid.UUID, list[Any]]:
    found: dict[uuid.UUID, list[Any]] = defaultdict(list)
    rows = select(*_LINE).join(Order, Order.id == OrderLine.order_id).where(*wanted)
    for row in session.execute(rows.order_by(OrderLine.order_id, OrderLine.line_no)):
        found[row[0]].append(row)
    return found


def _given_back(
    session: Session, currency: str, first: date, last: date
) -> tuple[Back, Mapping[uuid.UUID, list[dict[str, Any]]]]:
    """What came back of orders by product, and by which returns; it counts to what stands in an order's place."""
    after = aliased(Order)
    amended: Any = select(after.amends_id, after.id).where(after.amends_id.is_not(None))
    successors: dict[uuid.UUID, uuid.UUID] = dict(session.execute(amended).all())
    rows: Any = session.execute(
        select(Order.id, Order.against_id, Order.ordered_on, OrderLine.product_id, OrderLine.quantity)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.kind == OrderKind.RETURN, Order.state == OrderState.PLACED, Order.against_id.is_not(None))
        .where(Order.currency == currency, Order.ordered_on >= first, Order.ordered_on <= last)
        .order_by(Order.ordered_on, Order.id)
    )
    found: Back = defaultdict(lambda: defaultdict(int))
    why: dict[uuid.UUID, dict[uuid.UUID, dict[str, Any]]] = defaultdict(dict)
    for return_id, sale, day, product_id, units in rows:
        standing = sale
        while standing in successors:
            standing = successors[standing]
        found[standing][product_id] -= units
        why[standing][return_id] = {"return_id": str(return_id), "day": day.isoformat()}
    return found, {sale: list(each.values()) for sale, each in why.items()}
