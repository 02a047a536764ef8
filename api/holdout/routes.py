"""Holding a share of anomalies out, so that what visits achieve can be measured."""

from __future__ import annotations

from typing import Any

from api.database import session
from api.guard import BOSSES, LEADERS, actor
from api.holdout.schemas import ForeseenSchema, HoldoutSchema, HoldoutsSchema, ToldHoldoutSchema
from api.openapi import Resource
from api.settings import now
from fieldsales.holdout.rules import HOLDOUT
from fieldsales.policies.models import Policy
from fieldsales.policies.queries import history
from fieldsales.policies.service import put
from fieldsales.uplift.queries import foreseen
from fieldsales.uplift.rules import Foreseen

holdout = Resource(
    "holdout", __name__, url_prefix="/api/v1/holdout", description="Whom not to visit, so that effects show"
)


@holdout.on("GET", "", roles=LEADERS, gives=HoldoutsSchema)
def read_holdouts() -> dict[str, Any]:
    """What is held out, and was before; nothing, if nobody set anything"""
    return {"holdouts": history(session(), HOLDOUT.name)}


@holdout.on("PUT", "", roles=BOSSES, takes=HoldoutSchema, gives=ToldHoldoutSchema, problems=[403, 422])
def set_holdout(body: dict[str, Any]) -> Policy:
    """Hold a share of the anomalies out that open from a day on

    Lots are drawn for customers whose buying changes from then on; what was drawn before stays drawn. A share of 0
    ends it. It is the policy of the kind “holdout”.
    """
    return put(session(), HOLDOUT, **body, by=actor(), now=now())


@holdout.on("POST", "/dry-run", roles=BOSSES, takes=HoldoutSchema, gives=ForeseenSchema, problems=[422])
def foresee_holdout(body: dict[str, Any]) -> Foreseen:
    """What it would have done to the anomalies of the last 90 days; changes nothing

    `fieldsales uplift --needed` tells how many episodes show which effect.
    """
    return foreseen(session(), HOLDOUT.read(body["body"]), now())
