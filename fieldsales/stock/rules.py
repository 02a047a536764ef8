"""What moves, as plain values, and the policy `stock`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from fieldsales.errors import Conflict, Invalid
from fieldsales.policies.rules import Body, Kind
from fieldsales.stock.models import Condition, Level, StockCause

MOST_PIECES = 10**9
Place = tuple[uuid.UUID, uuid.UUID, Condition]
"""A warehouse, a product and its condition: what one balance is of."""


class StockInvalid(Invalid):
    """Goods that cannot move like that: none of them, or from nowhere to nowhere."""

    code = "stock.invalid"
    title = "Goods cannot move like that"


class StockShort(Conflict):
    """There is less than is to be taken. `short` says what, where, how many were asked for and how many there are."""

    code = "stock.short"
    title = "There is not that much"


@dataclass(frozen=True, slots=True)
class Leg:
    """Pieces of a product on their way between two places; None is the world outside. Raises `StockInvalid`."""

    product_id: uuid.UUID
    quantity: int
    from_id: uuid.UUID | None = None
    to_id: uuid.UUID | None = None
    condition: Condition = Condition.SELLABLE

    def __post_init__(self) -> None:
        if not 0 < self.quantity <= MOST_PIECES:
            raise StockInvalid(
                f"{self.quantity} pieces cannot move.",
                mend=f"Give 1 to {MOST_PIECES:,}.",
                product_id=str(self.product_id),
            )
        if self.from_id == self.to_id:
            raise StockInvalid(
                "Goods move from one place to another.", mend="Name two places.", product_id=str(self.product_id)
            )

    def back(self) -> Leg:
        """Return the same goods the other way round."""
        return replace(self, from_id=self.to_id, to_id=self.from_id)


@dataclass(frozen=True, slots=True)
class Entry:
    """Goods that move in one event: why, for which order, count or snapshot, when, and on which day that counts.

    With `below_zero` the goods are gone already, whatever the books say: what is not there is written all the same.
    Whoever may ask twice gives an `entry_id`: what is in the books under it is not written again.
    """

    cause: StockCause
    at: datetime
    day: date
    legs: tuple[Leg, ...]
    source_id: uuid.UUID | None = None
    rep_id: uuid.UUID | None = None
    below_zero: bool = False
    entry_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of a balance: on hand, promised to orders, and when it was last counted or told."""

    on_hand: int = 0
    reserved: int = 0
    settled_at: datetime | None = None

    @property
    def free(self) -> int:
        """What may be taken or promised; below 0 where more left than the books knew of."""
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class Short:
    """Of a product in a place: how many pieces were to be taken, and how many there were to take."""

    warehouse_id: uuid.UUID
    product_id: uuid.UUID
    wanted: int
    there: int


def places_of(legs: Iterable[Leg]) -> list[Place]:
    """Return the balances that goods touch, each once, in the one order in which everybody locks them."""
    found = {
        (place, each.product_id, each.condition)
        for each in legs
        for place in (each.from_id, each.to_id)
        if place is not None
    }
    return sorted(found)


def effect(legs: Iterable[Leg]) -> dict[Place, int]:
    """Return by how much each balance changes; what goes between two places sums to 0."""
    found: dict[Place, int] = {}
    for each in legs:
        for place, sign in ((each.from_id, -1), (each.to_id, 1)):
            if place is not None:
                key = (place, each.product_id, each.condition)
                found[key] = found.get(key, 0) + sign * each.quantity
    return found


def shortages(legs: Iterable[Leg], held: Mapping[Place, Held]) -> list[Short]:
    """Return what is not there, of all that goods take from balances; damaged goods are promised to nobody."""
    found = []
    for (place, product_id, condition), change in sorted(effect(legs).items()):
        there = held.get((place, product_id, condition), Held()).free
        if change < 0 and there + change < 0:
            found.append(Short(place, product_id, -change, there))
    return found


def told_late(legs: Iterable[Leg], at: datetime, held: Mapping[Place, Held]) -> list[Leg]:
    """Return what takes back the effect of goods on balances that were counted after they had moved.

    Whoever counted saw them gone, or there, already: the books must not hear of them twice.
    """
    found = []
    for each in legs:
        for place, start, end in ((each.from_id, None, each.from_id), (each.to_id, each.to_id, None)):
            if place is None:
                continue
            settled = held.get((place, each.product_id, each.condition), Held()).settled_at
            if settled is not None and at <= settled:
                found.append(replace(each, from_id=start, to_id=end))
    return found


def level_of(free: int, low_pieces: int) -> Level:
    """Return how much there is, roughly: none, low up to so many pieces, or available."""
    if free <= 0:
        return Level.NONE
    return Level.LOW if free <= low_pieces else Level.AVAILABLE


@dataclass(frozen=True, slots=True)
class StockPolicy:
    """How stock is dealt with.

    Attributes:
        reserve: Whether orders that are delivered later are promised goods.
        back_orders: Whether an order may wait for goods that are not there; otherwise it is refused.
        van_below_zero: How many pieces of a product a van may be short of before a supervisor is told.
        low_pieces: Up to how many free pieces phones are told that a warehouse has few.
        count_value_minor: Above which worth of differences, by currency, a count needs approval (none: never).
        sellable: In which conditions, as reps name them, goods that came back can be sold again; others are damaged.
        territories, reps: The code of the warehouse that serves a territory (by code) or a rep (by login).
    """

    reserve: bool
    back_orders: bool
    van_below_zero: int
    low_pieces: int
    count_value_minor: Mapping[str, int]
    sellable: frozenset[str]
    territories: Mapping[str, str]
    reps: Mapping[str, str]

    def condition_of(self, told: str | None) -> Condition:
        """Return whether goods that came back can be sold; where nobody said in what condition they are, not yet."""
        fit = told is not None and told.strip().casefold() in self.sellable
        return Condition.SELLABLE if fit else Condition.DAMAGED


SELLABLE = ("sellable", "unopened", "good")
_CODES = {"type": "object", "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 40}}
SHAPE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["reserve", "back_orders"],
    "properties": {
        "reserve": {"type": "boolean"},
        "back_orders": {"enum": ["allowed", "refused"]},
        "van_below_zero": {"type": "integer", "minimum": 0, "maximum": MOST_PIECES},
        "low_pieces": {"type": "integer", "minimum": 0, "maximum": MOST_PIECES},
        "count_approval_above": {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Z]{3}$"},
            "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 10**15},
        },
        "sellable_conditions": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 40}},
        "warehouse_of": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"territories": _CODES, "reps": _CODES},
        },
    },
}


def _parse(body: Body) -> StockPolicy:
    serving = body.get("warehouse_of", {})
    return StockPolicy(
        reserve=body["reserve"],
        back_orders=body["back_orders"] == "allowed",
        van_below_zero=body.get("van_below_zero", 0),
        low_pieces=body.get("low_pieces", 12),
        count_value_minor=body.get("count_approval_above", {}),
        sellable=frozenset(each.casefold() for each in body.get("sellable_conditions", SELLABLE)),
        territories=serving.get("territories", {}),
        reps=serving.get("reps", {}),
    )


STOCK = Kind(
    name="stock",
    about="Whether orders are promised goods and may wait for them, and when a count needs approval.",
    schema=SHAPE,
    default={"reserve": True, "back_orders": "allowed"},
    parse=_parse,
)
