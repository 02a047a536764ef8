"""Which causes hold on a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from fieldsales.causes.rules import BUILT_IN, CAUSES, Causes, CauseUnknown, parse
from fieldsales.policies.queries import version_on


def causes_on(session: Session, day: date) -> Causes:
    """Return the list that holds on a day. Its shape was checked when it was set, and is not checked again."""
    version = version_on(session, CAUSES.name, day)
    return parse(BUILT_IN if version is None else version.body)


def require_cause(session: Session, code: str, day: date) -> None:
    """Raise `CauseUnknown` unless the list that holds on a day has a code."""
    known = causes_on(session, day)
    if code not in known.codes:
        there = ", ".join(cause.code for cause in known.causes)
        raise CauseUnknown(f"There is no cause “{code}”.", mend=f"There are: {there}.", cause_code=code)
