"""From orders and from other systems to invoices and credit notes."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.allocations.rules import Spread
from fieldsales.allocations.service import set_against, settle_account, take_back, void
from fieldsales.credits.queries import credit_policies, terms_of
from fieldsales.credits.rules import CREDIT, Invoicing, OnAccount
from fieldsales.db.desk import Desk
from fieldsales.deliveries.queries import is_delivered_later
from fieldsales.deliveries.rules import part_of
from fieldsales.deliveries.service import Recorded
from fieldsales.invoices.models import Credit, CreditKind, Invoice
from fieldsales.invoices.queries import invoice_of_order
from fieldsales.invoices.rules import due_on
from fieldsales.invoices.service import hold_customer, note_credit, raise_invoice
from fieldsales.ledger.models import Account, Cause
from fieldsales.ledger.rules import Transfer
from fieldsales.ledger.service import Event
from fieldsales.matches.queries import looks_billed, told_of
from fieldsales.matches.rules import BILLED_ALIKE
from fieldsales.orders.models import Order, OrderKind
from fieldsales.policies.queries import in_force
from fieldsales.visits.rules import merged


def bill(desk: Desk, order: Order, now: datetime) -> None:
    """Raise the invoice of a sale, or note the credit of a return, where the policy says that orders do so.

    Where each delivery is billed, so is a sale from the van, whose goods changed hands at once, but no other sale.
    One that another system told of before is that debt: none is made besides. Where it told of one that looks the same
    and names no order, the order is flagged `billed_alike`.
    """
    policy = desk.find(credit_policies, order.ordered_on)
    if policy is None or policy.invoicing is Invoicing.BY_IMPORT or not order.amount_minor:
        return
    if policy.invoicing is Invoicing.AT_DELIVERY and is_delivered_later(order):
        return
    desk.write()
    session = desk.session
    hold_customer(session, order.customer_id)
    if order.kind not in (OrderKind.SALE, OrderKind.RETURN):
        return
    if (told := told_of(session, order)) is not None:
        told.order_id = order.id
        return
    if order.kind is OrderKind.SALE:
        if looks_billed(session, order):
            order.flags = merged(order.flags, BILLED_ALIKE)
        raise_invoice(session, _invoice(session, order, policy.payment_days, now), rep_id=order.rep_id)
    else:
        _credit(session, order, -order.amount_minor, abs(order.tax_minor or 0), now, against=order.against_id)
    if policy.on_account is OnAccount.OLDEST_FIRST:
        settle_account(session, order.customer_id, order.currency, now)


def bill_delivery(session: Session, order: Order, recorded: Recorded, now: datetime) -> Invoice | None:
    """Raise the invoice of what was delivered, where the policy of the order's day says so; None: nothing to bill."""
    policy = in_force(session, CREDIT, order.ordered_on).value
    if policy.invoicing is not Invoicing.AT_DELIVERY:
        return None
    lines = {line.line_no: line for line in order.lines}
    amount = tax = 0
    for told in recorded.told:
        line, before = lines[told.line_no], recorded.before[told.line_no]
        part = partial(part_of, ordered=before.ordered, before=before.delivered, delivered=told.delivered)
        amount, tax = amount + part(line.amount_minor), tax + part(line.tax_minor or 0)
    if not amount or told_of(session, order) is not None:  # another system bills the order as a whole
        return None
    hold_customer(session, order.customer_id)
    day = recorded.report.day
    invoice = Invoice(
        customer_id=order.customer_id,
        order_id=order.id,
        delivery_report_id=recorded.report.id,
        currency=order.currency,
        amount_minor=amount,
        tax_minor=tax,
        open_minor=amount,
        written_off_minor=0,
        issued_on=day,
        due_on=due_on(day, days_to_pay(session, order.customer_id, order.currency, policy.payment_days)),
        made_at=now,
    )
    return raise_invoice(session, invoice, rep_id=order.rep_id)


def offset(session: Session, given: Order, back: Order, now: datetime) -> None:
    """Set what is left of the credit for goods that came back against the invoice of those given in their place."""
    invoice = invoice_of_order(session, given.id)
    credit = session.scalars(select(Credit).where(Credit.order_id == back.id)).one_or_none()
    if invoice is not None and credit is not None and (part := min(invoice.open_minor, credit.left_minor)):
        set_against(session, credit, Spread(((invoice.id, part),)), now, by=None)


def unbill(session: Session, order: Order, now: datetime) -> None:
    """Undo the invoice or the credit note of an order that was called off or replaced; without one nothing is done."""
    hold_customer(session, order.customer_id)
    invoice = invoice_of_order(session, order.id)
    if invoice is not None:
        left = invoice.amount_minor - invoice.written_off_minor
        if left:
            _credit(session, order, left, min(invoice.tax_minor, left), now, against=order.id)
        return
    credit = session.scalars(select(Credit).where(Credit.order_id == order.id)).one_or_none()
    if credit is not None and credit.voided_at is None:
        take_back(session, credit, credit.day, now, None)
        tax = abs(order.tax_minor or 0)
        pairs = ((Account.RETURNS, credit.amount_minor - tax), (Account.TAX, tax))
        back = [Transfer(Account.CREDIT, account, amount) for account, amount in pairs if amount]
        event = Event(Cause.VOID, credit.id, credit.customer_id, credit.currency, credit.day, now, order.rep_id)
        void(session, credit, event, back)


def days_to_pay(session: Session, customer_id: uuid.UUID, currency: str, usual: int) -> int:
    """Return how many days a customer has to pay: its own, or the usual ones of the policy."""
    terms = terms_of(session, [customer_id]).get(customer_id, {}).get(currency)
    return usual if terms is None or terms.payment_days is None else terms.payment_days


def _invoice(session: Session, order: Order, usual: int, now: datetime) -> Invoice:
    days = days_to_pay(session, order.customer_id, order.currency, usual)
    return Invoice(
        customer_id=order.customer_id,
        order_id=order.id,
        currency=order.currency,
        amount_minor=order.amount_minor,
        tax_minor=order.tax_minor or 0,
        open_minor=order.amount_minor,
        written_off_minor=0,
        issued_on=order.ordered_on,
        due_on=due_on(order.ordered_on, days),
        made_at=now,
    )


def _credit(
    session: Session, order: Order, amount_minor: int, tax_minor: int, now: datetime, *, against: uuid.UUID | None
) -> None:
    """Note money on account, and set it against the invoices of an order as far as those are open."""
    day: date = order.ordered_on
    credit = Credit(
        customer_id=order.customer_id,
        kind=CreditKind.CREDIT_NOTE,
        order_id=order.id,
        currency=order.currency,
        amount_minor=amount_minor,
        left_minor=amount_minor,
        day=day,
        made_at=now,
    )
    note_credit(session, credit, tax_minor, rep_id=order.rep_id)
    if against is None:
        return
    of_order = select(Invoice).where(Invoice.order_id == against, Invoice.currency == credit.currency)
    left, parts = amount_minor, []
    for invoice in session.scalars(of_order.where(Invoice.open_minor > 0).order_by(Invoice.issued_on, Invoice.id)):
        parts.append((invoice.id, min(invoice.open_minor, left)))
        left -= parts[-1][1]
    set_against(session, credit, Spread(tuple(each for each in parts if each[1])), now, by=None)
