"""Opening, refreshing and closing anomalies."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.anomalies.queries import AnomalyNotFound, explained, lots_of
from fieldsales.anomalies.rules import HISTORY_DAYS, Finding, find_anomalies
from fieldsales.audit.service import record
from fieldsales.causes.queries import require_cause
from fieldsales.errors import Conflict
from fieldsales.history.queries import buying_history
from fieldsales.holdout.rules import NO_LOT, Lot

CLOSED_BECAUSE = {
    AnomalyKind.CHURN_RISK: "orders in its rhythm again, or has not ordered for so long that it is lost",
    AnomalyKind.AMOUNT_PLUNGE: "buys for as much as expected again, or went silent",
    AnomalyKind.COUNT_PLUNGE: "orders as often as expected again, or went silent",
}


class NotHeldOut(Conflict):
    """The anomaly is not held out, was released already, or is closed. Somebody may be sent there as it is."""

    code = "anomaly.not_held_out"
    title = "This anomaly is not held out"


class AlreadyClosed(Conflict):
    """The anomaly is closed: the customer recovered, or somebody told the cause before."""

    code = "anomaly.closed"
    title = "This anomaly is closed"


@dataclass(frozen=True, slots=True)
class Detected:
    """How many anomalies were opened, given new evidence and closed, and how many are open now."""

    opened: int
    refreshed: int
    closed: int
    open: int


def detect(session: Session, day: date) -> Detected:
    """Look at every customer's orders before a day and keep the anomalies up to date. A second run changes nothing."""
    history = buying_history(session, day - timedelta(days=HISTORY_DAYS), day)
    return record_findings(session, find_anomalies(history, day), day)


def record_findings(
    session: Session, found: Sequence[Finding], day: date, *, only: Collection[uuid.UUID] | None = None
) -> Detected:
    """Open what was raised, refresh what is still seen, close what is not seen any more.

    What a person told the cause of is not opened again for `EXPLAINED`. Of all customers, or of `only` some. Findings
    of a day before the latest look at them change nothing.
    """
    standing = {
        (anomaly.customer_id, anomaly.kind): anomaly
        for anomaly in session.scalars(select(Anomaly).where(Anomaly.closed_on.is_(None)))
        if only is None or anomaly.customer_id in only
    }
    if any(anomaly.seen_on > day for anomaly in standing.values()):
        return Detected(0, 0, 0, len(standing))
    before = len(standing)
    passed_over = standing.keys() | explained(session, day)
    raised = [each for each in found if each.raised and (each.customer_id, each.kind) not in passed_over]
    lots = lots_of(session, (each for each in raised if only is None or each.customer_id in only), day)
    opened = refreshed = 0
    for finding in found:
        if only is not None and finding.customer_id not in only:
            continue
        anomaly = standing.pop((finding.customer_id, finding.kind), None)
        if anomaly is not None:
            refreshed += _refresh(anomaly, finding, day)
        elif finding.raised and (finding.customer_id, finding.kind) not in passed_over:
            session.add(_opened(finding, day, lots.get(finding.customer_id, NO_LOT)))
            opened += 1
    for anomaly in standing.values():
        anomaly.closed_on, anomaly.closed_because = day, CLOSED_BECAUSE[anomaly.kind]
    session.flush()
    return Detected(opened, refreshed, len(standing), before + opened - len(standing))


def release(session: Session, anomaly_id: uuid.UUID, *, by: uuid.UUID, reason: str, now: datetime) -> Anomaly:
    """Let somebody be sent to a customer who is held out: all its anomalies of that draw are released.

    It still counts as held out when effects are measured, as one where the lot was not kept to. Raises
    `AnomalyNotFound`, `NotHeldOut`.
    """
    anomaly = session.get(Anomaly, anomaly_id, with_for_update=True)
    if anomaly is None:
        raise AnomalyNotFound(f"There is no anomaly {anomaly_id}.", id=str(anomaly_id))
    if anomaly.held_until is None or anomaly.closed_on is not None:
        raise NotHeldOut(f"The anomaly {anomaly_id} is not held out.", id=str(anomaly_id))
    together = select(Anomaly).where(
        Anomaly.customer_id == anomaly.customer_id, Anomaly.trial_until == anomaly.trial_until, Anomaly.held_out
    )
    for each in session.scalars(together):
        each.released_at, each.released_by, each.released_because = now, by, reason
    record(session, "anomaly.released", ("anomaly", anomaly.id), actor_id=by, now=now, reason=reason)
    session.flush()
    return anomaly


def close(session: Session, anomaly_id: uuid.UUID, *, cause: str, by: uuid.UUID, now: datetime) -> Anomaly:
    """Close an anomaly because a person found its cause. Raises `AnomalyNotFound`, `AlreadyClosed`, `CauseUnknown`."""
    anomaly = session.get(Anomaly, anomaly_id, with_for_update=True)
    if anomaly is None:
        raise AnomalyNotFound(f"There is no anomaly {anomaly_id}.", id=str(anomaly_id))
    if anomaly.closed_on is not None:
        raise AlreadyClosed(f"It was closed on {anomaly.closed_on}: {anomaly.closed_because}.", id=str(anomaly_id))
    require_cause(session, cause, now.date())
    _close(session, anomaly, cause=cause, by=by, now=now)
    session.flush()
    return anomaly


def close_by_visit(session: Session, customer_id: uuid.UUID, *, cause: str, by: uuid.UUID, now: datetime) -> int:
    """Close what was open of a customer when a rep found the cause there; return how many. `now` is that moment."""
    standing = select(Anomaly).where(
        Anomaly.customer_id == customer_id, Anomaly.closed_on.is_(None), Anomaly.opened_on <= now.date()
    )
    found = session.scalars(standing.with_for_update()).all()
    for anomaly in found:
        _close(session, anomaly, cause=cause, by=by, now=now)
    session.flush()
    return len(found)


def _close(session: Session, anomaly: Anomaly, *, cause: str, by: uuid.UUID, now: datetime) -> None:
    anomaly.cause_code, anomaly.cause_by, anomaly.cause_at = cause, by, now
    anomaly.closed_on, anomaly.closed_because = max(now.date(), anomaly.opened_on), f"cause: {cause}"
    record(session, "anomaly.closed", ("anomaly", anomaly.id), actor_id=by, now=now, cause=cause)


def _opened(finding: Finding, day: date, lot: Lot) -> Anomaly:
    return Anomaly(
        customer_id=finding.customer_id,
        kind=finding.kind,
        opened_on=day,
        seen_on=day,
        reason=finding.reason,
        evidence=finding.evidence,
        at_risk_minor=finding.at_risk_minor,
        probability=finding.probability,
        held_out=lot.held_out,
        trial_bp=lot.share_bp,
        trial_until=lot.until,
    )


def _refresh(anomaly: Anomaly, finding: Finding, day: date) -> bool:
    news = (day, finding.reason, finding.at_risk_minor, finding.evidence, finding.probability)
    known = (anomaly.seen_on, anomaly.reason, anomaly.at_risk_minor, anomaly.evidence, anomaly.probability)
    if known == news:
        return False
    anomaly.seen_on, anomaly.reason, anomaly.at_risk_minor, anomaly.evidence, anomaly.probability = news
    return True
