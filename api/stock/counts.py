"""Count sheets."""

from __future__ import annotations

import uuid
from typing import Any

from api.database import session
from api.guard import EVERYBODY, actor
from api.openapi import Resource
from api.settings import now
from api.stock.schemas import CountPageSchema, CountQuery, CountSchema, EndSchema, EnteredSchema, NewCountSchema
from fieldsales.counts import queries, service
from fieldsales.counts.models import StockCount
from fieldsales.db.paging import Page
from fieldsales.loads.service import require_own
from fieldsales.warehouses.models import Warehouse
from fieldsales.warehouses.queries import require_warehouse

counts = Resource("stock_counts", __name__, url_prefix="/api/v1/stock/counts", description="Counting what is there")


def _mine(count_id: uuid.UUID, *, lock: bool = True) -> StockCount:
    found = queries.require_count(session(), actor(), count_id, lock=lock)
    require_own(actor(), session().get_one(Warehouse, found.warehouse_id))
    return found


@counts.on("GET", "", roles=EVERYBODY, query=CountQuery, gives=CountPageSchema)
def list_counts(query: dict[str, Any]) -> Page[StockCount]:
    """Counts of the places that I may see, the latest first"""
    return queries.find_counts(session(), actor(), query["page"], query.get("state"))


@counts.on(
    "POST", "", roles=EVERYBODY, takes=NewCountSchema, gives=CountSchema, status=201, problems=[403, 404, 409, 422]
)
def start(body: dict[str, Any]) -> StockCount:
    """Start a count sheet; reps count their own van"""
    place = require_warehouse(session(), actor(), body["warehouse_id"])
    require_own(actor(), place)
    return service.start_count(session(), place, body["products"], by=actor(), now=now(), note=body["note"])


@counts.on("GET", "/<uuid:count_id>", roles=EVERYBODY, gives=CountSchema, problems=[403, 404])
def read_count(count_id: uuid.UUID) -> StockCount:
    """One count sheet"""
    return _mine(count_id, lock=False)


@counts.on(
    "PUT",
    "/<uuid:count_id>/lines",
    roles=EVERYBODY,
    takes=EnteredSchema,
    gives=CountSchema,
    problems=[403, 404, 409, 422],
)
def enter(body: dict[str, Any], count_id: uuid.UUID) -> StockCount:
    """Write down what was counted; products that the sheet does not have are added"""
    counted = {(each["product_id"], each["condition"]): each["counted"] for each in body["lines"]}
    return service.enter(session(), _mine(count_id), counted)


@counts.on(
    "POST",
    "/<uuid:count_id>/end",
    roles=EVERYBODY,
    takes=EndSchema,
    gives=CountSchema,
    problems=[403, 404, 409, 422],
)
def end(body: dict[str, Any], count_id: uuid.UUID) -> StockCount:
    """End the counting: the difference goes into the books

    Above the threshold of the policy `stock` it waits: somebody else must approve (`GET /api/v1/approvals`).
    """
    count = _mine(count_id)
    service.end_count(session(), count, body["counted_at"] or now(), by=actor(), now=now())
    return count


@counts.on("POST", "/<uuid:count_id>/discard", roles=EVERYBODY, gives=CountSchema, problems=[403, 404, 409])
def discard(count_id: uuid.UUID) -> StockCount:
    """Give a count up; nothing of it goes into the books"""
    count = _mine(count_id)
    service.discard_count(session(), count, by=actor(), now=now())
    return count
