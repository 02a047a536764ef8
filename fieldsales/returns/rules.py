"""How much may come back of what was sold, and for how much money."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldsales.catalog.rules import Price
from fieldsales.orders.rules import NOTHING, Draft, Line, Quantity


@dataclass(frozen=True, slots=True)
class Return:
    """Goods that come back, as a phone wrote it: quantities and prices are positive there.

    `conditions` are those of the lines, in their order. `against_id` is the order that they were bought with, if the
    rep knows it.
    """

    draft: Draft
    reason: str
    conditions: tuple[str | None, ...]
    against_id: uuid.UUID | None = None


def paid_prices(lines: Sequence[Line], sold: Iterable[tuple[uuid.UUID, int]], ours: Sequence[Price]) -> list[Price]:
    """Return for each line the unit price at which its product was sold; `ours` where it was not.

    `sold` are product and unit price of the order's lines. Where an order has a product at several prices, the one
    nearest to what was told counts, of two equally near the lower one.
    """
    asked: dict[uuid.UUID, set[int]] = defaultdict(set)
    for product_id, unit_price in sold:
        asked[product_id].add(unit_price)
    found = []
    for line, price in zip(lines, ours, strict=True):
        told = line.unit_price_minor
        nearest = min(asked[line.product_id], key=lambda each: (abs(each - told), each), default=None)
        found.append(price if nearest is None else Price(nearest, "as_sold"))
    return found


def beyond_sold(
    back: Mapping[uuid.UUID, Quantity], sold: Mapping[uuid.UUID, Quantity], before: Mapping[uuid.UUID, Quantity]
) -> list[dict[str, Any]]:
    """Return the products of which more would come back than is left, in units or in money."""
    found = []
    for product_id, wanted in back.items():
        bought, gone = sold.get(product_id, NOTHING), before.get(product_id, NOTHING)
        left = Quantity(bought.units - gone.units, bought.amount_minor - gone.amount_minor)
        if not left.covers(wanted):
            found.append(
                {
                    "product_id": str(product_id),
                    "units": wanted.units,
                    "units_left": left.units,
                    "amount_minor": wanted.amount_minor,
                    "amount_left_minor": left.amount_minor,
                }
            )
    return found
