"""Setting policies. Nothing is edited and nothing is deleted: versions take each other's place."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.people.queries import covers_everything, days_at
from fieldsales.people.rules import Actor
from fieldsales.policies.models import Policy
from fieldsales.policies.queries import require_version, version_on
from fieldsales.policies.rules import Body, Kind, PolicyHoldsForAll, PolicyInForce, PolicyOfThePast

T = TypeVar("T")


def put(
    session: Session,
    kind: Kind[T],
    body: Body,
    *,
    now: datetime,
    effective_from: date | None = None,
    note: str = "",
    by: Actor | None = None,
) -> Policy:
    """Set a policy from a day on, today where none is given. Putting the same again changes nothing.

    Raises `PolicyHoldsForAll` for somebody whose territories are not all there are, `PolicyOfThePast`, `PolicyInvalid`
    and what the kind itself finds wrong.
    """
    require_all_territories(session, by)
    kind.read(body)
    today, _ = days_at(session, now)
    day = effective_from or today
    if day < today:
        raise PolicyOfThePast(f"{day} is over; today is {today}.", mend="Choose today or a later day.", day=str(day))
    before = version_on(session, kind.name, day)
    if before is not None and (before.effective_from, before.body, before.note) == (day, body, note):
        return before
    version = Policy(
        kind=kind.name, effective_from=day, body=dict(body), note=note, made_at=now, made_by=by.user_id if by else None
    )
    session.add(version)
    session.flush()
    _note(session, "policy.put", version, by, now, before=str(before.id) if before else None)
    return version


def withdraw(session: Session, kind: str, version_id: uuid.UUID, *, now: datetime, by: Actor | None = None) -> Policy:
    """Take back a version that holds nowhere yet; once more changes nothing.

    Raises `PolicyNotFound`, `PolicyInForce`, `PolicyHoldsForAll`.
    """
    require_all_territories(session, by)
    version = require_version(session, kind, version_id)
    if version.withdrawn_at is not None:
        return version
    _, latest = days_at(session, now)
    if version.effective_from <= latest:
        raise PolicyInForce(
            f"It holds since {version.effective_from}.",
            mend="Set another one in its place.",
            effective_from=str(version.effective_from),
        )
    version.withdrawn_at, version.withdrawn_by = now, by.user_id if by else None
    session.flush()
    _note(session, "policy.withdraw", version, by, now)
    return version


def require_all_territories(session: Session, by: Actor | None) -> None:
    """Raise `PolicyHoldsForAll` for somebody whose territories are not all there are."""
    if not covers_everything(session, by):
        raise PolicyHoldsForAll("Policies hold for every territory.", mend="Ask a manager who sees all of them.")


def _note(session: Session, action: str, version: Policy, by: Actor | None, now: datetime, **facts: str | None) -> None:
    actor_id = by.user_id if by else None
    told = {"kind": version.kind, "effective_from": str(version.effective_from), "note": version.note} | facts
    record(session, action, ("policy", version.id), actor_id=actor_id, now=now, **told)
