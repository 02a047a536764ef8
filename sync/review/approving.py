"""Deciding about a request for approval: of a held mutation by way of its review, of all else directly."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from fieldsales.adjustments.service import decide_adjustment
from fieldsales.approvals.models import Approval, ApprovalState
from fieldsales.approvals.queries import require_approval
from fieldsales.approvals.rules import ApprovalClosed, ApprovalExpired, is_over
from fieldsales.corrections.service import decide_correction
from fieldsales.counts.service import decide_count
from fieldsales.people.rules import Actor
from fieldsales.settlements.service import decide_settlement
from fieldsales.writeoffs.service import decide_write_off
from sync.review.service import Action, Ruling, decide


def decide_approval(
    session: Session, approval_id: uuid.UUID, *, grant: bool, reason: str | None, by: Actor | None, now: datetime
) -> Approval:
    """Note what a person says about a request; when enough agree, or one refuses, what waits for it goes on.

    Raises `ApprovalNotFound`, `ApprovalClosed`, `ApprovalExpired`, `OwnRequest`, `VotedBefore`, what
    `sync.review.service.decide`, `decide_count`, `decide_settlement`, `decide_adjustment`, `decide_correction` and
    `decide_write_off` raise, and `RulingIncomplete` for a refusal without a reason.
    """
    approval = require_approval(session, by, approval_id)
    ruling = Ruling(Action.ACCEPT if grant else Action.DISCARD, reason)
    if approval.count_id is not None:
        return decide_count(session, approval_id, grant=grant, reason=reason, by=by, now=now)
    if approval.settlement_id is not None:
        return decide_settlement(session, approval_id, grant=grant, reason=reason, by=by, now=now)
    if approval.adjustment_id is not None:
        return decide_adjustment(session, approval_id, grant=grant, reason=reason, by=by, now=now)
    if approval.correction_id is not None:
        return decide_correction(session, approval_id, grant=grant, reason=reason, by=by, now=now)
    if approval.mutation_id is None:
        return decide_write_off(session, approval_id, grant=grant, reason=reason, by=by, now=now)
    if approval.state is not ApprovalState.OPEN:
        raise ApprovalClosed(f"It is {approval.state}.", mend="Read what became of it.", state=str(approval.state))
    if is_over(approval.expires_at, now):
        raise ApprovalExpired(
            "Nobody decided in time.", mend="Retry the work under review.", mutation_id=str(approval.mutation_id)
        )
    decide(session, approval.mutation_id, ruling, by=by, now=now)
    session.refresh(approval)
    return approval
