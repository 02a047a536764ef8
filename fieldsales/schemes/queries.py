"""Which commission schemes there are, and which version of one pays a month."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.people.models import Role, User
from fieldsales.schemes.models import CommissionScheme
from fieldsales.schemes.rules import SchemeNotFound


def find_schemes(session: Session, wanted: PageWanted, code: str | None = None) -> Page[CommissionScheme]:
    """Return a page of versions by code and day, those withdrawn included."""
    found = select(CommissionScheme)
    if code is not None:
        found = found.where(CommissionScheme.code == code)
    return fetch_page(
        session, found, (CommissionScheme.code, CommissionScheme.effective_from, CommissionScheme.id), wanted
    )


def require_scheme(session: Session, scheme_id: uuid.UUID) -> CommissionScheme:
    """Return a version; raise `SchemeNotFound`."""
    found = session.get(CommissionScheme, scheme_id)
    if found is None:
        raise SchemeNotFound(f"There is no version {scheme_id} of a scheme.", id=str(scheme_id))
    return found


def scheme_on(session: Session, code: str, day: date) -> CommissionScheme:
    """Return the version of a code that holds on a day; raise `SchemeNotFound`."""
    latest_first = (CommissionScheme.effective_from.desc(), CommissionScheme.made_at.desc(), CommissionScheme.id.desc())
    found = session.scalars(
        select(CommissionScheme)
        .where(CommissionScheme.code == code, CommissionScheme.effective_from <= day)
        .where(CommissionScheme.withdrawn_at.is_(None))
        .order_by(*latest_first)
        .limit(1)
    ).one_or_none()
    if found is None or (found.ends_on is not None and found.ends_on < day):
        raise SchemeNotFound(
            f"No scheme “{code}” holds on {day}.", mend="See: fieldsales pay schemes", scheme=code, day=day.isoformat()
        )
    return found


def schemes_on(session: Session, day: date) -> list[CommissionScheme]:
    """Return the version of every code that holds on a day, by code."""
    codes = session.scalars(
        select(CommissionScheme.code)
        .where(CommissionScheme.effective_from <= day, CommissionScheme.withdrawn_at.is_(None))
        .distinct()
        .order_by(CommissionScheme.code)
    ).all()
    found = []
    for code in codes:
        try:
            found.append(scheme_on(session, code, day))
        except SchemeNotFound:  # it ended
            continue
    return found


def logins_of_reps(session: Session) -> dict[uuid.UUID, str]:
    """Return the login of everybody who is, or was, a rep."""
    return dict(session.execute(select(User.id, User.login).where(User.role == Role.REP).order_by(User.id)).all())


def unknown_logins(session: Session, logins: Sequence[str]) -> list[str]:
    """Return which of some logins no rep has."""
    known = set(session.scalars(select(User.login).where(User.role == Role.REP)))
    return sorted(set(logins) - known)
