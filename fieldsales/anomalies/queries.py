"""Which customers' buying has changed, as far as is known."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.anomalies.rules import Finding
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.customers.queries import CustomerFilter, customers_matching, visible_customers
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.errors import NotFound
from fieldsales.holdout.queries import draw_lots
from fieldsales.holdout.rules import Lot
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


@dataclass(frozen=True, slots=True)
class AnomalyFilter:
    """Which open anomalies of those in scope; what is None does not matter. `rep_id` keeps to whom that rep serves."""

    kind: AnomalyKind | None = None
    min_at_risk_minor: int | None = None
    territory_id: uuid.UUID | None = None
    rep_id: uuid.UUID | None = None


def anomalies_matching(session: Session, actor: Actor, only: AnomalyFilter, most: int) -> Sequence[Anomaly]:
    """Return the open anomalies that a filter lets through, the most money first, and no more than `most`."""
    customers = customers_matching(actor, CustomerFilter(territory_id=only.territory_id, rep_id=only.rep_id))
    query = select(Anomaly).where(
        Anomaly.closed_on.is_(None), Anomaly.customer_id.in_(customers.with_only_columns(Customer.id))
    )
    if only.kind is not None:
        query = query.where(Anomaly.kind == only.kind)
    if only.min_at_risk_minor is not None:
        query = query.where(Anomaly.at_risk_minor >= only.min_at_risk_minor)
    return session.scalars(query.order_by(Anomaly.at_risk_minor.desc(), Anomaly.id).limit(most)).all()


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


EXPLAINED = timedelta(days=60)
"""For so long after a person told its cause, a change of the same kind is the same one."""


def explained(session: Session, day: date) -> set[tuple[uuid.UUID, AnomalyKind]]:
    """Return of which customers a person told the cause of a change of which kind, not long before a day."""
    rows = session.execute(
        select(Anomaly.customer_id, Anomaly.kind).where(
            Anomaly.cause_code.is_not(None), Anomaly.closed_on > day - EXPLAINED, Anomaly.closed_on <= day
        )
    )
    return {(customer_id, kind) for customer_id, kind in rows}


def open_ids(session: Session) -> dict[tuple[uuid.UUID, AnomalyKind], uuid.UUID]:
    """Return the id of the open anomaly of each customer and kind."""
    rows = session.execute(select(Anomaly.customer_id, Anomaly.kind, Anomaly.id).where(Anomaly.closed_on.is_(None)))
    return {(customer_id, kind): anomaly_id for customer_id, kind, anomaly_id in rows}


def held_among(session: Session, anomaly_ids: Collection[uuid.UUID], day: date) -> list[Anomaly]:
    """Return those that are held out on a day, with their customers: nobody is sent there."""
    query = select(Anomaly).where(Anomaly.id.in_(anomaly_ids), Anomaly.held_out).options(joinedload(Anomaly.customer))
    return [anomaly for anomaly in session.scalars(query.order_by(Anomaly.id)) if anomaly.held_on(day)]


def lots_of(session: Session, raised: Iterable[Finding], day: date) -> dict[uuid.UUID, Lot]:
    """Return the lots of customers whose buying is seen to change on a day.

    They are drawn for those of whom nothing was open before; an anomaly that joins others takes over what was drawn
    for these. No entry: nothing was drawn.
    """
    at_risk: dict[uuid.UUID, int] = {}
    for finding in raised:
        at_risk[finding.customer_id] = max(finding.at_risk_minor, at_risk.get(finding.customer_id, 0))
    if not at_risk:
        return {}
    running = select(Anomaly.customer_id, Anomaly.held_out, Anomaly.released_at, Anomaly.trial_until)
    under_way = {
        who: Lot(held and released is None, until)
        for who, held, released, until in session.execute(running.where(Anomaly.trial_until > day))
    }
    known = set(session.scalars(select(Anomaly.customer_id).where(Anomaly.closed_on.is_(None)))) | under_way.keys()
    fresh = {who: money for who, money in at_risk.items() if who not in known}
    return {who: lot for who, lot in under_way.items() if who in at_risk} | draw_lots(session, fresh, day)


def _visible_to(actor: Actor) -> Select[Anomaly]:
    customers = visible_customers(actor).with_only_columns(Customer.id)
    return select(Anomaly).where(Anomaly.customer_id.in_(customers))
