"""Two years of orders, drawn shop by shop and told in the order of the days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from fieldsales.demo.dice import dice
from fieldsales.demo.habits import Habit
from fieldsales.demo.order_days import order_days
from fieldsales.demo.products import Product
from fieldsales.demo.shops import Shop
from fieldsales.demo.trades import PRACTICES

_MONTHS = (0.9, 0.9, 0.95, 1.0, 1.05, 1.15, 1.25, 1.25, 1.05, 0.95, 0.95, 1.2)
"""The town's trade by month beside the year's average: a summer by the sea, and Christmas."""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """So many units of one product. `unit_price_minor` excludes tax."""

    sku: str
    quantity: int
    unit_price_minor: int

    def __post_init__(self) -> None:
        if self.quantity < 1 or self.unit_price_minor < 1:
            raise ValueError(f"{self.quantity} x {self.sku} at {self.unit_price_minor} is no sale")

    @property
    def amount_minor(self) -> int:
        """In minor units."""
        return self.quantity * self.unit_price_minor


@dataclass(frozen=True, slots=True)
class Order:
    """What a customer ordered on a day; it has at least one line, and no product twice."""

    number: str
    day: date
    customer_ref: str
    lines: tuple[OrderLine, ...]

    def __post_init__(self) -> None:
        if not self.lines:
            raise ValueError(f"{self.number} orders nothing")

    @property
    def amount_minor(self) -> int:
        """In minor units."""
        return sum(line.amount_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Facing:
    """A product on a shop's shelf: how likely an order includes it, and how much of it is usual."""

    product: Product
    chance: float
    step: int
    usual: float


def stream_orders(seed: int, as_of: date, shops: tuple[Shop, ...], products: tuple[Product, ...]) -> Iterator[Order]:
    """All orders before `as_of`, by day and then by customer, numbered from "SO000001"; one in memory at a time."""
    streams = {shop.ref: dice(seed, "orders", shop.ref) for shop in shops}
    habits = {shop.ref: shop.habit for shop in shops}
    shelves = {shop.ref: _shelf(shop, products, streams[shop.ref]) for shop in shops}
    agenda = sorted((day, ref) for ref, habit in habits.items() for day in order_days(habit, streams[ref]))
    for number, (day, ref) in enumerate(agenda, start=1):
        lines = _lines(shelves[ref], habits[ref], day, as_of, streams[ref])
        yield Order(f"SO{number:06d}", day, ref, lines)


def _shelf(shop: Shop, products: tuple[Product, ...], chance: Random) -> tuple[_Facing, ...]:
    """What the shop stocks, likely lines first; the likelihoods add up to the trade's usual number of lines."""
    practice = PRACTICES[shop.category]
    stocked = [product for product in products if chance.random() < 0.8 * practice.appetite.get(product.category, 0.0)]
    stocked = stocked or chance.sample(products, 5)
    liking = [chance.betavariate(1.2, 1.8) for _ in stocked]
    scale = practice.basket / sum(liking)
    shelf = [
        _Facing(
            product,
            chance=min(0.95, scale * weight),
            step=product.units_per_case if practice.whole_cases else max(1, product.units_per_case // 4),
            usual=chance.uniform(1.2, 4.5) * shop.habit.size,
        )
        for product, weight in zip(stocked, liking, strict=True)
    ]
    return tuple(sorted(shelf, key=lambda facing: (-facing.chance, facing.product.sku)))


def _lines(shelf: tuple[_Facing, ...], habit: Habit, day: date, as_of: date, chance: Random) -> tuple[OrderLine, ...]:
    """One order. A change of amount falls half on the number of lines and half on the quantities."""
    strength = (habit.amount_on(day) * _MONTHS[day.month - 1]) ** 0.5
    wanted = [facing for facing in shelf if chance.random() < facing.chance * strength]
    return tuple(
        OrderLine(
            facing.product.sku,
            facing.step * max(1, round(facing.usual * strength * chance.uniform(0.6, 1.4))),
            facing.product.price_in(day.year, as_of),
        )
        for facing in wanted or shelf[:1]
    )
