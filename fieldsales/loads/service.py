"""Moving goods by a decision at a desk: what is not there is refused, and who may not touch a place may not."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.catalog.queries import articles
from fieldsales.catalog.service import ProductUnknown
from fieldsales.counts.rules import NotYourPlace
from fieldsales.loads.rules import CAUSES, Errand, check_way, legs_of
from fieldsales.people.models import Role
from fieldsales.people.queries import days_at
from fieldsales.people.rules import Actor
from fieldsales.reservations.service import carry
from fieldsales.stock.models import Condition
from fieldsales.stock.rules import Entry, StockInvalid
from fieldsales.stock.service import Moved
from fieldsales.warehouses.models import Warehouse


@dataclass(frozen=True, slots=True)
class Goods:
    """What is moved, on which errand and between which places. The same `id` again moves nothing."""

    errand: Errand
    pieces: Mapping[uuid.UUID, int]
    start: Warehouse | None = None
    end: Warehouse | None = None
    condition: Condition = Condition.SELLABLE
    id: uuid.UUID | None = None


def move_goods(session: Session, goods: Goods, *, by: Actor | None, now: datetime) -> Moved:
    """Move goods. Raises `WrongWay`, `NotYourPlace`, `ProductUnknown`, `StockInvalid`, `StockShort`."""
    check_way(goods.errand, goods.start, goods.end)
    check_may_touch(by, goods)
    if not goods.pieces:
        raise StockInvalid("Nothing is to be moved.", mend="Name a product and how many pieces.")
    known = articles(session, goods.pieces)
    strange = next((each for each in goods.pieces if each not in known), None)
    if strange is not None:
        raise ProductUnknown(f"There is no product {strange}.", product_id=str(strange))
    start, end = (place.id if place else None for place in (goods.start, goods.end))
    rep_id = next((each.rep_id for each in (goods.end, goods.start) if each and each.rep_id), None)
    day, _ = days_at(session, now)
    moved = carry(
        session,
        Entry(
            CAUSES[goods.errand],
            now,
            day,
            legs_of(goods.errand, goods.pieces, start, end, goods.condition),
            rep_id=rep_id,
            entry_id=goods.id,
        ),
    )
    subject = ("warehouse", end or start)
    facts = {
        "entry_id": str(moved.entry_id),
        "from": goods.start.code if goods.start else None,
        "to": goods.end.code if goods.end else None,
        "products": len(goods.pieces),
        "pieces": sum(goods.pieces.values()),
    }
    who = by.user_id if by else None
    record(session, f"stock.{goods.errand}", subject, actor_id=who, now=now, **facts)  # type: ignore[arg-type]
    return moved


def check_may_touch(by: Actor | None, goods: Goods) -> None:
    """Raise `NotYourPlace` for a rep whose own van has no part in it, or who receives or moves a house's goods."""
    if by is None or by.role is not Role.REP:
        return
    own = any(each is not None and each.rep_id == by.user_id for each in (goods.start, goods.end))
    if not own or goods.errand in (Errand.RECEIVE, Errand.TRANSFER, Errand.SCRAP):
        raise NotYourPlace("Reps load, unload and count their own van.", mend="Ask the keeper of the warehouse.")


def require_own(by: Actor | None, warehouse: Warehouse) -> None:
    """Raise `NotYourPlace` for a rep at a place that is not the own van."""
    if by is not None and by.role is Role.REP and warehouse.rep_id != by.user_id:
        raise NotYourPlace("Reps load, unload and count their own van.", mend="Ask the keeper of the warehouse.")
