"""What a count found, and what the difference is worth."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fieldsales.errors import Conflict, Forbidden, Invalid, NotFound
from fieldsales.stock.models import Condition
from fieldsales.stock.rules import MOST_PIECES, Leg

Counted = dict[tuple[uuid.UUID, Condition], int]


class CountNotFound(NotFound):
    """There is no such count in a place that you may see."""

    code = "count.not_found"
    title = "There is no such count"


class CountUnderWay(Conflict):
    """Somebody counts there already, or a count waits for approval. End that one first."""

    code = "count.under_way"
    title = "A count is under way there"


class CountEnded(Conflict):
    """The count is in the books, waits for approval, or was given up. Start another one."""

    code = "count.ended"
    title = "That count is over"


class CountInvalid(Invalid):
    """A count of nothing, of less than nothing, or in the future."""

    code = "count.invalid"
    title = "That cannot be counted like that"


class CountChanged(Conflict):
    """What was told meanwhile makes the difference larger than what was approved. Count again."""

    code = "count.changed"
    title = "The difference is another one by now"


class NotYourPlace(Forbidden):
    """Reps count, load and unload their own van; a house is its keeper's business."""

    code = "warehouse.not_yours"
    title = "That is not your van"


@dataclass(frozen=True, slots=True)
class Difference:
    """Of one product in one condition: what the books had and what was counted, and what a piece is worth."""

    product_id: uuid.UUID
    condition: Condition
    expected: int
    counted: int
    currency: str
    piece_minor: int

    @property
    def pieces(self) -> int:
        """How many more there are than the books had; below 0: fewer."""
        return self.counted - self.expected

    @property
    def worth_minor(self) -> int:
        """What the difference is worth, whichever way it goes."""
        return abs(self.pieces) * self.piece_minor


def check_counted(counted: Mapping[tuple[uuid.UUID, Condition], int]) -> None:
    """Raise `CountInvalid` unless something was counted, and no less than nothing."""
    wrong = next((each for each, pieces in counted.items() if not 0 <= pieces <= MOST_PIECES), None)
    if wrong is not None or not counted:
        raise CountInvalid(
            f"{counted[wrong]} pieces cannot be there." if wrong else "Nothing was counted.",
            mend=f"Give each product 0 to {MOST_PIECES:,} pieces.",
            **({"product_id": str(wrong[0])} if wrong else {}),
        )


def worth(differences: Iterable[Difference]) -> dict[str, int]:
    """Return what differences are worth by currency: too many here do not make up for too few there."""
    found: dict[str, int] = {}
    for each in differences:
        found[each.currency] = found.get(each.currency, 0) + each.worth_minor
    return found


def beyond(amounts: Mapping[str, int], most: Mapping[str, int]) -> tuple[str, int] | None:
    """Return the currency and the amount that needs approval, None where none is above its threshold."""
    over = sorted((each, amount) for each, amount in amounts.items() if each in most and amount > most[each])
    return over[0] if over else None


def legs_of(differences: Iterable[Difference], warehouse_id: uuid.UUID) -> tuple[Leg, ...]:
    """Return what brings the books to what was counted."""
    return tuple(
        Leg(each.product_id, each.pieces, to_id=warehouse_id, condition=each.condition)
        if each.pieces > 0
        else Leg(each.product_id, -each.pieces, from_id=warehouse_id, condition=each.condition)
        for each in differences
        if each.pieces
    )
