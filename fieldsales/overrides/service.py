"""Giving a tier by hand, and taking that back. What it does to the customer's tier is `tiers.service`."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.overrides.models import EndedBy, TierOverride
from fieldsales.overrides.queries import expired_by, standing_override
from fieldsales.overrides.rules import NoOverride, check_override
from fieldsales.people.rules import Actor


def give_by_hand(
    session: Session,
    customer_id: uuid.UUID,
    tier: str,
    *,
    reason: str,
    until: date,
    today: date,
    by: Actor | None,
    now: datetime,
) -> TierOverride:
    """Give a tier by hand, in the place of what was given by hand before; the same again changes nothing.

    Raises `BadOverride`.
    """
    check_override(reason, until, today)
    before = standing_override(session, customer_id)
    if before is not None and before.until >= today:
        if (before.tier, before.reason, before.until) == (tier, reason, until):
            return before
        _end(before, EndedBy.REPLACED, today)
    elif before is not None:
        _end(before, EndedBy.EXPIRED, before.until + timedelta(days=1))
    session.flush()
    made = TierOverride(
        customer_id=customer_id,
        tier=tier,
        reason=reason,
        until=until,
        made_at=now,
        made_by=by.user_id if by else None,
    )
    session.add(made)
    session.flush()
    facts = {"tier": tier, "reason": reason, "until": str(until), "before": before.tier if before else None}
    actor_id = by.user_id if by else None
    record(session, "tier.override", ("customer", customer_id), actor_id=actor_id, now=now, **facts)
    return made


def take_back(
    session: Session, customer_id: uuid.UUID, *, today: date, by: Actor | None, now: datetime
) -> TierOverride:
    """End what was given by hand before its time. Raises `NoOverride`."""
    standing = standing_override(session, customer_id)
    if standing is None or standing.until < today:
        raise NoOverride(f"The tier of customer {customer_id} was not given by hand.", id=str(customer_id))
    _end(standing, EndedBy.WITHDRAWN, today)
    session.flush()
    actor_id = by.user_id if by else None
    record(session, "tier.override_end", ("customer", customer_id), actor_id=actor_id, now=now, tier=standing.tier)
    return standing


def end_expired(session: Session, day: date, among: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """End what had expired before a day, of some customers; return whose it was."""
    ended = [each for each in expired_by(session, day) if each.customer_id in among]
    for each in ended:
        _end(each, EndedBy.EXPIRED, each.until + timedelta(days=1))
    if ended:
        session.flush()
    return {each.customer_id for each in ended}


def _end(override: TierOverride, how: EndedBy, day: date) -> None:
    override.ended_on, override.ended_by = day, how
