"""Asking for approval, and deciding about it. A person decides, and never about the own request."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from fieldsales.approvals.models import Approval, ApprovalKind, ApprovalState, Vote
from fieldsales.approvals.queries import expired_by, facts_about
from fieldsales.approvals.rules import (
    APPROVALS,
    ApprovalClosed,
    ApprovalExpired,
    Said,
    check_may_vote,
    is_over,
    verdict,
)
from fieldsales.audit.service import record
from fieldsales.people.rules import Actor
from fieldsales.policies.queries import in_force


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: why, by whom, about whom and about how much; and what waits for it.

    `before_minor` was let pass of the same thing already: it counts when two persons are asked for.
    """

    kinds: tuple[ApprovalKind, ...]
    reason: str
    asked_by: uuid.UUID
    customer_id: uuid.UUID | None
    currency: str
    amount_minor: int
    mutation_id: uuid.UUID | None = None
    invoice_id: uuid.UUID | None = None
    count_id: uuid.UUID | None = None
    settlement_id: uuid.UUID | None = None
    adjustment_id: uuid.UUID | None = None
    correction_id: uuid.UUID | None = None
    before_minor: int = 0


def ask(session: Session, request: Request, extra: dict[str, Any], *, day: date, now: datetime) -> Approval:
    """Write a request down with the facts of the moment; `extra` are those of its own kind."""
    policy = in_force(session, APPROVALS, day).value
    facts: dict[str, Any] = {"day": day.isoformat(), "amount_minor": request.amount_minor}
    if request.customer_id is not None:
        facts = facts_about(session, request.customer_id, request.currency, request.amount_minor, day)
    approval = Approval(
        kind=request.kinds[0],
        kinds=[each.value for each in request.kinds],
        state=ApprovalState.OPEN,
        mutation_id=request.mutation_id,
        invoice_id=request.invoice_id,
        count_id=request.count_id,
        settlement_id=request.settlement_id,
        adjustment_id=request.adjustment_id,
        correction_id=request.correction_id,
        customer_id=request.customer_id,
        asked_by=request.asked_by,
        asked_at=now,
        expires_at=now + timedelta(hours=policy.expires_hours),
        currency=request.currency,
        amount_minor=request.amount_minor,
        needed=policy.needed(request.currency, request.before_minor + request.amount_minor),
        reason=request.reason[:500],
        facts=facts | extra,
    )
    session.add(approval)
    session.flush()
    _note(session, "approval.ask", approval, request.asked_by, now, needed=approval.needed)
    return approval


def vote(
    session: Session, approval: Approval, *, grant: bool, reason: str | None, by: Actor | None, now: datetime
) -> ApprovalState:
    """Note what a person says about a request, which must be locked; return what becomes of it.

    Raises `ApprovalClosed`, `ApprovalExpired`, `OwnRequest`, `VotedBefore`.
    """
    if approval.state is not ApprovalState.OPEN:
        raise ApprovalClosed(f"It is {approval.state}.", mend="Read what became of it.", state=str(approval.state))
    if is_over(approval.expires_at, now):
        raise ApprovalExpired(
            f"It expired at {approval.expires_at.isoformat()}.",
            mend="Retry the work under review, or ask again.",
            expires_at=approval.expires_at.isoformat(),
        )
    said = [Said(each.by, each.grant) for each in approval.votes]
    who = by.user_id if by else None
    check_may_vote(said, approval.asked_by, who)
    approval.votes.append(Vote(by=who, grant=grant, reason=reason, at=now))
    approval.state = verdict([*said, Said(who, grant)], approval.needed)
    if approval.state is not ApprovalState.OPEN:
        approval.decided_at, approval.decision_reason = now, reason
    session.flush()
    _note(session, "approval.vote", approval, who, now, grant=grant, reason=reason)
    return approval.state


def lapse(session: Session, approval: Approval, now: datetime) -> None:
    """Close a request about which there is nothing left to decide."""
    approval.state, approval.decided_at = ApprovalState.LAPSED, now
    session.flush()
    _note(session, "approval.lapse", approval, None, now)


def expire(session: Session, now: datetime) -> int:
    """Close the requests that nobody decided in time; return how many. What waited for them stays under review."""
    over = expired_by(session, now)
    for each in over:
        close_expired(session, each, now)
    return len(over)


def close_expired(session: Session, approval: Approval, now: datetime) -> None:
    """Close a request whose time is over; what waited for it may ask anew."""
    approval.state, approval.decided_at = ApprovalState.EXPIRED, now
    session.flush()
    _note(session, "approval.expire", approval, None, now)


def _note(
    session: Session, action: str, approval: Approval, who: uuid.UUID | None, now: datetime, **facts: object
) -> None:
    told = {"kinds": approval.kinds, "state": approval.state.value, "amount_minor": approval.amount_minor}
    record(session, action, ("approval", approval.id), actor_id=who, now=now, **told, **facts)
