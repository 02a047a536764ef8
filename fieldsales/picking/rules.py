"""What is to be taken from the shelves: by product for who picks, by stop in the order of loading for who loads."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fieldsales.exports.rules import Cell
from fieldsales.units.rules import EACH

COLUMNS = ("load", "stop", "customer", "order_id", "line", "sku", "product", "pieces", "packed_as")


@dataclass(frozen=True, slots=True)
class Article:
    """A product as it stands on the shelf: its units by name, each so many pieces; `each` is 1."""

    product_id: uuid.UUID
    sku: str
    name: str
    units: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pieces of a product that a line of an order waits for."""

    order_id: uuid.UUID
    line_no: int
    customer_id: uuid.UUID
    customer: str
    article: Article
    pieces: int


@dataclass(frozen=True, slots=True)
class Total:
    """All pieces of a product that are to be picked, and how they are packed: (unit, how many), the largest first."""

    article: Article
    pieces: int
    packed: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Load:
    """What one customer gets. `stop` is its place on the route, None off the route; `load` is when it is loaded."""

    load: int
    stop: int | None
    customer_id: uuid.UUID
    customer: str
    lines: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class PickList:
    """What is to be picked in a warehouse for a day: `totals` by SKU, `loads` in the order of loading."""

    warehouse: str
    day: date
    totals: tuple[Total, ...]
    loads: tuple[Load, ...]


def packed(units: Mapping[str, int], pieces: int) -> tuple[tuple[str, int], ...]:
    """Return pieces in units: 31 pieces of a case of 24 and an inner of 6 are a case, an inner and a piece.

    Greedy by size, of equals by name; what no unit holds are pieces.
    """
    found = []
    for unit, size in sorted(({EACH: 1} | dict(units)).items(), key=lambda pair: (-pair[1], pair[0])):
        many, pieces = divmod(pieces, size)
        if many:
            found.append((unit, many))
    return tuple(found)


def told(parts: Iterable[tuple[str, int]]) -> str:
    """Return how something is packed as text: “1 case, 2 each”."""
    return ", ".join(f"{many} {unit}" for unit, many in parts)


def pick_list(warehouse: str, day: date, wanted: Sequence[Wanted], stops: Mapping[uuid.UUID, int]) -> PickList:
    """Return what is to be picked; `stops` are the places of customers on the route.

    The last stop is loaded first, so that the first one stands by the door; who is on no route is loaded before all.
    """
    by_product: dict[uuid.UUID, list[Wanted]] = defaultdict(list)
    by_customer: dict[uuid.UUID, list[Wanted]] = defaultdict(list)
    for each in wanted:
        by_product[each.article.product_id].append(each)
        by_customer[each.customer_id].append(each)
    totals = []
    for some in by_product.values():
        pieces = sum(each.pieces for each in some)
        totals.append(Total(some[0].article, pieces, packed(some[0].article.units, pieces)))
    names = {key: some[0].customer for key, some in by_customer.items()}
    customers = sorted(names, key=lambda key: (key in stops, -stops.get(key, 0), names[key], key))
    loads = tuple(
        Load(number, stops.get(key), key, names[key], _in_order(by_customer[key]))
        for number, key in enumerate(customers, start=1)
    )
    return PickList(warehouse, day, tuple(sorted(totals, key=lambda each: each.article.sku)), loads)


def rows(found: PickList) -> list[list[Cell]]:
    """Return a pick list line by line, as `COLUMNS`, in the order of loading."""
    return [
        [
            load.load,
            load.stop,
            load.customer,
            str(line.order_id),
            line.line_no,
            line.article.sku,
            line.article.name,
            line.pieces,
            told(packed(line.article.units, line.pieces)),
        ]
        for load in found.loads
        for line in load.lines
    ]


def _in_order(lines: Iterable[Wanted]) -> tuple[Wanted, ...]:
    return tuple(sorted(lines, key=lambda each: (each.article.sku, each.order_id, each.line_no)))
