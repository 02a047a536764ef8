"""The rules that a manager sets: tiers with their cadences."""

from __future__ import annotations

from typing import Any

from api.database import session
from api.guard import BOSSES, EVERYBODY, actor
from api.openapi import Resource
from api.policies.schemas import TiersSchema, ToldTiersSchema
from api.settings import now
from fieldsales.tiers import queries, service

policies = Resource("policies", __name__, url_prefix="/api/v1/policies", description="Tiers and their cadences")


@policies.on("GET", "/tiers", roles=EVERYBODY, gives=ToldTiersSchema)
def read_tiers() -> dict[str, Any]:
    """The tiers, the best first"""
    return {"tiers": queries.policies(session())}


@policies.on("PUT", "/tiers", roles=BOSSES, takes=TiersSchema, gives=ToldTiersSchema, problems=[422])
def replace_tiers(body: dict[str, Any]) -> dict[str, Any]:
    """Replace all tiers

    The next planning gives every customer its tier anew.
    """
    return {"tiers": service.replace_policies(session(), body["tiers"], by=actor(), now=now())}
