"""A house that delivers, a van for each rep, and what is in them on the morning that is planned."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.loads.queries import propose
from fieldsales.loads.rules import Errand
from fieldsales.loads.service import Goods, move_goods
from fieldsales.people.queries import reps_visible_to
from fieldsales.snapshots.rules import Telling, TellRow
from fieldsales.snapshots.service import take_snapshot
from fieldsales.warehouses.models import Warehouse, WarehouseKind
from fieldsales.warehouses.service import NewPlace, open_warehouse

HOUSE = "HARBOUR"
_NONE_OF, _FEW_OF = 29, 11
"""Every so many products the house has none, or few."""
_FEW, _PLENTY = 8, 600


def stock_up(session: Session, day: date, now: datetime) -> int:
    """Open the places, tell the house's stock, and load each van for its visits of a day; return how many vans."""
    house = open_warehouse(session, NewPlace(HOUSE, "Harbour warehouse", WarehouseKind.WAREHOUSE), now=now)
    wares = session.scalars(select(Product).where(Product.active).order_by(Product.sku)).all()
    rows = tuple(TellRow(each.sku, _pieces(number, each.pack_size)) for number, each in enumerate(wares, start=1))
    take_snapshot(session, Telling("demo", house.id, now, rows), by=None, now=now)
    reps = reps_visible_to(session, None)
    for number, rep in enumerate(reps, start=1):
        place = NewPlace(f"VAN-{number:02d}", f"Van of {rep.name}", WarehouseKind.VAN, rep.id)
        _load(session, open_warehouse(session, place, now=now), house, day, now)
    return len(reps)


def _pieces(number: int, pack_size: int) -> int:
    if number % _NONE_OF == 0:
        return 0
    return _FEW if number % _FEW_OF == 0 else max(_PLENTY // pack_size, 1) * pack_size


def _load(session: Session, van: Warehouse, house: Warehouse, day: date, now: datetime) -> None:
    pieces = {each.product_id: each.to_load for each in propose(session, van, house, day) if each.to_load}
    if pieces:
        move_goods(session, Goods(Errand.LOAD, pieces, house, van), by=None, now=now)
