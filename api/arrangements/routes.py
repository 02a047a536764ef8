"""What was arranged with a customer about visits."""

from __future__ import annotations

import uuid
from typing import Any

from api.afterwards import replan_afterwards
from api.arrangements.schemas import ArrangementSchema, NewArrangementSchema
from api.database import session
from api.guard import EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.settings import now
from fieldsales.arrangements import service
from fieldsales.arrangements.models import Arrangement
from fieldsales.customers.queries import assignments_in_force

arrangements = Resource(
    "arrangements", __name__, url_prefix="/api/v1/customers", description="What was arranged with a customer"
)


@arrangements.on("GET", "/<uuid:customer_id>/arrangement", roles=EVERYBODY, gives=ArrangementSchema, problems=[404])
def read_arrangement(customer_id: uuid.UUID) -> Arrangement:
    """How often, on which weekdays and between which hours a customer wants to be visited"""
    return service.require_arrangement(session(), customer_id, by=actor())


@arrangements.on(
    "PUT",
    "/<uuid:customer_id>/arrangement",
    roles=LEADERS,
    takes=NewArrangementSchema,
    gives=ArrangementSchema,
    problems=[404, 422],
)
def arrange_visits(body: dict[str, Any], customer_id: uuid.UUID) -> Arrangement:
    """Arrange visits with a customer

    It goes before the cadence of the customer's tier, in the place of what was arranged before. Plans follow; a journey
    plan does when it is made again.
    """
    made = service.arrange(session(), customer_id, **body, by=actor(), now=now())
    _plans_follow(customer_id)
    return made


@arrangements.on("DELETE", "/<uuid:customer_id>/arrangement", roles=LEADERS, status=204, problems=[404])
def drop_arrangement(customer_id: uuid.UUID) -> None:
    """Take back what was arranged: the cadence of the tier holds"""
    service.drop(session(), customer_id, by=actor(), now=now())
    _plans_follow(customer_id)


def _plans_follow(customer_id: uuid.UUID) -> None:
    replan_afterwards({each.rep_id for each in assignments_in_force(session(), [customer_id])})
