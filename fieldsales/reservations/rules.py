"""Who gets what is there: the order that asked first, first."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fieldsales.errors import Conflict, Invalid


class BackOrderRefused(Conflict):
    """The policy `stock` lets no order wait for goods, and there are too few. `short` says of what, and how many."""

    code = "stock.no_back_orders"
    title = "There is not enough for that order"


class IssueInvalid(Invalid):
    """More is to be handed out for a line than it still wants, or the line waits for nothing."""

    code = "stock.issue_invalid"
    title = "That cannot be handed out"


@dataclass(frozen=True, slots=True)
class Need:
    """What a line of an order still wants of a product, and when it was asked for."""

    id: uuid.UUID
    asked_at: datetime
    pieces: int


def share(on_hand: int, needs: Iterable[Need]) -> dict[uuid.UUID, int]:
    """Return how many pieces each need is promised: the oldest has all that it wants before the next has any.

    First come, first served, of equals by id. The sum is never above what is on hand, and it is all of that where
    somebody still lacks any. What is promised to an older need is never taken from it by a younger one.
    """
    left = max(on_hand, 0)
    found = {}
    for each in sorted(needs, key=lambda need: (need.asked_at, need.id)):
        found[each.id] = min(each.pieces, left)
        left -= found[each.id]
    return found


def summed(wanted: Iterable[tuple[uuid.UUID, int]]) -> dict[uuid.UUID, int]:
    """Return pieces summed by product."""
    found: dict[uuid.UUID, int] = {}
    for product_id, pieces in wanted:
        found[product_id] = found.get(product_id, 0) + pieces
    return found


def lacking(wanted: Mapping[uuid.UUID, int], free: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, int]:
    """Return of which products more is wanted than is free, and by how many pieces."""
    beyond = {product_id: pieces - max(free.get(product_id, 0), 0) for product_id, pieces in wanted.items()}
    return {product_id: pieces for product_id, pieces in beyond.items() if pieces > 0}
