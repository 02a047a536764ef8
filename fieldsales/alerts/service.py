"""Opening alerts once for each cause, resolving and acknowledging them, and handing messages to their outboxes.

The outboxes try again with growing waits and note each attempt: `letters` for mail, `webhooks` for webhooks.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldsales.alerts.models import Alert, AlertMessage, AlertState, MessageState
from fieldsales.alerts.queries import due_messages, require_alert
from fieldsales.alerts.rules import Cause, Telling, Told, mail_of
from fieldsales.audit.service import record
from fieldsales.letters.service import queue_letter
from fieldsales.mail import Attachment
from fieldsales.mutes.models import Mute
from fieldsales.mutes.queries import muted
from fieldsales.mutes.rules import Muted
from fieldsales.people.rules import Actor
from fieldsales.quiet.rules import Quiet, told_at
from fieldsales.webhooks.service import tell

MOST_AT_ONCE = 500
"""So many messages are handed over in one transaction."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What a round of delivery did: letters written, webhooks told, messages put off or dropped."""

    letters: int
    webhooks: int
    put_off: int
    dropped: int

    def __bool__(self) -> bool:
        return any((self.letters, self.webhooks, self.put_off, self.dropped))


def open_alert(session: Session, cause: Cause, telling: Telling, now: datetime) -> Alert | None:
    """Open an alert unless one of the same cause is open; return it, or None if there is one already.

    The unique index decides, so that two who find the same at once tell it once.
    """
    about = cause.about
    alert = Alert(
        cause=cause.key,
        watch_id=cause.watch_id,
        severity=cause.severity,
        title=cause.title[:300],
        territory_id=about.territory_id,
        rep_id=about.rep_id,
        customer_id=about.customer_id,
        product_id=about.product_id,
        zone=about.zone,
        confidential=cause.confidential,
        facts=dict(cause.facts),
        latest=dict(cause.facts),
        opened_at=now,
        seen_at=now,
    )
    try:
        with session.begin_nested():
            session.add(alert)
            session.flush()
    except IntegrityError:
        there = select(Alert.id).where(Alert.cause == cause.key, Alert.state == AlertState.OPEN)
        if session.scalar(there) is None:
            raise
        return None
    address(session, alert, telling, 0, now)
    return alert


def address(session: Session, alert: Alert, telling: Telling, step: int, now: datetime) -> None:
    """Have everybody told who is to be, once for a step; escalations go out without waiting for a digest."""
    digest = telling.digest_at is not None and step == 0
    due_at = telling.due_at(now, alert.zone) if digest else told_at(now, telling.quiet, alert.zone)
    addresses = [("mail", each) for each in telling.mails] + [("webhook", str(each)) for each in telling.webhooks]
    for channel, to in dict.fromkeys(addresses):
        message = AlertMessage(
            alert_id=alert.id,
            step=step,
            channel=channel,
            to=to,
            language=telling.language,
            digest=digest,
            quiet_from=telling.quiet.begins if telling.quiet else None,
            quiet_to=telling.quiet.ends if telling.quiet else None,
            due_at=due_at,
        )
        session.add(message)
    session.flush()


def resolve(session: Session, alert: Alert, now: datetime) -> None:
    """Close an alert whose cause is gone: the same cause may alert anew from now on."""
    alert.state, alert.resolved_at = AlertState.RESOLVED, now
    session.flush()


def acknowledge(
    session: Session, alert_id: uuid.UUID, *, note: str | None = None, by: Actor | None, now: datetime
) -> Alert:
    """Say that somebody looks after an alert: it is escalated no further. Raises `AlertNotFound`."""
    alert = require_alert(session, by, alert_id, lock=True)
    if alert.acknowledged_at is None:
        who = by.user_id if by else None
        alert.acknowledged_at, alert.acknowledged_by, alert.note = now, who, note
        record(session, "alert.acknowledge", ("alert", alert.id), actor_id=who, now=now, note=note)
    session.flush()
    return alert


def deliver_due(session: Session, now: datetime, base: str, most: int = MOST_AT_ONCE) -> Handed:
    """Hand the messages that are due to the outboxes of mail and webhooks.

    What is quiet by now is put off to the end of the quiet hours, and what is muted to the end of the mute; if that was
    resolved meanwhile it is dropped. Messages of one rule to one mail address are one letter. `base` is the address of
    this house, for links.
    """
    covering, put_off, dropped, told = muted(session, now), 0, 0, 0
    letters: dict[tuple[object, ...], list[tuple[AlertMessage, Alert]]] = defaultdict(list)
    due = due_messages(session, now, most)
    alerts = {each.id: each for each in session.scalars(select(Alert).where(Alert.id.in_({m.alert_id for m in due})))}
    for message in due:
        alert = alerts[message.alert_id]
        later = _put_off(session, message, alert, covering, now)
        if later is not None:
            message.due_at, put_off = later, put_off + 1
        elif message.held_by is not None and alert.state is AlertState.RESOLVED:
            message.state, dropped = MessageState.DROPPED, dropped + 1
        elif message.channel == "webhook":
            told += _tell_webhook(session, message, alert, base, now)
        else:
            of = None if message.digest else alert.watch_id or alert.id
            letters[message.to, message.language, message.step, of].append((message, alert))
    for some in letters.values():
        _write_letter(session, some, base, now)
    session.flush()
    return Handed(len(letters), told, put_off, dropped)


def _put_off(session: Session, message: AlertMessage, alert: Alert, covering: Muted, now: datetime) -> datetime | None:
    """Return until when a message has to wait; None: it goes now."""
    by = covering.covering(alert.customer_id, alert.rep_id, alert.territory_id)
    if message.channel == "webhook":
        by = by or covering.webhooks.get(uuid.UUID(message.to))
    if by is not None:
        message.held_by = by
        return session.get_one(Mute, by).ends_at
    if message.quiet_from is None or message.quiet_to is None:
        return None
    at = told_at(now, Quiet(message.quiet_from, message.quiet_to), alert.zone)
    if at <= now:
        return None
    message.held_by = None
    return at


def _tell_webhook(session: Session, message: AlertMessage, alert: Alert, base: str, now: datetime) -> int:
    delivery = tell(session, uuid.UUID(message.to), ("alert", alert.id), _told(message, alert).told(base), now)
    message.state = MessageState.HANDED if delivery else MessageState.DROPPED
    message.handed_at, message.webhook_delivery_id = now, delivery.id if delivery else None
    return 1 if delivery else 0


def _write_letter(session: Session, some: Sequence[tuple[AlertMessage, Alert]], base: str, now: datetime) -> None:
    first = some[0][0]
    subject, text, content = mail_of([_told(*each) for each in some], base, first.language)
    file = Attachment("alerts.json", "application/json", content)
    letter = queue_letter(session, first.to, subject, text, file, order_id=None, by=None, now=now)
    for message, _ in some:
        message.state, message.handed_at, message.letter_id = MessageState.HANDED, now, letter.id


def _told(message: AlertMessage, alert: Alert) -> Told:
    return Told(
        alert.id,
        alert.title,
        str(alert.severity),
        alert.facts,
        alert.opened_at,
        alert.resolved_at,
        alert.customer_id,
        message.step,
    )
