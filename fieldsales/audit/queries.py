"""What the audit trail says of something."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.audit.models import AuditEntry


def history_of(session: Session, subject: tuple[str, uuid.UUID]) -> Sequence[AuditEntry]:
    """Return every act upon a subject, the first one first."""
    kind, subject_id = subject
    found = select(AuditEntry).where(AuditEntry.subject_type == kind, AuditEntry.subject_id == subject_id)
    return session.scalars(found.order_by(AuditEntry.at, AuditEntry.id)).all()
