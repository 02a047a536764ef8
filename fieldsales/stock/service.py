"""Moving goods: the moves and what they come to are written together, under locks taken in one order by all."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.db.base import new_id
from fieldsales.db.bulk import slices
from fieldsales.policies.queries import in_force
from fieldsales.stock.models import Condition, StockBalance, StockCause, StockLevel, StockMove
from fieldsales.stock.rules import (
    STOCK,
    Entry,
    Held,
    Leg,
    Place,
    Short,
    StockShort,
    effect,
    level_of,
    places_of,
    shortages,
    told_late,
)
from fieldsales.warehouses.models import Warehouse

_SETTLING = frozenset({StockCause.COUNT, StockCause.FEED})


@dataclass(frozen=True, slots=True)
class Moved:
    """An entry in the books. `short` is what it took that was not there, by the books."""

    entry_id: uuid.UUID
    short: tuple[Short, ...] = ()


def move(session: Session, entry: Entry) -> Moved:
    """Write an event into the books.

    Raises `StockShort`, with nothing written, where more is to be taken than is free (on hand less reserved), unless
    the entry may go `below_zero`. What is told of a place that was counted since then is taken back at once by moves of
    the cause `count`: see `told_late`.
    """
    balances = hold(session, places_of(entry.legs))
    if entry.entry_id is not None and _is_written(session, entry.entry_id):
        return Moved(entry.entry_id)
    held = {place: held_of(each) for place, each in balances.items()}
    late = [] if entry.cause in _SETTLING else told_late(entry.legs, entry.at, held)
    legs = [(entry.cause, each) for each in entry.legs] + [(StockCause.COUNT, each) for each in late]
    short = shortages([each for _, each in legs], held)
    if short and not entry.below_zero:
        raise _too_little(session, short)
    entry_id = entry.entry_id or new_id()
    session.add_all(_row(entry, entry_id, cause, leg) for cause, leg in legs)
    for place, change in effect(each for _, each in legs).items():
        balances[place].on_hand += change
    session.flush()
    note_levels(session, balances, entry.day)
    return Moved(entry_id, tuple(short))


def hold(session: Session, places: Collection[Place]) -> dict[Place, StockBalance]:
    """Return balances, new ones where there were none, that nobody else changes until this transaction is over.

    They are locked by warehouse, product and condition, so that two who want the same ones wait rather than block each
    other for ever.
    """
    session.flush()
    wanted = sorted(places)
    found = _locked(session, wanted)
    if missing := [place for place in wanted if place not in found]:
        _make(session, missing)
        found = _locked(session, wanted)
    return found


def held_of(balance: StockBalance) -> Held:
    """Return a balance as a plain value."""
    return Held(balance.on_hand, balance.reserved, balance.settled_at)


def note_levels(session: Session, balances: Mapping[Place, StockBalance], day: date) -> None:
    """Write down how much the houses among these have left, roughly, where that is another level than before."""
    free = {
        (each.warehouse_id, each.product_id): each.on_hand - each.reserved
        for each in balances.values()
        if each.rep_id is None and each.condition is Condition.SELLABLE
    }
    if not free:
        return
    key = tuple_(StockLevel.warehouse_id, StockLevel.product_id)
    there = {(each.warehouse_id, each.product_id): each for each in _levels(session, sorted(free), key)}
    low = in_force(session, STOCK, day).value.low_pieces
    for (warehouse_id, product_id), pieces in free.items():
        level, known = level_of(pieces, low), there.get((warehouse_id, product_id))
        if known is None:
            session.add(StockLevel(warehouse_id=warehouse_id, product_id=product_id, level=level))
        elif known.level is not level:
            known.level = level
    session.flush()


def _levels(session: Session, wanted: list[tuple[uuid.UUID, uuid.UUID]], key: Any) -> Iterator[StockLevel]:
    for some in slices(wanted):
        yield from session.scalars(select(StockLevel).where(key.in_(some)))


def _locked(session: Session, places: list[Place]) -> dict[Place, StockBalance]:
    key = (StockBalance.warehouse_id, StockBalance.product_id, StockBalance.condition)
    found: dict[Place, StockBalance] = {}
    for part in slices(places, 256):
        some = select(StockBalance).where(tuple_(*key).in_(part)).order_by(*key)
        rows = session.scalars(some.with_for_update().execution_options(populate_existing=True))
        found.update(((each.warehouse_id, each.product_id, each.condition), each) for each in rows)
    return found


def _make(session: Session, places: list[Place]) -> None:
    """Make balances of nothing; one that somebody else makes at the same time is theirs."""
    reps = _reps(session, {place[0] for place in places})
    rows = [
        {
            "id": new_id(),
            "warehouse_id": warehouse_id,
            "product_id": product_id,
            "condition": condition,
            "rep_id": reps[warehouse_id],
            "on_hand": 0,
            "reserved": 0,
        }
        for warehouse_id, product_id, condition in places
    ]
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(StockBalance.__table__)
    unique = ["warehouse_id", "product_id", "condition"]
    session.connection().execute(statement.on_conflict_do_nothing(index_elements=unique), rows)


def _is_written(session: Session, entry_id: uuid.UUID) -> bool:
    return session.scalar(select(StockMove.id).where(StockMove.entry_id == entry_id).limit(1)) is not None


def _reps(session: Session, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, uuid.UUID | None]:
    rows = session.execute(select(Warehouse.id, Warehouse.rep_id).where(Warehouse.id.in_(ids)))
    return dict(rows.all())


def _row(entry: Entry, entry_id: uuid.UUID, cause: StockCause, leg: Leg) -> StockMove:
    return StockMove(
        entry_id=entry_id,
        cause=cause,
        source_id=entry.source_id,
        day=entry.day,
        at=entry.at,
        product_id=leg.product_id,
        quantity=leg.quantity,
        condition=leg.condition,
        from_id=leg.from_id,
        to_id=leg.to_id,
        rep_id=entry.rep_id,
    )


def _too_little(session: Session, short: list[Short]) -> StockShort:
    codes = dict(session.execute(select(Warehouse.id, Warehouse.code)).all())
    wanted = {each.product_id for each in short}
    skus = dict(session.execute(select(Product.id, Product.sku).where(Product.id.in_(wanted))).all())
    told = [
        {
            "warehouse_id": str(each.warehouse_id),
            "warehouse": codes[each.warehouse_id],
            "product_id": str(each.product_id),
            "sku": skus.get(each.product_id),
            "wanted": each.wanted,
            "there": each.there,
        }
        for each in short
    ]
    first = told[0]
    return StockShort(
        f"{first['wanted']} of {first['sku']} are to leave {first['warehouse']}, {first['there']} are free there.",
        mend="Take no more than that, or count what is there.",
        short=told,
    )
