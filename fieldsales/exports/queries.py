"""Rows for an ERP or a spreadsheet, of a period and of whom the asker may see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.customers.models import Customer, CustomerReference
from fieldsales.customers.queries import visible_customers
from fieldsales.exports.rules import Cell, check_period, major
from fieldsales.invoices.models import Invoice
from fieldsales.ledger.models import Posting
from fieldsales.orders.models import Order, OrderKind, OrderLine
from fieldsales.people.models import User
from fieldsales.people.rules import Actor
from fieldsales.receivables.models import Payment

AT_ONCE = 1000
"""So many rows are fetched at a time: a year of orders never lies in memory."""


def order_rows(
    session: Session, actor: Actor | None, first: date, last: date, kind: OrderKind | None = None
) -> Iterator[list[Cell]]:
    """Return the lines of the orders of a period by day, as `ORDER_COLUMNS`; of an order without lines one row.

    `kind` leaves only sales, returns or gifts. Orders that no longer stand are told too, with their state. Raises
    `PeriodInvalid`.
    """
    check_period(first, last)
    wanted = (
        select(
            *(Order.id, Order.reference, Order.kind, Order.state, Order.ordered_on, Order.ordered_at),
            *(Order.customer_id, _reference(), Customer.name, User.login),
            *(Order.against_id, Order.amends_id, Order.reason),
            *(OrderLine.line_no, Product.sku, Product.name, OrderLine.unit, OrderLine.unit_quantity),
            *(OrderLine.quantity, OrderLine.condition, OrderLine.promotion, Order.currency),
            *(OrderLine.unit_price_minor, OrderLine.discount_minor, OrderLine.tax_minor, OrderLine.amount_minor),
            Order.amount_minor,
        )
        .select_from(Order)
        .join(Customer, Customer.id == Order.customer_id)
        .outerjoin(User, User.id == Order.rep_id)
        .outerjoin(OrderLine, OrderLine.order_id == Order.id)
        .outerjoin(Product, Product.id == OrderLine.product_id)
        .where(Order.ordered_on.between(first, last))
        .where(Order.customer_id.in_(visible_customers(actor).with_only_columns(Customer.id)))
        .order_by(Order.ordered_on, Order.id, OrderLine.line_no)
    )
    if kind is not None:
        wanted = wanted.where(Order.kind == kind)
    for row in session.execute(wanted.execution_options(yield_per=AT_ONCE)):
        told: list[Any] = list(row)
        facts, (currency, *amounts) = told[:-6], told[-6:]
        yield [*(_cell(each) for each in facts), currency, *(major(each, currency) for each in amounts)]


def payment_rows(session: Session, actor: Actor | None, first: date, last: date) -> Iterator[list[Cell]]:
    """Return the payments of a period by day, as `PAYMENT_COLUMNS`. Raises `PeriodInvalid`."""
    check_period(first, last)
    wanted = (
        select(
            *(Payment.id, Payment.paid_on, Payment.paid_at, Payment.method, Payment.reference, Payment.customer_id),
            *(_reference(), Customer.name, User.login, Payment.visit_id, Payment.currency, Payment.amount_minor),
        )
        .join(Customer, Customer.id == Payment.customer_id)
        .join(User, User.id == Payment.rep_id)
        .where(Payment.paid_on.between(first, last))
        .where(Payment.customer_id.in_(visible_customers(actor).with_only_columns(Customer.id)))
        .order_by(Payment.paid_on, Payment.id)
    )
    for row in session.execute(wanted.execution_options(yield_per=AT_ONCE)):
        *facts, currency, amount = row
        yield [*(_cell(each) for each in facts), currency, major(amount, currency)]


def invoice_rows(session: Session, actor: Actor | None, first: date, last: date) -> Iterator[list[Cell]]:
    """Return the invoices issued in a period by day, as `INVOICE_COLUMNS`, open as of now. Raises `PeriodInvalid`."""
    check_period(first, last)
    wanted = (
        select(
            *(Invoice.id, Invoice.reference, Invoice.order_id, Invoice.issued_on, Invoice.due_on, Invoice.customer_id),
            *(_reference(), Customer.name, Invoice.currency),
            *(Invoice.tax_minor, Invoice.amount_minor, Invoice.open_minor, Invoice.written_off_minor),
        )
        .join(Customer, Customer.id == Invoice.customer_id)
        .where(Invoice.issued_on.between(first, last))
        .where(Invoice.customer_id.in_(visible_customers(actor).with_only_columns(Customer.id)))
        .order_by(Invoice.issued_on, Invoice.id)
    )
    for row in session.execute(wanted.execution_options(yield_per=AT_ONCE)):
        *facts, currency, tax, amount, left, given_up = row
        told = (major(each, currency) for each in (tax, amount, left, given_up))
        yield [*(_cell(each) for each in facts), currency, *told]


def posting_rows(session: Session, actor: Actor | None, first: date, last: date) -> Iterator[list[Cell]]:
    """Return the postings of the ledger of a period by day, as `POSTING_COLUMNS`. Raises `PeriodInvalid`."""
    check_period(first, last)
    wanted = (
        select(
            *(Posting.id, Posting.entry_id, Posting.cause, Posting.source_id, Posting.day, Posting.at),
            *(Posting.customer_id, _reference(), Customer.name, User.login, Posting.debit, Posting.credit),
            *(Posting.currency, Posting.amount_minor),
        )
        .join(Customer, Customer.id == Posting.customer_id)
        .outerjoin(User, User.id == Posting.rep_id)
        .where(Posting.day.between(first, last))
        .where(Posting.customer_id.in_(visible_customers(actor).with_only_columns(Customer.id)))
        .order_by(Posting.day, Posting.at, Posting.id)
    )
    for row in session.execute(wanted.execution_options(yield_per=AT_ONCE)):
        *facts, currency, amount = row
        yield [*(_cell(each) for each in facts), currency, major(amount, currency)]


def _reference() -> ScalarSelect[str]:
    """What another system calls the customer: of several the first by system."""
    known = select(CustomerReference.value).where(CustomerReference.customer_id == Customer.id)
    first = known.order_by(CustomerReference.system, CustomerReference.value).limit(1)
    return first.correlate(Customer).scalar_subquery()


def _cell(value: object) -> Cell:
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or (isinstance(value, int | date) and not isinstance(value, bool)):
        return value
    return str(value)
