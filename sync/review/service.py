"""Deciding about a mutation under review: try it again, correct it, let it stand, or discard it with a reason."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.approvals.models import ApprovalState
from fieldsales.approvals.queries import open_about
from fieldsales.approvals.rules import ApprovalExpired, is_over, kinds_of
from fieldsales.approvals.service import lapse, vote
from fieldsales.audit.service import record
from fieldsales.errors import Conflict, Forbidden, Invalid
from fieldsales.people.models import User
from fieldsales.people.queries import visible_people
from fieldsales.people.rules import Actor, check_may_lock_out
from sync import ledger
from sync.models import Decision, Mutation, Review, Status
from sync.outcomes import Outcome, reasons_in
from sync.review.queries import ReviewUnknown
from sync.settling import queue_up, release, settle_again


class NotUnderReview(Conflict):
    """Nobody needs to decide about this mutation, or somebody has. Read what became of it."""

    code = "review.not_open"
    title = "This is not under review"


class NotHeld(Conflict):
    """The mutation is done already, so that all a person can do is accept it. Undo it by a mutation of its own."""

    code = "review.not_held"
    title = "This is done already"


class RulesRefuse(Invalid):
    """The rules refuse it as it is; it stays held and unchanged. Correct what `problem` names, or discard it."""

    code = "review.refused"
    title = "The rules refuse it"


class RulingIncomplete(Invalid):
    """A decision lacks what it needs: a reason to discard or correct, the data to correct with."""

    code = "review.incomplete"
    title = "The decision lacks something"


class OwnWork(Forbidden):
    """Nobody decides about the own work. Ask somebody else who may see it."""

    code = "review.own_work"
    title = "This is your own work"


class Discarded(Conflict):
    """A person decided that the mutation is not to be done, for the reason that it names. It is kept as it was sent."""

    code = "mutation.discarded"
    title = "A person discarded it"


class Action(StrEnum):
    """What a person may do about a mutation under review."""

    RETRY = "retry"
    APPLY = "apply"
    ACCEPT = "accept"
    DISCARD = "discard"


_DECISIONS = {
    Action.RETRY: Decision.RETRIED,
    Action.APPLY: Decision.CORRECTED,
    Action.ACCEPT: Decision.ACCEPTED,
    Action.DISCARD: Decision.DISCARDED,
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person decided, and why. `data` takes the place of what the phone sent, for `apply`.

    Raises `RulingIncomplete` where the reason or the data is missing.
    """

    action: Action
    reason: str | None = None
    data: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.action in {Action.APPLY, Action.DISCARD} and not (self.reason or "").strip():
            raise RulingIncomplete(f"“{self.action}” needs a reason.", mend="Say why.", field="reason")
        if (self.action is Action.APPLY) != (self.data is not None):
            raise RulingIncomplete("“apply” needs data, and nothing else does.", mend="Mend “data”.", field="data")


def decide(session: Session, mutation_id: uuid.UUID, ruling: Ruling, *, by: Actor | None, now: datetime) -> Mutation:
    """Decide about a mutation under review, and let what waited for it go on. The caller commits.

    `retry` does it as it is; `apply` with other data; `accept` as it is although it is beyond the policy, and closes
    the review of one that is applied; `discard` rejects it. It stays under review if it is still held after that. Of
    two people who decide at once the second finds it decided. The payload stays as it was sent.

    Raises `ReviewUnknown`, `OwnWork`, `MayNotManage`, `NotUnderReview`, `NotHeld`, and `RulesRefuse` with nothing
    changed.
    """
    mutation = _claim(session, mutation_id, by)
    before = _state(mutation)
    if mutation.status is not Status.HELD and ruling.action is not Action.ACCEPT:
        raise NotHeld("It is done already.", mend="Accept it, or undo it by a mutation of its own.")
    with session.begin_nested():
        if _waits_for_more(session, mutation, ruling, by, now):
            return mutation
        _sign(mutation, ruling, by, now)
        if ruling.action is Action.DISCARD:
            _discard(session, mutation, now)
        elif mutation.status is Status.HELD:
            _try(session, mutation, ruling, now)
        if mutation.status is not Status.HELD and not (ruling.action is Action.RETRY and mutation.review):
            mutation.review = Review.DONE
    record(
        session,
        f"mutation.{ruling.action}",
        ("mutation", mutation.id),
        actor_id=by.user_id if by else None,
        now=now,
        reason=ruling.reason,
        data=ruling.data,
        before=before,
        after=_state(mutation),
    )
    session.flush()
    return mutation


def _claim(session: Session, mutation_id: uuid.UUID, by: Actor | None) -> Mutation:
    """Return a mutation that is this transaction's to decide about: others wait, and then see what it decided."""
    theirs = visible_people(by).with_only_columns(User.id)
    owner = session.execute(
        select(User.id, User.role)
        .join(Mutation, Mutation.user_id == User.id)
        .where(Mutation.id == mutation_id, User.id.in_(theirs))
    ).one_or_none()
    if owner is None:
        raise ReviewUnknown(f"There is no mutation {mutation_id}.", id=str(mutation_id))
    if by is not None:
        if owner.id == by.user_id:
            raise OwnWork("Nobody decides about the own work.", mend="Ask somebody else.")
        check_may_lock_out(by, owner.role)
    queue_up(session, owner.id)
    locked = select(Mutation).where(Mutation.id == mutation_id).with_for_update()
    mutation = session.scalars(locked.execution_options(populate_existing=True)).one()
    if mutation.review is not Review.OPEN:
        raise NotUnderReview(
            "It is not under review.",
            mend="Read what became of it.",
            fate=mutation.status.value,
            decision=mutation.decision,
        )
    return mutation


def _waits_for_more(session: Session, mutation: Mutation, ruling: Ruling, by: Actor | None, now: datetime) -> bool:
    """Have a decision count as what a person says about the request for approval, if that is what it waits for.

    Tell whether another person must agree. To accept what asks for approval there must be an open request.
    """
    if mutation.status is not Status.HELD or ruling.action not in {Action.ACCEPT, Action.DISCARD}:
        return False
    approval = open_about(session, mutation.id)
    grant = ruling.action is Action.ACCEPT
    if approval is None:
        if grant and kinds_of(mutation.outcome.get("problem") or {}):
            raise ApprovalExpired("Nothing asks for approval any more.", mend="Retry it: that asks anew.")
        return False
    if not grant and is_over(approval.expires_at, now):
        return False
    state = vote(session, approval, grant=grant, reason=ruling.reason, by=by, now=now)
    return grant and state is ApprovalState.OPEN


def _sign(mutation: Mutation, ruling: Ruling, by: Actor | None, now: datetime) -> None:
    """Write down who decided what. A mere retry takes no acceptance or correction back."""
    if ruling.action is Action.RETRY and mutation.decision not in {None, Decision.RETRIED}:
        return
    mutation.decision = _DECISIONS[ruling.action]
    mutation.decided_by = by.user_id if by else None
    mutation.decided_at = now
    mutation.decision_reason = ruling.reason
    if ruling.data is not None:
        mutation.corrected = ruling.data
    _let_pass(mutation, ruling)


def _let_pass(mutation: Mutation, ruling: Ruling) -> None:
    """Keep beside a held mutation what is accepted about it: what was told, and no more; a correction ends it."""
    kept = {name: told for name, told in mutation.outcome.items() if name != "accepted"}
    if ruling.action is Action.ACCEPT and mutation.status is Status.HELD:
        reasons = reasons_in(mutation.outcome.get("problem") or {})
        kept["accepted"] = sorted({*mutation.outcome.get("accepted", ()), *reasons})
    mutation.outcome = kept


def _try(session: Session, mutation: Mutation, ruling: Ruling, now: datetime) -> None:
    session.flush()
    outcome = settle_again(session, [mutation], now)[mutation.id]
    if outcome.status is Status.REJECTED:
        told = outcome.problem or {}
        raise RulesRefuse(str(told.get("detail", "")), mend="Correct it, or discard it.", problem=told)


def _discard(session: Session, mutation: Mutation, now: datetime) -> None:
    if (there := open_about(session, mutation.id)) is not None:
        lapse(session, there, now)
    why = Discarded("A person discarded it.", reason=mutation.decision_reason)
    ledger.record(session, mutation, Outcome.refused(why), now)
    release(session, mutation, now)


def _state(mutation: Mutation) -> dict[str, Any]:
    problem = mutation.outcome.get("problem") or {}
    return {"status": mutation.status.value, "code": problem.get("code")}
