"""Adopting a commission scheme, and dropping it again: only months that nobody was paid for may change."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy.orm import Session

from fieldsales.payruns.queries import is_used, paid_days
from fieldsales.people.rules import Actor
from fieldsales.schemes.models import CommissionScheme
from fieldsales.schemes.queries import require_scheme
from fieldsales.schemes.rules import Body
from fieldsales.schemes.service import put_scheme, withdraw_scheme


def adopt(
    session: Session,
    code: str,
    body: Body,
    *,
    effective_from: date,
    now: datetime,
    name: str | None = None,
    ends_on: date | None = None,
    note: str = "",
    by: Actor | None = None,
) -> CommissionScheme:
    """Put a version of a scheme from a month on that no closed run has paid. Raises what `put_scheme` raises."""
    paid = paid_days(session, code)
    return put_scheme(
        session,
        code,
        body,
        effective_from=effective_from,
        now=now,
        name=name,
        ends_on=ends_on,
        note=note,
        paid_until=paid[1] if paid else None,
        by=by,
    )


def drop(session: Session, scheme_id: uuid.UUID, *, now: datetime, by: Actor | None = None) -> CommissionScheme:
    """Withdraw a version by which no month is paid. Raises `SchemeNotFound`, and what `withdraw_scheme` raises."""
    version = require_scheme(session, scheme_id)
    return withdraw_scheme(session, version, now=now, by=by, is_used=is_used(session, scheme_id))
