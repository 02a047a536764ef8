"""Adjusting targets: one person asks with a reason, another one agrees, and the value before is kept."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.adjustments.models import AdjustmentState, TargetAdjustment, TargetChange
from fieldsales.adjustments.queries import held, waiting_of
from fieldsales.adjustments.rules import AdjustmentInvalid, AdjustmentStale, AdjustmentWaits, Carry, adjusted
from fieldsales.approvals.models import Approval, ApprovalKind, ApprovalState
from fieldsales.approvals.queries import require_approval
from fieldsales.approvals.rules import is_over
from fieldsales.approvals.service import Request, ask, close_expired, vote
from fieldsales.audit.service import record
from fieldsales.people.rules import Actor
from fieldsales.targets.models import Target
from fieldsales.targets.queries import family_of, names_of, subject_of
from fieldsales.targets.rules import check, period_name
from fieldsales.targets.service import check_may_set

NO_CURRENCY = "XXX"
"""ISO 4217's code where no currency is involved."""


def foresee(session: Session, target: Target, value: int, carry: Carry) -> list[dict[str, Any]]:
    """Return the targets that an adjustment would change, with their names, before and after.

    Raises `AdjustmentInvalid`, `TargetInvalid`.
    """
    check(value, target.first_day, target.last_day)
    if value == target.value:
        raise AdjustmentInvalid(f"The target is {value} already.", mend="Give another value.", field="value")
    family = family_of(session, target)
    changes = adjusted(held(family), target.id, value, carry)
    names = names_of(session, [subject_of(family[each]) for each in changes])
    return [
        {
            "target_id": str(each),
            "name": names[subject_of(family[each])],
            "before": family[each].value,
            "after": after,
        }
        for each, after in changes.items()
    ]


def ask_adjustment(
    session: Session,
    target: Target,
    value: int,
    carry: Carry,
    reason: str,
    *,
    day: date,
    by: uuid.UUID,
    now: datetime,
) -> TargetAdjustment:
    """Ask for another value of a target; nothing changes until a second person agrees.

    Raises `AdjustmentInvalid`, `AdjustmentWaits`, `TargetInvalid`.
    """
    if not reason.strip():
        raise AdjustmentInvalid("There is no reason.", mend="Say why.", field="reason")
    lines = foresee(session, target, value, carry)
    top = next(each.id for each in family_of(session, target).values() if each.parent_id is None)
    _check_nothing_waits(session, top, now)
    asked = TargetAdjustment(
        target_id=target.id,
        top_id=top,
        value=value,
        carry=str(carry),
        reason=reason.strip()[:500],
        lines=lines,
        asked_by=by,
        asked_at=now,
    )
    session.add(asked)
    session.flush()
    _ask_approval(session, target, asked, day, now)
    _note(session, "target.ask_adjustment", target, by, now, value=value, before=target.value, reason=asked.reason)
    return asked


def _check_nothing_waits(session: Session, top: uuid.UUID, now: datetime) -> None:
    """Raise `AdjustmentWaits`; one about which nobody decided in time waits no longer."""
    waiting = waiting_of(session, top)
    if waiting is None:
        return
    approval = session.scalars(select(Approval).where(Approval.adjustment_id == waiting.id)).one()
    if approval.state is ApprovalState.OPEN and not is_over(approval.expires_at, now):
        raise AdjustmentWaits("Another adjustment of these targets waits.", mend="Let it be decided first.")
    waiting.state, waiting.decided_at = AdjustmentState.EXPIRED, now
    if approval.state is ApprovalState.OPEN:
        close_expired(session, approval, now)
    session.flush()


def _ask_approval(session: Session, target: Target, asked: TargetAdjustment, day: date, now: datetime) -> Approval:
    name = names_of(session, [subject_of(target)])[subject_of(target)]
    request = Request(
        (ApprovalKind.TARGET,),
        asked.reason,
        asked.asked_by,
        None,
        target.currency or NO_CURRENCY,
        abs(asked.value - target.value) if target.currency else 0,
        adjustment_id=asked.id,
    )
    facts = {
        "target": {
            "name": name,
            "measure": target.measure,
            "period": period_name(target.first_day, target.last_day),
            "before": target.value,
            "after": asked.value,
            "carry": asked.carry,
            "lines": asked.lines,
        }
    }
    return ask(session, request, facts, day=day, now=now)


def decide_adjustment(
    session: Session, approval_id: uuid.UUID, *, grant: bool, reason: str | None, by: Actor | None, now: datetime
) -> Approval:
    """Note what a manager says about an adjustment: granted, all targets of its lines change; refused, none does.

    Raises what `vote` raises, `NotYourTarget`, and `AdjustmentStale` with nothing changed.
    """
    check_may_set(by)
    approval = require_approval(session, by, approval_id)
    assert approval.adjustment_id is not None
    session.refresh(approval, with_for_update=True)
    asked = session.get_one(TargetAdjustment, approval.adjustment_id, with_for_update=True)
    state = vote(session, approval, grant=grant, reason=reason, by=by, now=now)
    if state is ApprovalState.GRANTED:
        _apply(session, asked, now)
    if state in (ApprovalState.GRANTED, ApprovalState.REFUSED):
        asked.state = AdjustmentState.ADOPTED if state is ApprovalState.GRANTED else AdjustmentState.REFUSED
        asked.decided_by, asked.decided_at = by.user_id if by else None, now
    session.flush()
    return approval


def _apply(session: Session, asked: TargetAdjustment, now: datetime) -> None:
    family = family_of(session, session.get_one(Target, asked.target_id))
    for line in asked.lines:
        target = family[uuid.UUID(line["target_id"])]
        session.refresh(target, with_for_update=True)
        if target.value != line["before"]:
            raise AdjustmentStale(f"{line['name']} is {target.value} by now.", mend="Refuse it, and ask again.")
        target.value = line["after"]
        change = TargetChange(
            target_id=target.id, adjustment_id=asked.id, before=line["before"], after=line["after"], at=now
        )
        session.add(change)
        _note(session, "target.adjust", target, asked.asked_by, now, before=line["before"], after=line["after"])


def _note(session: Session, action: str, target: Target, who: uuid.UUID, now: datetime, **facts: object) -> None:
    record(session, action, ("target", target.id), actor_id=who, now=now, **facts)
