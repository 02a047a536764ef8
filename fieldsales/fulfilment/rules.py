"""How completely and how punctually orders arrive: fill rate and OTIF, as pure rules.

Sources: M. Christopher, Logistics & Supply Chain Management (order fill, line fill, unit fill, value fill); McKinsey &
Company, Defining "on-time, in-full" in the consumer sector (2019): an order is on time when it arrives within the
window that was promised, in full when it arrives with all that was ordered, OTIF when both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Line:
    """What was ordered of a line and what arrived, in pieces, and the amount of all of it in minor units.

    `in_time` is what arrived within the promised days.
    """

    ordered: int
    delivered: int
    in_time: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Order:
    """An order that was due: until when, and its lines."""

    due_on: date
    currency: str
    lines: tuple[Line, ...]

    @property
    def on_time(self) -> bool:
        """Whether something of it arrived and nothing of that came outside the promised days."""
        return any(each.delivered for each in self.lines) and all(each.in_time == each.delivered for each in self.lines)

    @property
    def in_full(self) -> bool:
        """Whether all of it arrived, on whichever day."""
        return all(each.delivered == each.ordered for each in self.lines)

    @property
    def otif(self) -> bool:
        """Whether all of it arrived within the promised days."""
        return all(each.in_time == each.ordered for each in self.lines)


@dataclass(frozen=True, slots=True)
class Measures:
    """Sums of orders; the rates are exact fractions, None where nothing was ordered.

    Attributes:
        orders, on_time, in_full, otif: How many orders were due, and how many of them arrived so.
        lines, full_lines: How many lines were ordered, and how many arrived completely.
        pieces, delivered: How many pieces were ordered, and how many arrived.
        value_minor, delivered_minor: The same in minor units by currency.
    """

    orders: int
    on_time: int
    in_full: int
    otif: int
    lines: int
    full_lines: int
    pieces: int
    delivered: int
    value_minor: dict[str, int]
    delivered_minor: dict[str, Fraction]

    @property
    def otif_rate(self) -> Fraction | None:
        """Orders delivered on time and complete ÷ orders."""
        return _rate(self.otif, self.orders)

    @property
    def on_time_rate(self) -> Fraction | None:
        """Orders delivered within the promised days, in whole or in part ÷ orders."""
        return _rate(self.on_time, self.orders)

    @property
    def in_full_rate(self) -> Fraction | None:
        """Orders delivered completely ÷ orders."""
        return _rate(self.in_full, self.orders)

    @property
    def line_fill(self) -> Fraction | None:
        """Lines delivered completely ÷ lines ordered."""
        return _rate(self.full_lines, self.lines)

    @property
    def quantity_fill(self) -> Fraction | None:
        """Quantity delivered ÷ quantity ordered."""
        return _rate(self.delivered, self.pieces)

    def value_fill(self, currency: str) -> Fraction | None:
        """Value delivered ÷ value ordered, in one currency; a line counts by the share of its pieces that came."""
        return _rate(self.delivered_minor.get(currency, Fraction(0)), self.value_minor.get(currency, 0))


def measure(orders: Iterable[Order]) -> Measures:
    """Return the measures of orders that were due."""
    orders = list(orders)
    lines = [(order.currency, line) for order in orders for line in order.lines]
    value: dict[str, int] = {}
    came: dict[str, Fraction] = {}
    for currency, line in lines:
        value[currency] = value.get(currency, 0) + line.amount_minor
        share = Fraction(line.amount_minor * line.delivered, line.ordered)
        came[currency] = came.get(currency, Fraction(0)) + share
    return Measures(
        orders=len(orders),
        on_time=sum(each.on_time for each in orders),
        in_full=sum(each.in_full for each in orders),
        otif=sum(each.otif for each in orders),
        lines=len(lines),
        full_lines=sum(line.delivered == line.ordered for _, line in lines),
        pieces=sum(line.ordered for _, line in lines),
        delivered=sum(line.delivered for _, line in lines),
        value_minor=value,
        delivered_minor=came,
    )


def _rate(part: int | Fraction, whole: int) -> Fraction | None:
    return Fraction(part) / whole if whole else None
