"""Customers, and who serves them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from api.afterwards import plans_follow
from api.customers.context_schemas import OrderContextSchema
from api.customers.schemas import (
    CustomerCardSchema,
    CustomerChangesSchema,
    CustomerNotesSchema,
    CustomerPageSchema,
    CustomerQuery,
    KeyAccountSchema,
    OwnerSchema,
    SharedSchema,
    SharingSchema,
)
from api.database import session
from api.guard import BOSSES, EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.settings import now
from fieldsales.contexts.queries import drafted_contexts
from fieldsales.customers import queries, service
from fieldsales.customers.queries import CustomerCard
from fieldsales.db.paging import Page
from fieldsales.districts.service import Sharing, share_customers
from fieldsales.notes.queries import notes_of
from fieldsales.people.queries import days_at
from fieldsales.proposals import service as proposals

customers = Resource("customers", __name__, url_prefix="/api/v1/customers", description="Who buys, and who serves them")


@customers.on("GET", "", roles=EVERYBODY, query=CustomerQuery, gives=CustomerPageSchema)
def list_customers(query: dict[str, Any]) -> Page[CustomerCard]:
    """The customers whom I may see

    A rep sees the assigned ones, a supervisor those of the territories below.
    """
    return queries.find_customers(session(), actor(), query["page"], query["only"])


@customers.on("GET", "/<uuid:customer_id>/order-context", roles=EVERYBODY, gives=OrderContextSchema, problems=[404])
def read_order_context(customer_id: uuid.UUID) -> Mapping[str, Any]:
    """What is known of a customer's buying this morning; phones pull the same as `order_context`"""
    customer = queries.require_customer_in_scope(session(), actor(), customer_id)
    return drafted_contexts(session(), [customer], days_at(session(), now())[0])[customer_id]


@customers.on("GET", "/<uuid:customer_id>/notes", roles=EVERYBODY, gives=CustomerNotesSchema, problems=[404])
def read_notes(customer_id: uuid.UUID) -> dict[str, Any]:
    """What reps remembered of a customer, the latest first; at most a hundred"""
    queries.require_customer_in_scope(session(), actor(), customer_id)
    return {"notes": [{"note": note, "rep": name} for note, name in notes_of(session(), customer_id)]}


@customers.on("GET", "/<uuid:customer_id>", roles=EVERYBODY, gives=CustomerCardSchema, problems=[404])
def read_customer(customer_id: uuid.UUID) -> CustomerCard:
    """One customer, and who serves it"""
    return queries.customer_card(session(), actor(), customer_id)


@customers.on(
    "PATCH",
    "/<uuid:customer_id>",
    roles=LEADERS,
    takes=CustomerChangesSchema,
    gives=CustomerCardSchema,
    problems=[404, 409],
)
def change_customer(body: service.CustomerChanges, customer_id: uuid.UUID) -> CustomerCard:
    """Change a customer

    Phone numbers become E.164; a position takes the customer into routes.
    """
    service.change_customer(session(), customer_id, body, by=actor(), now=now())
    return queries.customer_card(session(), actor(), customer_id)


@customers.on("POST", "/<uuid:customer_id>/confirm", roles=LEADERS, gives=CustomerCardSchema, problems=[403, 404])
def confirm_customer(customer_id: uuid.UUID) -> CustomerCard:
    """Confirm a shop that a rep found

    Somebody looked, and it is a customer of its own. One that is not is switched off: PATCH `active` to false.
    """
    customer = queries.require_customer_to_manage(session(), actor(), customer_id)
    proposals.confirm_customer(session(), customer, by=actor().user_id, now=now())
    return queries.customer_card(session(), actor(), customer_id)


@customers.on(
    "PUT", "/<uuid:customer_id>/owner", roles=LEADERS, takes=OwnerSchema, gives=CustomerCardSchema, problems=[404, 409]
)
def set_owner(body: dict[str, Any], customer_id: uuid.UUID) -> CustomerCard:
    """Give a customer to a rep, or to nobody"""
    with plans_follow([customer_id]):
        service.set_owner(session(), customer_id, body["rep_id"], by=actor(), now=now())
    return queries.customer_card(session(), actor(), customer_id)


@customers.on(
    "POST",
    "/<uuid:customer_id>/key-account",
    roles=BOSSES,
    takes=KeyAccountSchema,
    gives=CustomerCardSchema,
    problems=[404, 409],
)
def assign_key_account(body: dict[str, Any], customer_id: uuid.UUID) -> CustomerCard:
    """Give a key account to one or several reps

    Beside its owner and those who have it already; the instruction of these is replaced.
    """
    with plans_follow([customer_id]):
        service.assign_key_account(session(), customer_id, **body, by=actor(), now=now())
    return queries.customer_card(session(), actor(), customer_id)


@customers.on("DELETE", "/<uuid:customer_id>/key-account", roles=BOSSES, status=204, problems=[404])
def end_key_account(customer_id: uuid.UUID) -> None:
    """Take a key account back from all its reps"""
    with plans_follow([customer_id]):
        service.end_key_account(session(), customer_id, by=actor(), now=now())


@customers.on("DELETE", "/<uuid:customer_id>/key-account/<uuid:rep_id>", roles=BOSSES, status=204, problems=[404])
def take_key_account(customer_id: uuid.UUID, rep_id: uuid.UUID) -> None:
    """Take a key account back from one rep"""
    with plans_follow([customer_id]):
        service.end_key_account(session(), customer_id, [rep_id], by=actor(), now=now())


@customers.on("POST", "/share", roles=LEADERS, takes=SharingSchema, gives=SharedSchema, problems=[404])
def share(body: dict[str, Any]) -> Sharing:
    """Share customers out among reps

    Each rep gets a compact area with about as many customers as the others. The same again changes nothing.
    """
    with plans_follow(body["customer_ids"]):
        return share_customers(session(), **body, by=actor(), now=now())
