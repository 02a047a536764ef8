"""How a file that was handed over stands: what the books say, and what was last heard of the work on it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from api.imports.runner import imports
from fieldsales.intakes.models import Intake, IntakeState
from fieldsales.intakes.queries import RunTold, imported_before
from fieldsales.intakes.rules import LOST_S, OPEN

_COUNTS = ("read", "new", "changed", "unchanged")


def told(session: Session, intake: Intake) -> dict[str, Any]:
    """Return a file as it is told."""
    inbox = imports().inbox
    columns = {column.key: getattr(intake, column.key) for column in Intake.__table__.columns}
    state, progress = intake.state, None
    if state in OPEN:
        progress = inbox.told(intake.id, intake.attempt)
        if inbox.silent_s(intake.id, intake.attempt) > LOST_S:
            stopped = inbox.is_to_stop(intake.id, intake.attempt)
            state = IntakeState.CANCELLED if stopped else IntakeState.DIED
    before = imported_before(session, intake.sha256)
    return columns | {
        "state": state,
        "progress": progress,
        "has_rejects": state not in OPEN and inbox.rejects(intake.id, intake.attempt).exists(),
        "imported_before": run_told(before) if before and before.run.id != intake.run_id else None,
    }


def run_told(found: RunTold) -> dict[str, Any]:
    """Return what was imported as it is told."""
    run, counts = found.run, found.run.counts
    rejects = sum(reason["count"] for reason in counts.get("rejected", {}).values())
    return {
        "id": run.id,
        "kind": run.kind,
        "file_name": run.file_name,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "by": found.by,
        "rejects": rejects,
        **{name: counts.get(name, 0) for name in _COUNTS},
    }
