"""What happened in somebody's field since a mark, from the feed that phones pull; and where reps are now."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from fieldsales.alerts.models import Alert
from fieldsales.alerts.queries import opened_since
from fieldsales.approvals.models import Approval
from fieldsales.changes.models import Change, Op
from fieldsales.changes.queries import frontier
from fieldsales.customers.models import Customer
from fieldsales.customers.queries import visible_customers
from fieldsales.news.rules import Happening, NewsMark
from fieldsales.orders.models import Order
from fieldsales.people.models import User
from fieldsales.people.queries import visible_people
from fieldsales.people.rules import Actor
from fieldsales.tracks.models import TrackPoint
from fieldsales.visits.models import Visit

Thing = TypeVar("Thing", Visit, Order, Approval)
AT_ONCE = 500
"""So many things are looked up with one statement."""


def mark_now(session: Session) -> NewsMark:
    """Return how far the feed has come."""
    found = frontier(session)
    return NewsMark(found.epoch, found.horizon)


def happened(session: Session, actor: Actor, since: NewsMark, until: NewsMark) -> list[Happening]:
    """Return what happened between two marks of one epoch to customers and reps whom an actor may see, as it is now.

    A thing that changed more than once is told once. Approvals come last: they refer to the rest.
    """
    touched = select(Change.entity, Change.entity_id).where(
        Change.tx >= since.horizon,
        Change.tx < until.horizon,
        Change.op == Op.UPSERT,
        Change.entity.in_(("visit", "order", "approval")),
    )
    ids: dict[str, set[uuid.UUID]] = {"visit": set(), "order": set(), "approval": set()}
    for entity, entity_id in session.execute(touched):
        ids[entity].add(entity_id)
    return [
        *_visits(session, actor, ids["visit"]),
        *_orders(session, actor, ids["order"]),
        *_approvals(session, actor, ids["approval"]),
    ]


def positions_after(
    session: Session, actor: Actor, told: Mapping[uuid.UUID, datetime]
) -> dict[uuid.UUID, tuple[datetime, Happening]]:
    """Return the last position of each rep in sight on whose track there is a later one than was told."""
    reps = visible_people(actor).with_only_columns(User.id)
    last = select(TrackPoint.rep_id, func.max(TrackPoint.at).label("at"))
    last_of_all = last.where(TrackPoint.rep_id.in_(reps)).group_by(TrackPoint.rep_id).subquery()
    points = select(TrackPoint).join(
        last_of_all, (last_of_all.c.rep_id == TrackPoint.rep_id) & (last_of_all.c.at == TrackPoint.at)
    )
    return {
        point.rep_id: (point.at, Happening("position", _position(point)))
        for point in session.scalars(points)
        if point.rep_id not in told or told[point.rep_id] < point.at
    }


def alerts_since(
    session: Session, actor: Actor, since: datetime, told: Collection[uuid.UUID]
) -> dict[uuid.UUID, Happening]:
    """Return the open alerts that were found since a moment and not told yet, by their ids."""
    return {
        each.id: Happening("alert", _alert(each)) for each in opened_since(session, actor, since) if each.id not in told
    }


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "id": str(alert.id),
        "severity": str(alert.severity),
        "title": alert.title,
        "customer_id": str(alert.customer_id) if alert.customer_id else None,
        "rep_id": str(alert.rep_id) if alert.rep_id else None,
        "opened_at": alert.opened_at.isoformat(),
    }


def _visits(session: Session, actor: Actor, ids: set[uuid.UUID]) -> Iterator[Happening]:
    reps = visible_people(actor).with_only_columns(User.id)
    for some in _parts(ids):
        for visit, customer, rep in session.execute(_named(Visit, Visit.rep_id, some, Visit.rep_id.in_(reps))):
            facts = {
                "id": str(visit.id),
                "rep_id": str(visit.rep_id),
                "rep_name": rep,
                "customer_id": str(visit.customer_id),
                "customer_name": customer,
                "day": visit.day.isoformat(),
                "checked_in_at": _told(visit.checked_in_at),
                "checked_out_at": _told(visit.checked_out_at),
            }
            yield Happening("visit", facts)


def _orders(session: Session, actor: Actor, ids: set[uuid.UUID]) -> Iterator[Happening]:
    seen = Order.customer_id.in_(visible_customers(actor).with_only_columns(Customer.id))
    for some in _parts(ids):
        for order, customer, rep in session.execute(_named(Order, Order.rep_id, some, seen)):
            facts = {
                "id": str(order.id),
                "rep_id": str(order.rep_id) if order.rep_id else None,
                "rep_name": rep,
                "customer_id": str(order.customer_id),
                "customer_name": customer,
                "kind": str(order.kind),
                "state": str(order.state),
                "currency": order.currency,
                "amount_minor": order.amount_minor,
            }
            yield Happening("order", facts)


def _approvals(session: Session, actor: Actor, ids: set[uuid.UUID]) -> Iterator[Happening]:
    seen = Approval.customer_id.in_(visible_customers(actor).with_only_columns(Customer.id))
    for some in _parts(ids):
        for approval, customer, rep in session.execute(_named(Approval, Approval.asked_by, some, seen)):
            facts = {
                "id": str(approval.id),
                "rep_id": str(approval.asked_by),
                "rep_name": rep,
                "customer_id": str(approval.customer_id),
                "customer_name": customer,
                "kind": str(approval.kind),
                "state": str(approval.state),
                "currency": approval.currency,
                "amount_minor": approval.amount_minor,
            }
            yield Happening("approval", facts)


def _named(
    table: type[Thing], rep: InstrumentedAttribute[Any], ids: list[uuid.UUID], seen: ColumnElement[bool]
) -> Select[Thing, str, str]:
    """Select things beside the names of their customer and rep."""
    named = select(table, Customer.name, User.name).where(table.id.in_(ids), seen).order_by(table.id)
    return named.join(Customer, Customer.id == table.customer_id).outerjoin(User, User.id == rep)


def _parts(ids: Iterable[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    ordered = sorted(ids)
    for begin in range(0, len(ordered), AT_ONCE):
        yield ordered[begin : begin + AT_ONCE]


def _position(point: TrackPoint) -> dict[str, object]:
    return {
        "rep_id": str(point.rep_id),
        "at": point.at.isoformat(),
        "latitude": point.latitude,
        "longitude": point.longitude,
        "accuracy_m": point.accuracy_m,
        "mock": point.mock,
    }


def _told(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
