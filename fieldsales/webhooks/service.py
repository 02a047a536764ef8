"""Webhooks: made and ended by managers, told of what happens, each in its own order and at its own pace."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from fieldsales.attempts.service import note_attempt
from fieldsales.audit.service import record
from fieldsales.changes.models import Op
from fieldsales.changes.queries import frontier
from fieldsales.db.base import new_id
from fieldsales.outbound import Answer, check_address
from fieldsales.people.queries import covers_everything
from fieldsales.people.rules import Actor
from fieldsales.webhooks.models import DeliveryState, Webhook, WebhookDelivery
from fieldsales.webhooks.queries import changes_for, facts_of, first_waiting, require_delivery, require_webhook
from fieldsales.webhooks.rules import (
    GIVE_UP_AFTER,
    WebhooksTellAll,
    body_of,
    check_topics,
    event_id,
    is_poison,
    new_signing_secret,
    wait_after,
)

LEASE = timedelta(minutes=2)
"""A worker that died holds a webhook no longer; longer than any call takes."""
KEPT = timedelta(days=30)
"""For so long the log keeps what was delivered."""


def check_may_manage(session: Session, by: Actor | None) -> None:
    """Raise `WebhooksTellAll` unless somebody sees all that a webhook tells."""
    if not covers_everything(session, by):
        raise WebhooksTellAll("A webhook tells of all territories.", mend="Ask a manager who sees all of them.")


def add_webhook(
    session: Session,
    url: str,
    topics: list[str],
    *,
    from_the_beginning: bool,
    private: bool,
    by: Actor | None,
    now: datetime,
) -> Webhook:
    """Have an address told of orders or payments from now on, or of all that there are first.

    Raises `AddressRefused`, `WebhookInvalid`, `WebhooksTellAll`.
    """
    check_may_manage(session, by)
    check_address(url, private=private)
    here = frontier(session)
    webhook = Webhook(
        url=url,
        secret=new_signing_secret(),
        topics=check_topics(topics),
        cursor_tx=0 if from_the_beginning else here.horizon,
        epoch=here.epoch,
        next_at=now,
        made_at=now,
        made_by=by.user_id if by else None,
    )
    session.add(webhook)
    session.flush()
    _note(session, "webhook.add", webhook, by, now, url=url, topics=webhook.topics)
    return webhook


def end_webhook(session: Session, webhook_id: uuid.UUID, *, by: Actor | None, now: datetime) -> None:
    """End a webhook: nothing more is sent to it. Raises `WebhookNotFound`, `WebhooksTellAll`."""
    check_may_manage(session, by)
    webhook = require_webhook(session, webhook_id, lock=True)
    webhook.ended_at = now
    _note(session, "webhook.end", webhook, by, now, url=webhook.url)


def pause_webhook(session: Session, webhook_id: uuid.UUID, *, by: Actor | None, now: datetime) -> Webhook:
    """Send nothing to a webhook until it is resumed; what happens meanwhile is kept for it."""
    check_may_manage(session, by)
    webhook = require_webhook(session, webhook_id, lock=True)
    webhook.paused_at = webhook.paused_at or now
    _note(session, "webhook.pause", webhook, by, now)
    return webhook


def resume_webhook(session: Session, webhook_id: uuid.UUID, *, by: Actor | None, now: datetime) -> Webhook:
    """Go on where it was left, at once: of one that was paused, or waits after a failure."""
    check_may_manage(session, by)
    webhook = require_webhook(session, webhook_id, lock=True)
    webhook.paused_at, webhook.failing_since, webhook.failures, webhook.next_at = None, None, 0, now
    _note(session, "webhook.resume", webhook, by, now)
    return webhook


def redeliver(
    session: Session, webhook_id: uuid.UUID, delivery_id: uuid.UUID, *, by: Actor | None, now: datetime
) -> WebhookDelivery:
    """Send an event once more, behind what waits; its id, body and sequence within the body stay.

    Raises `WebhookNotFound`, `DeliveryNotFound`, `WebhooksTellAll`.
    """
    check_may_manage(session, by)
    webhook = require_webhook(session, webhook_id, lock=True)
    before = require_delivery(session, webhook, delivery_id)
    again = _queued(webhook, before.event_id, before.topic, before.subject_id, now)
    again.body = before.body
    session.add(again)
    session.flush()
    _note(session, "webhook.redeliver", webhook, by, now, event_id=str(before.event_id))
    return again


def gather(session: Session, webhook_id: uuid.UUID, now: datetime) -> bool:
    """Turn the feed's next changes into deliveries of a webhook; tell whether there may be more.

    An event tells how its subject is now. Of several changes between two gatherings the last is told. After a backup
    was restored all is told anew.
    """
    webhook = require_webhook(session, webhook_id, lock=True)
    here = frontier(session)
    if webhook.epoch != here.epoch:
        webhook.epoch, webhook.cursor_tx = here.epoch, 0
    if webhook.cursor_tx >= here.horizon:
        return False
    changes, end = changes_for(session, webhook, here.horizon)
    facts = facts_of(session, [(entity, subject_id) for _, entity, subject_id, _ in changes])
    for tx, topic, subject_id, op in changes:
        event = event_id(webhook.id, tx, topic, subject_id)
        delivery = _queued(webhook, event, topic, subject_id, now)
        data = None if op is Op.DELETE else facts.get((topic, subject_id))
        delivery.body = body_of(event, delivery.sequence, topic, now, data)
        session.add(delivery)
    webhook.cursor_tx = end
    session.flush()
    return end < here.horizon


def tell(
    session: Session, webhook_id: uuid.UUID, about: tuple[str, uuid.UUID], data: dict[str, Any], now: datetime
) -> WebhookDelivery | None:
    """Have one webhook told of something that is not in the feed, behind what waits; None where it was ended.

    `about` is the topic and the subject's id.
    """
    webhook = session.get(Webhook, webhook_id, with_for_update=True)
    if webhook is None or webhook.ended_at is not None:
        return None
    event = new_id()
    delivery = _queued(webhook, event, *about, now)
    delivery.body = body_of(event, delivery.sequence, about[0], now, data)
    session.add(delivery)
    session.flush()
    return delivery


def _queued(webhook: Webhook, event: uuid.UUID, topic: str, subject_id: uuid.UUID, now: datetime) -> WebhookDelivery:
    webhook.sequence += 1
    return WebhookDelivery(
        webhook_id=webhook.id,
        sequence=webhook.sequence,
        event_id=event,
        topic=topic,
        subject_id=subject_id,
        made_at=now,
    )


def claim(session: Session, webhook_id: uuid.UUID, lease: uuid.UUID, now: datetime) -> WebhookDelivery | None:
    """Return what to send to a webhook next, None where nothing waits or another worker has it.

    The lease is a worker's own id; it holds until the outcome is noted, or for `LEASE`.
    """
    mine = update(Webhook).where(
        Webhook.id == webhook_id,
        Webhook.ended_at.is_(None),
        Webhook.paused_at.is_(None),
        Webhook.next_at <= now,
        or_(Webhook.leased_until.is_(None), Webhook.leased_until < now, Webhook.lease == lease),
    )
    taken = session.execute(mine.values(lease=lease, leased_until=now + LEASE).returning(Webhook.id)).first()
    return first_waiting(session, webhook_id) if taken else None


def release(session: Session, webhook_id: uuid.UUID, lease: uuid.UUID) -> None:
    """Let another worker have it."""
    mine = update(Webhook).where(Webhook.id == webhook_id, Webhook.lease == lease)
    session.execute(mine.values(lease=None, leased_until=None))


def note_outcome(session: Session, delivery_id: uuid.UUID, answer: Answer, now: datetime) -> bool:
    """Note what became of an attempt; tell whether the next may follow at once.

    After a failure the whole webhook waits, so that order is kept; after three days of failures it is paused. An event
    that is refused too often is set aside, and the next one is sent: one that the other side can never take must not
    hold up the others.
    """
    delivery = session.get_one(WebhookDelivery, delivery_id)
    webhook = session.get_one(Webhook, delivery.webhook_id, with_for_update=True)
    delivery.attempts += 1
    delivery.tried_at, delivery.status, delivery.answer = now, answer.status, answer.text[:500]
    note_attempt(
        session,
        webhook_delivery_id=delivery.id,
        at=now,
        taken=answer.taken,
        status=answer.status,
        answer=answer.text,
    )
    if answer.taken:
        delivery.state, delivery.delivered_at = DeliveryState.DELIVERED, now
        webhook.failures, webhook.failing_since, webhook.next_at = 0, None, now
        return True
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or now
    webhook.next_at = now + wait_after(webhook.failures)
    if is_poison(delivery.attempts, answer.status):
        delivery.state, webhook.next_at = DeliveryState.SET_ASIDE, now
        facts = {"event_id": str(delivery.event_id), "sequence": delivery.sequence, "status": answer.status}
        _note(session, "webhook.set_aside", webhook, None, now, **facts)
    if now - webhook.failing_since >= GIVE_UP_AFTER:
        webhook.paused_at = now
        _note(session, "webhook.give_up", webhook, None, now, failures=webhook.failures)
    return False


def _note(session: Session, action: str, webhook: Webhook, by: Actor | None, now: datetime, **facts: object) -> None:
    actor_id = by.user_id if by else None
    record(session, action, ("webhook", webhook.id), actor_id=actor_id, now=now, **facts)


def forget_delivered(session: Session, now: datetime) -> int:
    """Delete what was delivered more than `KEPT` ago; return how much that was."""
    old = delete(WebhookDelivery).where(
        WebhookDelivery.state == DeliveryState.DELIVERED, WebhookDelivery.delivered_at < now - KEPT
    )
    return len(session.execute(old.returning(WebhookDelivery.id)).all())
