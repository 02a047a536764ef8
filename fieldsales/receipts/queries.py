"""The facts of an order's receipt, gathered."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
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
from fieldsales.orders.queries import OrderNotFound, halves_of
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


def receipt_of(
    session: Session, order: Order, seller: Seller, language: Language | None = None, *, whole: bool = True
) -> Receipt:
    """Return an order's receipt, in the rep's language unless another is named. Raises `ReceiptDisagrees`.

    The receipt of either half of an exchange is that of the `whole`, which is known by the sale.
    """
    halves = halves_of(session, order.exchange_id) if whole and order.exchange_id else {}
    order, back = halves.get(OrderKind.SALE, order), halves.get(OrderKind.RETURN)
    parts = [order] if back is None else [order, back]
    customer = session.get_one(Customer, order.customer_id)
    territory = session.get_one(Territory, customer.territory_id)
    rep = session.get(User, order.rep_id) if order.rep_id else None
    language = language or nearest_language(rep.language if rep else None)
    sold = products(session, {each.product_id for part in parts for each in part.lines})
    items = tuple(_item(each, sold, part) for part in parts for each in part.lines)
    total = sum(each.amount_minor for each in parts)
    check_sum(order.id, items, total)
    against_id = parts[-1].against_id
    against = session.get(Order, against_id) if against_id else None
    at = order.ordered_at.astimezone(zone(territory.time_zone)) if order.ordered_at else None
    taken = _payments(session, order)
    return Receipt(
        order_id=order.id,
        kind=str(order.kind) if back is None else "exchange",
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
        tax_minor=_tax(parts),
        total_minor=total,
        payments=tuple(Paid(str(each.method), each.amount_minor, each.reference) for each in taken),
        qr=receipt_code(order.id, order.ordered_on, total, order.currency),
        against=short_number(against.id, against.reference) if against else None,
        reason=parts[-1].reason if parts[-1].kind is not OrderKind.SALE else None,
        debt=_debt(session, parts, [each.id for each in taken], sum(each.amount_minor for each in taken)),
    )


def _tax(parts: Sequence[Order]) -> int | None:
    known = [each.tax_minor for each in parts if each.tax_minor is not None]
    return sum(known) if known else None


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


def _debt(session: Session, parts: Sequence[Order], payments: Sequence[uuid.UUID], paid_minor: int) -> Debt | None:
    """Return the customer's debt before and after orders of one receipt, from the ledger as it was then.

    None of a gift, and of what does not stand.
    """
    order = parts[0]
    if order.kind is OrderKind.GIFT or order.state is not OrderState.PLACED or order.ordered_at is None:
        return None
    orders = [each.id for each in parts]
    own = [
        each
        for table in (Invoice, Credit)
        for each in session.scalars(select(table.id).where(table.order_id.in_(orders)))
    ]
    first = session.scalar(select(func.min(Posting.at)).where(Posting.source_id.in_(own))) if own else None
    before = owed_at(session, order.customer_id, order.currency, first or order.ordered_at, [*own, *payments])
    return Debt(before, before + sum(each.amount_minor for each in parts) - paid_minor)


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
