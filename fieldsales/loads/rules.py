"""What a van needs for a day, and which ways goods may go."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fieldsales.contexts.rules import Habit
from fieldsales.errors import Invalid
from fieldsales.stock.models import Condition, StockCause
from fieldsales.stock.rules import Leg
from fieldsales.warehouses.models import Warehouse, WarehouseKind


class WrongWay(Invalid):
    """Goods do not go that way: from a house to a van they are loaded, back they are unloaded, and so on."""

    code = "stock.wrong_way"
    title = "Goods do not go that way"


class Errand(StrEnum):
    """What a keeper or a rep does with goods. `damage` keeps broken goods apart, `scrap` throws those away."""

    RECEIVE = "receive"
    LOAD = "load"
    UNLOAD = "unload"
    TRANSFER = "transfer"
    DAMAGE = "damage"
    SCRAP = "scrap"


CAUSES = {
    Errand.RECEIVE: StockCause.RECEIPT,
    Errand.LOAD: StockCause.LOADING,
    Errand.UNLOAD: StockCause.UNLOADING,
    Errand.TRANSFER: StockCause.TRANSFER,
    Errand.DAMAGE: StockCause.DAMAGE,
    Errand.SCRAP: StockCause.DAMAGE,
}
_HOUSE, _VAN, _ANY = WarehouseKind.WAREHOUSE, WarehouseKind.VAN, "any"
_WAYS: Mapping[Errand, tuple[str | None, str | None]] = {
    Errand.RECEIVE: (None, _ANY),
    Errand.LOAD: (_HOUSE, _VAN),
    Errand.UNLOAD: (_VAN, _HOUSE),
    Errand.TRANSFER: (_HOUSE, _HOUSE),
    Errand.DAMAGE: (_ANY, None),
    Errand.SCRAP: (_ANY, None),
}


def check_way(errand: Errand, start: Warehouse | None, end: Warehouse | None) -> None:
    """Raise `WrongWay` unless goods go so on an errand, between places that are open."""
    for place, kind, name in zip((start, end), _WAYS[errand], ("from", "to"), strict=True):
        if (kind is None) != (place is None) or (place is not None and kind not in (_ANY, place.kind)):
            wanted = "nothing" if kind is None else "a place" if kind == _ANY else f"a {kind}"
            raise WrongWay(f"To {errand}, “{name}” is {wanted}.", mend="Name the places as asked.", field=name)
        if place is not None and not place.active:
            raise WrongWay(f"{place.code} is closed.", mend="Open it, or name another place.", field=name)


def legs_of(
    errand: Errand,
    pieces: Mapping[uuid.UUID, int],
    start: uuid.UUID | None,
    end: uuid.UUID | None,
    condition: Condition,
) -> tuple[Leg, ...]:
    """Return the goods of an errand on their way."""
    if errand is Errand.DAMAGE:
        out = [Leg(each, many, from_id=start) for each, many in sorted(pieces.items())]
        kept = [Leg(each, many, to_id=start, condition=Condition.DAMAGED) for each, many in sorted(pieces.items())]
        return (*out, *kept)
    if errand is Errand.SCRAP:
        condition = Condition.DAMAGED
    return tuple(Leg(each, many, start, end, condition) for each, many in sorted(pieces.items()))


@dataclass(frozen=True, slots=True)
class Proposed:
    """A product that the day's customers usually buy: how much in all, of how many, and how much is to be loaded.

    `to_load` is what is missing in the van, as far as the house has it free; `lacking` is what is missing beyond that.
    """

    product_id: uuid.UUID
    customers: int
    expected: int
    in_van: int
    to_load: int
    lacking: int


def expected_sales(bought: Iterable[tuple[uuid.UUID, list[Habit]]], day: date) -> dict[uuid.UUID, tuple[int, int]]:
    """Return by product how many pieces the customers of a day will want, and how many of these customers.

    A customer wants its usual quantity (the median of its days) of what it is due to buy again by that day; what it
    bought once is no habit.
    """
    found: dict[uuid.UUID, tuple[int, int]] = {}
    for _, theirs in bought:
        for each in theirs:
            if each.due_on is not None and each.due_on <= day:
                pieces, customers = found.get(each.product_id, (0, 0))
                found[each.product_id] = (pieces + each.usual_pieces, customers + 1)
    return found


def proposed_load(
    expected: Mapping[uuid.UUID, tuple[int, int]], in_van: Mapping[uuid.UUID, int], free: Mapping[uuid.UUID, int]
) -> list[Proposed]:
    """Return what to load for the expected sales, the product that most pieces are wanted of first."""
    found = []
    for product_id, (pieces, customers) in expected.items():
        missing = max(pieces - max(in_van.get(product_id, 0), 0), 0)
        load = min(missing, max(free.get(product_id, 0), 0))
        there = in_van.get(product_id, 0)
        found.append(Proposed(product_id, customers, pieces, there, load, missing - load))
    return sorted(found, key=lambda each: (-each.expected, str(each.product_id)))
