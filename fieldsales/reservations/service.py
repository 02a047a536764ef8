"""Promising goods to orders, handing them out, and serving back-orders as goods come in.

Whoever lets goods into a house, or takes unpromised ones out, does so by `carry`: it moves them, and shares what is
there then anew.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.orders.models import Order
from fieldsales.reservations.models import Reservation
from fieldsales.reservations.rules import BackOrderRefused, IssueInvalid, Need, lacking, share, summed
from fieldsales.stock.models import Condition, StockBalance, StockCause
from fieldsales.stock.rules import Entry, Leg, Place
from fieldsales.stock.service import Moved, hold, move, note_levels
from fieldsales.warehouses.models import Warehouse


@dataclass(frozen=True, slots=True)
class Issue:
    """What is handed out of an order: pieces by number of its line, when and by whom."""

    order_id: uuid.UUID
    pieces: Mapping[int, int]
    at: datetime
    day: date
    rep_id: uuid.UUID | None = None
    cause: StockCause = StockCause.DELIVERY


def reserve(session: Session, order: Order, warehouse: Warehouse, asked_at: datetime) -> dict[int, int]:
    """Promise the goods of an order out of a warehouse; return how many pieces each line lacks, for now.

    The order must be written. Reserving once more changes nothing. An order in the place of another one keeps its turn.
    """
    session.flush()
    there = reservations_of(session, [order.id])
    if there:
        return {each.line_no: each.lacking for each in there if each.lacking}
    asked_at = _turn_of(session, order) or asked_at
    lines = [line for line in order.lines if line.quantity > 0]
    rows = [
        Reservation(
            order_id=order.id,
            line_no=line.line_no,
            warehouse_id=warehouse.id,
            product_id=line.product_id,
            wanted=line.quantity,
            reserved=0,
            issued=0,
            asked_at=asked_at,
        )
        for line in lines
    ]
    session.add_all(rows)
    serve(session, warehouse.id, {line.product_id for line in lines}, asked_at.date())
    return {each.line_no: each.lacking for each in rows if each.lacking}


def require_free(session: Session, warehouse: Warehouse, wanted: Sequence[tuple[uuid.UUID, int]]) -> None:
    """Raise `BackOrderRefused` unless products (with pieces) are free in a warehouse; nobody takes them meanwhile."""
    pieces = summed(wanted)
    balances = hold(session, [(warehouse.id, each, Condition.SELLABLE) for each in pieces])
    free = {product_id: each.on_hand - each.reserved for (_, product_id, _), each in balances.items()}
    short = [
        {"product_id": str(product_id), "wanted": pieces[product_id], "there": max(free[product_id], 0)}
        for product_id in sorted(lacking(pieces, free))
    ]
    if short:
        first = short[0]
        raise BackOrderRefused(
            f"{first['wanted']} of product {first['product_id']} are wanted, {first['there']} are free in "
            f"{warehouse.code}.",
            mend="Order what is there, or ask a manager to allow back-orders.",
            warehouse=warehouse.code,
            short=short,
        )


def serve(session: Session, warehouse_id: uuid.UUID, product_ids: Collection[uuid.UUID], day: date) -> None:
    """Share what is on hand of products among the orders that want them, those that asked first at the front."""
    balances = hold(session, [(warehouse_id, each, Condition.SELLABLE) for each in product_ids])
    waiting: dict[uuid.UUID, list[Reservation]] = defaultdict(list)
    for each in session.scalars(
        select(Reservation)
        .where(
            Reservation.warehouse_id == warehouse_id,
            Reservation.product_id.in_(product_ids),
            Reservation.ended_at.is_(None),
        )
        .order_by(Reservation.asked_at, Reservation.id)
        .execution_options(populate_existing=True)
    ):
        waiting[each.product_id].append(each)
    for (_, product_id, _), balance in balances.items():
        _share_out(balance, waiting[product_id])
    session.flush()
    note_levels(session, balances, day)


def carry(session: Session, entry: Entry) -> Moved:
    """Move goods, then share what is there anew wherever they came to or left. Raises what `move` raises."""
    moved = move(session, entry)
    touched: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for leg in entry.legs:
        for place in (leg.from_id, leg.to_id):
            if place is not None and leg.condition is Condition.SELLABLE:
                touched[place].add(leg.product_id)
    for place in sorted(touched):
        serve(session, place, touched[place], entry.day)
    return moved


def release(session: Session, order_id: uuid.UUID, now: datetime) -> int:
    """End what is promised to an order, and serve others with it; return how many pieces were promised."""
    rows = [each for each in reservations_of(session, [order_id]) if each.ended_at is None]
    freed: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    _hold_all(session, rows)
    promised = 0
    for each in rows:
        session.refresh(each)
        promised += each.reserved
        each.ended_at, each.reserved = now, 0
        freed[each.warehouse_id].append(each.product_id)
    session.flush()
    for warehouse_id in sorted(freed):
        serve(session, warehouse_id, freed[warehouse_id], now.date())
    return promised


def issue(session: Session, handed: Issue) -> Moved:
    """Hand out goods of an order: what was promised first, then what is free.

    Raises `IssueInvalid` for more than a line still wants, and `StockShort` where there is less.
    """
    rows = {each.line_no: each for each in reservations_of(session, [handed.order_id])}
    _hold_all(session, [each for each in rows.values() if each.ended_at is None])
    legs = []
    for line_no, pieces in sorted(handed.pieces.items()):
        row = rows.get(line_no)
        if row is not None:
            session.refresh(row)
        left = row.wanted - row.issued if row is not None and row.ended_at is None else 0
        if row is None or not 0 < pieces <= left:
            raise IssueInvalid(
                f"Line {line_no} still wants {left} pieces, not {pieces}.",
                mend="Hand out no more than is wanted.",
                line=line_no,
                left=left,
            )
        legs.append(Leg(row.product_id, pieces, from_id=row.warehouse_id))
        row.reserved, row.issued = row.reserved - min(row.reserved, pieces), row.issued + pieces
        if row.issued == row.wanted:
            row.ended_at = handed.at
    _note_promised(session, rows.values())
    entry = Entry(handed.cause, handed.at, handed.day, tuple(legs), handed.order_id, handed.rep_id)
    return carry(session, entry)


def reservations_of(session: Session, order_ids: Collection[uuid.UUID]) -> list[Reservation]:
    """Return what is promised to orders, by order and line; those that ended too."""
    found = select(Reservation).where(Reservation.order_id.in_(order_ids))
    return list(session.scalars(found.order_by(Reservation.order_id, Reservation.line_no)))


def _turn_of(session: Session, order: Order) -> datetime | None:
    if order.amends_id is None:
        return None
    before = select(Reservation.asked_at).where(Reservation.order_id == order.amends_id)
    return session.scalars(before.order_by(Reservation.asked_at).limit(1)).first()


def _share_out(balance: StockBalance, waiting: Sequence[Reservation]) -> None:
    needs = [Need(each.id, each.asked_at, each.wanted - each.issued) for each in waiting]
    shares = share(balance.on_hand, needs)
    for each in waiting:
        each.reserved = shares[each.id]
        each.expected_on = balance.expected_on if each.lacking else None
    balance.reserved = sum(shares.values())


def _hold_all(session: Session, rows: Collection[Reservation]) -> dict[Place, StockBalance]:
    return hold(session, {(each.warehouse_id, each.product_id, Condition.SELLABLE) for each in rows})


def _note_promised(session: Session, rows: Collection[Reservation]) -> None:
    """Bring the balances up to what their reservations say, before goods leave."""
    session.flush()
    for (warehouse_id, product_id, _), balance in _hold_all(session, rows).items():
        open_ones = select(Reservation.reserved).where(
            Reservation.warehouse_id == warehouse_id,
            Reservation.product_id == product_id,
            Reservation.ended_at.is_(None),
        )
        balance.reserved = sum(session.scalars(open_ones))
    session.flush()
