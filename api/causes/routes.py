"""Why customers buy less: what a visit asks for and proposes."""

from __future__ import annotations

from typing import Any

from api.causes.schemas import CausesQuery, CausesSchema
from api.database import session
from api.guard import EVERYBODY
from api.openapi import Resource
from api.settings import now
from fieldsales.causes.queries import causes_on
from fieldsales.people.queries import days_at

causes = Resource("causes", __name__, url_prefix="/api/v1/causes", description="Why customers buy less")


@causes.on("GET", "", roles=EVERYBODY, query=CausesQuery, gives=CausesSchema)
def list_causes(query: dict[str, Any]) -> dict[str, Any]:
    """The causes that hold, and the promotions to propose

    A manager changes them as the policy of the kind “causes”: PUT /api/v1/policies/causes. Phones pull them as
    `cause_list`.
    """
    day = query.get("day") or days_at(session(), now())[0]
    found = causes_on(session(), day)
    return {"day": day, "causes": found.causes, "promotions": found.promotions}
