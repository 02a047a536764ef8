"""What there is, and where."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.stock.models import Condition, StockBalance, StockCause, StockMove
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


@dataclass(frozen=True, slots=True)
class InPlace:
    """A balance with the product that it is of."""

    balance: StockBalance
    product: Product

    @property
    def free(self) -> int:
        """What is promised to nobody."""
        return self.balance.on_hand - self.balance.reserved


def stock_page(
    session: Session,
    warehouse_id: uuid.UUID,
    wanted: PageWanted,
    *,
    text: str | None = None,
    negative: bool = False,
) -> Page[InPlace]:
    """Return a page of what is in a place by number of the product, what was moved out whole left out.

    `text` is looked for in number and name; with `negative` only what is below 0.
    """
    found = (
        select(StockBalance)
        .join(Product, Product.id == StockBalance.product_id)
        .where(StockBalance.warehouse_id == warehouse_id)
    )
    if negative:
        found = found.where(StockBalance.on_hand < 0)
    else:
        found = found.where(or_(StockBalance.on_hand != 0, StockBalance.reserved != 0, StockBalance.expected_units > 0))
    if text:
        found = found.where(
            or_(Product.sku.icontains(text, autoescape=True), Product.name.icontains(text, autoescape=True))
        )
    page = fetch_page(session, found, (StockBalance.product_id, StockBalance.id), wanted)
    products = {each.id: each for each in _products(session, [each.product_id for each in page.items])}
    return Page([InPlace(each, products[each.product_id]) for each in page.items], page.next)


def _products(session: Session, ids: Collection[uuid.UUID]) -> Iterator[Product]:
    yield from session.scalars(select(Product).where(Product.id.in_(ids)))


def find_moves(
    session: Session,
    places: Select[uuid.UUID],
    wanted: PageWanted,
    *,
    product_id: uuid.UUID | None = None,
    cause: StockCause | None = None,
    day: date | None = None,
) -> Page[StockMove]:
    """Return a page of the moves between places that may be seen, the oldest first."""
    found = select(StockMove).where(or_(StockMove.from_id.in_(places), StockMove.to_id.in_(places)))
    if product_id is not None:
        found = found.where(StockMove.product_id == product_id)
    if cause is not None:
        found = found.where(StockMove.cause == cause)
    if day is not None:
        found = found.where(StockMove.day == day)
    return fetch_page(session, found, (StockMove.at, StockMove.id), wanted)


@dataclass(frozen=True, slots=True)
class Shortage:
    """A balance below 0, and the moves that took what was not there, the last one first."""

    place: InPlace
    moves: tuple[StockMove, ...]


def shortages_in(session: Session, places: Select[uuid.UUID]) -> list[Shortage]:
    """Return what is below 0 in places, each with why: the last moves out that the shortage was made of."""
    below = (
        select(StockBalance, Product)
        .join(Product, Product.id == StockBalance.product_id)
        .where(StockBalance.warehouse_id.in_(places), StockBalance.on_hand < 0)
        .order_by(StockBalance.warehouse_id, Product.sku)
    )
    return [
        Shortage(InPlace(balance, product), _made_of(session, balance)) for balance, product in session.execute(below)
    ]


def _made_of(session: Session, balance: StockBalance) -> tuple[StockMove, ...]:
    out = select(StockMove).where(
        StockMove.from_id == balance.warehouse_id,
        StockMove.product_id == balance.product_id,
        StockMove.condition == balance.condition,
    )
    found, missing = [], -balance.on_hand
    for each in session.scalars(out.order_by(StockMove.at.desc(), StockMove.id.desc()).limit(100)):
        found.append(each)
        missing -= each.quantity
        if missing <= 0:
            break
    return tuple(found)
