"""What customers owe: one account, all debts by age, and how much credit there is."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from api.customers.routes import customers
from api.database import session
from api.guard import BOSSES, EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.receivables.schemas import (
    AgeingQuery,
    AgeingSchema,
    StandingsSchema,
    StatementQuery,
    StatementSchema,
    TermsSchema,
)
from api.settings import now
from fieldsales.ageings.queries import ageing_report, ageing_totals
from fieldsales.contexts.service import refresh_known
from fieldsales.credits.queries import standings
from fieldsales.credits.service import set_terms
from fieldsales.customers.queries import CustomerFilter, require_customer_in_scope
from fieldsales.invoices.queries import Statement, statement_of
from fieldsales.people.queries import days_at

receivables = Resource(
    "receivables", __name__, url_prefix="/api/v1/receivables", description="What is owed, by how late it is"
)


@receivables.on("GET", "/ageing", roles=LEADERS, query=AgeingQuery, gives=AgeingSchema)
def read_ageing(query: dict[str, Any]) -> dict[str, Any]:
    """What customers owed at the end of a day, by how late it was: not due, 1–30, 31–60, 61–90, over 90 days"""
    day = query.get("day") or _today()
    only = CustomerFilter(rep_id=query.get("rep"), active=None)
    page = ageing_report(session(), actor(), day, query["page"], only)
    totals = ageing_totals(session(), actor(), day, only)
    return {"day": day, "totals": totals, "items": page.items, "next": page.next}


@customers.on(
    "GET",
    "/<uuid:customer_id>/statement",
    roles=EVERYBODY,
    query=StatementQuery,
    gives=StatementSchema,
    rows="movements",
    problems=[404],
)
def read_statement(query: dict[str, Any], customer_id: uuid.UUID) -> Statement:
    """A customer's account between two days"""
    customer = require_customer_in_scope(session(), actor(), customer_id)
    until = query.get("until") or _latest()
    return statement_of(session(), customer, query.get("since") or until - timedelta(days=90), until)


@customers.on("GET", "/<uuid:customer_id>/credit", roles=EVERYBODY, gives=StandingsSchema, problems=[404])
def read_credit(customer_id: uuid.UUID) -> dict[str, Any]:
    """How a customer stands: its limit, what counts against it, and what is left"""
    customer = require_customer_in_scope(session(), actor(), customer_id)
    return {"credit": list(standings(session(), [customer.id], _today()).get(customer.id, {}).values())}


@customers.on(
    "PUT",
    "/<uuid:customer_id>/credit",
    roles=BOSSES,
    takes=TermsSchema,
    gives=StandingsSchema,
    problems=[403, 404],
    example={"currency": "EUR", "limit_minor": 50000, "payment_days": 14},
)
def set_credit(body: dict[str, Any], customer_id: uuid.UUID) -> dict[str, Any]:
    """Set how much a customer may owe, and how long it has to pay"""
    set_terms(session(), customer_id, **body, by=actor(), now=now())
    refresh_known(session(), _today(), customer_id)
    return {"credit": list(standings(session(), [customer_id], _today()).get(customer_id, {}).values())}


def _today() -> date:
    return days_at(session(), now())[0]


def _latest() -> date:
    return days_at(session(), now())[1]
