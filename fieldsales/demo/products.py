"""The demo's price list: products with barcodes, packs, costs and list prices."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fieldsales.demo.dice import dice
from fieldsales.demo.wares import WARES

_PREFIX = "2004711"
"""GS1 keeps 200-299 for use within a company, so none of these is anybody's article."""
_CASE = "1"
"""The GTIN-14 indicator digit of a case."""
_YEARLY_RISE = 1.03


@dataclass(frozen=True, slots=True)
class Product:
    """An article of the price list.

    `gtin` (13 digits) is one unit, `case_gtin` (14 digits) a case of `units_per_case`. `cost_minor` and the list price
    `price_minor` are for one unit, in minor units (cents) of the town's currency, tax excluded.
    """

    sku: str
    name: str
    brand: str
    category: str
    pack: str
    units_per_case: int
    gtin: str
    case_gtin: str
    cost_minor: int
    price_minor: int

    def __post_init__(self) -> None:
        if not 0 < self.cost_minor < self.price_minor:
            raise ValueError(f"{self.sku} must cost something, and less than its price")

    def price_in(self, year: int, as_of: date) -> int:
        """What one unit cost the customers in an earlier year: the list goes up by 3 % each New Year."""
        return max(1, round(self.price_minor / _YEARLY_RISE ** max(0, as_of.year - year)))


def build_products(seed: int) -> tuple[Product, ...]:
    """The whole price list; the seed decides the margins (18 to 36 % of the price)."""
    return tuple(_products(seed))


def _products(seed: int) -> Iterator[Product]:
    chance = dice(seed, "products")
    wares = ((category, ware) for category, rows in WARES.items() for ware in rows)
    for number, (category, ware) in enumerate(wares, start=1):
        body = f"{_PREFIX}{number:05d}"
        yield Product(
            sku=f"P{number:03d}",
            name=f"{ware.brand} {ware.item} {ware.pack}",
            brand=ware.brand,
            category=category,
            pack=ware.pack,
            units_per_case=ware.units_per_case,
            gtin=body + _check_digit(body),
            case_gtin=_CASE + body + _check_digit(_CASE + body),
            cost_minor=round(ware.price * (1 - chance.uniform(0.18, 0.36))),
            price_minor=ware.price,
        )


def _check_digit(body: str) -> str:
    """The last digit of a GTIN of any length (GS1 General Specifications, 7.9.1).

    Weights of 3 and 1 alternate from the right. The rest of the house verifies with python-stdnum, in one module;
    the tests hold this against it.
    """
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)
