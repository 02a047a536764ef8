"""Writing the audit trail."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldsales.audit.models import AuditEntry


def record(
    session: Session,
    action: str,
    subject: tuple[str, uuid.UUID],
    *,
    actor_id: uuid.UUID | None,
    now: datetime,
    **facts: Any,
) -> None:
    """Note that a person (None: the system itself or the operator's terminal) did `action` to a subject.

    `facts` are JSON-serialisable: what it was before and after, or why.
    """
    kind, subject_id = subject
    session.add(
        AuditEntry(at=now, actor_id=actor_id, action=action, subject_type=kind, subject_id=subject_id, facts=facts)
    )
