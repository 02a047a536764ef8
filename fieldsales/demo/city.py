"""The demo city as one value: everything that `make demo` loads, from a seed, a day and two sizes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fieldsales.demo.areas import Area, build_areas
from fieldsales.demo.key_accounts import KeyAccount, choose_key_accounts
from fieldsales.demo.orders import Order, stream_orders
from fieldsales.demo.people import MOST_REPS, Person, build_people
from fieldsales.demo.places import COUNTRY, CURRENCY, TIME_ZONE, TOWN, Position
from fieldsales.demo.products import Product, build_products
from fieldsales.demo.shops import Shop, build_shops
from fieldsales.demo.streets import Street, build_streets
from fieldsales.demo.territories import Territory, build_territories
from fieldsales.errors import Invalid

MOST_SHOPS = 5000
FIRST_YEAR, LAST_YEAR = 2003, 2097


class ImpossibleCity(Invalid):
    """The demo was asked for a size that the town cannot have."""

    code = "demo.impossible_city"
    title = "No such city can be built"


@dataclass(frozen=True, slots=True)
class City:
    """An invented town and its trade. Equal seeds, days and sizes give equal cities, byte for byte."""

    seed: int
    as_of: date
    depot: Position
    territories: tuple[Territory, ...]
    areas: tuple[Area, ...]
    streets: tuple[Street, ...]
    people: tuple[Person, ...]
    products: tuple[Product, ...]
    shops: tuple[Shop, ...]
    key_accounts: tuple[KeyAccount, ...]
    name: str = TOWN
    country: str = COUNTRY
    time_zone: str = TIME_ZONE
    currency: str = CURRENCY

    def orders(self) -> Iterator[Order]:
        """Two years of orders up to the evening before `as_of`, by day; every call tells the same story anew."""
        return stream_orders(self.seed, self.as_of, self.shops, self.products)


def build_city(seed: int, as_of: date, shops: int = 320, reps: int = 4) -> City:
    """The city as it stands on the morning of `as_of`; raises ImpossibleCity for a size out of range."""
    _check("shops", shops, MOST_SHOPS)
    _check("reps", reps, MOST_REPS)
    if not FIRST_YEAR <= as_of.year <= LAST_YEAR:
        raise ImpossibleCity(
            f"The demo city does not exist in {as_of.year}.",
            mend=f"Choose a day from {FIRST_YEAR} to {LAST_YEAR}.",
            field="as_of",
        )
    streets = build_streets(seed)
    people = build_people(seed, reps, streets)
    customers = build_shops(seed, shops, as_of, streets, people)
    return City(
        seed=seed,
        as_of=as_of,
        depot=_depot(streets),
        territories=build_territories(),
        areas=build_areas(),
        streets=streets,
        people=people,
        products=build_products(seed),
        shops=customers,
        key_accounts=choose_key_accounts(seed, customers, people),
    )


def _check(what: str, number: int, most: int) -> None:
    if not 1 <= number <= most:
        raise ImpossibleCity(
            f"The demo city cannot have {number} {what}.", mend=f"Ask for 1 to {most}.", field=what, value=number
        )


def _depot(streets: tuple[Street, ...]) -> Position:
    """The distributor's warehouse, on the quay of the warehouses."""
    quay = next(street for street in streets if street.name == "Quai des Entrepôts")
    return quay.house(40)
