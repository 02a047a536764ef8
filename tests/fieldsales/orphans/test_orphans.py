"""Customers whom nobody looks after are found, and told once: on either database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.alerts.models import Alert, AlertState
from fieldsales.calendars.service import add_entry
from fieldsales.covers.models import CoverKind
from fieldsales.covers.rules import Wanted
from fieldsales.customers.service import set_owner
from fieldsales.departures.service import stand_in
from fieldsales.orphans.queries import orphans
from fieldsales.orphans.rules import Why
from fieldsales.orphans.service import tell_orphans

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
MONDAY, TUESDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 6)


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The small town on a Monday morning."""
    return small_town.build(session)


def test_customers_whom_nobody_looks_after_are_found_with_why(session: Session, town: SmallTown) -> None:
    assert orphans(session, None, MONDAY) == []
    set_owner(session, town.customers["Hotel"].id, None, now=NOW)
    town.anna.active = False
    add_entry(session, first_day=TUESDAY, last_day=FRIDAY, name="Ill", user_id=town.ben.id, by=None, now=NOW)
    session.flush()
    found = {each.name: each.why for each in orphans(session, None, MONDAY)}
    assert found == {
        "Bakery": Why.OWNER_OFF, "Corner": Why.OWNER_OFF, "Dairy": Why.OWNER_OFF,
        "Fish": Why.OWNER_AWAY, "Grocer": Why.OWNER_AWAY, "Hotel": Why.NO_OWNER,
    }  # fmt: skip


def test_with_a_stand_in_nobody_is_missing(session: Session, town: SmallTown) -> None:
    wanted = Wanted(town.ben.id, CoverKind.ABSENCE, TUESDAY, FRIDAY, "Ill", (town.anna.id,))
    stand_in(session, wanted, by=None, now=NOW)
    assert orphans(session, None, MONDAY) == []


def test_two_days_off_are_no_gap(session: Session, town: SmallTown) -> None:
    add_entry(session, first_day=TUESDAY, last_day=date(2026, 3, 4), name="Ill", user_id=town.ben.id, by=None, now=NOW)
    assert orphans(session, None, MONDAY) == []


def test_it_is_told_once_while_it_lasts_and_resolved_when_somebody_looks_after_them(
    session: Session, town: SmallTown
) -> None:
    hotel = town.customers["Hotel"].id
    set_owner(session, hotel, None, now=NOW)
    first, again = tell_orphans(session, MONDAY, NOW), tell_orphans(session, TUESDAY, NOW + timedelta(days=1))
    assert (first.customers, first.opened, again.opened) == (1, 1, 0)
    [alert] = session.scalars(select(Alert)).all()
    assert (alert.territory_id, alert.title) == (town.south.id, "Nobody looks after 1 customer of South")
    set_owner(session, hotel, town.ben.id, now=NOW)
    assert tell_orphans(session, TUESDAY, NOW).resolved == 1
    assert alert.state is AlertState.RESOLVED
