"""Which policy holds on a day, and which ones there ever were."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.policies.models import Policy
from fieldsales.policies.rules import Body, Kind, PolicyNotFound

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InForce(Generic[T]):
    """What holds on a day: the value, the document that it was read from, and its version (None: the built-in one)."""

    kind: str
    day: date
    value: T
    body: Body
    version: Policy | None

    @property
    def version_id(self) -> uuid.UUID | None:
        """Which version holds; None for the built-in one."""
        return self.version.id if self.version else None


def in_force(session: Session, kind: Kind[T], day: date) -> InForce[T]:
    """Return what holds on a day. Where nothing was set that early, it is the kind's own default."""
    version = version_on(session, kind.name, day)
    body = kind.default if version is None else version.body
    return InForce(kind.name, day, kind.read(body), body, version)


def version_on(session: Session, kind: str, day: date) -> Policy | None:
    """Return the version of a kind that holds on a day, or None where nothing was set that early."""
    statement = (
        select(Policy)
        .where(Policy.kind == kind, Policy.effective_from <= day, Policy.withdrawn_at.is_(None))
        .order_by(Policy.effective_from.desc(), Policy.made_at.desc(), Policy.id.desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def history(session: Session, kind: str) -> Sequence[Policy]:
    """Return every version of a kind, those withdrawn included, the one that holds from the latest day first."""
    latest_first = (Policy.effective_from.desc(), Policy.made_at.desc(), Policy.id.desc())
    return session.scalars(select(Policy).where(Policy.kind == kind).order_by(*latest_first)).all()


def require_version(session: Session, kind: str, version_id: uuid.UUID) -> Policy:
    """Return a version of a kind; raise `PolicyNotFound`."""
    found = session.get(Policy, version_id)
    if found is None or found.kind != kind:
        raise PolicyNotFound(f"There is no version {version_id} of the policy {kind}.", id=str(version_id), kind=kind)
    return found
