"""What another system tells of prices, a row each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fieldsales.catalog.service import PriceInvalid
from fieldsales.notices.rules import PriceFate


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price in minor units of `currency`: of the list, of a `tier`, or agreed with one customer.

    A customer is named by `customer_id`, or by `customer`, its number in another system. List and tier prices need
    `since`, the day from which they hold. What was agreed is named by `reference` and `least`, and may be withdrawn.
    Raises `PriceInvalid`.
    """

    sku: str
    price_minor: int
    currency: str
    since: date | None = None
    until: date | None = None
    tier: str | None = None
    customer_id: uuid.UUID | None = None
    customer: str | None = None
    reference: str | None = None
    per: int = 1
    least: int = 1
    version: int | None = None
    withdrawn: bool = False

    def __post_init__(self) -> None:
        for wrong, why, mend in (
            (self.agreed and self.tier, "names both a tier and a customer", "Leave one of them out."),
            (self.agreed and not self.reference, "has no reference", "Give the number of what was agreed."),
            (not self.agreed and self.since is None, "does not say from when it holds", "Give the first day."),
            (not self.agreed and self.withdrawn, "cannot be withdrawn", "Send the price that holds instead."),
            (not self.agreed and self.until is not None, "has an end", "Send the price that holds from then on."),
        ):
            if wrong:
                raise PriceInvalid(f"The price of {self.sku} {why}.", mend=mend, sku=self.sku)

    @property
    def agreed(self) -> bool:
        """Whether it is one customer's own price."""
        return self.customer_id is not None or self.customer is not None

    @property
    def subject(self) -> str:
        """What it is told of, for answers."""
        return " ".join(each for each in (self.sku, self.tier, self.customer, self.reference) if each)


@dataclass(frozen=True, slots=True)
class PromotionRow:
    """A promotion as `docs/pricing.md` has it, or that the one of a code is withdrawn."""

    body: Mapping[str, Any]
    version: int | None = None
    withdrawn: bool = False

    @property
    def subject(self) -> str:
        """What it is told of, for answers."""
        return str(self.body.get("code", ""))


@dataclass(frozen=True, slots=True)
class FiledPrice:
    """What became of one row; `problem` says why it was refused, with `code`."""

    subject: str
    fate: PriceFate
    code: str | None = None
    problem: str | None = None
