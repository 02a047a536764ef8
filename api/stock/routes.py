"""What there is and where, and moving it."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Select

from api.database import session
from api.guard import BOSSES, EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.settings import now
from api.stock.schemas import (
    ErrandSchema,
    InPlacePageSchema,
    LoadProposalSchema,
    MoveQuery,
    ProposalQuery,
    ReservationPageSchema,
    ReservationQuery,
    ShortagesSchema,
    StockMovedSchema,
    StockMovePageSchema,
    StockQuery,
    TellingSchema,
    ToldStockRowsSchema,
)
from fieldsales.db.paging import Page
from fieldsales.loads.queries import propose
from fieldsales.loads.service import Goods, move_goods, require_own
from fieldsales.reservations.models import Reservation
from fieldsales.reservations.queries import find_reservations
from fieldsales.snapshots.rules import Telling, TellRow
from fieldsales.snapshots.service import take_snapshot
from fieldsales.stock import queries
from fieldsales.stock.models import StockMove
from fieldsales.stock.queries import InPlace
from fieldsales.supplies.queries import warehouse_on
from fieldsales.warehouses.models import Warehouse
from fieldsales.warehouses.queries import require_van, require_warehouse, visible_warehouses, warehouse_by_code

stock = Resource("stock", __name__, url_prefix="/api/v1/stock", description="What there is, and where it went")
stock_feed = Resource("stock_feed", __name__, url_prefix="/api/v1/stock-feed", description="Stock as an ERP tells it")


def _places(warehouse_id: uuid.UUID | None = None) -> Select[uuid.UUID]:
    found = visible_warehouses(actor())
    if warehouse_id is not None:
        found = found.where(Warehouse.id == warehouse_id)
    return found.with_only_columns(Warehouse.id)


@stock.on("GET", "", roles=EVERYBODY, query=StockQuery, gives=InPlacePageSchema, problems=[404])
def list_stock(query: dict[str, Any]) -> Page[InPlace]:
    """What is in a warehouse or van"""
    place = require_warehouse(session(), actor(), query["warehouse"])
    return queries.stock_page(session(), place.id, query["page"], text=query.get("text"), negative=query["negative"])


@stock.on("GET", "/moves", roles=EVERYBODY, query=MoveQuery, gives=StockMovePageSchema)
def list_moves(query: dict[str, Any]) -> Page[StockMove]:
    """What moved, the oldest first; nothing in it is ever changed"""
    places = _places(query.get("warehouse"))
    told = {"product_id": query.get("product"), "cause": query.get("cause"), "day": query.get("day")}
    return queries.find_moves(session(), places, query["page"], **told)


@stock.on(
    "POST",
    "/moves",
    roles=EVERYBODY,
    takes=ErrandSchema,
    gives=StockMovedSchema,
    status=201,
    problems=[403, 404, 409, 422],
)
def move(body: dict[str, Any]) -> dict[str, Any]:
    """Receive, load, unload or transfer goods, or put damaged ones aside

    More than is free is refused (`stock.short` tells how many there are). A rep moves goods of the own van only. With
    `dry_run` it is tried, and nothing is kept.
    """
    start, end = (
        require_warehouse(session(), actor(), body[each]) if body[each] else None for each in ("from_id", "to_id")
    )
    pieces: dict[uuid.UUID, int] = {}
    for line in body["lines"]:
        pieces[line["product_id"]] = pieces.get(line["product_id"], 0) + line["pieces"]
    goods = Goods(body["errand"], pieces, start, end, body["condition"], body["id"])
    found = move_goods(session(), goods, by=actor(), now=now())
    if body["dry_run"]:
        session().rollback()
    return {"entry_id": found.entry_id, "dry_run": body["dry_run"]}


@stock.on("GET", "/shortages", roles=LEADERS, gives=ShortagesSchema)
def list_shortages() -> dict[str, Any]:
    """What is below 0, where, and which sales took it: for a supervisor, until a count settles it"""
    return {"shortages": queries.shortages_in(session(), _places())}


@stock.on("GET", "/reservations", roles=LEADERS, query=ReservationQuery, gives=ReservationPageSchema)
def list_reservations(query: dict[str, Any]) -> Page[Reservation]:
    """What orders were promised, who asked first at the front; with `lacking=true` the back-orders"""
    return find_reservations(
        session(),
        _places(query.get("warehouse")),
        query["page"],
        lacking=query["lacking"],
        order_id=query.get("order"),
        product_id=query.get("product"),
    )


@stock.on("GET", "/load-proposal", roles=EVERYBODY, query=ProposalQuery, gives=LoadProposalSchema, problems=[403, 404])
def propose_load(query: dict[str, Any]) -> dict[str, Any]:
    """What to load on a van for the visits of a day, by what these customers usually buy; nothing is moved"""
    van = require_van(session(), actor(), query["van"])
    require_own(actor(), van)
    house = warehouse_on(session(), van.rep_id, query["day"]) if van.rep_id else None
    lines = propose(session(), van, house, query["day"])
    return {"van_id": van.id, "from_id": house.id if house else None, "day": query["day"], "lines": lines}


@stock_feed.on("POST", "", roles=BOSSES, takes=TellingSchema, gives=ToldStockRowsSchema, problems=[404, 409, 422])
def take_telling(body: dict[str, Any]) -> dict[str, Any]:
    """Bring the books to what an ERP says that there is

    Idempotent by `reference`. What moved here after `as_of` counts on top. A row about a product that was counted or
    told of at that moment or later is answered `older` and changes nothing; one that cannot be used is told, and the
    others are done.
    """
    place = warehouse_by_code(session(), actor(), body["warehouse"])
    rows = tuple(TellRow(**each) for each in body["rows"])
    telling = Telling(body["reference"], place.id, body["as_of"], rows)
    return {"rows": take_snapshot(session(), telling, by=actor(), now=now())}
