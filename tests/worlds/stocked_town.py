"""The small town with a house that delivers, and a van for Anna; nothing is in them yet."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import NOON, SmallTown

from fieldsales.stock.models import Condition, StockCause
from fieldsales.stock.rules import Entry, Leg
from fieldsales.stock.service import move
from fieldsales.warehouses.models import Warehouse, WarehouseKind
from fieldsales.warehouses.service import NewPlace, open_warehouse


@dataclass
class StockedTown:
    """The town, its house and Anna's van."""

    town: SmallTown
    house: Warehouse
    van: Warehouse

    def product(self, name: str) -> uuid.UUID:
        """Return the id of a product by its name."""
        return self.town.products[name].id


def build(session: Session) -> StockedTown:
    """Put the town and its places into a database; the caller commits."""
    town = small_town.build(session)
    house = open_warehouse(session, NewPlace("MAIN", "Main house", WarehouseKind.WAREHOUSE), now=NOON)
    van = open_warehouse(session, NewPlace("VAN-1", "Anna's van", WarehouseKind.VAN, town.anna.id), now=NOON)
    session.flush()
    return StockedTown(town, house, van)


def put(
    session: Session,
    warehouse: Warehouse,
    product_id: uuid.UUID,
    pieces: int,
    at: datetime = NOON,
    condition: Condition = Condition.SELLABLE,
) -> None:
    """Let goods come in from outside."""
    leg = Leg(product_id, pieces, to_id=warehouse.id, condition=condition)
    move(session, Entry(StockCause.RECEIPT, at, at.date(), (leg,)))
