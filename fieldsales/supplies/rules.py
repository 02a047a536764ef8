"""What an order moves or asks for, as plain values."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from fieldsales.orders.models import Order, OrderKind, Supply
from fieldsales.stock.models import StockCause
from fieldsales.stock.rules import Leg, StockPolicy

SHORT = "stock_short"
"""A van sold or gave away more than was in it, by the books."""
BACK_ORDER = "back_order"
"""Not all that was ordered could be promised."""
NO_VAN = "no_van"
"""Goods left a van, or came into one, of a rep whose van nobody told us of."""

CAUSES = {OrderKind.SALE: StockCause.SALE, OrderKind.RETURN: StockCause.RETURN, OrderKind.GIFT: StockCause.GIFT}


def cause_of(order: Order) -> StockCause:
    """Return why the goods of an order move, as the books call it."""
    return CAUSES[order.kind] if order.exchange_id is None else StockCause.EXCHANGE


def from_van(order: Order) -> bool:
    """Whether goods change hands at once: sales from the van, what is given away, and what comes back."""
    return order.kind is not OrderKind.SALE or order.supply is Supply.VAN


def legs_of(order: Order, van_id: uuid.UUID, policy: StockPolicy) -> tuple[Leg, ...]:
    """Return the goods of an order between the van and the world outside; negative quantities come back."""
    return tuple(
        Leg(line.product_id, line.quantity, from_id=van_id)
        if line.quantity > 0
        else Leg(line.product_id, -line.quantity, to_id=van_id, condition=policy.condition_of(line.condition))
        for line in order.lines
    )


def undone(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """Return the same goods the other way round."""
    return tuple(each.back() for each in legs)
