"""A rep disputes a line of the own slip, and gets an answer."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.corrections.service import Wanted, ask_correction
from fieldsales.disputes.models import DisputeState, PayDispute
from fieldsales.disputes.queries import require_dispute
from fieldsales.errors import Conflict
from fieldsales.payruns.models import PayLine, PayRun, RunState
from fieldsales.payruns.queries import require_line
from fieldsales.payruns.rules import PAY
from fieldsales.people.queries import days_at
from fieldsales.people.rules import Actor
from fieldsales.policies.queries import in_force
from fieldsales.policies.service import require_all_territories


class DisputeTooLate(Conflict):
    """The policy `pay` says for how many days after a run was closed a line may be disputed. Talk to a manager."""

    code = "pay.dispute_too_late"
    title = "That line cannot be disputed any more"


class DisputedAlready(Conflict):
    """The line is disputed, and nobody has answered yet."""

    code = "pay.disputed_already"
    title = "That line is disputed already"


class DisputeAnswered(Conflict):
    """Somebody answered it. A correction can still be asked for."""

    code = "pay.dispute_answered"
    title = "That dispute is answered"


def dispute(session: Session, line_id: uuid.UUID, reason: str, *, by: Actor, now: datetime) -> PayDispute:
    """Dispute a line of the own slip of a closed run.

    Raises `LineNotFound`, `DisputeTooLate`, `DisputedAlready`.
    """
    line = require_line(session, by, line_id, now)
    run = session.get_one(PayRun, line.run_id)
    days = in_force(session, PAY, days_at(session, now)[0]).value.dispute_days
    if run.state is not RunState.CLOSED or run.ended_at is None or now > run.ended_at + timedelta(days=days):
        raise DisputeTooLate(f"A line may be disputed for {days} days.", mend="Talk to a manager.", days=days)
    session.execute(select(PayLine.id).where(PayLine.id == line.id).with_for_update())
    open_one = select(PayDispute.id).where(PayDispute.line_id == line.id, PayDispute.state == DisputeState.OPEN)
    if (there := session.scalar(open_one)) is not None:
        raise DisputedAlready("The line is disputed already.", mend="Wait for the answer.", id=str(there))
    found = PayDispute(line_id=line.id, rep_id=line.rep_id, state=DisputeState.OPEN, reason=reason, raised_at=now)
    session.add(found)
    session.flush()
    _note(session, "pay.dispute", found, by, now)
    return found


def answer(
    session: Session,
    dispute_id: uuid.UUID,
    text: str,
    *,
    uphold: bool,
    correction_minor: int | None,
    by: Actor,
    now: datetime,
) -> PayDispute:
    """Answer a dispute; with an amount a correction of the line is asked for, which somebody else grants.

    Raises `DisputeNotFound`, `DisputeAnswered`, `PolicyHoldsForAll`, and what `ask_correction` raises.
    """
    require_all_territories(session, by)
    found = require_dispute(session, dispute_id)
    if found.state is not DisputeState.OPEN:
        raise DisputeAnswered(f"It is {found.state}.", mend="Ask for a correction.", state=found.state.value)
    if correction_minor:
        run = session.get_one(PayRun, session.get_one(PayLine, found.line_id).run_id)
        wanted = Wanted(found.rep_id, run.code, correction_minor, text, found.line_id)
        found.correction_id = ask_correction(session, wanted, by=by, now=now).correction_id
    found.state = DisputeState.UPHELD if uphold else DisputeState.REJECTED
    found.answer, found.answered_at, found.answered_by = text, now, by.user_id
    session.flush()
    _note(session, "pay.answer", found, by, now)
    return found


def _note(session: Session, action: str, found: PayDispute, by: Actor, now: datetime) -> None:
    told = {"line_id": str(found.line_id), "state": found.state.value}
    record(session, action, ("pay_dispute", found.id), actor_id=by.user_id, now=now, **told)
