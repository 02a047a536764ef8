"""Giving a rep's calendar an address, and taking it back."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.feeds.models import CalendarFeed
from fieldsales.feeds.queries import feed_in_force, require_feed
from fieldsales.feeds.rules import hashed, new_secret
from fieldsales.people.models import User
from fieldsales.people.queries import require_rep_in_scope
from fieldsales.people.rules import Actor


def open_feed(session: Session, rep_id: uuid.UUID, *, by: Actor | None, now: datetime) -> tuple[CalendarFeed, str]:
    """Give a rep's calendar a new secret address, in the place of the one that it had, which leads nowhere from now on.

    Returns what is kept of it, and the secret, which can never be told again. Raises `PersonNotFound`.
    """
    rep = require_rep_in_scope(session, by, rep_id)
    session.execute(select(User.id).where(User.id == rep.id).with_for_update(key_share=True)).all()
    before = feed_in_force(session, rep.id)
    if before is not None:
        _revoke(before, by, now)
        session.flush()
    secret = new_secret()
    feed = CalendarFeed(rep_id=rep.id, secret_hash=hashed(secret), made_at=now, made_by=by.user_id if by else None)
    session.add(feed)
    session.flush()
    _note(session, "calendar.open", feed, by, now, before=str(before.id) if before else None)
    return feed, secret


def close_feed(session: Session, rep_id: uuid.UUID, *, by: Actor | None, now: datetime) -> CalendarFeed:
    """Revoke the address of a rep's calendar. Raises `PersonNotFound`, `CalendarNotFound` if it has none."""
    rep = require_rep_in_scope(session, by, rep_id)
    feed = require_feed(session, rep.id)
    _revoke(feed, by, now)
    session.flush()
    _note(session, "calendar.close", feed, by, now)
    return feed


def _revoke(feed: CalendarFeed, by: Actor | None, now: datetime) -> None:
    feed.revoked_at, feed.revoked_by = now, by.user_id if by else None


def _note(
    session: Session, action: str, feed: CalendarFeed, by: Actor | None, now: datetime, **facts: str | None
) -> None:
    actor_id = by.user_id if by else None
    record(session, action, ("calendar_feed", feed.id), actor_id=actor_id, now=now, rep_id=str(feed.rep_id), **facts)
