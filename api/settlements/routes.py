"""The end of a rep's day: what is expected, what was counted, and who signed for it."""

from __future__ import annotations

import uuid
from typing import Any

from api.database import session
from api.guard import EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.settings import now
from api.settlements.schemas import (
    CountDaySchema,
    ExpectedHandInSchema,
    ExpectedQuery,
    OwedByRepSchema,
    ReopenSchema,
    RepaySchema,
    SettlementPageSchema,
    SettlementQuery,
    SettlementSchema,
    SignContentSchema,
)
from fieldsales.db.paging import Page
from fieldsales.people.queries import days_at, require_rep_in_scope
from fieldsales.settlements import queries, service
from fieldsales.settlements.models import Settlement

settlements = Resource(
    "settlements", __name__, url_prefix="/api/v1/settlements", description="What reps hand in at the end of the day"
)


@settlements.on("GET", "", roles=EVERYBODY, query=SettlementQuery, gives=SettlementPageSchema)
def list_settlements(query: dict[str, Any]) -> Page[Settlement]:
    """The settlements of people whom I may see, by day; a rep sees the own ones"""
    return queries.find_settlements(session(), actor(), query.pop("page"), **query)


@settlements.on(
    "GET", "/expected", roles=EVERYBODY, query=ExpectedQuery, gives=ExpectedHandInSchema, rows="items", problems=[404]
)
def read_expected(query: dict[str, Any]) -> dict[str, Any]:
    """What a rep must hand in and show by now, payment by payment and product by product"""
    rep = require_rep_in_scope(session(), actor(), query["rep_id"])
    found = queries.expected_of(session(), rep.id, query["day"])
    goods = [{"product_id": key, "pieces": pieces} for key, pieces in sorted(found.goods.items())]
    return {"items": found.items, "van_id": found.van_id, "goods": goods}


@settlements.on(
    "POST", "", roles=EVERYBODY, takes=CountDaySchema, gives=SettlementSchema, status=201, problems=[404, 409]
)
def count_a_day(body: dict[str, Any]) -> Settlement:
    """Write down what was counted, to be signed by the rep and by a cashier

    Every form of money that is expected is counted, and every difference has its note.
    """
    goods = body["goods"]
    count = service.Count(body["rep_id"], body["day"], tuple(body["money"]), None if goods is None else tuple(goods))
    return service.count_day(session(), count, by=actor(), now=now())


@settlements.on("GET", "/<uuid:settlement_id>", roles=EVERYBODY, gives=SettlementSchema, problems=[404])
def read_settlement(settlement_id: uuid.UUID) -> Settlement:
    """One settlement with its content and its signatures"""
    return queries.require_settlement(session(), actor(), settlement_id)


@settlements.on(
    "POST",
    "/<uuid:settlement_id>/sign",
    roles=EVERYBODY,
    takes=SignContentSchema,
    gives=SettlementSchema,
    problems=[404, 409],
)
def sign_settlement(body: dict[str, Any], settlement_id: uuid.UUID) -> Settlement:
    """Sign for what was counted: the rep for the rep, a leader as cashier

    With both signatures it is posted to the ledger, unless its difference is above the policy and needs approval.
    """
    return service.sign(session(), settlement_id, body["content_hash"], by=actor(), now=now())


@settlements.on("POST", "/<uuid:settlement_id>/discard", roles=LEADERS, gives=SettlementSchema, problems=[404, 409])
def discard_settlement(settlement_id: uuid.UUID) -> Settlement:
    """Give up a count that is not posted, to count again"""
    return service.discard(session(), settlement_id, by=actor(), now=now())


@settlements.on(
    "POST",
    "/<uuid:settlement_id>/reopen",
    roles=LEADERS,
    takes=ReopenSchema,
    gives=SettlementSchema,
    problems=[404, 409],
)
def reopen_settlement(body: dict[str, Any], settlement_id: uuid.UUID) -> Settlement:
    """Reverse what a settlement posted, for a reason; the day is counted again"""
    return service.reopen(session(), settlement_id, body["reason"], by=actor(), now=now())


@settlements.on("POST", "/repayments", roles=LEADERS, takes=RepaySchema, gives=OwedByRepSchema, problems=[404])
def repay_shortage(body: dict[str, Any]) -> dict[str, Any]:
    """Note that a rep made a shortage good, in cash"""
    day = days_at(session(), now())[0]
    owed = service.repay(session(), **body, by=actor(), now=now(), day=day)
    return {"rep_id": body["rep_id"], "currency": body["currency"], "owed_minor": owed}
