"""Who is selected: customers by what they are, or by what is wrong with their buying."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from fieldsales.anomalies.models import Anomaly
from fieldsales.anomalies.queries import anomalies_matching, require_anomalies_in_scope
from fieldsales.customers.models import Customer
from fieldsales.customers.queries import customers_matching
from fieldsales.people.rules import Actor
from fieldsales.selections.rules import MOST_CHOSEN, CustomerChoice, Selection, SelectionTooLarge
from fieldsales.visits.models import Visit


def chosen_anomalies(session: Session, actor: Actor, wanted: Selection) -> Sequence[Anomaly]:
    """Return the anomalies that are selected, closed ones too where they are named.

    Raises `AnomalyNotFound` for one out of scope, `SelectionTooLarge`.
    """
    if wanted.anomalies is not None:
        found = anomalies_matching(session, actor, wanted.anomalies, 3 * MOST_CHOSEN + 1)
    else:
        ids = wanted.anomaly_ids or ()
        require_anomalies_in_scope(session, actor, ids)
        found = session.scalars(
            select(Anomaly).where(Anomaly.id.in_(ids)).order_by(Anomaly.at_risk_minor.desc(), Anomaly.id)
        ).all()
    _require_few({each.customer_id for each in found})
    return found


def chosen_customers(session: Session, actor: Actor, wanted: CustomerChoice) -> list[uuid.UUID]:
    """Return the ids of the customers that are selected. Raises `SelectionTooLarge`."""
    query = customers_matching(actor, wanted.only).with_only_columns(Customer.id)
    if wanted.not_visited_since is not None:
        seen = exists().where(Visit.customer_id == Customer.id, Visit.day >= wanted.not_visited_since)
        query = query.where(~seen)
    found = list(session.scalars(query.limit(MOST_CHOSEN + 1)))
    _require_few(found)
    return found


def open_among(session: Session, customer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Anomaly]]:
    """Return the open anomalies of some customers, the most money first."""
    found: dict[uuid.UUID, list[Anomaly]] = defaultdict(list)
    query = select(Anomaly).where(Anomaly.customer_id.in_(customer_ids), Anomaly.closed_on.is_(None))
    for anomaly in session.scalars(query.order_by(Anomaly.at_risk_minor.desc(), Anomaly.id)):
        found[anomaly.customer_id].append(anomaly)
    return found


def names_of(session: Session, customer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return what customers are called."""
    return dict(session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(customer_ids))).all())


def _require_few(customer_ids: Collection[uuid.UUID]) -> None:
    if len(customer_ids) > MOST_CHOSEN:
        raise SelectionTooLarge(f"More than {MOST_CHOSEN} customers are selected.", mend="Narrow the filter.")
