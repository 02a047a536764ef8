"""Which tier a customer is in, why, since when, and given by hand."""

from __future__ import annotations

import uuid
from typing import Any

from api.afterwards import replan_afterwards
from api.database import session
from api.guard import BOSSES, EVERYBODY, actor
from api.openapi import Resource
from api.settings import now
from api.tiers.schemas import TierCardSchema, TierOverrideSchema, told
from fieldsales.customers.queries import assignments_in_force
from fieldsales.tiers import queries, service

tiers = Resource("tiers", __name__, url_prefix="/api/v1/customers", description="Who is in which tier, and why")


@tiers.on("GET", "/<uuid:customer_id>/tier", roles=EVERYBODY, gives=TierCardSchema, problems=[404])
def read_tier(customer_id: uuid.UUID) -> dict[str, Any]:
    """A customer's tier, why, and how it was before

    Margins in amounts, which would give away costs, are told to managers only.
    """
    return _card(customer_id)


@tiers.on(
    "PUT",
    "/<uuid:customer_id>/tier/override",
    roles=BOSSES,
    takes=TierOverrideSchema,
    gives=TierCardSchema,
    problems=[403, 404, 422],
)
def override_tier(body: dict[str, Any], customer_id: uuid.UUID) -> dict[str, Any]:
    """Give a customer a tier by hand

    It holds at once, through the day `until`, and goes before what the orders say. Another one takes its place.
    """
    service.override_tier(session(), customer_id, **body, by=actor(), now=now())
    _plans_follow(customer_id)
    return _card(customer_id)


@tiers.on("DELETE", "/<uuid:customer_id>/tier/override", roles=BOSSES, gives=TierCardSchema, problems=[403, 404])
def end_override(customer_id: uuid.UUID) -> dict[str, Any]:
    """Take back a tier that was given by hand

    The customer has the tier of its orders again, as of the last look at them.
    """
    service.end_override(session(), customer_id, by=actor(), now=now())
    _plans_follow(customer_id)
    return _card(customer_id)


def _card(customer_id: uuid.UUID) -> dict[str, Any]:
    card = queries.tier_card(session(), actor(), customer_id, now())
    return told(card, costs=actor().role in BOSSES)


def _plans_follow(customer_id: uuid.UUID) -> None:
    replan_afterwards({each.rep_id for each in assignments_in_force(session(), [customer_id])})
