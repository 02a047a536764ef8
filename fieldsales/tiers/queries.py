"""The tiers there are, and who is in which."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Customer
from fieldsales.tiers.models import TierPolicy


def policies(session: Session) -> Sequence[TierPolicy]:
    """Return all tiers, the best first."""
    return session.scalars(select(TierPolicy).order_by(TierPolicy.rank)).all()


def present_tiers(session: Session) -> dict[uuid.UUID, str | None]:
    """Return the tier that each active customer has now."""
    rows = session.execute(select(Customer.id, Customer.tier).where(Customer.active))
    return dict(rows.all())
