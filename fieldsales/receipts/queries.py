"""The facts of an order's receipt, gathered."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.catalog.queries import products
from fieldsales.clock import zone
from fieldsales.config import Settings
from fieldsales.customers.models import Customer
from fieldsales.customers.queries import visible_customers
from fieldsales.invoices.models import Credit, Invoice
from fieldsales.labels.rules import Language, nearest_language
from fieldsales.ledger.models import Posting
from fieldsales.ledger.queries import owed_at
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState
from fieldsales.orders.queries import OrderNotFound
from fieldsales.people.models import Territory, User
from fieldsales.people.rules import Actor
from fieldsales.receipts.models import ReceiptIssue
from fieldsales.receipts.rules import (
    Debt,
    Item,
    Paid,
    Party,
    Receipt,
    check_sum,
    goods_and_discounts,
    rate_of,
    receipt_code,
    short_number,
)
from fieldsales.receivables.models import Payment
from fieldsales.taxes.rules import half_up
from fieldsales.units.rules import EACH


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells, as the operator's settings say it."""

    name: str
    address: str = ""
    tax_number: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Seller:
        """Return the seller of the settings."""
        return cls(settings.seller_name, settings.seller_address, settings.seller_tax_number)


def require_order_in_scope(session: Session, actor: Actor | None, order_id: uuid.UUID) -> Order:
    """Return an order of a customer whom the actor may see; raise `OrderNotFound`."""
    seen = visible_customers(actor).with_only_columns(Customer.id)
    found = session.scalars(select(Order).where(Order.id == order_id, Order.customer_id.in_(seen))).one_or_none()
    if found is None:
        raise OrderNotFound(f"There is no order {order_id}.", order_id=str(order_id))
    return found


def issues_of(session: Session, order_id: uuid.UUID) -> int:
    """Return how often an order's receipt was given out."""
    found = session.scalar(select(func.count()).where(ReceiptIssue.order_id == order_id))
    return int(found or 0)


def receipt_of(session: Session, order: Order, seller: Seller, language: Language | None = None) -> Receipt:
    """Return an order's receipt, in the rep's language unless another is named. Raises `ReceiptDisagrees`."""
    customer = session.get_one(Customer, order.customer_id)
    territory = session.get_one(Territory, customer.territory_id)
    rep = session.get(User, order.rep_id) if order.rep_id else None
    language = language or nearest_language(rep.language if rep else None)
    sold = products(session, {each.product_id for each in order.lines})
    items = tuple(_item(each, sold, order) for each in order.lines)
    check_sum(order.id, items, order.amount_minor)
    against = session.get(Order, order.against_id) if order.against_id else None
    at = order.ordered_at.astimezone(zone(territory.time_zone)) if order.ordered_at else None
    taken = _payments(session, order)
    return Receipt(
        order_id=order.id,
        kind=str(order.kind),
        state=str(order.state),
        number=short_number(order.id, order.reference),
        day=order.ordered_on,
        time=f"{at:%H:%M}" if at else None,
        language=language.code,
        currency=order.currency,
        seller=_seller(seller),
        customer=_buyer(customer),
        rep=rep.name if rep else None,
        items=items,
        tax_minor=order.tax_minor,
        total_minor=order.amount_minor,
        payments=tuple(Paid(str(each.method), each.amount_minor, each.reference) for each in taken),
        qr=receipt_code(order.id, order.ordered_on, order.amount_minor, order.currency),
        against=short_number(against.id, against.reference) if against else None,
        reason=order.reason if order.kind is not OrderKind.SALE else None,
        debt=_debt(session, order, [each.id for each in taken], sum(each.amount_minor for each in taken)),
    )


def _seller(seller: Seller) -> Party:
    lines = tuple(part.strip() for part in seller.address.split("|") if part.strip())
    return Party(seller.name, lines, seller.tax_number or None)


def _buyer(customer: Customer) -> Party:
    place = " ".join(filter(None, (customer.postal_code, customer.city)))
    known = min(customer.references, key=lambda each: (each.system, each.value), default=None)
    return Party(customer.name, tuple(filter(None, (customer.address, place))), known.value if known else None)


def _item(line: OrderLine, sold: Mapping[uuid.UUID, Product], order: Order) -> Item:
    product = sold[line.product_id]
    unit, quantity = (line.unit, line.unit_quantity) if line.unit and line.unit_quantity else (EACH, line.quantity)
    free = line.promotion is not None or order.kind is OrderKind.GIFT
    goods, discounts = (0, ()) if free else goods_and_discounts(line.steps or (), line.amount_minor, line.tax_minor)
    return Item(
        number=line.line_no,
        name=product.name,
        sku=product.sku,
        unit=unit,
        quantity=quantity,
        pieces=line.quantity,
        price_minor=half_up(abs(goods), abs(quantity)) if line.unit else line.unit_price_minor,
        goods_minor=goods,
        amount_minor=line.amount_minor,
        tax_minor=line.tax_minor,
        discounts=discounts,
        free=free,
        condition=line.condition,
        rate_bp=rate_of(line.steps or ()),
    )


def _debt(session: Session, order: Order, payments: Sequence[uuid.UUID], paid_minor: int) -> Debt | None:
    """Return the customer's debt before and after an order that stands, from the ledger as it was then."""
    if order.kind is OrderKind.GIFT or order.state is not OrderState.PLACED or order.ordered_at is None:
        return None
    own = [found.id for found in (_first(session, Invoice, order), _first(session, Credit, order)) if found is not None]
    first = session.scalar(select(func.min(Posting.at)).where(Posting.source_id.in_(own))) if own else None
    moment = first or order.ordered_at
    before = owed_at(session, order.customer_id, order.currency, moment, [*own, *payments])
    return Debt(before, before + order.amount_minor - paid_minor)


def _first(session: Session, table: type[Invoice] | type[Credit], order: Order) -> Invoice | Credit | None:
    theirs: Select[Any] = select(table).where(table.order_id == order.id)
    found: Invoice | Credit | None = session.scalars(theirs).one_or_none()
    return found


def _payments(session: Session, order: Order) -> Sequence[Payment]:
    """What was taken in the visit of a sale that stands, in its currency; no receipt of another order shows it."""
    if order.visit_id is None or order.kind is not OrderKind.SALE or order.state is not OrderState.PLACED:
        return ()
    last = select(Order.id).where(
        Order.visit_id == order.visit_id,
        Order.currency == order.currency,
        Order.kind == OrderKind.SALE,
        Order.state == OrderState.PLACED,
    )
    if session.scalars(last.order_by(Order.ordered_at.desc(), Order.id.desc()).limit(1)).first() != order.id:
        return ()
    theirs = select(Payment).where(
        Payment.visit_id == order.visit_id,
        Payment.customer_id == order.customer_id,
        Payment.currency == order.currency,
    )
    return session.scalars(theirs.order_by(Payment.paid_at, Payment.id)).all()
