"""Taking the positions out of tracks that a person has not decided about for longer than positions are kept."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.tracks.queries import kept_since
from sync.ledger import POSITIONS_ONLY, spare_positions
from sync.models import Mutation, Status

AT_ONCE = 100


def forget_held(session: Session, now: datetime, limit: int = AT_ONCE) -> int:
    """Empty tracks that are held since longer ago than the policy `tracking` keeps positions; return how many.

    At most `limit` in one call; none means that there are no more. They stay under review, with nothing left to keep.
    """
    done = 0
    for since, rep_ids in sorted(kept_since(session, now).items()):
        for mutation in _held(session, rep_ids, since):
            if done < limit and mutation.payload.get("data", {}).get("points"):
                spare_positions(mutation)
                done += 1
    session.flush()
    return done


def _held(session: Session, rep_ids: list[uuid.UUID], since: datetime) -> list[Mutation]:
    found = select(Mutation).where(
        Mutation.status == Status.HELD,
        Mutation.received_at < since,
        Mutation.type.in_(POSITIONS_ONLY),
        Mutation.user_id.in_(rep_ids),
    )
    return list(session.scalars(found.order_by(Mutation.received_at, Mutation.id)))
