"""What an order is followed by: credit is judged, goods move or are promised, and it is billed where that is policy."""

from __future__ import annotations

from fieldsales.billing.service import bill, unbill
from fieldsales.credits.service import check_credit
from fieldsales.orders.models import Order
from fieldsales.supplies.service import supply, withdraw
from sync.handlers.context import Context


def follow_up(context: Context, order: Order) -> None:
    """Judge a sale that was just taken, see to its goods, and bill it.

    Raises `OverCredit`, `CreditRefused`, `BackOrderRefused`.
    """
    check_credit(context.desk, order, order.ordered_on, approved=context.approved)
    supply(context.desk, order, context.received_at)
    bill(context.desk, order, context.received_at)


def take_off(context: Context, order: Order) -> None:
    """Undo what followed an order that is called off or replaced."""
    withdraw(context.session, order, context.received_at)
    unbill(context.session, order, context.received_at)
