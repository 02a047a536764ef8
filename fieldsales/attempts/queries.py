"""What was tried."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldsales.attempts.models import DeliveryAttempt


def attempts_at(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[DeliveryAttempt]]:
    """Return the attempts by the id of the letter or the webhook's delivery, the first one first."""
    ids = list(ids)
    tried = select(DeliveryAttempt).where(
        or_(DeliveryAttempt.letter_id.in_(ids), DeliveryAttempt.webhook_delivery_id.in_(ids))
    )
    found: dict[uuid.UUID, list[DeliveryAttempt]] = defaultdict(list)
    for each in session.scalars(tried.order_by(DeliveryAttempt.at, DeliveryAttempt.id)):
        found[each.letter_id or each.webhook_delivery_id or each.id].append(each)
    return found
