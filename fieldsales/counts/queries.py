"""Which counts there are, and what the books said at a moment."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fieldsales.catalog.queries import products
from fieldsales.counts.models import CountState, StockCount
from fieldsales.counts.rules import Counted, CountNotFound, Difference
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.people.rules import Actor
from fieldsales.stock.models import Condition
from fieldsales.stock.queries import moved_since, on_hand
from fieldsales.warehouses.models import Warehouse
from fieldsales.warehouses.queries import visible_warehouses


def find_counts(
    session: Session, actor: Actor | None, wanted: PageWanted, state: CountState | None = None
) -> Page[StockCount]:
    """Return a page of counts of places that an actor may see, the latest first."""
    found = _of_theirs(actor)
    if state is not None:
        found = found.where(StockCount.state == state)
    return fetch_page(session, found, (StockCount.started_at, StockCount.id), wanted)


def require_count(session: Session, actor: Actor | None, count_id: uuid.UUID, *, lock: bool = False) -> StockCount:
    """Return a count of a place that an actor may see, locked if it is to be changed; raise `CountNotFound`."""
    found = _of_theirs(actor).where(StockCount.id == count_id)
    count = session.scalars(found.with_for_update() if lock else found).one_or_none()
    if count is None:
        raise CountNotFound(f"There is no count {count_id}.", id=str(count_id))
    return count


def _of_theirs(actor: Actor | None) -> Select[StockCount]:
    theirs = visible_warehouses(actor).with_only_columns(Warehouse.id)
    return select(StockCount).where(StockCount.warehouse_id.in_(theirs))


def expected_at(session: Session, warehouse_id: uuid.UUID, moment: datetime) -> Counted:
    """Return what the books of today say that was in a place at a moment, by product and condition."""
    found: Counted = {
        (product_id, condition): pieces
        for condition in Condition
        for product_id, pieces in on_hand(session, warehouse_id, condition).items()
    }
    for key, pieces in moved_since(session, warehouse_id, moment).items():
        found[key] = found.get(key, 0) - pieces
    return found


def differences(session: Session, count: StockCount, moment: datetime) -> list[Difference]:
    """Return each line that was counted beside the books; a piece is worth its cost, or its price where none is known.

    Raises `ProductUnknown`.
    """
    books = expected_at(session, count.warehouse_id, moment)
    counted = [each for each in count.lines if each.counted is not None]
    return _beside(session, books, {(each.product_id, each.condition): each.counted or 0 for each in counted})


def _beside(session: Session, books: Counted, counted: Counted) -> list[Difference]:
    known = products(session, _ids(counted))
    found = []
    for (product_id, condition), pieces in sorted(counted.items()):
        product = known[product_id]
        piece = product.price_minor if product.cost_minor is None else product.cost_minor
        expected = books.get((product_id, condition), 0)
        found.append(Difference(product_id, condition, expected, pieces, product.currency, piece))
    return found


def _ids(counted: Collection[tuple[uuid.UUID, Condition]]) -> set[uuid.UUID]:
    return {product_id for product_id, _ in counted}
