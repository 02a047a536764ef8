"""The rules that a manager sets: versions that hold from a day on."""

from __future__ import annotations

import uuid
from typing import Any

from api.database import session
from api.guard import BOSSES, EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.policies.schemas import (
    NewPolicySchema,
    PolicyDraftSchema,
    PolicyInForceSchema,
    PolicyKindsSchema,
    PolicyQuery,
    PolicyTrialSchema,
    PolicyVersionSchema,
    PolicyVersionsSchema,
)
from api.settings import now
from fieldsales.people.queries import days_at
from fieldsales.policies import queries, service
from fieldsales.policies.models import Policy
from fieldsales.policies.queries import InForce
from fieldsales.rulebook.queries import all_in_force
from fieldsales.rulebook.rules import KINDS, Trial, kind_named
from fieldsales.rulebook.service import try_policy

policies = Resource(
    "policies", __name__, url_prefix="/api/v1/policies", description="Rules as data, each from a day on"
)


@policies.on("GET", "", roles=EVERYBODY, query=PolicyQuery, gives=PolicyKindsSchema)
def list_policies(query: dict[str, Any]) -> dict[str, Any]:
    """All kinds of policies, and what holds"""
    found = all_in_force(session(), query.get("day") or days_at(session(), now())[0])
    return {"kinds": [{"kind": KINDS[each.kind], "in_force": each} for each in found]}


@policies.on("GET", "/<string:kind>", roles=EVERYBODY, query=PolicyQuery, gives=PolicyInForceSchema, problems=[404])
def read_policy(query: dict[str, Any], kind: str) -> InForce[Any]:
    """The policy of a kind that holds on a day"""
    return queries.in_force(session(), kind_named(kind), query.get("day") or days_at(session(), now())[0])


@policies.on("GET", "/<string:kind>/versions", roles=LEADERS, gives=PolicyVersionsSchema, problems=[404])
def list_versions(kind: str) -> dict[str, Any]:
    """Every version of a policy, past, present, coming and withdrawn"""
    return {"versions": queries.history(session(), kind_named(kind).name)}


@policies.on(
    "PUT", "/<string:kind>", roles=BOSSES, takes=NewPolicySchema, gives=PolicyVersionSchema, problems=[403, 404, 422]
)
def put_policy(body: dict[str, Any], kind: str) -> Policy:
    """Set a policy from a day on

    Nothing is edited: the version takes the place of the one before it from its day on. Of versions of one day the one
    made last holds. Putting the same again changes nothing. Only for those who see all territories.
    """
    return service.put(session(), kind_named(kind), body.pop("body"), **body, by=actor(), now=now())


@policies.on(
    "POST",
    "/<string:kind>/dry-run",
    roles=BOSSES,
    takes=PolicyDraftSchema,
    gives=PolicyTrialSchema,
    problems=[403, 404, 422],
)
def try_out_policy(body: dict[str, Any], kind: str) -> Trial:
    """What a policy would change, before it is set

    For `tiers` and `value_score`: who would move, from what to what and why, how many by tier, and how the visits a
    week of each rep would change.
    """
    return try_policy(session(), kind_named(kind), body.pop("body"), **body, by=actor(), now=now())


@policies.on(
    "DELETE",
    "/<string:kind>/versions/<uuid:version_id>",
    roles=BOSSES,
    gives=PolicyVersionSchema,
    problems=[404, 409],
)
def withdraw_policy(kind: str, version_id: uuid.UUID) -> Policy:
    """Take back a version that holds nowhere yet"""
    return service.withdraw(session(), kind_named(kind).name, version_id, by=actor(), now=now())
