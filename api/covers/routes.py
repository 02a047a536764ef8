"""Who stands in for a rep who is away or leaves, and customers whom nobody looks after."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from api.afterwards import replan_afterwards
from api.covers.schemas import (
    CoverQuery,
    CoversSchema,
    CoverWithPartsSchema,
    InHandSchema,
    NewCoverSchema,
    OrphansSchema,
)
from api.database import session
from api.guard import LEADERS, actor
from api.openapi import Resource
from api.settings import now
from fieldsales.clock import local_day
from fieldsales.covers import queries
from fieldsales.covers.models import Cover
from fieldsales.covers.rules import Wanted
from fieldsales.departures.queries import in_hand
from fieldsales.departures.rules import InHand
from fieldsales.departures.service import stand_in, take_back
from fieldsales.orphans.queries import orphans
from fieldsales.people.queries import days_at, require_person_in_scope

covers = Resource("covers", __name__, url_prefix="/api/v1/covers", description="Who stands in for a rep who is away")


@covers.on("GET", "", roles=LEADERS, query=CoverQuery, gives=CoversSchema)
def list_covers(query: dict[str, Any]) -> dict[str, Any]:
    """Who stands in for whom, the newest first"""
    return {"items": queries.covers_visible_to(session(), actor(), **query)}


@covers.on(
    "POST", "", roles=LEADERS, takes=NewCoverSchema, gives=CoverWithPartsSchema, status=201, problems=[404, 409, 422]
)
def arrange_cover(body: dict[str, Any]) -> dict[str, Any]:
    """Have others stand in for a rep

    At every customer that the rep serves; their phones get the customers at once, plans follow, and visits that people
    planned move along. An absence puts the days into the rep's calendar. A departure makes the customers the stand-ins'
    on its first day and switches the rep off. With `dry_run` it is told what would be, and nothing is kept.
    """
    wanted: Wanted = body["wanted"]
    if body["dry_run"]:
        with session().begin_nested() as trial:
            found = _told(stand_in(session(), wanted, by=actor(), now=now()))
            trial.rollback()
        return found
    cover = stand_in(session(), wanted, by=actor(), now=now())
    _plans_follow(cover)
    return _told(cover)


@covers.on("GET", "/<uuid:cover_id>", roles=LEADERS, gives=CoverWithPartsSchema, problems=[404])
def read_cover(cover_id: uuid.UUID) -> dict[str, Any]:
    """One cover, with who stands in at which customer"""
    return _told(queries.require_cover(session(), actor(), cover_id))


@covers.on("DELETE", "/<uuid:cover_id>", roles=LEADERS, gives=CoverWithPartsSchema, problems=[404, 409])
def call_cover_off(cover_id: uuid.UUID) -> dict[str, Any]:
    """Call a cover off

    Nobody stands in any more; days off that came with it go, too. Plans follow.
    """
    cover = take_back(session(), cover_id, by=actor(), now=now())
    _plans_follow(cover)
    return _told(cover)


@covers.on("GET", "/in-hand/<uuid:rep_id>", roles=LEADERS, gives=InHandSchema, problems=[404])
def read_in_hand(rep_id: uuid.UUID) -> InHand:
    """What a rep has in hand: what moves along, and what has to be given back before the rep leaves"""
    rep = require_person_in_scope(session(), actor(), rep_id)
    today = local_day(now(), rep.territory.time_zone if rep.territory else "UTC")
    return in_hand(session(), actor(), rep.id, today)


@covers.on("GET", "/missing", roles=LEADERS, gives=OrphansSchema)
def list_orphans() -> dict[str, Any]:
    """The customers whom nobody looks after

    They have no owner; or one who was switched off, or is off for more than two working days of the next two weeks, and
    nobody else serves them or stands in.
    """
    return {"items": orphans(session(), actor(), days_at(session(), now())[0])}


def _told(cover: Cover) -> dict[str, Any]:
    """As values, which outlive the rows of a dry run."""
    names = ("id", "rep_id", "kind", "from_on", "until_on", "reason", "stand_ins", "made_by", "made_at")
    told = {name: getattr(cover, name) for name in (*names, "called_off_at", "done_at")}
    parts = [
        {name: getattr(part, name) for name in ("customer_id", "rep_id", "from_on", "until_on")}
        for part in queries.stand_ins_of(session(), cover).values()
    ]
    return told | {"parts": sorted(parts, key=lambda part: (str(part["rep_id"]), str(part["customer_id"])))}


def _plans_follow(cover: Cover) -> None:
    crew: Collection[uuid.UUID] = {cover.rep_id, *map(uuid.UUID, cover.stand_ins)}
    replan_afterwards(crew)
