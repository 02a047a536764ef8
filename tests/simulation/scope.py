"""What a phone must hold, told independently: row by row in plain Python, with one telling fact of each row."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.approvals.models import Approval
from fieldsales.catalog.models import Product, TierDiscount, TierPrice
from fieldsales.contexts.models import OrderContext
from fieldsales.customers.models import Assignment, Customer
from fieldsales.deliveries.models import Delivery
from fieldsales.invoices.models import Invoice
from fieldsales.notes.models import Note
from fieldsales.orders.models import Order, Origin
from fieldsales.planning.models import PlannedVisit, Route
from fieldsales.policies.models import Policy
from fieldsales.pricebooks.models import PublishedBook, PublishedTerms
from fieldsales.receivables.models import Payment
from fieldsales.settlements.models import Settlement
from fieldsales.stock.models import StockBalance, StockLevel
from fieldsales.visits.models import Visit
from fieldsales.warehouses.models import Warehouse
from sync.models import Mutation

Held = dict[tuple[str, uuid.UUID], object]


def scope_of(session: Session, user_id: uuid.UUID) -> Held:
    """Return what a user's phone must hold."""

    def of_mine(row: Visit | Note | Invoice | OrderContext | Payment | PublishedTerms | Delivery) -> bool:
        return row.customer_id in mine

    def own(row: PlannedVisit | Route | Settlement) -> bool:
        return row.rep_id == user_id

    def in_force(row: Assignment) -> bool:
        return row.rep_id == user_id and row.ended_at is None

    mine = {each.customer_id for each in session.scalars(select(Assignment)) if in_force(each)}
    told: tuple[tuple[str, Any, Callable[[Any], object], Callable[[Any], object]], ...] = (
        ("product", Product, lambda row: row.active, lambda row: row.price_minor),
        ("tier_price", TierPrice, lambda row: True, lambda row: row.price_minor),
        ("tier_discount", TierDiscount, lambda row: True, lambda row: row.discount_bp),
        ("price_book", PublishedBook, lambda row: row.superseded_at is None, lambda row: row.version),
        ("agreement", PublishedTerms, lambda row: row.superseded_at is None and of_mine(row), lambda row: row.version),
        ("order_context", OrderContext, of_mine, lambda row: row.body),
        ("cause_list", Policy, lambda row: row.kind == "causes" and not row.withdrawn_at, lambda row: row.body),
        ("assignment", Assignment, in_force, lambda row: str(row.customer_id)),
        ("customer", Customer, lambda row: row.active and row.id in mine, lambda row: row.version),
        ("visit", Visit, of_mine, lambda row: (len(row.events), len(row.photos))),
        ("order", Order, lambda row: row.origin is Origin.FIELD and of_mine(row), lambda row: row.amount_minor),
        ("payment", Payment, of_mine, lambda row: row.amount_minor),
        ("invoice", Invoice, of_mine, lambda row: row.open_minor),
        ("approval", Approval, lambda row: row.asked_by == user_id, lambda row: row.state.value),
        ("note", Note, of_mine, lambda row: row.text),
        ("warehouse", Warehouse, lambda row: row.active and row.rep_id in (None, user_id), lambda row: row.code),
        ("van_stock", StockBalance, lambda row: row.rep_id == user_id and row.on_hand, lambda row: row.on_hand),
        ("stock_level", StockLevel, lambda row: row.level != "available", lambda row: row.level.value),
        ("delivery", Delivery, of_mine, lambda row: row.state.value),
        ("settlement", Settlement, own, lambda row: row.state.value),
        ("planned_visit", PlannedVisit, own, lambda row: row.status.value),
        ("route", Route, own, lambda row: [stop.travel_s for stop in row.stops]),
        ("mutation", Mutation, lambda row: row.user_id == user_id and row.held_at, lambda row: row.status.value),
    )
    return {
        (entity, row.id): fact(row)
        for entity, model, visible, fact in told
        for row in session.scalars(select(model))
        if visible(row)
    }


TELLING: dict[str, Callable[[dict[str, Any]], object]] = {
    "product": lambda each: each["price_minor"],
    "tier_price": lambda each: each["price_minor"],
    "tier_discount": lambda each: each["discount_bp"],
    "price_book": lambda each: each["version"],
    "agreement": lambda each: each["version"],
    "order_context": lambda each: each["body"],
    "cause_list": lambda each: each["body"],
    "assignment": lambda each: each["customer_id"],
    "customer": lambda each: each["version"],
    "visit": lambda each: (len(each["events"]), len(each["photos"])),
    "order": lambda each: each["amount_minor"],
    "payment": lambda each: each["amount_minor"],
    "invoice": lambda each: each["open_minor"],
    "approval": lambda each: each["state"],
    "note": lambda each: each["text"],
    "delivery": lambda each: each["state"],
    "settlement": lambda each: each["state"],
    "planned_visit": lambda each: each["status"],
    "route": lambda each: [stop["travel_s"] for stop in each["stops"]],
    "mutation": lambda each: each["status"],
}


def told_by(store: dict[tuple[str, uuid.UUID], dict[str, Any]]) -> Held:
    """Return the same of a phone's store."""
    return {key: TELLING[key[0]](document) for key, document in store.items()}
