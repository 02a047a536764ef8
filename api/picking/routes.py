"""Pick lists: by product for who picks, in the order of loading for who loads."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.database import session
from api.exports.routes import csv_of
from api.guard import LEADERS, actor
from api.openapi import Resource
from api.picking.schemas import PickListSchema, PickQuery
from fieldsales.people.queries import require_rep_in_scope
from fieldsales.picking.queries import picks_of
from fieldsales.picking.rules import COLUMNS, PickList, packed, rows
from fieldsales.warehouses.queries import require_warehouse

picking = Resource("picking", __name__, url_prefix="/api/v1/picking", description="What is taken from the shelves")


@picking.on("GET", "", roles=LEADERS, query=PickQuery, gives=PickListSchema, rows="loads.lines", problems=[404])
def read_picks(query: dict[str, Any]) -> dict[str, Any]:
    """What a warehouse picks for a day, or for a rep's route of that day"""
    return _told(_found(query))


@picking.on("GET", ".csv", roles=LEADERS, query=PickQuery, problems=[404], media_type="text/csv")
def export_picks(query: dict[str, Any]) -> Response:
    """The same as CSV, a row for each line of an order, in the order of loading"""
    found = _found(query)
    return csv_of(f"picking-{found.warehouse}-{found.day}", COLUMNS, rows(found))


def _found(query: dict[str, Any]) -> PickList:
    warehouse = require_warehouse(session(), actor(), query["warehouse_id"])
    if query["rep_id"] is not None:
        require_rep_in_scope(session(), actor(), query["rep_id"])
    return picks_of(session(), warehouse, query["day"], query["rep_id"])


def _told(found: PickList) -> dict[str, Any]:
    return {
        "warehouse": found.warehouse,
        "day": found.day,
        "totals": [
            {
                "product_id": each.article.product_id,
                "sku": each.article.sku,
                "name": each.article.name,
                "pieces": each.pieces,
                "packed": _packed(each.packed),
            }
            for each in found.totals
        ],
        "loads": [
            {
                "load": each.load,
                "stop": each.stop,
                "customer_id": each.customer_id,
                "customer": each.customer,
                "lines": [
                    {
                        "order_id": line.order_id,
                        "line_no": line.line_no,
                        "sku": line.article.sku,
                        "name": line.article.name,
                        "pieces": line.pieces,
                        "packed": _packed(packed(line.article.units, line.pieces)),
                    }
                    for line in each.lines
                ],
            }
            for each in found.loads
        ],
    }


def _packed(parts: tuple[tuple[str, int], ...]) -> list[dict[str, Any]]:
    return [{"unit": unit, "quantity": many} for unit, many in parts]
