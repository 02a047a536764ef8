"""Goods that come back in any unit: what is given for them, and what a promotion gave because of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldsales.errors import NeedsDecision
from fieldsales.money import exponent
from fieldsales.orders.rules import BAND_BP, TotalMismatch
from fieldsales.pricing.rules import LARGEST, MOST_LINES, LinesInvalid, QuantityInvalid
from fieldsales.taxes.rules import BASIS, half_up
from fieldsales.units.rules import EACH

FREE_GOODS_KEPT = "free_goods_kept"


class FreeGoodsKept(NeedsDecision):
    """Goods come back because of which others were free, and these stay. The return is kept; a person decides."""

    code = "return.free_goods_kept"
    title = "Free goods stay although their cause comes back"


@dataclass(frozen=True, slots=True)
class BackLine:
    """So much of a unit of a product that comes back, and what is given for it with its tax (minor units).

    Goods that a promotion gave for nothing are told with an amount of 0.
    """

    line: int
    product_id: uuid.UUID
    quantity: int
    amount_minor: int
    unit: str = EACH
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Back:
    """Goods that come back, as a phone wrote it; all figures are positive there.

    Raises `LinesInvalid`, `QuantityInvalid` and `TotalMismatch` for what cannot be.
    """

    order_id: uuid.UUID
    customer_id: uuid.UUID
    currency: str
    reason: str
    lines: tuple[BackLine, ...]
    total_minor: int
    visit_id: uuid.UUID | None = None
    against_id: uuid.UUID | None = None

    def __post_init__(self) -> None:
        exponent(self.currency)
        if not 1 <= len({each.line for each in self.lines}) == len(self.lines) <= MOST_LINES:
            raise LinesInvalid("A return has 1 to 500 lines, numbered differently.", mend="Number them.")
        for each in self.lines:
            if each.quantity <= 0:
                raise QuantityInvalid(f"Line {each.line}: {each.quantity} cannot come back.", mend="Tell 1 or more.")
            if not 0 <= each.amount_minor <= LARGEST:
                raise LinesInvalid(f"Line {each.line}: its amount cannot be.", mend="Give minor units, 0 or more.")
        whole = sum(each.amount_minor for each in self.lines)
        if whole != self.total_minor:
            raise TotalMismatch(
                f"The lines add up to {whole}, the return says {self.total_minor}.",
                mend="Add up the amounts of the lines.",
                lines_minor=whole,
                total_minor=self.total_minor,
            )


@dataclass(frozen=True, slots=True)
class Worth:
    """What pieces of a product were sold for: so many pieces for so much money, and the tax in it (minor units)."""

    pieces: int
    amount_minor: int
    tax_minor: int

    def of(self, pieces: int) -> tuple[int, int]:
        """Return what some pieces are worth, and the tax in that, half up."""
        return half_up(self.amount_minor * pieces, self.pieces), half_up(self.tax_minor * pieces, self.pieces)


def worth_of(lines: Iterable[tuple[uuid.UUID, Worth]]) -> dict[uuid.UUID, Worth]:
    """Return what each product was sold for, over the lines that were paid."""
    found: dict[uuid.UUID, Worth] = {}
    for product_id, each in lines:
        old = found.get(product_id, Worth(0, 0, 0))
        found[product_id] = Worth(
            old.pieces + each.pieces, old.amount_minor + each.amount_minor, old.tax_minor + each.tax_minor
        )
    return found


def tax_within(amount_minor: int, worth: Worth) -> int:
    """Return the tax in an amount that is given back, in the proportion in which it was paid, half up."""
    return half_up(worth.tax_minor * amount_minor, worth.amount_minor) if worth.amount_minor else 0


def beyond_worth(
    lines: Sequence[BackLine], pieces: Sequence[int], worth: Mapping[uuid.UUID, Worth]
) -> list[dict[str, Any]]:
    """Return the lines for which more, or less, is given than the band around their worth allows.

    An amount of 0 is for goods that cost nothing, and for those that the customer gives back for nothing.
    """
    found = []
    for each, count in zip(lines, pieces, strict=True):
        ours, _ = worth[each.product_id].of(count) if each.product_id in worth else (0, 0)
        if each.amount_minor and abs(each.amount_minor - ours) * BASIS > ours * BAND_BP:
            found.append(
                {
                    "line": each.line,
                    "product_id": str(each.product_id),
                    "told_minor": each.amount_minor,
                    "ours_minor": ours,
                    "pieces": count,
                }
            )
    return found


def kept_free(
    given: Mapping[tuple[str, str], int], due: Mapping[tuple[str, str], int], back: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Return the goods that stay although nothing earns them any more.

    `given` and `due` are pieces by promotion and product: what it gave, and what it would give for what the customer
    keeps. `back` are free pieces by product that came back, or come back now.
    """
    left, found = dict(back), []
    for (promotion, product_id), pieces in sorted(given.items()):
        over = pieces - due.get((promotion, product_id), 0)
        returned = min(max(over, 0), left.get(product_id, 0))
        left[product_id] = left.get(product_id, 0) - returned
        if over > returned:
            found.append({"promotion": promotion, "product_id": product_id, "pieces": over - returned})
    return found
