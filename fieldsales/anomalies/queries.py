"""Which customers' buying has changed, as far as is known."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.customers.queries import visible_customers
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.errors import NotFound
from fieldsales.people.rules import Actor


class AnomalyNotFound(NotFound):
    """There is no such anomaly of a customer whom you may see."""

    code = "anomaly.not_found"
    title = "There is no such anomaly"


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


def anomalies_visible_to(
    session: Session, actor: Actor, wanted: PageWanted, kind: AnomalyKind | None = None
) -> Page[Anomaly]:
    """Return a page of the open anomalies of the customers whom an actor may see, the most money first."""
    query = _visible_to(actor).where(Anomaly.closed_on.is_(None)).options(joinedload(Anomaly.customer))
    if kind is not None:
        query = query.where(Anomaly.kind == kind)
    return fetch_page(session, query, (Anomaly.at_risk_minor, Anomaly.id), wanted, largest_first=True)


def require_anomalies_in_scope(session: Session, actor: Actor, anomaly_ids: Collection[uuid.UUID]) -> None:
    """Raise `AnomalyNotFound` unless all of these are anomalies of customers whom the actor may see."""
    found = set(session.scalars(_visible_to(actor).with_only_columns(Anomaly.id).where(Anomaly.id.in_(anomaly_ids))))
    for missing in set(anomaly_ids) - found:
        raise AnomalyNotFound(f"There is no anomaly {missing}.", id=str(missing))


def anomalies_of(session: Session, customer_id: uuid.UUID) -> Sequence[Anomaly]:
    """Return all anomalies that a customer ever had, the latest first."""
    return session.scalars(
        select(Anomaly).where(Anomaly.customer_id == customer_id).order_by(Anomaly.opened_on.desc(), Anomaly.kind)
    ).all()


def open_ids(session: Session) -> dict[tuple[uuid.UUID, AnomalyKind], uuid.UUID]:
    """Return the id of the open anomaly of each customer and kind."""
    rows = session.execute(select(Anomaly.customer_id, Anomaly.kind, Anomaly.id).where(Anomaly.closed_on.is_(None)))
    return {(customer_id, kind): anomaly_id for customer_id, kind, anomaly_id in rows}


def _visible_to(actor: Actor) -> Select[Anomaly]:
    customers = visible_customers(actor).with_only_columns(Customer.id)
    return select(Anomaly).where(Anomaly.customer_id.in_(customers))
