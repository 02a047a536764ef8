"""Saying what became of a visit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from fieldsales.causes.queries import causes_on
from fieldsales.summaries.rules import SummaryEmpty, cause_flags, joined
from fieldsales.visits.models import Visit
from fieldsales.visits.rules import merged
from fieldsales.visits.service import VisitUnknown, own_visit


@dataclass(frozen=True, slots=True)
class Summary:
    """What a rep says of a visit: a text, a cause, or both; `flags` of what was odd about the phone's clock.

    Raises `SummaryEmpty`.
    """

    text: str | None = None
    cause_code: str | None = None
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.text and not self.cause_code:
            raise SummaryEmpty("Neither a text nor a cause is told.", mend="Send a text, a cause, or both.")


def summarize(session: Session, visit_id: uuid.UUID, rep_id: uuid.UUID, summary: Summary) -> tuple[Visit, list[str]]:
    """Add to a visit's summary, and set its cause; return the visit and what was odd about it.

    A text is added below what was said before; of two causes the one that came last stands, flagged. One that is not in
    the list of the visit's day is flagged, and stands. Raises `VisitUnknown`, `VisitTaken`.
    """
    visit = own_visit(session, visit_id, rep_id)
    if visit is None:
        raise VisitUnknown(f"There is no visit {visit_id}.", mend="Check in first.", visit_id=str(visit_id))
    odd: tuple[str, ...] = ()
    if summary.text:
        visit.summary, odd = joined(visit.summary, summary.text)
    if summary.cause_code:
        known = causes_on(session, visit.day).codes
        odd += cause_flags(summary.cause_code, visit.cause_code, known)
        visit.cause_code = summary.cause_code
    flags = merged([*summary.flags], *odd)
    visit.flags = merged(visit.flags, *flags)
    session.flush()
    return visit, flags
