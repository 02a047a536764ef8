"""Questions about money that was taken."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.receivables.models import Payment


def collected_on(session: Session, rep_ids: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, dict[str, int]]:
    """Return what each rep took on a day, in minor units by currency; no entry for a rep who took nothing."""
    rows = session.execute(
        select(Payment.rep_id, Payment.currency, func.sum(Payment.amount_minor))
        .where(Payment.rep_id.in_(rep_ids), Payment.paid_on == day)
        .group_by(Payment.rep_id, Payment.currency)
        .order_by(Payment.currency)
    )
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for rep_id, currency, amount in rows:
        found[rep_id][currency] = int(amount)
    return dict(found)
