"""Mutes: whom nobody is alerted about for a while."""

from __future__ import annotations

import uuid
from typing import Any

from api.database import session
from api.guard import LEADERS, actor
from api.mutes.schemas import MuteSchema, MutesSchema, NewMuteSchema
from api.openapi import Resource
from api.settings import now
from fieldsales.mutes import queries, service
from fieldsales.mutes.models import Mute

mutes = Resource("mutes", __name__, url_prefix="/api/v1/mutes", description="Whom nobody is alerted about for a while")


@mutes.on("GET", "", roles=LEADERS, gives=MutesSchema)
def list_mutes() -> dict[str, Any]:
    """The mutes that hold, of whomever I may see"""
    found = queries.mutes_in_force(session(), actor(), now())
    names = queries.names_of(session(), found)
    return {"mutes": [_told(each, names[each.id]) for each in found]}


@mutes.on("POST", "", roles=LEADERS, takes=NewMuteSchema, gives=MuteSchema, status=201, problems=[403, 404, 422])
def add_mute(body: dict[str, Any]) -> dict[str, Any]:
    """Open no alerts about a customer, rep or territory until the end of a day, or tell a webhook nothing

    What is open stays open; what waits to be sent waits until the end, and is dropped if it was resolved by then.
    """
    made = service.add_mute(session(), **body, by=actor(), now=now())
    return _told(made, queries.names_of(session(), [made])[made.id])


@mutes.on("DELETE", "/<uuid:mute_id>", roles=LEADERS, gives=MuteSchema, problems=[404])
def end_mute(mute_id: uuid.UUID) -> dict[str, Any]:
    """End a mute before its time"""
    ended = service.end_mute(session(), mute_id, by=actor(), now=now())
    return _told(ended, queries.names_of(session(), [ended])[ended.id])


def _told(mute: Mute, name: str) -> dict[str, Any]:
    return {column.key: getattr(mute, column.key) for column in Mute.__table__.columns} | {"name": name}
