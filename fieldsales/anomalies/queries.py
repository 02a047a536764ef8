"""Which customers' buying has changed, as far as is known."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.customers.models import Assignment, AssignmentKind


def open_anomalies(session: Session, rep_ids: Collection[uuid.UUID] | None = None) -> Sequence[Anomaly]:
    """Return the open anomalies with their customers, the most money first; `rep_ids` keeps to whom these own."""
    query = (
        select(Anomaly)
        .where(Anomaly.closed_on.is_(None))
        .options(joinedload(Anomaly.customer))
        .order_by(Anomaly.at_risk_minor.desc(), Anomaly.id)
    )
    if rep_ids is not None:
        owned = select(Assignment.customer_id).where(
            Assignment.rep_id.in_(rep_ids), Assignment.kind == AssignmentKind.OWNER, Assignment.ended_at.is_(None)
        )
        query = query.where(Anomaly.customer_id.in_(owned))
    return session.scalars(query).all()


def anomalies_of(session: Session, customer_id: uuid.UUID) -> Sequence[Anomaly]:
    """Return all anomalies that a customer ever had, the latest first."""
    return session.scalars(
        select(Anomaly).where(Anomaly.customer_id == customer_id).order_by(Anomaly.opened_on.desc(), Anomaly.kind)
    ).all()


def open_ids(session: Session) -> dict[tuple[uuid.UUID, AnomalyKind], uuid.UUID]:
    """Return the id of the open anomaly of each customer and kind."""
    rows = session.execute(select(Anomaly.customer_id, Anomaly.kind, Anomaly.id).where(Anomaly.closed_on.is_(None)))
    return {(customer_id, kind): anomaly_id for customer_id, kind, anomaly_id in rows}
