"""What was asked in a shop."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from fieldsales.integrity.service import Arrival, mark_due
from fieldsales.surveys import service
from sync.handlers.context import Applied, Context, Handler
from sync.handlers.missing import waiting_for_it
from sync.wire import Flag, Real, Strict, words

MOST_ANSWERS = 200


class AnswerSchema(Strict):
    """One answer: a text, a number, or yes and no."""

    question = words(60, required=True)
    text = words(1000, 0, load_default=None, allow_none=True)
    number = Real(load_default=None, allow_none=True)
    yes = Flag(load_default=None, allow_none=True)


class AnswerFormSchema(Strict):
    """`visit.survey`, version 1. Of a question that is answered twice the last answer stands."""

    survey_id = fields.UUID(required=True)
    visit_id = fields.UUID(required=True)
    form = words(60, required=True)
    answers = fields.List(fields.Nested(AnswerSchema), required=True, validate=validate.Length(1, MOST_ANSWERS))


def _answer(context: Context, data: dict[str, Any]) -> Applied:
    given = {each["question"]: _plain(each) for each in data["answers"]}
    told = service.Answers(data["survey_id"], data["form"], given, context.at)
    with waiting_for_it():
        visit, survey = service.answer(context.session, data["visit_id"], context.rep_id, told)
    mark_due(context.session, [Arrival(visit.id, context.received_at)])
    return Applied({"survey_id": str(survey.id), "visit_id": str(visit.id)}, context.clock_flags)


def _plain(answer: dict[str, Any]) -> Any:
    return next((answer[name] for name in ("text", "number", "yes") if answer[name] is not None), None)


SURVEY = Handler(AnswerFormSchema(), ("survey", "survey_id"), _answer)
