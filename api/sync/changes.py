"""Changes down: page by page as JSON, or all at once as lines that a phone applies while they come."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from flask import Response, request

from api.database import db, session
from api.guard import EVERYBODY, actor
from api.openapi import Resource
from api.sync.caller import json_answer
from api.sync.schemas import ChangesQuery, ChangesSchema, change_json, changes_json
from api.sync.sightings import note_pull, pull_noter
from api.sync.versions import calling_app_json
from fieldsales.db.session import reading
from sync.pull import PAGE, Page, pull, pull_all

LINES = "application/x-ndjson"
changes = Resource("changes", __name__, url_prefix="/sync/v1", description="What changed on the server")


@changes.on("GET", "/changes", roles=EVERYBODY, query=ChangesQuery, gives=ChangesSchema, problems=[410])
@changes.doc(responses={200: {"content": {LINES: {"schema": {"type": "string"}}}}})  # type: ignore[untyped-decorator]
def read_changes(query: dict[str, Any]) -> Response:
    """What changed in my scope since a cursor

    Without a cursor, everything. 410 means: load everything again without a cursor, and keep the unsent queue. With
    `Accept: application/x-ndjson` each change is a line, and the last line is
    `{"next_cursor": …, "more": …, "app": …}`: all changes in one answer, unless a `limit` is given.
    """
    cursor, limit = query.get("cursor"), query.get("limit")
    if request.accept_mimetypes.best_match(["application/json", LINES]) == LINES:
        return _lines(cursor, limit)
    page = pull(session(), actor().user_id, cursor, limit or PAGE)
    told = changes_json(page) | {"app": calling_app_json()}
    note_pull(page)
    response = json_answer(told)
    response.vary.add("Accept")
    return response


def _lines(cursor: str | None, limit: int | None) -> Response:
    """Answer line by line from a snapshot of its own, which lasts until the last line.

    The first page is read before the answer begins: what is wrong with a cursor still leaves as a problem.
    """
    snapshot, user_id = ExitStack(), actor().user_id
    with ExitStack() as until_begun:
        until_begun.callback(snapshot.close)
        opened = snapshot.enter_context(reading(db.engine))
        pages = iter([pull(opened, user_id, cursor, limit)]) if limit else pull_all(opened, user_id, cursor)
        first = next(pages)
        until_begun.pop_all()
    lines = _told(first, pages, calling_app_json(), pull_noter())
    response = Response(lines, mimetype=LINES)
    response.call_on_close(snapshot.close)
    response.vary.add("Accept")
    return response


def _told(page: Page, others: Iterator[Page], app: dict[str, Any], note: Callable[[Page], None]) -> Iterator[str]:
    """Yield a page's lines at a time. The cursor comes last: who loses the end asks again from the old one."""
    while True:
        yield "".join(_line(change_json(row)) for row in page.changes)
        following = next(others, None)
        if following is None:
            yield _line({"next_cursor": page.next_cursor, "more": page.more, "app": app})
            note(page)
            return
        page = following


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, separators=(",", ":")) + "\n"
