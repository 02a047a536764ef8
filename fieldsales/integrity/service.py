"""Scoring visits anew whenever something arrives, and what persons say about them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.db.types import Json, UtcDateTime
from fieldsales.evidence.queries import gather
from fieldsales.integrity.models import Decision, VisitComment, VisitScore
from fieldsales.integrity.queries import due, require_score
from fieldsales.integrity.rules import INTEGRITY, Costly, NoteMissing, NotJudgedYet, OwnVisit, score
from fieldsales.people.rules import Actor
from fieldsales.policies.queries import in_force
from fieldsales.visits.models import Visit

HALF_DAY = timedelta(hours=12)


@dataclass(frozen=True, slots=True, order=True)
class Arrival:
    """Something of a visit arrived at a moment."""

    visit_id: uuid.UUID
    at: datetime


def mark_due(session: Session, arrivals: Collection[Arrival]) -> None:
    """Note that visits are to be scored anew, in one statement."""
    at = max((each.at for each in arrivals), default=None)
    if at is not None:
        _mark(session, Visit.id.in_({each.visit_id for each in arrivals}), at)


def mark_days_due(session: Session, rep_id: uuid.UUID, since: datetime, until: datetime, now: datetime) -> None:
    """Have a rep's visits scored anew that were told while the rep's track came to have new points."""
    touched = (Visit.rep_id == rep_id, Visit.checked_in_at >= since - HALF_DAY, Visit.checked_in_at <= until + HALF_DAY)
    ids = session.scalars(select(Visit.id).where(*touched)).all()
    session.execute(update(VisitScore).where(VisitScore.visit_id.in_(ids)).values(due_at=now))


def mark_since(session: Session, day: date, now: datetime) -> None:
    """Have all visits from a day on scored anew, those included that came in before there were scores."""
    _mark(session, Visit.day >= day, now)


def judge_due(session: Session, now: datetime, limit: int = 500) -> int:
    """Score what waits for it, at most `limit` visits; return how many. The caller commits."""
    waiting = sorted(due(session, limit), key=lambda each: each.day)
    for _, some in groupby(waiting, key=lambda each: each.day):
        _judge(session, list(some), now)
    session.flush()
    return len(waiting)


def decide(
    session: Session, visit_id: uuid.UUID, decision: Decision, note: str | None, *, by: Actor | None, now: datetime
) -> VisitScore:
    """Say what a visit was; again says otherwise. The decision stays when the score changes.

    Raises `VisitNotVisible`, `OwnVisit`, `NotJudgedYet`, `NoteMissing` (only an honest visit needs no note).
    """
    found = require_score(session, by, visit_id)
    if by is not None and found.rep_id == by.user_id:
        raise OwnVisit("It is your own visit.", mend="Ask another leader.")
    if found.judged_at is None:
        raise NotJudgedYet("The visit was not looked at yet.", mend="Ask again in a moment.")
    if decision is not Decision.HONEST and not (note or "").strip():
        raise NoteMissing(f"“{decision}” needs a note that says why.", mend="Send a note.")
    before = found.decision
    by_id = by.user_id if by else None
    found.decision, found.note, found.decided_by, found.decided_at = decision, note, by_id, now
    found.decided_score = found.score
    session.flush()
    told: dict[str, Any] = {"before": before, "decision": decision, "score": found.score, "note": note}
    record(session, "visit.decide", ("visit", visit_id), actor_id=by_id, now=now, **told)
    return found


def comment(session: Session, visit_id: uuid.UUID, text: str, *, by: Actor, now: datetime) -> VisitComment:
    """Say something about the evidence of a visit: the rep about the own ones, leaders of those in scope.

    Raises `VisitNotVisible`.
    """
    require_score(session, by, visit_id)
    said = VisitComment(visit_id=visit_id, by_id=by.user_id, at=now, text=text)
    session.add(said)
    session.flush()
    record(session, "visit.comment", ("visit", visit_id), actor_id=by.user_id, now=now, text=text)
    return said


def _mark(session: Session, which: Any, at: datetime) -> None:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    rest = (literal(at, UtcDateTime), literal(value=False), literal([], Json))
    visits = select(Visit.id, Visit.rep_id, Visit.customer_id, Visit.day, *rest).where(which).order_by(Visit.id)
    names = ["visit_id", "rep_id", "customer_id", "day", "due_at", "doubtful", "signals"]
    fresh = insert(VisitScore).from_select(names, visits)
    told = {"due_at": fresh.excluded.due_at, "day": fresh.excluded.day}
    session.connection().execute(fresh.on_conflict_do_update(index_elements=["visit_id"], set_=told))


def _judge(session: Session, rows: Sequence[VisitScore], now: datetime) -> None:
    held = in_force(session, INTEGRITY, rows[0].day)
    evidence = gather(session, [each.visit_id for each in rows])
    for each in rows:
        found = score(evidence[each.visit_id], held.value)
        each.score, each.doubtful = found.value, found.doubtful
        each.signals = [_as_json(costly) for costly in found.signals]
        each.policy_id, each.judged_at, each.due_at = held.version_id, now, None


def _as_json(costly: Costly) -> dict[str, Any]:
    signal = costly.signal
    return {"code": signal.code, "points": costly.points, "says": signal.says, "facts": dict(signal.facts)}
