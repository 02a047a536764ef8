"""Keeping the tiers and the tier of every customer."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.cadence.rules import Cadence
from fieldsales.customers.models import Customer
from fieldsales.history.queries import buying_history
from fieldsales.people.queries import covers_everything
from fieldsales.people.rules import Actor
from fieldsales.tiers.models import TierPolicy
from fieldsales.tiers.queries import policies, present_tiers
from fieldsales.tiers.rules import (
    WINDOW_DAYS,
    BadTierPolicy,
    TierGiven,
    TierRule,
    TiersHoldForAll,
    check_rules,
    give_tiers,
)

DEFAULT_POLICIES = (
    # tier, share, orders, cadence, gap, minutes, value
    ("A", 8000, 12, "FREQ=WEEKLY", 5, 30, 100),
    ("B", 9500, 6, "FREQ=WEEKLY", 5, 20, 50),
    ("C", 10000, 1, "FREQ=WEEKLY;INTERVAL=2", 10, 15, 25),
    ("D", 10000, 0, "FREQ=WEEKLY;INTERVAL=8", 40, 10, 10),
)
"""Pareto's classes: A brings the first 80 % of revenue, B the next 15 %, C the rest, D bought nothing for a year.

A and B are both weekly: what sets them apart is the time in the shop, and who is left out first. Whole weeks, so that a
customer keeps the weekday.
"""


def ensure_default_policies(session: Session) -> Sequence[TierPolicy]:
    """Put the default tiers in place if there are none at all; return the tiers, the best first."""
    if not policies(session):
        session.add_all(default_policies())
        session.flush()
    return policies(session)


def default_policies() -> list[TierPolicy]:
    """Return the tiers of a new house, not yet stored."""
    return [
        TierPolicy(
            rank=rank,
            tier=tier,
            revenue_share_bp=share,
            minimum_orders=orders,
            rrule=rrule,
            minimum_gap_days=gap,
            service_minutes=minutes,
            visit_value=value,
        )
        for rank, (tier, share, orders, rrule, gap, minutes, value) in enumerate(DEFAULT_POLICIES)
    ]


def assess_tiers(session: Session, day: date) -> list[TierGiven]:
    """Return the tier that every active customer should have on the morning of a day. Writes nothing."""
    history = buying_history(session, day - timedelta(days=WINDOW_DAYS), day)
    return give_tiers(history, tier_rules(policies(session) or default_policies()), day)


def tier_rules(of: Sequence[TierPolicy]) -> list[TierRule]:
    """Return the part of the policies that says who belongs to them."""
    return [TierRule(policy.tier, policy.revenue_share_bp, policy.minimum_orders) for policy in of]


def apply_tiers(session: Session, given: Sequence[TierGiven], day: date) -> int:
    """Store the tiers that changed, each with its reason of this day; return how many customers moved.

    A customer who stays keeps the old reason: it says why the customer came into the tier, and phones are not sent
    every customer every night because a sum has moved. What was decided as of a later day stands.
    """
    present = present_tiers(session)
    moved = [
        {"of": each.customer_id, "tier": each.tier, "tier_reason": each.reason, "tier_since": day}
        for each in given
        if _moves(present.get(each.customer_id), each.tier, day)
    ]
    if moved:
        session.flush()
        # Not a change of the profile: `version`, which guards edits of people, stays.
        table = Customer.metadata.tables[Customer.__tablename__]
        session.execute(table.update().where(table.c.id == bindparam("of")), moved)
        session.expire_all()
    return len(moved)


def refresh_tiers(session: Session, day: date) -> int:
    """Give every customer its tier as of the morning of a day; return how many moved. A second run moves nobody."""
    ensure_default_policies(session)
    return apply_tiers(session, assess_tiers(session, day), day)


def replace_policies(
    session: Session, wanted: Sequence[TierPolicy], *, now: datetime, by: Actor | None = None
) -> Sequence[TierPolicy]:
    """Put other tiers in the place of all there are: new, unsaved ones, the best first. The next planning uses them.

    Raises `BadTierPolicy` if they do not fit together, `CadenceNotUnderstood` for a broken recurrence rule, and
    `TiersHoldForAll` for somebody whose territories are not all there are.
    """
    if not covers_everything(session, by):
        raise TiersHoldForAll("Tiers hold for every territory.", mend="Ask a manager who sees all of them.")
    names = [policy.tier for policy in wanted]
    if len(set(names)) < len(names):
        raise BadTierPolicy("Two tiers have the same name.", mend="Give each its own.", tiers=names)
    check_rules(tier_rules(wanted))
    for rank, policy in enumerate(wanted):
        Cadence(policy.rrule, policy.minimum_gap_days)
        policy.rank = rank
    before = [policy.tier for policy in policies(session)]
    for policy in policies(session):
        session.delete(policy)
    session.flush()
    session.add_all(wanted)
    session.flush()
    actor_id = by.user_id if by else None
    record(session, "tiers.replace", ("tier_policies", uuid.UUID(int=0)), actor_id=actor_id, now=now,
           before=before, after=names)  # fmt: skip
    return policies(session)


def _moves(present: tuple[str | None, date | None] | None, tier: str, day: date) -> bool:
    if present is None:
        return False
    now, since = present
    return now != tier and (since is None or since <= day)
