"""The first load in parts: a manifest, and parts that are packed once and told unchanged by their ETag."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, current_app, request, url_for

from api.database import session
from api.guard import EVERYBODY, actor
from api.openapi import Resource
from api.packing.answers import IDENTITY, coding
from api.packing.codings import Effort, pack
from api.packing.shelf import Shelf
from api.sync.caller import json_answer
from api.sync.schemas import ManifestSchema, PartSchema
from sync.bootstrap import CATALOGUE, Part, Share, find_part, load_part
from sync.bootstrap import manifest as make_manifest

_SHELF = "fieldsales-bootstrap-shelf"
bootstrap = Resource("bootstrap", __name__, url_prefix="/sync/v1", description="The first load of a phone, in parts")


@bootstrap.on("GET", "/bootstrap", roles=EVERYBODY, gives=ManifestSchema)
def read_manifest() -> Response:
    """What my first load consists of

    Fetch each part, then go on with `GET /sync/v1/changes` from `cursor`. An `etag` is that of the part as the same
    Accept-Encoding gets it: a part that is held with that tag need not be fetched.
    """
    found = make_manifest(session(), actor().user_id)
    return json_answer({"parts": [_part_json(each) for each in found.parts], "cursor": found.cursor})


@bootstrap.on("GET", "/bootstrap/<name>", roles=EVERYBODY, gives=PartSchema, problems=[404])
@bootstrap.doc(responses={304: {"description": "Unchanged since the tag in If-None-Match"}})  # type: ignore[untyped-decorator]
def read_part(name: str) -> Response:
    """One part of my first load

    It is told as it is now, not as it was when the manifest was made; the pull from the manifest's cursor evens that
    out. With If-None-Match, 304 while nothing in it changed.
    """
    part, share = find_part(session(), actor().user_id, name)
    tag = _tag(part)
    response = Response(status=304)
    if not request.if_none_match.contains_weak(tag):
        response = Response(_body(part, share, tag), mimetype="application/json")
        if coding() != IDENTITY:
            response.content_encoding = coding()
    response.set_etag(tag)
    response.vary.add("Accept-Encoding")
    # A proxy may keep what is the same for everybody, and must let us look at each asker's token all the same.
    response.headers["Cache-Control"] = f"{'public' if name == CATALOGUE else 'private'}, no-cache"
    return response


def _part_json(part: Part) -> dict[str, Any]:
    told = {
        "name": part.name,
        "url": url_for("bootstrap.read_part", name=part.name),
        "etag": f'"{_tag(part)}"',
        "rows": part.rows,
    }
    kept = _shelf().get(_tag(part))
    return told if kept is None else told | {"bytes": len(kept)}


def _tag(part: Part) -> str:
    """Return a strong tag: other bytes, other tag."""
    return part.version if coding() == IDENTITY else f"{part.version}-{coding()}"


def _body(part: Part, share: Share, tag: str) -> bytes:
    kept = _shelf().get(tag)
    if kept is None:
        told = load_part(session(), share)
        kept = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
        if coding() != IDENTITY:
            kept = pack(coding(), kept, Effort.SOME)
        _shelf().put(tag, kept)
    return kept


def _shelf() -> Shelf:
    found: Shelf = current_app.extensions.setdefault(_SHELF, Shelf())
    return found
