"""What a rep says about being tracked, also where there is no network."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from fieldsales.people.models import User
from fieldsales.privacy.service import answer
from sync.handlers.context import Applied, Context, Handler
from sync.wire import Flag, Strict, words


class TrackingAnswerSchema(Strict):
    """`tracking.answer`, version 1."""

    answer_id = fields.UUID(required=True)
    agree = Flag(required=True)
    version = words(40, load_default=None, allow_none=True)
    language = words(16, load_default=None, allow_none=True)


def _answer(context: Context, data: dict[str, Any]) -> Applied:
    rep = context.session.get_one(User, context.rep_id)
    told = {name: data[name] for name in ("agree", "version", "language")}
    word = answer(context.session, rep, **told, at=context.at, now=context.received_at)
    return Applied(
        {"agreed": word.given, "version": word.version, "since": word.at.isoformat()}, tuple(context.clock_flags)
    )


ANSWER = Handler(TrackingAnswerSchema(), ("tracking_answer", "answer_id"), _answer)
