"""An order as a phone priced it, beside the same order as the server does."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fieldsales.money import exponent
from fieldsales.orders.models import Supply
from fieldsales.orders.rules import BAND_BP, OrderInvalid, TotalMismatch
from fieldsales.pricing.rules import LinesInvalid, PricedLine, PricedOrder, Wanted
from fieldsales.taxes.rules import BASIS
from fieldsales.units.rules import EACH, MOST_PIECES

STALE_BOOK = "stale_price_book"
UNKNOWN_BOOK = "price_book_unknown"
OTHER_SUM = "calculation_differs"


class DeliveryInvalid(OrderInvalid):
    """The day on which goods are wanted is missing, is over, or does not go with a sale from the van."""

    code = "order.delivery_invalid"
    title = "The goods cannot be delivered like that"


@dataclass(frozen=True, slots=True)
class Basis:
    """What a phone priced by: the versions of the price book and of the customer's terms, its tier, and the day."""

    book: str
    terms: str | None
    tier: str | None
    day: date


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line as the customer was told it: what is paid with tax, and the tax in it. `promotion` gave it, if any."""

    line: int
    product_id: uuid.UUID
    unit: str
    quantity: int
    amount_minor: int
    tax_minor: int
    discount_bp: int = 0
    promotion: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """An order as a phone priced it. Raises `LinesInvalid`, `TotalMismatch`, `DeliveryInvalid`."""

    order_id: uuid.UUID
    customer_id: uuid.UUID
    currency: str
    basis: Basis
    lines: tuple[ToldLine, ...]
    total_minor: int
    visit_id: uuid.UUID | None = None
    supply: Supply = Supply.DELIVERY
    wanted_on: date | None = None

    def __post_init__(self) -> None:
        exponent(self.currency)
        self._check_delivery()
        if not self.wanted or len({each.line for each in self.lines}) != len(self.lines):
            raise LinesInvalid("An order needs a line that is paid, and a number for each.", mend="Number them.")
        for each in self.lines:
            if not 0 <= each.tax_minor <= each.amount_minor:
                raise LinesInvalid(f"Line {each.line}: its amounts cannot be.", mend="Tax is within the amount.")
        _check_given([each for each in self.lines if each.promotion is not None])
        whole = sum(each.amount_minor for each in self.lines)
        if whole != self.total_minor:
            raise TotalMismatch(
                f"The lines add up to {whole}, the order says {self.total_minor}.",
                mend="Add up the amounts of the lines.",
                lines_minor=whole,
                total_minor=self.total_minor,
            )

    def _check_delivery(self) -> None:
        if (self.supply is Supply.LATER and self.wanted_on is None) or (
            self.supply is Supply.VAN and self.wanted_on is not None
        ):
            raise DeliveryInvalid(
                "A pre-order says when it is wanted, and what is sold from the van is there at once.",
                mend="Give “wanted_on” with a pre-order, and none with a van sale.",
                field="wanted_on",
            )

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """What the customer asked for: the lines that no promotion gave."""
        return tuple(
            Wanted(each.line, str(each.product_id), each.quantity, each.unit, each.discount_bp)
            for each in self.lines
            if each.promotion is None
        )

    @property
    def most_discount_bp(self) -> int:
        """The largest discount that the rep gave by hand."""
        return max(each.discount_bp for each in self.lines)


def check_wanted(told: Told, day: date) -> None:
    """Raise `DeliveryInvalid` for goods that are wanted on a day before the order's own."""
    if told.wanted_on is not None and told.wanted_on < day:
        raise DeliveryInvalid(
            f"The goods are wanted on {told.wanted_on}, the order is of {day}.",
            mend="Ask when they are wanted.",
            field="wanted_on",
            ordered_on=day.isoformat(),
        )


def _check_given(lines: Sequence[ToldLine]) -> None:
    """Raise `LinesInvalid` unless goods that a promotion gives are told as pieces, once for each product."""
    for each in lines:
        if each.unit != EACH or not 0 < each.quantity <= MOST_PIECES:
            raise LinesInvalid(
                f"Line {each.line}: {each.quantity} {each.unit} cannot be given.",
                mend=f"Tell free goods as 1 to {MOST_PIECES:,} of “{EACH}”.",
                line=each.line,
            )
    if len({(each.promotion, each.product_id) for each in lines}) != len(lines):
        raise LinesInvalid("A promotion gives a product twice.", mend="Tell what it gives in one line.")


def agrees(told: Told, priced: PricedOrder) -> bool:
    """Whether a phone came to the same order to the cent: amounts, taxes, and goods that are given."""
    ours = {_key(each): (each.quantity, each.amount_minor, each.tax_minor) for each in priced.lines}
    theirs = {_told_key(each): (each.quantity, each.amount_minor, each.tax_minor) for each in told.lines}
    return ours == theirs


def outside(told: Told, ours: PricedOrder) -> list[dict[str, Any]]:
    """Return the lines that were told further from ours than the band allows, and what was given beyond ours.

    Neither the amount nor the tax in it may be further away than the band of the amount.
    """
    known: Mapping[Any, PricedLine] = {_key(each): each for each in ours.lines}
    found = []
    for each in told.lines:
        line = known.get(_told_key(each))
        worth = line.amount_minor if line else 0
        given = line.quantity if line else 0
        tax = line.tax_minor if line else 0
        apart = max(abs(each.amount_minor - worth), abs(each.tax_minor - tax))
        far = apart * BASIS > worth * BAND_BP
        if far or (each.promotion is not None and each.quantity > given):
            found.append(
                {
                    "line": each.line,
                    "product_id": str(each.product_id),
                    "told_minor": each.amount_minor,
                    "ours_minor": worth,
                    "told_tax_minor": each.tax_minor,
                    "ours_tax_minor": tax,
                    "promotion": each.promotion,
                    "quantity": each.quantity,
                    "ours_quantity": given,
                    "steps": list(line.steps) if line else [],
                }
            )
    return found


def explaining(told: ToldLine, priced: PricedOrder) -> PricedLine | None:
    """Return the line of an order that stands for a told one, if there is one."""
    return next((each for each in priced.lines if _key(each) == _told_key(told)), None)


def _key(line: PricedLine) -> tuple[object, ...]:
    return (line.promotion, line.product_id) if line.promotion else (None, line.line)


def _told_key(line: ToldLine) -> tuple[object, ...]:
    return (line.promotion, str(line.product_id)) if line.promotion else (None, line.line)
