"""What an order is followed by: it is judged by the customer's credit, and becomes an invoice where that is policy."""

from __future__ import annotations

from fieldsales.billing.service import bill, unbill
from fieldsales.credits.service import check_credit
from fieldsales.orders.models import Order
from sync.handlers.context import Context


def follow_up(context: Context, order: Order) -> None:
    """Judge a sale that was just taken, and bill it. Raises `OverCredit`, `CreditRefused`."""
    check_credit(context.desk, order, order.ordered_on, approved=context.approved)
    bill(context.desk, order, context.received_at)


def take_off(context: Context, order: Order) -> None:
    """Undo what followed an order that is called off or replaced."""
    unbill(context.session, order, context.received_at)
