"""What becomes of invoices that another system tells of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fieldsales.errors import Conflict


class Fate(StrEnum):
    """What a row of a feed did: a new claim, nothing new, less is open than we knew, or it cannot be used."""

    NEW = "new"
    SAME = "same"
    SETTLED = "settled"
    REFUSED = "refused"


class InvoiceTaken(Conflict):
    """The number stands for an invoice of another customer, currency or amount. Give each invoice its own number."""

    code = "invoice.reference_taken"
    title = "That invoice is another one"


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of one row; `problem` says why it was refused, with `code`."""

    reference: str
    fate: Fate
    code: str | None = None
    problem: str | None = None
