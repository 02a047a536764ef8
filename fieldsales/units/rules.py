"""Units of measure: how many pieces a case has. Prices and stock count in `each`, the smallest unit."""

from __future__ import annotations

from collections.abc import Mapping

from fieldsales.errors import Invalid

EACH = "each"
CASE = "case"
MOST_PIECES = 1_000_000
"""The largest factor of a unit, and the most pieces of a product in a line."""


class WrongUnit(Invalid):
    """The product is not sold in that unit. The price book lists the units of each product."""

    code = "order.wrong_unit"
    title = "The product is not sold in that unit"


class UnitInvalid(Invalid):
    """A unit must be a whole number of pieces, 1 to 1,000,000; `each` is always 1."""

    code = "unit.invalid"
    title = "That unit of measure cannot be"


def check_units(sku: str, units: Mapping[str, int]) -> None:
    """Raise `UnitInvalid` unless `each` is one piece and every other unit is a whole number of pieces."""
    for unit, pieces in units.items():
        if not 1 <= pieces <= MOST_PIECES or (unit == EACH and pieces != 1) or not 1 <= len(unit) <= 20:
            raise UnitInvalid(
                f"{sku}: a unit “{unit}” of {pieces} pieces cannot be.",
                mend=f"Give 1 to {MOST_PIECES:,} pieces and a name of 1 to 20 signs; “{EACH}” is 1.",
                sku=sku,
                unit=unit,
                pieces=pieces,
            )


def pieces_in(sku: str, units: Mapping[str, int], unit: str, quantity: int) -> int:
    """Return how many pieces a quantity of a unit is. Raises `WrongUnit`."""
    if unit not in units:
        raise WrongUnit(
            f"{sku} is not sold by the {unit}.", mend=f"Use one of: {', '.join(units)}.", sku=sku, units=list(units)
        )
    return quantity * units[unit]
