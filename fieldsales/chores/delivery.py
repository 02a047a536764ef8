"""Sending what waits: to webhooks, and by mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from fieldsales.chores.chore import Context, Result
from fieldsales.chores.letters import deliver_letters, mailbox_of
from fieldsales.chores.webhooks import Worker
from fieldsales.config import Settings
from fieldsales.letters.service import is_one_due
from fieldsales.webhooks.queries import is_anything_to_send


def are_webhooks_waiting(session: Session, now: datetime, _settings: Settings) -> bool:
    """Tell whether a webhook is to be told of something."""
    return is_anything_to_send(session, now)


def deliver_webhooks(context: Context) -> Result:
    """Tell webhooks what happened. What fails is noted with the webhook, and tried again by its own rule."""
    settings = context.settings
    worker = Worker(context.engine, context.clock, private=bool(settings.call_private), seconds=settings.call_seconds)
    done = worker.work_once()
    return {"delivered": done.delivered, "failed": done.failed}


def is_mail_waiting(session: Session, now: datetime, settings: Settings) -> bool:
    """Tell whether a letter is due, where there is a server to send it."""
    return bool(settings.mail_host) and is_one_due(session, now)


def deliver_mail(context: Context) -> Result:
    """Send letters. What fails is noted with the letter, and tried again by its own rule."""
    sent, failed = deliver_letters(context.engine, mailbox_of(context.settings))
    return {"sent": sent, "failed": failed}
