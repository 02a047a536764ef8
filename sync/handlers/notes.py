"""What a rep wants to remember about a customer."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from fieldsales.notes import service
from fieldsales.visits.service import Call
from sync.handlers.context import Applied, Context, Handler
from sync.handlers.missing import waiting_for_it
from sync.wire import Strict, words


class AddSchema(Strict):
    """`note.add`, version 1."""

    note_id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    visit_id = fields.UUID(load_default=None, allow_none=True)
    text = words(2000, required=True)


def _add(context: Context, data: dict[str, Any]) -> Applied:
    call = Call(context.rep_id, context.at, context.received_at, flags=context.clock_flags)
    with waiting_for_it():
        note = service.add_note(context.session, service.Remark(**data), call)
    return Applied({"note_id": str(note.id), "noted_at": note.noted_at.isoformat()}, tuple(note.flags))


ADD = Handler(AddSchema(), ("note", "note_id"), _add)
