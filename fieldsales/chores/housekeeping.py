"""Keeping the house in order: scores of visits, requests that lapse, what is kept no longer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from fieldsales.approvals.queries import is_any_expired
from fieldsales.approvals.service import expire
from fieldsales.chores.chore import Context, Result
from fieldsales.config import Settings
from fieldsales.integrity.queries import waiting
from fieldsales.integrity.service import judge_due
from fieldsales.searches.service import forget_over
from fieldsales.sessions.service import forget_expired
from fieldsales.webhooks.service import forget_delivered

AT_ONCE = 200
"""So many visits are scored in one transaction."""


def are_visits_waiting(session: Session, _now: datetime, _settings: Settings) -> bool:
    """Tell whether visits are to be scored."""
    return waiting(session) > 0


def judge_visits(context: Context) -> Result:
    """Score the visits of which something arrived."""
    total = 0
    while True:
        with context.transaction() as session:
            done = judge_due(session, context.now(), AT_ONCE)
        if not done:
            return {"scored": total}
        total += done
        context.progress(total)


def are_approvals_over(session: Session, now: datetime, _settings: Settings) -> bool:
    """Tell whether there are requests that nobody decided in time."""
    return is_any_expired(session, now)


def expire_approvals(context: Context) -> Result:
    """Close the requests that nobody decided in time."""
    with context.transaction() as session:
        return {"expired": expire(session, context.now())}


def forget_what_is_over(context: Context) -> Result:
    """Delete what serves nobody any more: sessions that ended, searches that are over, deliveries that arrived."""
    with context.transaction() as session:
        sessions = forget_expired(session, context.now())
    with context.transaction() as session:
        searches = forget_over(session, context.now())
    with context.transaction() as session:
        deliveries = forget_delivered(session, context.now())
    return {"sessions": sessions, "searches": searches, "deliveries": deliveries}
