"""Work of devices that are locked out: kept for a person, never done by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.errors import NeedsDecision
from sync import ledger
from sync.batch import Phone
from sync.models import Mutation, Status
from sync.outcomes import Outcome
from sync.wire import problem_of


class HandedIn(NeedsDecision):
    """A device that is locked out handed this in. It is kept; a person decides whether it is done."""

    code = "mutation.handed_in"
    title = "Handed in by a device that is locked out"


def keep(session: Session, phone: Phone, mutations: Sequence[Mutation], now: datetime) -> None:
    """Hold mutations that were just written down, all of them, for the review; nothing waits for anything.

    What cannot be read is kept as well, and `unreadable` says why.
    """
    for mutation in mutations:
        problem = problem_of(HandedIn("A device that is locked out handed this in.", mend="A person decides."))
        if unreadable := mutation.outcome.get("problem"):
            problem["unreadable"] = unreadable
        ledger.record(session, mutation, Outcome(Status.HELD, problem=problem), now)
    if mutations:
        record(
            session,
            "device.hand_in",
            ("device", phone.device_id),
            actor_id=phone.user_id,
            now=now,
            mutations=[str(each.id) for each in mutations],
        )
    session.flush()
