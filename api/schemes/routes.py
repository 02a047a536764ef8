"""Commission schemes: versions of documents, tried on past months before one is adopted."""

from __future__ import annotations

import uuid
from typing import Any

from api.database import session
from api.guard import BOSSES, actor
from api.openapi import Resource
from api.schemes.schemas import (
    NewSchemeSchema,
    SchemePageSchema,
    SchemeQuery,
    SchemeSchema,
    SchemeShapeSchema,
    SchemesTriedSchema,
    TrySchemesSchema,
)
from api.settings import now
from fieldsales.adoptions import service
from fieldsales.db.paging import Page
from fieldsales.people.models import User
from fieldsales.schemes import queries
from fieldsales.schemes.models import CommissionScheme
from fieldsales.schemes.rules import EXAMPLE, SCHEME, read_scheme
from fieldsales.schemes.service import check_scheme
from fieldsales.simulations.rules import Outcome, reps_in
from fieldsales.simulations.service import simulate

schemes = Resource("schemes", __name__, url_prefix="/api/v1/schemes", description="How reps are paid")


@schemes.on("GET", "", roles=BOSSES, query=SchemeQuery, gives=SchemePageSchema)
def list_schemes(query: dict[str, Any]) -> Page[CommissionScheme]:
    """All versions of schemes, by code and first month"""
    return queries.find_schemes(session(), query["page"], query.get("code"))


@schemes.on("GET", "/shape", roles=BOSSES, gives=SchemeShapeSchema)
def read_shape() -> dict[str, Any]:
    """What the document of a scheme looks like"""
    return {"schema": SCHEME, "example": EXAMPLE}


@schemes.on("POST", "", roles=BOSSES, takes=NewSchemeSchema, gives=SchemeSchema, status=201, problems=[403, 422])
def adopt_scheme(body: dict[str, Any]) -> CommissionScheme:
    """Adopt a version of a scheme from a month on

    Nothing is edited: it takes the place of the version before it. Months that are paid stay as they are.
    """
    return service.adopt(session(), body.pop("code"), body.pop("body"), **body, by=actor(), now=now())


@schemes.on(
    "POST", "/simulate", roles=BOSSES, takes=TrySchemesSchema, gives=SchemesTriedSchema, problems=[403, 404, 422]
)
def try_schemes(body: dict[str, Any]) -> dict[str, Any]:
    """What schemes would have paid each rep in past months

    Each month is reckoned as if it had been run when it was over, by the books as they are now; what came back later is
    taken back in the month in which it did. Nothing is kept.
    """
    wanted = []
    for code in body["codes"]:
        wanted.append((code, read_scheme(queries.scheme_on(session(), code, body["first"].replace(day=1)).body)))
    for each in body["candidates"]:
        check_scheme(session(), each["body"])
        wanted.append((each["label"], read_scheme(each["body"])))
    found = simulate(session(), wanted, body["first"], body["months"], by=actor())
    people = {who: session().get_one(User, who).name for who in reps_in(found)}
    return {"outcomes": [_told(each, people) for each in found]}


@schemes.on("GET", "/<uuid:scheme_id>", roles=BOSSES, gives=SchemeSchema, problems=[404])
def read_scheme_version(scheme_id: uuid.UUID) -> CommissionScheme:
    """One version of a scheme"""
    return queries.require_scheme(session(), scheme_id)


@schemes.on("POST", "/<uuid:scheme_id>/withdraw", roles=BOSSES, gives=SchemeSchema, problems=[403, 404, 409])
def withdraw_scheme_version(scheme_id: uuid.UUID) -> CommissionScheme:
    """Take back a version by which no month is paid"""
    return service.drop(session(), scheme_id, by=actor(), now=now())


def _told(found: Outcome, people: dict[uuid.UUID, str]) -> dict[str, Any]:
    reps = [{"rep_id": who, "rep": name, "amount_minor": found.amount_of(who)} for who, name in people.items()]
    return {
        "label": found.label,
        "currency": found.currency,
        "amount_minor": found.amount_minor,
        "reps": sorted(reps, key=lambda each: str(each["rep"])),
        "months": found.months,
    }
