"""What a row of another system does to the debts that we hold."""

from __future__ import annotations

from enum import StrEnum

from fieldsales.errors import Conflict


class Fate(StrEnum):
    """What a row of a feed did.

    A new claim; the debt of an order that is billed here already; another amount or due day; less is open than we knew;
    nothing new; an older state than we hold, which changes nothing; or it cannot be used.
    """

    NEW = "new"
    MATCHED = "matched"
    CORRECTED = "corrected"
    SETTLED = "settled"
    SAME = "same"
    OLDER = "older"
    REFUSED = "refused"


class InvoiceTaken(Conflict):
    """The number stands for an invoice of another customer, currency or amount. Give each invoice its own number."""

    code = "invoice.reference_taken"
    title = "That invoice is another one"
