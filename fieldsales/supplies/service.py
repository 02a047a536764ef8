"""What an order does to stock: goods leave or reach the rep's van at once, or are promised out of a warehouse.

Where no stock is kept nothing happens here.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.db.desk import Desk
from fieldsales.orders.models import Order, OrderKind
from fieldsales.policies.queries import in_force
from fieldsales.reservations.service import carry, release, require_free, reserve
from fieldsales.stock.models import StockCause, StockMove
from fieldsales.stock.rules import STOCK, Entry, Leg, Short, StockPolicy
from fieldsales.supplies.queries import warehouse_for
from fieldsales.supplies.rules import BACK_ORDER, NO_VAN, SHORT, cause_of, from_van, legs_of, undone
from fieldsales.visits.rules import merged
from fieldsales.warehouses.queries import is_kept, van_of


def supply(desk: Desk, order: Order, received_at: datetime) -> None:
    """Move or promise the goods of an order that was just taken, and flag it where there are too few.

    A sale from a van is never refused: the goods are gone. Raises `BackOrderRefused`, before anything is written, for
    an order that may not wait.
    """
    if not desk.find(_kept, True):
        return
    policy = in_force(desk.session, STOCK, order.ordered_on).value
    if from_van(order):
        _hand_over(desk, order, policy, received_at)
    elif policy.reserve:
        _promise(desk, order, policy, received_at)


def withdraw(session: Session, order: Order, now: datetime) -> bool:
    """Undo what an order did to stock as it is called off or replaced; once more changes nothing.

    Tell whether goods left a van that had too few of them: those of a return may have been sold meanwhile.
    """
    if not is_kept(session):
        return False
    release(session, order.id, now)
    moved = select(StockMove).where(StockMove.source_id == order.id, StockMove.cause != StockCause.COUNT)
    left: dict[tuple[uuid.UUID, str], tuple[Leg, int]] = {}
    for each in session.scalars(moved):
        out = each.from_id is not None
        leg = Leg(each.product_id, each.quantity, each.from_id, each.to_id, each.condition)
        key = (each.product_id, each.condition.value)
        before = left.get(key, (leg, 0))[1]
        left[key] = (leg, before + (each.quantity if out else -each.quantity))
    legs = tuple(_net(leg, pieces) for leg, pieces in left.values() if pieces)
    if not legs:
        return False
    moment, policy = order.ended_at or now, in_force(session, STOCK, order.ordered_on).value
    entry = Entry(cause_of(order), moment, order.ordered_on, undone(legs), order.id, order.rep_id, below_zero=True)
    return _beyond(carry(session, entry).short, policy.van_below_zero)


def _kept(session: Session, keys: Collection[bool]) -> Mapping[bool, bool]:
    return dict.fromkeys(keys, is_kept(session))


def _hand_over(desk: Desk, order: Order, policy: StockPolicy, received_at: datetime) -> None:
    van = van_of(desk.session, order.rep_id) if order.rep_id else None
    if van is None:
        if order.kind is OrderKind.SALE:
            order.flags = merged(order.flags, NO_VAN)
        return
    desk.write()
    entry = Entry(
        cause_of(order),
        order.ordered_at or received_at,
        order.ordered_on,
        legs_of(order, van.id, policy),
        order.id,
        order.rep_id,
        below_zero=True,
    )
    short = carry(desk.session, entry).short
    if _beyond(short, policy.van_below_zero):
        order.flags = merged(order.flags, SHORT)


def _beyond(short: Collection[Short], most: int) -> bool:
    return any(each.wanted - each.there > most for each in short)


def _promise(desk: Desk, order: Order, policy: StockPolicy, received_at: datetime) -> None:
    house = warehouse_for(desk.session, order.rep_id, policy)
    if house is None:
        return
    if not policy.back_orders:
        require_free(desk.session, house, [(line.product_id, line.quantity) for line in order.lines])
    desk.write()
    if reserve(desk.session, order, house, received_at):
        order.flags = merged(order.flags, BACK_ORDER)


def _net(leg: Leg, pieces: int) -> Leg:
    forward = leg if leg.from_id is not None else leg.back()
    net = Leg(leg.product_id, abs(pieces), forward.from_id, forward.to_id, leg.condition)
    return net if pieces > 0 else net.back()
