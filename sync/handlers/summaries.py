"""What became of a visit."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from fieldsales.anomalies.service import close_by_visit
from fieldsales.integrity.service import Arrival, mark_due
from fieldsales.summaries import service
from sync.handlers.context import Applied, Context, Handler
from sync.handlers.missing import waiting_for_it
from sync.wire import Strict, words


class SummarizeSchema(Strict):
    """`visit.summarize`, version 1: a text, a cause, or both."""

    visit_id = fields.UUID(required=True)
    summary = words(2000, 0, load_default=None, allow_none=True)
    cause_code = words(40, load_default=None, allow_none=True)


def _summarize(context: Context, data: dict[str, Any]) -> Applied:
    summary = service.Summary(data["summary"], data["cause_code"], context.clock_flags)
    with waiting_for_it():
        visit, flags = service.summarize(context.session, data["visit_id"], context.rep_id, summary)
    if data["cause_code"]:
        close_by_visit(context.session, visit.customer_id, cause=data["cause_code"], by=context.rep_id, now=context.at)
    mark_due(context.session, [Arrival(visit.id, context.received_at)])
    return Applied({"visit_id": str(visit.id), "cause_code": visit.cause_code}, tuple(flags))


SUMMARIZE = Handler(SummarizeSchema(), ("visit", "visit_id"), _summarize)
