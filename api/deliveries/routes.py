"""After the order: picked, out, delivered; and how well that goes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from api.database import session
from api.deliveries.schemas import (
    DeliveryQuery,
    FulfilmentPageSchema,
    MeasuresQuery,
    OrderDeliveriesSchema,
    OrderDeliveryDetailSchema,
    OrderStepsSchema,
    TellDeliverySchema,
)
from api.guard import EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.settings import now
from fieldsales.db.paging import Page
from fieldsales.deliveries import queries, service
from fieldsales.deliveries.queries import Status
from fieldsales.deliveries.rules import Proof
from fieldsales.fulfilment.queries import Row, fulfilment
from fieldsales.handovers.service import report_delivery
from fieldsales.orders.models import Order

deliveries = Resource(
    "deliveries", __name__, url_prefix="/api/v1/deliveries", description="What became of orders after they were taken"
)
PROOF = ("recipient", "photo_id", "latitude", "longitude", "note")


@deliveries.on("GET", "", roles=EVERYBODY, query=DeliveryQuery, gives=OrderDeliveriesSchema)
def list_deliveries(query: dict[str, Any]) -> dict[str, Any]:
    """The orders that are delivered, of the customers whom I may see, by day"""
    page: Page[Order] = queries.find_orders(session(), actor(), query.pop("page"), **query)
    found = queries.statuses_of(session(), page.items)
    return {"items": [_told(each, found[each.id]) for each in page.items], "next": page.next}


@deliveries.on("GET", "/measures", roles=LEADERS, query=MeasuresQuery, gives=FulfilmentPageSchema, problems=[422])
def read_measures(query: dict[str, Any]) -> dict[str, Any]:
    """Fill rate and OTIF of the orders that were due in a period: of all, or by rep, customer or product"""
    return {"items": [_measured(each) for each in fulfilment(session(), actor(), **query)]}


@deliveries.on("GET", "/<uuid:order_id>", roles=EVERYBODY, gives=OrderDeliveryDetailSchema, problems=[404, 409])
def read_delivery(order_id: uuid.UUID) -> dict[str, Any]:
    """How far one order is, and all that was told of it"""
    order = queries.require_order(session(), actor(), order_id)
    told = _told(order, queries.status_of(session(), order))
    return told | {"reports": queries.reports_of(session(), order_id)}


@deliveries.on("POST", "/pick", roles=LEADERS, takes=OrderStepsSchema, gives=OrderDeliveriesSchema, problems=[404, 409])
def pick_orders(body: dict[str, Any]) -> dict[str, Any]:
    """Note that the goods of orders are picked, of all of them or of none"""
    service.pick(session(), body["order_ids"], by=actor(), now=now())
    return _some(body["order_ids"])


@deliveries.on("POST", "/send", roles=LEADERS, takes=OrderStepsSchema, gives=OrderDeliveriesSchema, problems=[404, 409])
def send_orders_out(body: dict[str, Any]) -> dict[str, Any]:
    """Note that the goods of orders are on their way, of all of them or of none"""
    service.send_out(session(), body["order_ids"], by=actor(), now=now())
    return _some(body["order_ids"])


@deliveries.on(
    "POST",
    "/<uuid:order_id>/report",
    roles=EVERYBODY,
    takes=TellDeliverySchema,
    gives=OrderDeliveryDetailSchema,
    status=201,
    problems=[404, 409],
)
def report_a_delivery(body: dict[str, Any], order_id: uuid.UUID) -> dict[str, Any]:
    """Tell what was handed over, with its proof

    What is missing has its reason, and is waited for or cancelled. Goods leave the stock of the house; where each
    delivery is billed, the invoice is raised.
    """
    order = queries.require_order(session(), actor(), order_id)
    at = min(body["at"] or now(), now())
    report = service.Report(
        body["report_id"],
        order_id,
        at,
        queries.day_of(session(), order, at),
        None if body["lines"] is None else tuple(body["lines"]),
        body["refusal"],
        Proof(**{name: body[name] for name in PROOF}),
    )
    report_delivery(session(), report, by=actor(), now=now())
    return read_delivery(order_id)


def _some(ids: Sequence[uuid.UUID]) -> dict[str, Any]:
    orders = [queries.require_order(session(), actor(), each) for each in ids]
    found = queries.statuses_of(session(), orders)
    return {"items": [_told(each, found[each.id]) for each in orders], "next": None}


def _told(order: Order, status: Status) -> dict[str, Any]:
    return {
        "order_id": order.id,
        "customer_id": order.customer_id,
        "rep_id": order.rep_id,
        "ordered_on": order.ordered_on,
        "state": status.state,
        "promised_from": status.promised_from,
        "promised_until": status.promised_until,
        "lines": [
            {
                "line_no": number,
                "ordered": each.ordered,
                "delivered": each.delivered,
                "cancelled": each.cancelled,
                "left": each.left,
            }
            for number, each in sorted(status.lines.items())
        ],
    }


def _measured(row: Row) -> dict[str, Any]:
    found = row.measures
    return {
        "id": row.key,
        "name": row.name,
        "orders": found.orders,
        "otif": _float(found.otif_rate),
        "on_time": _float(found.on_time_rate),
        "in_full": _float(found.in_full_rate),
        "line_fill_rate": _float(found.line_fill),
        "quantity_fill_rate": _float(found.quantity_fill),
        "value": [
            {
                "currency": currency,
                "ordered_minor": amount,
                "delivered_minor": round(found.delivered_minor[currency]),
                "fill_rate": _float(found.value_fill(currency)),
            }
            for currency, amount in sorted(found.value_minor.items())
        ],
    }


def _float(rate: Fraction | None) -> float | None:
    return None if rate is None else float(rate)
