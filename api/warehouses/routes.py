"""Warehouses and vans."""

from __future__ import annotations

import uuid
from typing import Any

from api.database import session
from api.guard import BOSSES, EVERYBODY, actor
from api.openapi import Resource
from api.settings import now
from api.warehouses.schemas import (
    NewWarehouseSchema,
    OpenSchema,
    WarehousePageSchema,
    WarehouseQuery,
    WarehouseSchema,
)
from fieldsales.db.paging import Page
from fieldsales.warehouses import queries, service
from fieldsales.warehouses.models import Warehouse

warehouses = Resource("warehouses", __name__, url_prefix="/api/v1/warehouses", description="Where goods are")


@warehouses.on("GET", "", roles=EVERYBODY, query=WarehouseQuery, gives=WarehousePageSchema)
def list_warehouses(query: dict[str, Any]) -> Page[Warehouse]:
    """Houses and vans that I may see, by code"""
    return queries.find_warehouses(session(), actor(), query["page"], query.get("kind"), all_of_them=query["closed"])


@warehouses.on(
    "POST",
    "",
    roles=BOSSES,
    takes=NewWarehouseSchema,
    gives=WarehouseSchema,
    status=201,
    problems=[404, 409, 422],
    example={"code": "MAIN", "name": "Main house", "kind": "warehouse"},
)
def open_warehouse(body: dict[str, Any]) -> Warehouse:
    """Keep stock in a new place"""
    return service.open_warehouse(session(), service.NewPlace(**body), now=now(), by=actor())


@warehouses.on("GET", "/<uuid:warehouse_id>", roles=EVERYBODY, gives=WarehouseSchema, problems=[404])
def read_warehouse(warehouse_id: uuid.UUID) -> Warehouse:
    """One place"""
    return queries.require_warehouse(session(), actor(), warehouse_id)


@warehouses.on(
    "PATCH", "/<uuid:warehouse_id>", roles=BOSSES, takes=OpenSchema, gives=WarehouseSchema, problems=[404, 409]
)
def set_open(body: dict[str, Any], warehouse_id: uuid.UUID) -> Warehouse:
    """Close a place, so that no goods move there by a decision at a desk, or open it again"""
    found = queries.require_warehouse(session(), actor(), warehouse_id)
    return service.set_open(session(), found, active=body["active"], now=now(), by=actor())
