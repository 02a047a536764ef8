"""When invoices are due, how old debts are, and which ones money pays first."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from fieldsales.errors import Invalid

BUCKETS = ("not_due", "days_1_30", "days_31_60", "days_61_90", "over_90")
_BOUNDS = (0, 30, 60, 90)
MOST_MINOR = 10**15


class InvoiceInvalid(Invalid):
    """An invoice that cannot be: its amounts or days contradict each other."""

    code = "invoice.invalid"
    title = "That cannot be an invoice"


@dataclass(frozen=True, slots=True)
class Claim:
    """An invoice as another system tells it, amounts in minor units.

    Below 0 it is a credit note. `open_minor` is what that system says is left to pay (None: nothing is told). `order`
    is the id of the order that is billed, or its number there; "" says that it is none of ours. Of two `version`s
    the higher one is newer, whenever it comes. Raises `InvoiceInvalid`.
    """

    customer_id: uuid.UUID
    reference: str
    currency: str
    amount_minor: int
    issued_on: date
    due_on: date | None = None
    tax_minor: int = 0
    open_minor: int | None = None
    order: str | None = None
    version: int | None = None

    def __post_init__(self) -> None:
        size = abs(self.amount_minor)
        for wrong, why, field in (
            (not 0 < size <= MOST_MINOR, f"an amount of {self.amount_minor}", "amount_minor"),
            (not 0 <= self.tax_minor <= size, f"a tax of {self.tax_minor} in {size}", "tax_minor"),
            (self.due_on is not None and self.due_on < self.issued_on, f"due on {self.due_on}", "due_on"),
            (not 0 <= (self.open_minor or 0) <= size, f"{self.open_minor} open of {size}", "open_minor"),
        ):
            if wrong:
                raise InvoiceInvalid(
                    f"Invoice {self.reference}: {why} cannot be.", mend=f"Correct {field}.", field=field
                )


@dataclass(frozen=True, slots=True)
class Open:
    """What is left to pay of an invoice, in minor units, and until when."""

    invoice_id: uuid.UUID
    due_on: date
    open_minor: int


def due_on(issued_on: date, days: int) -> date:
    """Return until when an invoice is to be paid."""
    return issued_on + timedelta(days=days)


def bucket(due: date, day: date) -> str:
    """Return how late a debt is on a day: not due (the day itself is in time), 1–30, 31–60, 61–90, over 90 days."""
    late = (day - due).days
    return BUCKETS[sum(late > bound for bound in _BOUNDS)]


def ageing(debts: Iterable[tuple[date, int]], day: date) -> dict[str, int]:
    """Return debts (due on, minor units) summed by how late they are on a day; every bucket has an entry."""
    found = dict.fromkeys(BUCKETS, 0)
    for due, amount in debts:
        found[bucket(due, day)] += amount
    return found


def overdue(aged: dict[str, int]) -> int:
    """Return what is late at all, of debts by age."""
    return sum(amount for name, amount in aged.items() if name != BUCKETS[0])


def oldest_first(amount_minor: int, debts: Sequence[Open]) -> list[tuple[uuid.UUID, int]]:
    """Return what an amount pays of which invoice: the one due first, of equals by id, until nothing is left."""
    found = []
    for each in sorted(debts, key=lambda debt: (debt.due_on, debt.invoice_id)):
        paid = min(amount_minor, each.open_minor)
        if paid > 0:
            found.append((each.invoice_id, paid))
            amount_minor -= paid
    return found


def dso(receivables_minor: int, credit_sales_minor: int, days: int) -> float | None:
    """Return the days sales outstanding: receivables ÷ credit sales × days of the period; None without sales.

    The average collection period of Brealey, Myers and Allen, Principles of Corporate Finance, chapter 28, taken at the
    end of the period.
    """
    return float(Fraction(receivables_minor * days, credit_sales_minor)) if credit_sales_minor > 0 else None
