"""Files of other systems over HTTP: handed over, looked at, tried, imported in the background."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from flask import Response, request

from api.afterwards import afterwards
from api.database import db, session
from api.faults import UnknownEncoding
from api.guard import BOSSES, actor
from api.imports.runner import imports
from api.imports.schemas import (
    FileNameQuery,
    FileReadingSchema,
    ImportFileSchema,
    ImportFilesSchema,
    ImportKindsSchema,
    ImportMappingsSchema,
    ImportRunPageSchema,
    ImportRunQuery,
    ImportWantedSchema,
)
from api.imports.telling import run_told, told
from api.openapi import Resource
from api.settings import now, settings
from fieldsales.db.engine import DatabaseMissing
from fieldsales.db.paging import Page
from fieldsales.db.session import hasty, reading
from fieldsales.imports.models import ImportMapping
from fieldsales.imports.queries import saved_mapping
from fieldsales.imports.service import FIELDS
from fieldsales.inbox import TooLong, plain_name
from fieldsales.intakes.models import Intake
from fieldsales.intakes.queries import (
    examined,
    intakes_of,
    kept_ids,
    look_of,
    open_intakes,
    prepared,
    require_intake,
    runs_seen_by,
    saved_mappings,
)
from fieldsales.intakes.rules import LOST_S, OPEN, Asked, IntakeBusy, IntakeIdle, IntakeTooLarge, NoRejects
from fieldsales.intakes.service import begin, check_room, forget, forget_expired, take_in

files_to_import = Resource(
    "imports", __name__, url_prefix="/api/v1/imports", description="Files of other systems: looked at, tried, imported"
)
_PIECE = 1 << 18
_OPTIONS = ("encoding", "delimiter", "sheet", "decimal", "dates", "system", "territory", "currency")


@files_to_import.on("GET", "/kinds", roles=BOSSES, gives=ImportKindsSchema)
def list_kinds() -> dict[str, Any]:
    """What can be imported, and the fields of each"""
    kinds = [{"kind": kind, "fields_": found} for kind, found in FIELDS.items()]
    return {"kinds": kinds, "most_bytes": _most_bytes(), "keep_hours": settings().import_keep_hours}


@files_to_import.on("GET", "/mappings", roles=BOSSES, gives=ImportMappingsSchema)
def list_mappings() -> dict[str, list[ImportMapping]]:
    """Saved mappings, of the terminal as well"""
    return {"mappings": list(saved_mappings(session()))}


@files_to_import.on("GET", "/runs", roles=BOSSES, query=ImportRunQuery, gives=ImportRunPageSchema)
def list_runs(query: dict[str, Any]) -> Page[dict[str, Any]]:
    """What was imported, the last first

    All of it for who sees all territories, also what was imported in the terminal; else the own.
    """
    page = runs_seen_by(session(), actor(), query["page"])
    return Page([run_told(each) for each in page.items], page.next)


@files_to_import.on("GET", "", roles=BOSSES, gives=ImportFilesSchema)
def list_files() -> dict[str, Any]:
    """My files that are still kept"""
    return {"files": [told(session(), each) for each in intakes_of(session(), actor(), now())]}


@files_to_import.on(
    "PUT",
    "/<uuid:file_id>",
    roles=BOSSES,
    query=FileNameQuery,
    takes_bytes=True,
    gives=ImportFileSchema,
    problems=[409, 413, 415, 422, 429, 503],
)
def hand_over_file(query: dict[str, Any], file_id: uuid.UUID) -> dict[str, Any]:
    """Hand over a file

    Its bytes are the body: CSV (commas, semicolons, tabs or bars; also .gz) or XLSX. It is read once and told: how it
    is written, its first rows, what it could be and which columns are obvious. Nothing is imported yet. The client
    makes the id; the same bytes under the same id are answered as they stand. After some hours it is erased.
    """
    who, inbox, most = actor(), imports().inbox, _most_bytes()
    given = {"encoding": query.get("encoding")}
    if request.content_encoding not in (None, "", "identity"):
        raise UnknownEncoding("A file comes as it is.", mend="Leave Content-Encoding out; a .gz file is sent as such.")
    with reading(db.engine) as snapshot:
        if snapshot.get(Intake, file_id) is None:
            check_room(snapshot, who.user_id, now())
    request.max_content_length = most + 1
    if (request.content_length or 0) > most:
        raise _too_large(most)
    try:
        arrived = inbox.receive(plain_name(query["name"]), _pieces(), most)
    except TooLong:
        raise _too_large(most) from None
    try:
        file = examined(arrived, given)
        about = look_of(file, given)
        made = Intake(id=file_id, handed_in_by=who.user_id, handed_in_at=now(), expires_at=_expiry(), about=about)
        made.file_name, made.size_bytes, made.sha256 = arrived.name, file.size, file.sha256
        intake = take_in(session(), made)
        if intake is made:
            inbox.settle(arrived, file_id)
    finally:
        inbox.discard(arrived)
    afterwards(erase_expired)
    return told(session(), intake)


@files_to_import.on("GET", "/<uuid:file_id>", roles=BOSSES, gives=ImportFileSchema, problems=[404])
def read_file(file_id: uuid.UUID) -> dict[str, Any]:
    """How a file stands, how far the work on it is, what became of its rows"""
    return told(session(), require_intake(session(), actor(), file_id, now()))


@files_to_import.on("DELETE", "/<uuid:file_id>", roles=BOSSES, status=204, problems=[404, 409])
def erase_file(file_id: uuid.UUID) -> None:
    """Erase a file; what was imported from it stays"""
    intake = require_intake(session(), actor(), file_id, now())
    inbox = imports().inbox
    forget(session(), actor(), file_id, is_dead=_is_dead(file_id, intake.attempt), now=now())
    afterwards(lambda: inbox.erase(file_id))


@files_to_import.on(
    "POST",
    "/<uuid:file_id>/examine",
    roles=BOSSES,
    takes=FileReadingSchema,
    gives=ImportFileSchema,
    problems=[404, 409, 422],
)
def examine_file(body: dict[str, Any], file_id: uuid.UUID) -> dict[str, Any]:
    """Look at a file again, read in another way: by another encoding or delimiter, or another sheet"""
    with reading(db.engine) as snapshot:
        intake = require_intake(snapshot, actor(), file_id, now())
        path = imports().inbox.place(file_id) / intake.file_name
    about = look_of(examined(path, body), body)
    intake = require_intake(session(), actor(), file_id, now())
    if intake.state in OPEN and not _is_dead(file_id, intake.attempt):
        raise IntakeBusy("The file is being worked on.", mend="Wait for it, or cancel that.", state=str(intake.state))
    intake.about = about
    session().flush()
    return told(session(), intake)


@files_to_import.on(
    "POST",
    "/<uuid:file_id>/runs",
    roles=BOSSES,
    takes=ImportWantedSchema,
    gives=ImportFileSchema,
    status=202,
    problems=[404, 409, 422, 429, 503],
    example={"kind": "customers", "dry_run": True, "columns": {"reference": "Store"}, "territory": "DSM"},
)
def import_file(body: dict[str, Any], file_id: uuid.UUID) -> dict[str, Any]:
    """Try an import, or do it

    It runs in the background: read `…/{id}` until the state is `tried` or `imported`, or else `failed`, `cancelled` or
    `died`. A file is imported as a whole or not at all. With `dry_run` everything is done, told, and taken back.
    """
    who, work = actor(), imports()
    with reading(db.engine) as snapshot:
        intake = require_intake(snapshot, who, file_id, now())
        asked = _asked(snapshot, body)
        file = examined(work.inbox.place(file_id) / intake.file_name, asked.reading)
        prepared(snapshot, file, asked, by=who, currency=settings().currency)
        dead = [each for each, attempt in open_intakes(snapshot) if _is_dead(each, attempt)]
    intake = begin(session(), who, file_id, asked, dry_run=body["dry_run"], dead=dead, now=now())
    intake.expires_at = _expiry()
    work.inbox.tell(file_id, intake.attempt, {})
    session().flush()
    begun = Intake(id=file_id, attempt=intake.attempt, dry_run=intake.dry_run)
    afterwards(lambda: work.run(begun, who))
    return told(session(), intake)


@files_to_import.on("POST", "/<uuid:file_id>/cancel", roles=BOSSES, status=202, problems=[404, 409])
def cancel_import(file_id: uuid.UUID) -> None:
    """Stop the work on a file; nothing of it is kept

    Within a second, wherever it runs. An import that is just being committed stays, and is told to be imported.
    """
    with reading(db.engine) as snapshot:
        intake = require_intake(snapshot, actor(), file_id, now())
        if intake.state not in OPEN:
            raise IntakeIdle(f"The file is {intake.state}.", mend="Nothing is to be done.", state=str(intake.state))
        imports().inbox.ask_to_stop(file_id, intake.attempt)


@files_to_import.on("GET", "/<uuid:file_id>/rejects", roles=BOSSES, media_type="text/csv", problems=[404])
def read_rejects(file_id: uuid.UUID) -> Response:
    """The rejected rows as a file, each with its line and the reason

    Mend them there and hand that file over; the two columns are then left aside.
    """
    intake = require_intake(session(), actor(), file_id, now())
    try:
        file = imports().inbox.rejects(file_id, intake.attempt).open("rb")
    except OSError:
        raise NoRejects("There are no rejects.", mend="Nothing is to be mended.") from None

    def blocks() -> Iterator[bytes]:
        with file:
            while block := file.read(_PIECE):
                yield block

    answer = Response(blocks(), content_type="text/csv; charset=utf-8")
    stem = intake.file_name.split(".")[0].removesuffix(".rejects")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stem)}.rejects.csv"
    return answer


def erase_expired() -> None:
    """Erase the files whose time is up, and what lies in the inbox though the books know nothing of it.

    Another time will do: nobody waits here for an import that holds the database.
    """
    inbox = imports().inbox
    with suppress(DatabaseMissing):
        with hasty(db.engine) as writing:
            forget_expired(writing, now())
        with reading(db.engine) as snapshot:
            known = kept_ids(snapshot)
        inbox.sweep(known)


def _asked(snapshot: Any, body: dict[str, Any]) -> Asked:
    saved = saved_mapping(snapshot, body["kind"], body["mapping"]) if "mapping" in body else None
    options = {name: body[name] for name in _OPTIONS if name in body}
    return Asked(
        body["kind"],
        body["columns"],
        saved.columns if saved else {},
        (saved.options if saved else {}) | options,
        body.get("save_mapping"),
    )


def _is_dead(file_id: uuid.UUID, attempt: int) -> bool:
    return imports().inbox.silent_s(file_id, attempt) > LOST_S


def _pieces() -> Iterator[bytes]:
    while piece := request.stream.read(_PIECE):
        yield piece


def _too_large(most: int) -> IntakeTooLarge:
    detail = f"The file has more than {most // 2**20} MB, which is what this server takes."
    return IntakeTooLarge(detail, mend="Pack it with gzip, split it, or import it in the terminal.", most_bytes=most)


def _most_bytes() -> int:
    return settings().max_import_mb * 2**20


def _expiry() -> Any:
    return now() + timedelta(hours=settings().import_keep_hours)
