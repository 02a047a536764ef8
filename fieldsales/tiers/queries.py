"""The tiers there are, and who is in which."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Customer
from fieldsales.tiers.models import TierPolicy


def policies(session: Session) -> Sequence[TierPolicy]:
    """Return all tiers, the best first."""
    return session.scalars(select(TierPolicy).order_by(TierPolicy.rank)).all()


def present_tiers(session: Session) -> dict[uuid.UUID, tuple[str | None, date | None]]:
    """Return the tier that each active customer has now, and since when."""
    rows = session.execute(select(Customer.id, Customer.tier, Customer.tier_since).where(Customer.active))
    return {customer_id: (tier, since) for customer_id, tier, since in rows}
