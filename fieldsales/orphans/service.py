"""Alerting of customers whom nobody looks after."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.alerts.models import Alert, AlertState
from fieldsales.alerts.rules import About, Cause, Telling
from fieldsales.alerts.service import open_alert, resolve
from fieldsales.orphans.queries import orphans
from fieldsales.orphans.rules import Check, Orphan
from fieldsales.people.models import Territory

KEY = "customers.missing:"
NAMED = 20
"""So many customers are named; the list has the rest."""


def tell_orphans(session: Session, today: date, now: datetime) -> Check:
    """Open an alert for each territory with customers whom nobody looks after, once; resolve those that have none.

    It is seen in the console by whoever may see the territory.
    """
    by_territory: dict[uuid.UUID, list[Orphan]] = defaultdict(list)
    for each in orphans(session, None, today):
        by_territory[each.territory_id].append(each)
    opened = 0
    for territory_id, found in by_territory.items():
        territory = session.get_one(Territory, territory_id)
        opened += open_alert(session, _cause(territory, found), Telling(), now) is not None
    standing = select(Alert).where(Alert.state == AlertState.OPEN, Alert.cause.startswith(KEY))
    over = [each for each in session.scalars(standing) if each.territory_id not in by_territory]
    for alert in over:
        resolve(session, alert, now)
    return Check(sum(map(len, by_territory.values())), opened, len(over))


def _cause(territory: Territory, found: list[Orphan]) -> Cause:
    many = f"{len(found)} customers" if len(found) > 1 else "1 customer"
    names = "; ".join(f"{each.name}: {each.told}" for each in found[:NAMED])
    return Cause(
        f"{KEY}{territory.id}",
        f"Nobody looks after {many} of {territory.name}",
        About(territory.name, territory.id, zone=territory.time_zone),
        {"kind": "orphans", "customers": [str(each.customer_id) for each in found], "said": {"customers": names}},
    )
