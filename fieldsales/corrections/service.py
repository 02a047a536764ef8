"""Correcting pay: one person asks, another one grants, and the next run enters it as a line of its own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldsales.approvals.models import Approval, ApprovalKind, ApprovalState
from fieldsales.approvals.queries import require_approval
from fieldsales.approvals.service import Request, ask, vote
from fieldsales.corrections.queries import require_correction
from fieldsales.errors import Forbidden, Invalid
from fieldsales.payruns.models import PayCorrection, PayLine, PayRun, RunState
from fieldsales.payruns.queries import require_line
from fieldsales.people.models import Role
from fieldsales.people.queries import days_at, require_person_in_scope
from fieldsales.people.rules import Actor
from fieldsales.policies.service import require_all_territories
from fieldsales.schemes.queries import scheme_on
from fieldsales.schemes.rules import read_scheme

LARGEST_MINOR = 10**12


class CorrectionInvalid(Invalid):
    """A correction is of an amount that is not 0, for a reason, and mends a line of a closed run, or none."""

    code = "pay.correction_invalid"
    title = "That cannot be corrected like that"


class NotYoursToDecide(Forbidden):
    """What reps are paid is decided by managers."""

    code = "pay.not_yours"
    title = "Managers decide what reps are paid"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: an amount in minor units for a rep, below 0 to take off, entered by the scheme `code`.

    `line_id` is the line that it mends; None: it is about none.
    """

    rep_id: uuid.UUID
    code: str
    amount_minor: int
    reason: str
    line_id: uuid.UUID | None = None


def ask_correction(session: Session, wanted: Wanted, *, by: Actor, now: datetime) -> Approval:
    """Ask for a correction; nobody grants what they asked for.

    Raises `PersonNotFound`, `SchemeNotFound`, `LineNotFound`, `CorrectionInvalid`, `PolicyHoldsForAll`.
    """
    require_all_territories(session, by)
    rep = require_person_in_scope(session, by, wanted.rep_id)
    if rep.role is not Role.REP or not 0 < abs(wanted.amount_minor) <= LARGEST_MINOR:
        raise CorrectionInvalid(
            f"{wanted.amount_minor} for {rep.login} cannot be entered.", mend="Name a rep, and an amount that is not 0."
        )
    line = None if wanted.line_id is None else _line(session, wanted, by, now)
    day, _ = days_at(session, now)
    currency = read_scheme(scheme_on(session, wanted.code, day).body).currency
    correction = PayCorrection(
        code=wanted.code,
        rep_id=rep.id,
        line_id=wanted.line_id,
        currency=currency,
        amount_minor=wanted.amount_minor,
        reason=wanted.reason[:500],
        asked_at=now,
        asked_by=by.user_id,
    )
    session.add(correction)
    session.flush()
    request = Request(
        (ApprovalKind.COMMISSION,),
        wanted.reason,
        by.user_id,
        None,
        currency,
        abs(wanted.amount_minor),
        correction_id=correction.id,
    )
    return ask(session, request, {"correction": _facts(correction, rep.login, line)}, day=day, now=now)


def decide_correction(
    session: Session, approval_id: uuid.UUID, *, grant: bool, reason: str | None, by: Actor | None, now: datetime
) -> Approval:
    """Note what a person says; when enough agree, the next run of the scheme enters the amount.

    Raises `ApprovalNotFound`, `NotYoursToDecide`, and what `vote` raises.
    """
    approval = require_approval(session, by, approval_id)
    if by is not None and by.role not in (Role.MANAGER, Role.ADMIN):
        raise NotYoursToDecide("Only managers decide about pay.", mend="Ask a manager.")
    assert approval.correction_id is not None
    correction = require_correction(session, approval.correction_id, lock=True)
    session.refresh(approval)
    state = vote(session, approval, grant=grant, reason=reason, by=by, now=now)
    if state is ApprovalState.GRANTED:
        correction.granted_at = now
    elif state is ApprovalState.REFUSED:
        correction.refused_at = now
    session.flush()
    return approval


def _line(session: Session, wanted: Wanted, by: Actor, now: datetime) -> PayLine:
    assert wanted.line_id is not None
    line = require_line(session, by, wanted.line_id, now)
    run = session.get_one(PayRun, line.run_id)
    if (line.rep_id, run.code, run.state) != (wanted.rep_id, wanted.code, RunState.CLOSED):
        raise CorrectionInvalid(
            f"The line is of {run.code}, {run.first:%Y-%m}, which is {run.state}.",
            mend="Name a line of that rep, and of a closed run of that scheme; an open run is simply run again.",
        )
    return line


def _facts(correction: PayCorrection, login: str, line: PayLine | None) -> dict[str, Any]:
    told: dict[str, Any] = {"rep": login, "scheme": correction.code, "amount_minor": correction.amount_minor}
    if line is not None:
        source = {"kind": line.source_kind.value, "id": str(line.source_id)}
        told["line"] = {"id": str(line.id), "rule": line.rule, "amount_minor": line.amount_minor, "source": source}
    return told
