"""How the sync is doing as a whole, in numbers from the database: every process of the server tells the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.changes import queries as feed
from fieldsales.people.models import Device
from sync.models import Mutation, Review, Status, Upload

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gauges:
    """What an operator watches.

    `horizon_lag` is how many transactions the feed's horizon is behind the newest, and `horizon_stall` for how long the
    oldest open write transaction has held it back. `received` counts the mutations of the last day by outcome,
    `under_review` those that wait for a person; `longest_review` is how long the oldest of them has waited.
    """

    horizon_lag: int
    horizon_stall: timedelta
    received: Mapping[Status, int]
    under_review: Mapping[Status, int]
    longest_review: timedelta
    uploads_unfinished: int
    devices_seen: int


def read_gauges(session: Session, now: datetime) -> Gauges:
    """Return all gauges, at a cost that grows with a day's work and not with the years."""
    frontier = feed.frontier(session)
    oldest = session.scalar(select(func.min(Mutation.received_at)).where(Mutation.review == Review.OPEN))
    unfinished = select(func.count()).where(Upload.completed_at.is_(None), Upload.expires_at > now)
    seen = select(func.count()).where(Device.last_seen_at > now - DAY)
    return Gauges(
        horizon_lag=max(0, frontier.end - frontier.horizon),
        horizon_stall=feed.stall(session),
        received=_received(session, now - DAY),
        under_review=_under_review(session),
        longest_review=max(now - oldest, timedelta(0)) if oldest else timedelta(0),
        uploads_unfinished=session.scalar(unfinished) or 0,
        devices_seen=session.scalar(seen) or 0,
    )


def _received(session: Session, since: datetime) -> dict[Status, int]:
    """Ask for each status by itself: that is what the index of statuses and moments serves."""
    return {
        status: session.scalar(select(func.count()).where(Mutation.status == status, Mutation.received_at > since)) or 0
        for status in Status
    }


def _under_review(session: Session) -> dict[Status, int]:
    found = session.execute(
        select(Mutation.status, func.count()).where(Mutation.review == Review.OPEN).group_by(Mutation.status)
    )
    return dict.fromkeys((Status.HELD, Status.APPLIED), 0) | dict(found.all())
