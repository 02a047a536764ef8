"""How a webhook is signed, what it says, and when it is tried again."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from fieldsales.errors import Forbidden, Invalid, NotFound

TOPICS = ("order", "payment", "alert")
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)
MOST_REFUSALS = 10
"""After so many refusals of one event, about an hour and a half, the next one is sent."""
LATER = frozenset({408, 425, 429, 503})
"""An address that has failed for so long is paused until a manager resumes it."""
SIGNATURE = "Fieldsales-Signature"
TOLERANCE = timedelta(minutes=5)


class WebhookNotFound(NotFound):
    """There is no such webhook, or it was ended."""

    code = "webhook.not_found"
    title = "There is no such webhook"


class DeliveryNotFound(NotFound):
    """That webhook has no such delivery."""

    code = "webhook.delivery_not_found"
    title = "There is no such delivery"


class WebhookInvalid(Invalid):
    """The topics are `order`, `payment`, `alert`, at least one; the address is an https one that may be called."""

    code = "webhook.invalid"
    title = "That cannot be a webhook"


class WebhooksTellAll(Forbidden):
    """A webhook tells of all territories, so whoever manages it must see all of them."""

    code = "webhook.tells_all"
    title = "Webhooks are for those who see everything"


def new_signing_secret() -> str:
    """Return a secret of 256 bits to sign with."""
    return "whsec_" + secrets.token_urlsafe(32)


def sign(secret: str, body: bytes, at: datetime) -> str:
    """Return the header's value: `t=` seconds since 1970, and `v1=` HMAC-SHA256 (hex) of `<t>.<body>`."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_mac(secret, body, seconds)}"


def is_signed(secret: str, body: bytes, header: str, now: datetime, tolerance: timedelta = TOLERANCE) -> bool:
    """Tell whether a header signs a body and is of this moment: what the other side checks."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    if not re.fullmatch("[0-9]{1,15}", parts.get("t", "")) or "v1" not in parts:
        return False
    seconds = int(parts["t"])
    fresh = abs(now.timestamp() - seconds) <= tolerance.total_seconds()
    return hmac.compare_digest(parts["v1"].encode(), _mac(secret, body, seconds).encode()) and fresh


def _mac(secret: str, body: bytes, seconds: int) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


def wait_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row: 10 s, doubling up to an hour."""
    doublings = max(0, min(failures - 1, 16))
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def is_poison(attempts: int, status: int | None) -> bool:
    """Tell whether an event is to be set aside: the other side answered, and refused this very event too often.

    Silence, and answers that say to come back later (408, 425, 429, 503), are no judgement of an event.
    """
    return attempts >= MOST_REFUSALS and status is not None and status not in LATER


def event_id(webhook_id: uuid.UUID, tx: int, topic: str, subject_id: uuid.UUID) -> uuid.UUID:
    """Return the id of an event: the same whenever the same change is told to the same address."""
    return uuid.uuid5(webhook_id, f"{tx}/{topic}/{subject_id}")


def body_of(event: uuid.UUID, sequence: int, topic: str, made_at: datetime, data: dict[str, Any] | None) -> str:
    """Return the body of an event as JSON; without `data` the subject was deleted."""
    told = {
        "event_id": str(event),
        "sequence": sequence,
        "topic": topic,
        "op": "delete" if data is None else "upsert",
        "made_at": made_at.isoformat(),
        "data": data,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def check_topics(topics: list[str]) -> list[str]:
    """Return topics once each; raise `WebhookInvalid`."""
    found = sorted(set(topics))
    if not found or not set(found) <= set(TOPICS):
        raise WebhookInvalid(
            f"{', '.join(found) or 'Nothing'} cannot be told of.", mend=f"Name some of: {', '.join(TOPICS)}."
        )
    return found
