"""Whole minor units only: rounding half up, sharing an amount out to the cent, and taxes by class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fieldsales.policies.rules import Body, Kind

BASIS = 10_000


@dataclass(frozen=True, slots=True)
class ClassTax:
    """What one tax class comes to over an order; figures in minor units, the rate in basis points (2400 = 24 %).

    `base_minor` is without the tax, however the prices are told.
    """

    tax_class: str
    rate_bp: int
    base_minor: int
    tax_minor: int


def half_up(number: int, divisor: int) -> int:
    """Return a quotient of whole numbers that are not negative, rounded half up."""
    return (2 * number + divisor) // (2 * divisor)


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Share a total out by weights so that the shares add up to it: the method of the largest remainder (Hamilton).

    All figures are 0 or more. Of equal remainders the first gets the cent. No share is above its weight unless the
    total is above the sum of the weights; where all weights are 0, all shares are, too.
    """
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    shares = [total * each // whole for each in weights]
    left = total - sum(shares)
    if left:
        by_remainder = sorted(range(len(weights)), key=lambda at: (-(total * weights[at] % whole), at))
        for at in by_remainder[:left]:
            shares[at] += 1
    return shares


def tax_on(amount_minor: int, rate_bp: int, *, included: bool) -> int:
    """Return the tax on an amount, rounded half up: on top of it, or what is inside it if it is `included`."""
    return half_up(amount_minor * rate_bp, BASIS + rate_bp if included else BASIS)


@dataclass(frozen=True, slots=True)
class Taxes:
    """How prices are taxed, rates in basis points by tax class, and the smallest amount paid by currency."""

    included: bool
    rates: Mapping[str, int]
    steps: Mapping[str, int]


_NAMES = {"pattern": "^[a-z][a-z0-9_]{0,19}$"}
SHAPE = {
    "type": "object",
    "required": ["included", "rates"],
    "additionalProperties": False,
    "properties": {
        "included": {"type": "boolean"},
        "rates": {
            "type": "object",
            "propertyNames": _NAMES,
            "additionalProperties": {"type": "integer", "minimum": 0, "maximum": BASIS},
        },
        "steps": {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Z]{3}$"},
            "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 100_000},
        },
    },
}


def _parse(body: Body) -> Taxes:
    return Taxes(body["included"], body["rates"], body.get("steps", {}))


TAXES = Kind(
    name="taxes",
    about="Whether prices include taxes, the rate of each tax class, and the smallest amount that is paid by currency.",
    schema=SHAPE,
    default={"included": False, "rates": {}, "steps": {}},
    parse=_parse,
)
