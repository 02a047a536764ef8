"""Saying how near to a customer counts as there, and what a visit still lacks."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.conduct.models import Geofence
from fieldsales.conduct.queries import asked_of, carried, conduct_on, manners
from fieldsales.conduct.rules import LEAST_RADIUS_M, MOST_RADIUS_M, Asked, RadiusInvalid, missing
from fieldsales.customers.queries import require_customer_in_scope
from fieldsales.db.desk import Desk
from fieldsales.people.rules import Actor
from fieldsales.visits.models import Visit


def set_radius(
    session: Session, customer_id: uuid.UUID, radius_m: int | None, *, by: Actor, now: datetime
) -> Geofence | None:
    """Give a customer a radius of its own, or with None take it away. It holds for what is told from now on.

    Raises `CustomerNotFound`, `RadiusInvalid`.
    """
    require_customer_in_scope(session, by, customer_id)
    if radius_m is not None and not LEAST_RADIUS_M <= radius_m <= MOST_RADIUS_M:
        raise RadiusInvalid(f"{radius_m} m is no radius.", mend=f"From {LEAST_RADIUS_M} to {MOST_RADIUS_M} m.")
    fence = session.get(Geofence, customer_id)
    before = fence.radius_m if fence else None
    if before == radius_m:
        return fence
    if radius_m is None:
        session.delete(fence)
        fence = None
    elif fence is None:
        fence = Geofence(customer_id=customer_id, radius_m=radius_m, set_at=now, set_by=by.user_id)
        session.add(fence)
    else:
        fence.radius_m, fence.set_at, fence.set_by = radius_m, now, by.user_id
    session.flush()
    subject = ("customer", customer_id)
    record(session, "customer.geofence", subject, actor_id=by.user_id, now=now, before=before, after=radius_m)
    return fence


def lacks(desk: Desk, visit: Visit, *, leaving: bool) -> list[str]:
    """Return by name what a visit lacks of what the policy of its day asks for.

    What stands on the desk is written first where the policy asks for anything: photos may have come in the same batch.
    """
    asked = asked_by(desk, visit)
    if not (asked.asks or asked.least_minutes):
        return []
    desk.write()
    found = carried(desk.session, [visit.id]).get(visit.id)
    return missing(asked, found, leaving=leaving) if found else []


def asked_by(desk: Desk, visit: Visit) -> Asked:
    """Return what the policy asks of a visit."""
    conduct = desk.find(conduct_on, visit.day)
    assert conduct is not None
    return asked_of(conduct, desk.find(manners, visit.customer_id))
