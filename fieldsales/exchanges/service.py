"""Exchanging goods: all of it happens, or nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from fieldsales.amendments.service import cancel_order
from fieldsales.errors import FieldsalesError
from fieldsales.exchanges.rules import Exchange
from fieldsales.orders.models import Order, OrderKind
from fieldsales.orders.queries import OrderNotFound, halves_of
from fieldsales.orders.service import PriceOutOfBand, Taken
from fieldsales.refunds.rules import Back
from fieldsales.refunds.service import refund
from fieldsales.sales.service import sell
from fieldsales.selling.rules import EXCHANGE


@dataclass(frozen=True, slots=True)
class Halves:
    """What an exchange is in the books: a sale, and a return."""

    given: Order
    back: Order

    @property
    def balance_minor(self) -> int:
        """What the customer has to pay (above 0), or has to its credit (below)."""
        return self.given.amount_minor + self.back.amount_minor


def exchange(session: Session, told: Exchange, taken: Taken) -> Halves:
    """Take goods back and give others; each half is judged by the rules for its own kind.

    Raises whatever `sell` and `refund` raise; then nothing of it may be kept.
    """
    try:
        given = sell(session, told.given, taken, kind=EXCHANGE)
    except PriceOutOfBand as far:
        _add_other_half(session, told.back, taken, far)
        raise
    back = refund(session, told.back, taken)
    given.exchange_id = back.exchange_id = given.id
    session.flush()
    return Halves(given, back)


def _add_other_half(session: Session, back: Back, taken: Taken, far: PriceOutOfBand) -> None:
    """Show what comes back at a price that is too far off as well: one decision lets the prices of both halves pass."""
    try:
        with session.begin_nested() as trial:
            refund(session, back, taken)
            trial.rollback()
    except PriceOutOfBand as other:
        far.facts = far.facts | {"back_lines": other.facts["lines"]}
        far.detail = f"{far.detail} What comes back: {other.detail}"
    except FieldsalesError:
        return  # it is told when the exchange is tried again


def cancel_exchange(session: Session, exchange_id: uuid.UUID, reason: str, taken: Taken) -> tuple[Halves, list[str]]:
    """Call both halves of an exchange off; return them, and what was odd about that.

    Raises `OrderNotFound` (it may yet come), and whatever `cancel_order` raises.
    """
    found = halves_of(session, exchange_id)
    if not found:
        raise OrderNotFound(f"There is no exchange {exchange_id}.", mend="Send it first.", order_id=str(exchange_id))
    flags = cancel_order(session, found[OrderKind.SALE].id, reason, taken, of_exchange=True)
    cancel_order(session, found[OrderKind.RETURN].id, reason, taken, of_exchange=True)
    return Halves(found[OrderKind.SALE], found[OrderKind.RETURN]), flags
