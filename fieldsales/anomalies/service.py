"""Opening, refreshing and closing anomalies."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.anomalies.rules import HISTORY_DAYS, Finding, find_anomalies
from fieldsales.history.queries import buying_history

CLOSED_BECAUSE = {
    AnomalyKind.CHURN_RISK: "orders in its rhythm again, or has not ordered for so long that it is lost",
    AnomalyKind.AMOUNT_PLUNGE: "buys for as much as expected again, or went silent",
    AnomalyKind.COUNT_PLUNGE: "orders as often as expected again, or went silent",
}


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

    Of all customers, or of `only` some. Findings of a day before the latest look at them change nothing.
    """
    standing = {
        (anomaly.customer_id, anomaly.kind): anomaly
        for anomaly in session.scalars(select(Anomaly).where(Anomaly.closed_on.is_(None)))
        if only is None or anomaly.customer_id in only
    }
    if any(anomaly.seen_on > day for anomaly in standing.values()):
        return Detected(0, 0, 0, len(standing))
    before = len(standing)
    opened = refreshed = 0
    for finding in found:
        if only is not None and finding.customer_id not in only:
            continue
        anomaly = standing.pop((finding.customer_id, finding.kind), None)
        if anomaly is not None:
            refreshed += _refresh(anomaly, finding, day)
        elif finding.raised:
            session.add(_opened(finding, day))
            opened += 1
    for anomaly in standing.values():
        anomaly.closed_on, anomaly.closed_because = day, CLOSED_BECAUSE[anomaly.kind]
    session.flush()
    return Detected(opened, refreshed, len(standing), before + opened - len(standing))


def _opened(finding: Finding, day: date) -> Anomaly:
    return Anomaly(
        customer_id=finding.customer_id,
        kind=finding.kind,
        opened_on=day,
        seen_on=day,
        reason=finding.reason,
        evidence=finding.evidence,
        at_risk_minor=finding.at_risk_minor,
    )


def _refresh(anomaly: Anomaly, finding: Finding, day: date) -> bool:
    news = (day, finding.reason, finding.at_risk_minor, finding.evidence)
    if (anomaly.seen_on, anomaly.reason, anomaly.at_risk_minor, anomaly.evidence) == news:
        return False
    anomaly.seen_on, anomaly.reason, anomaly.at_risk_minor, anomaly.evidence = news
    return True
