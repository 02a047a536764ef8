"""Which alerts there are for somebody to see."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from fieldsales.alerts.models import Alert, AlertMessage, AlertState, MessageState
from fieldsales.alerts.rules import AlertNotFound
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.mutes.models import Mute
from fieldsales.people.models import Role
from fieldsales.people.queries import in_territories_of
from fieldsales.people.rules import Actor

_BOSSES = (Role.MANAGER, Role.ADMIN)


def visible_alerts(actor: Actor | None) -> Select[Alert]:
    """Return the alerts of an actor's territories; those of no territory are for who sees everything."""
    found = select(Alert)
    if actor is not None and not actor.sees_everything:
        found = found.where(Alert.territory_id.is_not(None), in_territories_of(actor, Alert.territory_id))
    return found if actor is None or actor.role in _BOSSES else found.where(~Alert.confidential)


def find_alerts(
    session: Session,
    actor: Actor | None,
    wanted: PageWanted,
    *,
    state: AlertState | None = None,
    watch_id: uuid.UUID | None = None,
    customer_id: uuid.UUID | None = None,
) -> Page[Alert]:
    """Return a page of alerts, the latest first."""
    found = visible_alerts(actor)
    found = found if state is None else found.where(Alert.state == state)
    found = found if watch_id is None else found.where(Alert.watch_id == watch_id)
    found = found if customer_id is None else found.where(Alert.customer_id == customer_id)
    return fetch_page(session, found, (Alert.opened_at, Alert.id), wanted, largest_first=True)


def require_alert(session: Session, actor: Actor | None, alert_id: uuid.UUID, *, lock: bool = False) -> Alert:
    """Return an alert that the actor may see; raise `AlertNotFound`."""
    wanted = visible_alerts(actor).where(Alert.id == alert_id)
    found = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise AlertNotFound(f"There is no alert {alert_id}.", id=str(alert_id))
    return found


def count_open(session: Session, actor: Actor | None) -> int:
    """Return how many alerts are open that nobody has acknowledged."""
    waits = visible_alerts(actor).where(Alert.state == AlertState.OPEN, Alert.acknowledged_at.is_(None))
    return session.scalar(select(func.count()).select_from(waits.subquery())) or 0


def opened_since(session: Session, actor: Actor | None, since: datetime, most: int = 1000) -> Sequence[Alert]:
    """Return the open alerts that were found at a moment or later, the first one first."""
    found = visible_alerts(actor).where(Alert.state == AlertState.OPEN, Alert.opened_at >= since)
    return session.scalars(found.order_by(Alert.opened_at, Alert.id).limit(most)).all()


def open_of_watch(session: Session, watch_id: uuid.UUID) -> dict[str, Alert]:
    """Return the open alerts of a rule by their causes."""
    found = select(Alert).where(Alert.watch_id == watch_id, Alert.state == AlertState.OPEN)
    return {each.cause: each for each in session.scalars(found)}


def is_any_due(session: Session, now: datetime) -> bool:
    """Tell whether a message is due."""
    return session.scalar(select(AlertMessage.id).where(_is_due(now)).limit(1)) is not None


def _is_due(now: datetime) -> ColumnElement[bool]:
    lifted = AlertMessage.held_by.in_(select(Mute.id).where(Mute.ended_at.is_not(None)))
    return and_(AlertMessage.state == MessageState.WAITING, or_(AlertMessage.due_at <= now, lifted))


def due_messages(session: Session, now: datetime, most: int) -> Sequence[AlertMessage]:
    """Return messages that are due, locked, leaving out what another worker has: also those whose mute was ended."""
    due = select(AlertMessage).where(_is_due(now)).order_by(AlertMessage.due_at, AlertMessage.id).limit(most)
    return session.scalars(due.with_for_update(skip_locked=True)).all()
