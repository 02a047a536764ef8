"""The arithmetic of an order, and how far a phone's price may be from ours."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from fieldsales.catalog.rules import BASIS, Price
from fieldsales.errors import Invalid
from fieldsales.money import exponent

BAND_BP = 200
"""A phone's price within this many basis points of ours stands, flagged; beyond it a person decides."""
MOST_LINES = 500
MOST_UNITS = 1_000_000
HIGHEST_PRICE = 10**12

PRICE_DIFFERS = "price_differs"
PRODUCT_INACTIVE = "product_inactive"


class OrderInvalid(Invalid):
    """An order that adds up to nothing, or not to what it says."""

    code = "order.invalid"
    title = "The order cannot be taken like that"


class TotalMismatch(OrderInvalid):
    """The lines do not add up to the total. Add up quantity × unit price."""

    code = "order.total_mismatch"
    title = "The lines do not add up to the total"


@dataclass(frozen=True, slots=True)
class Line:
    """What a customer wants of one product, at the unit price that it was told (minor units)."""

    product_id: uuid.UUID
    quantity: int
    unit_price_minor: int

    def __post_init__(self) -> None:
        if not 0 < self.quantity <= MOST_UNITS:
            raise OrderInvalid(
                f"A quantity of {self.quantity} cannot be ordered.",
                mend=f"Order 1 to {MOST_UNITS:,}.",
                product_id=str(self.product_id),
            )
        if not 0 <= self.unit_price_minor <= HIGHEST_PRICE:
            raise OrderInvalid(
                f"A unit price of {self.unit_price_minor} cannot be.",
                mend="Give minor units, 0 or more.",
                product_id=str(self.product_id),
            )

    @property
    def amount_minor(self) -> int:
        """What the line costs, in minor units."""
        return self.quantity * self.unit_price_minor


@dataclass(frozen=True, slots=True)
class Draft:
    """An order as a phone wrote it. `total_minor`, if told, must be what the lines add up to."""

    order_id: uuid.UUID
    customer_id: uuid.UUID
    currency: str
    lines: tuple[Line, ...]
    visit_id: uuid.UUID | None = None
    total_minor: int | None = None

    def __post_init__(self) -> None:
        exponent(self.currency)
        if not 1 <= len(self.lines) <= MOST_LINES:
            raise OrderInvalid(
                f"The order has {len(self.lines)} lines.", mend=f"Send 1 to {MOST_LINES}.", lines=len(self.lines)
            )
        if self.total_minor is not None and self.total_minor != self.amount_minor:
            raise TotalMismatch(
                f"The lines add up to {self.amount_minor}, the order says {self.total_minor}.",
                mend="Add up quantity × unit price.",
                lines_minor=self.amount_minor,
                total_minor=self.total_minor,
            )

    @property
    def amount_minor(self) -> int:
        """What the lines add up to, in minor units."""
        return sum(line.amount_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of a product went from one hand to the other, and for how much money (minor units)."""

    units: int
    amount_minor: int

    def covers(self, other: Quantity) -> bool:
        """Whether the other is no more than this, neither in units nor in money."""
        return other.units <= self.units and other.amount_minor <= self.amount_minor


NOTHING = Quantity(0, 0)


def summed(lines: Iterable[tuple[uuid.UUID, int, int]]) -> dict[uuid.UUID, Quantity]:
    """Return lines (product, units, amount in minor units) summed by product."""
    found: dict[uuid.UUID, Quantity] = {}
    for product_id, units, amount in lines:
        before = found.get(product_id, NOTHING)
        found[product_id] = Quantity(before.units + units, before.amount_minor + amount)
    return found


class Verdict(StrEnum):
    """How a phone's price stands to ours."""

    SAME = "same"
    WITHIN = "within"
    OUTSIDE = "outside"


def judge(told_minor: int, ours: Price) -> Verdict:
    """Compare the unit price that a customer was told with the one that our lists give.

    The band is `BAND_BP` of our price to either side, bounds included.
    """
    delta = abs(told_minor - ours.minor)
    if delta == 0:
        return Verdict.SAME
    return Verdict.WITHIN if delta * BASIS <= ours.minor * BAND_BP else Verdict.OUTSIDE


def discount_bp(draft: Draft, ours: Iterable[Price]) -> int:
    """Return by how much the cheapest told line is below our price, in basis points, rounded up; 0 if none is."""
    below = [
        -(-(price.minor - line.unit_price_minor) * BASIS // price.minor) if price.minor else 0
        for line, price in zip(draft.lines, ours, strict=True)
    ]
    return max(0, *below)
