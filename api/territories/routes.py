"""The tree of territories."""

from __future__ import annotations

from typing import Any

from api.database import session
from api.guard import BOSSES, EVERYBODY, actor
from api.openapi import Resource
from api.schema import PageQuery
from api.settings import now
from api.territories.schemas import NewTerritorySchema, TerritoryPageSchema, TerritorySchema
from fieldsales.db.paging import Page
from fieldsales.people import queries, service
from fieldsales.people.models import Territory

territories = Resource("territories", __name__, url_prefix="/api/v1/territories", description="The tree of areas")


@territories.on("GET", "", roles=EVERYBODY, query=PageQuery, gives=TerritoryPageSchema)
def list_territories(query: dict[str, Any]) -> Page[Territory]:
    """My territory and those below"""
    return queries.territories_visible_to(session(), actor(), query["page"])


@territories.on(
    "POST", "", roles=BOSSES, takes=NewTerritorySchema, gives=TerritorySchema, status=201, problems=[404, 409]
)
def add_territory(body: dict[str, Any]) -> Territory:
    """Add a territory, at the top or below one of mine"""
    return service.add_territory(session(), **body, by=actor(), now=now())
