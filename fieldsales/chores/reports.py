"""Queueing the daily reports that are due."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from fieldsales.chores.chore import Context, Result
from fieldsales.config import Settings
from fieldsales.mailings.queries import due_ids
from fieldsales.mailings.service import send_due


def are_reports_due(session: Session, now: datetime, _settings: Settings) -> bool:
    """Tell whether a subscription has a report to send."""
    return bool(due_ids(session, now))


def send_reports(context: Context) -> Result:
    """Queue the reports that are due; each by itself, and each once whoever else does the same."""
    found = send_due(context.engine, context.now(), context.settings.public_url)
    queued = sum(each.letter_id is not None for each in found)
    return {"queued": queued, "not_made": len(found) - queued}
