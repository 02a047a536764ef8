"""Keeping what was answered in a shop."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldsales.errors import Conflict
from fieldsales.surveys.models import Survey
from fieldsales.visits.models import Visit
from fieldsales.visits.service import VisitUnknown, own_visit


class SurveyTaken(Conflict):
    """The id stands for other answers. Give each survey an id of its own."""

    code = "survey.id_taken"
    title = "That survey is another one"


@dataclass(frozen=True, slots=True)
class Answers:
    """What a form was answered with: texts, numbers, yes or no, by question."""

    survey_id: uuid.UUID
    form: str
    answers: dict[str, Any]
    at: datetime


def answer(session: Session, visit_id: uuid.UUID, rep_id: uuid.UUID, told: Answers) -> tuple[Visit, Survey]:
    """Keep the answers of a visit. Raises `VisitUnknown`, `VisitTaken`, `SurveyTaken`."""
    visit = own_visit(session, visit_id, rep_id)
    if visit is None:
        raise VisitUnknown(f"There is no visit {visit_id}.", mend="Check in first.", visit_id=str(visit_id))
    if session.get(Survey, told.survey_id) is not None:
        raise SurveyTaken("The id stands for other answers.", mend="Give each survey an id of its own.")
    survey = Survey(id=told.survey_id, visit_id=visit_id, form=told.form, answers=told.answers, answered_at=told.at)
    session.add(survey)
    session.flush()
    return visit, survey
