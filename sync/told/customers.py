"""What a phone holds of the customers whom its user serves."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, and_

from fieldsales.contexts.models import OrderContext
from fieldsales.customers.models import Assignment, Customer, CustomerReference
from fieldsales.notes.models import Note
from sync.feed import served_by
from sync.shape import Children, Shape, of_served


def _customers(user_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(Customer.active, of_served(Customer.id)(user_id))


CUSTOMER = Shape(
    columns=(
        Customer.id,
        Customer.name,
        Customer.category,
        Customer.address,
        Customer.city,
        Customer.postal_code,
        Customer.latitude,
        Customer.longitude,
        Customer.phone,
        Customer.opening_hours,
        Customer.service_minutes,
        Customer.tier,
        Customer.tier_reason,
        Customer.flags,
        Customer.version,
    ),
    visible=_customers,
    children=(
        Children(
            "references",
            CustomerReference.customer_id,
            (CustomerReference.system, CustomerReference.value),
            order=(CustomerReference.system, CustomerReference.value),
        ),
    ),
)

ASSIGNMENT = Shape(
    columns=(
        Assignment.id,
        Assignment.customer_id,
        Assignment.kind,
        Assignment.instruction,
        Assignment.priority,
        Assignment.from_on,
        Assignment.until_on,
        Assignment.together,
        Assignment.assigned_at,
    ),
    visible=served_by,
)

ORDER_CONTEXT = Shape(
    (OrderContext.id, OrderContext.customer_id, OrderContext.made_on, OrderContext.body),
    of_served(OrderContext.customer_id),
)

NOTE = Shape(
    columns=(Note.id, Note.customer_id, Note.rep_id, Note.visit_id, Note.text, Note.noted_at, Note.flags),
    visible=of_served(Note.customer_id),
)
