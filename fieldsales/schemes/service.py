"""Putting commission schemes. Nothing is edited and nothing is deleted: versions take each other's place."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.people.queries import days_at
from fieldsales.people.rules import Actor
from fieldsales.policies.service import require_all_territories
from fieldsales.schemes.models import CommissionScheme
from fieldsales.schemes.queries import unknown_logins
from fieldsales.schemes.rules import (
    Body,
    SchemeInForce,
    SchemeInvalid,
    SchemeTooEarly,
    check_first_day,
    fingerprint,
    logins_of,
    read_scheme,
)

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def check_scheme(session: Session, body: Body) -> None:
    """Raise `PolicyInvalid` or `SchemeInvalid` for a document that cannot be a scheme of this house."""
    read_scheme(body)
    strange = unknown_logins(session, list(logins_of(body)))
    if strange:
        raise SchemeInvalid(f"No rep has the login {strange[0]}.", mend="Name reps by their logins.", logins=strange)


def put_scheme(
    session: Session,
    code: str,
    body: Body,
    *,
    effective_from: date,
    now: datetime,
    name: str | None = None,
    ends_on: date | None = None,
    note: str = "",
    paid_until: date | None = None,
    by: Actor | None = None,
) -> CommissionScheme:
    """Put a version of a scheme that pays months from a day on. Putting the same again changes nothing.

    `paid_until` is the last day that a closed run of this code paid. Raises `PolicyHoldsForAll`, `SchemeTooEarly`,
    `PolicyInvalid`, `SchemeInvalid`.
    """
    require_all_territories(session, by)
    if not _CODE.fullmatch(code):
        raise SchemeInvalid(f"“{code}” cannot be the code of a scheme.", mend="Use a–z, 0–9 and -, at most 40.")
    check_scheme(session, body)
    check_first_day(effective_from)
    told: dict[str, Any] = {
        "name": name or code,
        "effective_from": effective_from,
        "ends_on": ends_on,
        "body": dict(body),
        "note": note,
    }
    before = _latest(session, code, effective_from)
    if before is not None and all(getattr(before, field) == value for field, value in told.items()):
        return before
    if paid_until is not None and effective_from <= paid_until:
        raise SchemeTooEarly(f"{paid_until} is paid already.", mend="Choose a later month.", paid_until=str(paid_until))
    if ends_on is not None and ends_on < effective_from:
        raise SchemeTooEarly(f"It would end on {ends_on}, before it begins.", mend="Choose a later day.")
    version = CommissionScheme(
        code=code, body_hash=fingerprint(body), made_at=now, made_by=by.user_id if by else None, **told
    )
    session.add(version)
    session.flush()
    _note(session, "scheme.put", version, by, now)
    return version


def withdraw_scheme(
    session: Session, version: CommissionScheme, *, now: datetime, by: Actor | None, is_used: bool = False
) -> CommissionScheme:
    """Take back a version by which no month is paid (`is_used`); once more changes nothing.

    Raises `SchemeInForce`, `PolicyHoldsForAll`.
    """
    require_all_territories(session, by)
    if version.withdrawn_at is not None:
        return version
    if is_used:
        raise SchemeInForce("A month is paid by it.", mend="Discard that run, or put another version in its place.")
    version.withdrawn_at, version.withdrawn_by = now, by.user_id if by else None
    session.flush()
    _note(session, "scheme.withdraw", version, by, now)
    return version


def first_of_month(session: Session, now: datetime) -> date:
    """Return the first day of the present month."""
    return days_at(session, now)[0].replace(day=1)


def _latest(session: Session, code: str, day: date) -> CommissionScheme | None:
    found = select(CommissionScheme).where(
        CommissionScheme.code == code,
        CommissionScheme.effective_from == day,
        CommissionScheme.withdrawn_at.is_(None),
    )
    return session.scalars(found.order_by(CommissionScheme.made_at.desc(), CommissionScheme.id.desc()).limit(1)).first()


def _note(session: Session, action: str, version: CommissionScheme, by: Actor | None, now: datetime) -> None:
    told = {"code": version.code, "effective_from": str(version.effective_from), "body_hash": version.body_hash}
    who = by.user_id if by else None
    record(session, action, ("commission_scheme", version.id), actor_id=who, now=now, **told)
