"""What an order is followed by: credit is judged, goods move or are promised, and it is billed where that is policy."""

from __future__ import annotations

from fieldsales.billing.service import bill, unbill
from fieldsales.credits.service import check_credit
from fieldsales.orders.models import Order
from fieldsales.supplies.rules import SHORT
from fieldsales.supplies.service import supply, withdraw
from sync.handlers.context import Context


def follow_up(context: Context, order: Order) -> None:
    """Judge a sale that was just taken, see to its goods, and bill it.

    Raises `OverCredit`, `CreditRefused`, `BackOrderRefused`.
    """
    check_credit(context.desk, order, order.ordered_on, approved=context.approved)
    supply(context.desk, order, context.received_at)
    bill(context.desk, order, context.received_at)


def take_off(context: Context, *orders: Order) -> list[str]:
    """Undo what followed orders that are called off or replaced.

    Bills are undone the last one first: what a return paid is owed again before the sale in it is credited.
    Return the flags of what was odd: goods of a return that is called off may have left the van since.
    """
    short = [withdraw(context.session, order, context.received_at) for order in orders]
    for order in reversed(orders):
        unbill(context.session, order, context.received_at)
    return [SHORT] if any(short) else []
