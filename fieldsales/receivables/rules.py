"""What is odd about money that was taken. Money in hand is recorded all the same."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from fieldsales.errors import Invalid
from fieldsales.money import exponent
from fieldsales.receivables.models import Method
from fieldsales.visits.rules import CUSTOMER_INACTIVE, NOT_ASSIGNED

LARGE_CASH_MINOR = 1_000_000
"""Cash beyond this many minor units (10,000.00 EUR) is flagged. 10,000 EUR is the limit for cash in trade in the
European Union (Regulation (EU) 2024/1624, article 80)."""
HIGHEST_AMOUNT = 10**15

LARGE_CASH = "large_cash"
FOREIGN_CURRENCY = "foreign_currency"
VISIT_UNKNOWN = "visit_unknown"
VISIT_MISMATCH = "visit_mismatch"

FOR_A_PERSON = frozenset({CUSTOMER_INACTIVE, NOT_ASSIGNED})
"""Flags with which a payment is recorded, and a person should look at it."""


class PaymentInvalid(Invalid):
    """An amount that cannot have been paid. Send a whole number of minor units above 0."""

    code = "payment.invalid"
    title = "That cannot have been paid"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that a rep took, as the phone wrote it. Raises `UnknownCurrency`, `PaymentInvalid`."""

    payment_id: uuid.UUID
    customer_id: uuid.UUID
    method: Method
    currency: str
    amount_minor: int
    visit_id: uuid.UUID | None = None
    reference: str | None = None

    def __post_init__(self) -> None:
        exponent(self.currency)
        if not 0 < self.amount_minor <= HIGHEST_AMOUNT:
            raise PaymentInvalid(
                f"An amount of {self.amount_minor} cannot be.",
                mend="Give minor units, 1 or more.",
                field="amount_minor",
            )


def money_flags(receipt: Receipt, currency: str) -> tuple[str, ...]:
    """Return what is odd about the money itself, in a territory with a currency of its own."""
    large = receipt.method is Method.CASH and receipt.amount_minor > LARGE_CASH_MINOR
    found = ((FOREIGN_CURRENCY, receipt.currency != currency), (LARGE_CASH, large))
    return tuple(flag for flag, holds in found if holds)
