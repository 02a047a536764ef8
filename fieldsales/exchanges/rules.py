"""Goods that come back and goods that go out in their place, in one document."""

from __future__ import annotations

from dataclasses import dataclass

from fieldsales.errors import Invalid
from fieldsales.receivables.rules import Receipt
from fieldsales.refunds.rules import Back
from fieldsales.sales.rules import Told


class BalanceMismatch(Invalid):
    """The balance of an exchange is the total of what is given less that of what comes back. Subtract again."""

    code = "exchange.balance_mismatch"
    title = "The balance of the exchange is another one"


@dataclass(frozen=True, slots=True)
class Exchange:
    """An exchange as a phone wrote it, known by the id of the sale in it.

    `balance_minor` is what the customer has to pay (above 0) or has to its credit (below), `payment` the money that was
    taken for it at once. Raises `BalanceMismatch`.
    """

    given: Told
    back: Back
    balance_minor: int
    payment: Receipt | None = None

    def __post_init__(self) -> None:
        balance = self.given.total_minor - self.back.total_minor
        if balance != self.balance_minor:
            raise BalanceMismatch(
                f"{self.given.total_minor} less {self.back.total_minor} is {balance}, not {self.balance_minor}.",
                mend="Subtract what comes back from what is given.",
                balance_minor=balance,
            )
