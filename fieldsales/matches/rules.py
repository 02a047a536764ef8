"""Whether an order taken here and an invoice told by another system are one debt. Nothing is guessed from an amount."""

from __future__ import annotations

import uuid

from fieldsales.errors import Conflict

BILLED_ALIKE = "billed_alike"
ALIKE_DAYS = 7
"""An invoice that names no order, of the same amount and at most so many days away, may be that of an order."""


class OrderOfAnother(Conflict):
    """The order that the invoice names is of another customer or in another currency. Correct one of them."""

    code = "invoice.order_of_another"
    title = "That order is not what the invoice bills"


class OrderUnclear(Conflict):
    """An order of the same amount is billed here already, and the invoice names no order. Say which one it bills."""

    code = "invoice.order_unclear"
    title = "That invoice may be of an order that is billed already"


def id_in(text: str | None) -> uuid.UUID | None:
    """Return the id of an order as a phone made it, if the text is one."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
