"""Subscriptions to reports: whose there are, and which are due."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.mailings.models import ReportSent, ReportSubscription
from fieldsales.mailings.rules import SubscriptionNotFound, latest_due
from fieldsales.people.models import Role, User
from fieldsales.people.queries import visible_people
from fieldsales.people.rules import Actor


def subscriptions_visible_to(session: Session, actor: Actor | None) -> Sequence[ReportSubscription]:
    """Return what stands: one's own, and for a boss those of the people whom the boss sees; by person and time."""
    standing = select(ReportSubscription).join(ReportSubscription.user).where(ReportSubscription.ended_at.is_(None))
    if actor is not None and actor.role in (Role.MANAGER, Role.ADMIN):
        standing = standing.where(
            ReportSubscription.user_id.in_(visible_people(actor).with_only_columns(User.id))
            | (ReportSubscription.user_id == actor.user_id)
        )
    elif actor is not None:
        standing = standing.where(ReportSubscription.user_id == actor.user_id)
    return session.scalars(standing.order_by(User.name, ReportSubscription.sends_at, ReportSubscription.id)).all()


def require_subscription(session: Session, actor: Actor | None, subscription_id: uuid.UUID) -> ReportSubscription:
    """Return a standing subscription that an actor may see; raise `SubscriptionNotFound`."""
    for each in subscriptions_visible_to(session, actor):
        if each.id == subscription_id:
            return each
    raise SubscriptionNotFound(f"There is no subscription {subscription_id}.", id=str(subscription_id))


def subscription_of_secret(session: Session, secret: str) -> ReportSubscription:
    """Return the subscription of a link in a letter, ended or not; raise `SubscriptionNotFound`."""
    wanted = select(ReportSubscription).where(ReportSubscription.secret == secret)
    possible = secret.isascii() and secret.isprintable()  # no database takes a NUL
    found = session.scalars(wanted).one_or_none() if possible else None
    if found is None:
        raise SubscriptionNotFound(
            "That link leads to no subscription.", mend="Log in to the console and end it there."
        )
    return found


def due_ids(session: Session, now: datetime) -> list[uuid.UUID]:
    """Return the subscriptions that have a report to send."""
    standing = session.scalars(
        select(ReportSubscription)
        .join(ReportSubscription.user)
        .where(ReportSubscription.ended_at.is_(None), User.active)
        .order_by(ReportSubscription.sends_at, ReportSubscription.id)
    )
    return [each.id for each in standing if is_due(session, each, now)]


def is_due(session: Session, of: ReportSubscription, now: datetime) -> bool:
    """Tell whether a subscription's latest report has not been sent."""
    due_on = latest_due(of.sends_at, of.weekdays, of.time_zone, of.made_at, now)
    return due_on is not None and not session.scalar(
        select(ReportSent.id).where(ReportSent.subscription_id == of.id, ReportSent.due_on >= due_on).limit(1)
    )


def sends(session: Session, subscription_id: uuid.UUID, most: int = 30) -> Sequence[ReportSent]:
    """Return what was sent for a subscription, the latest first."""
    found = select(ReportSent).where(ReportSent.subscription_id == subscription_id)
    return session.scalars(found.order_by(ReportSent.due_on.desc()).limit(most)).all()
