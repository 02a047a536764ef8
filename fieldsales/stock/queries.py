"""What there is, and where."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.stock.models import Condition, StockBalance, StockMove
from fieldsales.stock.rules import Held, Place


def on_hand(
    session: Session, warehouse_id: uuid.UUID, condition: Condition = Condition.SELLABLE
) -> dict[uuid.UUID, int]:
    """Return how many pieces of each product are in a warehouse or van; no entry for what it has none of.

    Below 0 where more left than the books knew of: a count settles it.
    """
    rows = session.execute(
        select(StockBalance.product_id, StockBalance.on_hand).where(
            StockBalance.warehouse_id == warehouse_id,
            StockBalance.condition == condition,
            StockBalance.on_hand != 0,
        )
    )
    return dict(rows.all())


def held(
    session: Session, warehouse_id: uuid.UUID, product_ids: Collection[uuid.UUID] | None = None
) -> dict[uuid.UUID, Held]:
    """Return the sellable balances of a warehouse by product, of all or of some, without a lock."""
    found = select(StockBalance).where(
        StockBalance.warehouse_id == warehouse_id, StockBalance.condition == Condition.SELLABLE
    )
    if product_ids is not None:
        found = found.where(StockBalance.product_id.in_(product_ids))
    return {each.product_id: Held(each.on_hand, each.reserved, each.settled_at) for each in session.scalars(found)}


def moved_since(session: Session, warehouse_id: uuid.UUID, moment: datetime) -> dict[tuple[uuid.UUID, Condition], int]:
    """Return what came to a warehouse less what left it after a moment, by product and condition."""
    found: dict[tuple[uuid.UUID, Condition], int] = {}
    for column, sign in ((StockMove.to_id, 1), (StockMove.from_id, -1)):
        rows = session.execute(
            select(StockMove.product_id, StockMove.condition, func.sum(StockMove.quantity))
            .where(column == warehouse_id, StockMove.at > moment)
            .group_by(StockMove.product_id, StockMove.condition)
        )
        for product_id, condition, pieces in rows:
            key = (product_id, condition)
            found[key] = found.get(key, 0) + sign * int(pieces)
    return found


def drifted(session: Session) -> dict[Place, tuple[int, int]]:
    """Return the balances that differ from the sum of their moves, each with both; there must never be one."""
    summed: dict[Place, int] = {}
    for column, sign in ((StockMove.to_id, 1), (StockMove.from_id, -1)):
        keys = (column, StockMove.product_id, StockMove.condition)
        rows = session.execute(select(*keys, func.sum(StockMove.quantity)).where(column.is_not(None)).group_by(*keys))
        for *place, pieces in rows:
            key: Place = tuple(place)  # type: ignore[assignment]
            summed[key] = summed.get(key, 0) + sign * int(pieces)
    kept = {
        (each.warehouse_id, each.product_id, each.condition): each.on_hand
        for each in session.scalars(select(StockBalance))
    }
    both = {*summed, *kept}
    return {key: pair for key in both if (pair := (kept.get(key, 0), summed.get(key, 0)))[0] != pair[1]}
