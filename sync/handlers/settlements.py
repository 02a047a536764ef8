"""A rep signs for what was counted at the end of the day."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from fieldsales.people.models import Role, User
from fieldsales.people.rules import Actor
from fieldsales.settlements.service import sign
from sync.handlers.context import Applied, Context, Handler
from sync.wire import Strict, words


class SignSchema(Strict):
    """`settlement.sign`, version 1: the content that the rep saw, by its hash."""

    settlement_id = fields.UUID(required=True)
    content_hash = words(64, 64, required=True)


def _sign(context: Context, data: dict[str, Any]) -> Applied:
    rep = context.session.get_one(User, context.rep_id)
    actor = Actor(rep.id, Role.REP, rep.territory_id, context.device_id)
    found = sign(context.session, **data, by=actor, now=context.received_at, at=context.at)
    return Applied({"settlement_id": str(found.id), "state": found.state.value}, context.clock_flags)


SIGN = Handler(SignSchema(), ("settlement", "settlement_id"), _sign)
