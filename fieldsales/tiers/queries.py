"""Who is in which tier, why, and since when."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.clock import local_day
from fieldsales.customers.models import Customer
from fieldsales.customers.queries import require_customer_in_scope
from fieldsales.db.bulk import slices
from fieldsales.overrides.models import TierOverride
from fieldsales.overrides.queries import standing_override
from fieldsales.people.models import Territory
from fieldsales.people.rules import Actor
from fieldsales.tiers.models import TierChange, TierStanding

MOST_CHANGES = 100


@dataclass(frozen=True, slots=True)
class TierCard:
    """A customer's tier as it stands, how that came about, and how it stood before, the latest change first.

    `standing` is of the last look at the orders; None where nobody has looked yet. Amounts are in `currency`.
    """

    customer: Customer
    currency: str
    standing: TierStanding | None
    override: TierOverride | None
    changes: Sequence[TierChange]


def present_tiers(session: Session) -> dict[uuid.UUID, tuple[str | None, date | None]]:
    """Return the tier that each active customer has now, and since when."""
    rows = session.execute(select(Customer.id, Customer.tier, Customer.tier_since).where(Customer.active))
    return {customer_id: (tier, since) for customer_id, tier, since in rows}


def tier_card(session: Session, actor: Actor | None, customer_id: uuid.UUID, now: datetime) -> TierCard:
    """Return the tier of a customer whom the actor may see; raise `CustomerNotFound`."""
    customer = require_customer_in_scope(session, actor, customer_id)
    territory = session.get_one(Territory, customer.territory_id)
    override = standing_override(session, customer_id)
    if override is not None and override.until < local_day(now, territory.time_zone):
        override = None
    standing, changes = session.get(TierStanding, customer_id), tier_changes(session, customer_id)
    return TierCard(customer, territory.currency, standing, override, changes)


def tier_changes(session: Session, customer_id: uuid.UUID, most: int = MOST_CHANGES) -> Sequence[TierChange]:
    """Return the changes of a customer's tier, the latest first, at most so many."""
    latest = (TierChange.day.desc(), TierChange.id.desc())
    return session.scalars(
        select(TierChange).where(TierChange.customer_id == customer_id).order_by(*latest).limit(most)
    ).all()


def policies_at_last_look(
    session: Session, customer_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[uuid.UUID | None, uuid.UUID | None]]:
    """Return which policies, of tiers and of the value score, held when each customer was last looked at."""
    columns = select(TierStanding.customer_id, TierStanding.policy_id, TierStanding.score_policy_id)
    return {
        who: (policy, score_policy)
        for some in slices(customer_ids)
        for who, policy, score_policy in session.execute(columns.where(TierStanding.customer_id.in_(some)))
    }
