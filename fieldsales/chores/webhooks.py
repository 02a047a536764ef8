"""Sending what webhooks wait for: each webhook in a thread of its own, so that a slow one holds up no other."""

from __future__ import annotations

import logging
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import Engine

from fieldsales.clock import Clock
from fieldsales.db.session import insist, reading, transaction
from fieldsales.outbound import post
from fieldsales.webhooks.models import WebhookDelivery
from fieldsales.webhooks.queries import due_webhooks, require_webhook
from fieldsales.webhooks.rules import SIGNATURE, WebhookNotFound, sign
from fieldsales.webhooks.service import claim, forget_delivered, gather, note_outcome, release

THREADS = 8
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one round over all webhooks."""

    delivered: int = 0
    failed: int = 0

    def __add__(self, other: Round) -> Round:
        return Round(self.delivered + other.delivered, self.failed + other.failed)


@dataclass(frozen=True, slots=True)
class Worker:
    """Sends; `seconds` is how long one call may take in all, `private` whether it may go into private networks."""

    engine: Engine
    clock: Clock
    private: bool = False
    seconds: float = 10.0

    def work_once(self) -> Round:
        """Send to every webhook that is due until it has all, or fails."""
        with reading(self.engine) as session:
            due = due_webhooks(session, self.clock())
        with ThreadPoolExecutor(THREADS) as threads:
            found = sum(threads.map(self._serve_apart, due), Round())
        with transaction(self.engine) as session:
            forget_delivered(session, self.clock())
        return found

    def _serve_apart(self, webhook_id: uuid.UUID) -> Round:
        """Serve one; what goes wrong with it on our side is logged, and holds up no other."""
        try:
            return self._serve(webhook_id)
        except Exception:
            _log.exception("webhook %s", webhook_id)
            return Round(failed=1)

    def _serve(self, webhook_id: uuid.UUID) -> Round:
        lease, found = uuid.uuid4(), Round()
        try:
            while insist(self.engine, lambda session: gather(session, webhook_id, self.clock())):
                pass
            while (step := self._send_next(webhook_id, lease)) is not None:
                found += step
                if step.failed:
                    break
        except WebhookNotFound:
            return found  # ended meanwhile
        finally:
            insist(self.engine, lambda session: release(session, webhook_id, lease))
        return found

    def _send_next(self, webhook_id: uuid.UUID, lease: uuid.UUID) -> Round | None:
        """Send one event, outside of any transaction; None where nothing is left to send."""
        with transaction(self.engine) as session:
            delivery = claim(session, webhook_id, lease, self.clock())
            if delivery is None:
                return None
            webhook = require_webhook(session, webhook_id)
            url, secret, delivery_id = webhook.url, webhook.secret, delivery.id
            body, headers = delivery.body.encode(), _headers(delivery)
        headers[SIGNATURE] = sign(secret, body, self.clock())
        answer = post(url, body, headers, private=self.private, seconds=self.seconds)
        taken = insist(self.engine, lambda session: note_outcome(session, delivery_id, answer, self.clock()))
        return Round(delivered=1) if taken else Round(failed=1)


def _headers(delivery: WebhookDelivery) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "fieldsales",
        "Fieldsales-Topic": delivery.topic,
        "Fieldsales-Event": str(delivery.event_id),
        "Fieldsales-Delivery": str(delivery.id),
        "Fieldsales-Sequence": str(delivery.sequence),
        "Fieldsales-Attempt": str(delivery.attempts + 1),
    }
