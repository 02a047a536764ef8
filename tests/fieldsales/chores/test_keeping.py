"""What the night keeps up and keeps no longer: each chore does its work once, on either database."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from worlds import small_town
from worlds.small_town import NOON

from api.chores import add_chores
from fieldsales.chores.chore import Context
from fieldsales.chores.registry import by_code
from fieldsales.config import Settings
from fieldsales.covers.models import CoverKind
from fieldsales.covers.rules import Wanted
from fieldsales.customers.service import set_owner
from fieldsales.db.session import transaction
from fieldsales.departures.service import stand_in
from fieldsales.jobs.rules import Slot
from fieldsales.orders.models import Order, Origin
from fieldsales.people.models import User
from fieldsales.rollups.models import DirtyDay

TOMORROW = NOON + timedelta(days=1)


def context(engine: Engine, folder: Path) -> Context:
    settings = Settings(secret_key="a secret that is only good for tests, and long", data_dir=folder)
    return Context(engine, settings, lambda: TOMORROW, Slot(TOMORROW, TOMORROW.date()))


@pytest.mark.parametrize("code", ["tracks.erase", "tracks.empty_held", "imports.forget", "pay.run", "results.refresh"])
def test_with_nothing_to_do_it_does_nothing(engine: Engine, tmp_path: Path, code: str) -> None:
    add_chores()
    with transaction(engine) as session:
        small_town.build(session)
    result = by_code()[code].run(context(engine, tmp_path))
    assert not any(value for name, value in result.items() if name != "months")


def test_customers_of_a_rep_who_left_are_handed_over_in_the_night_and_nobody_is_missing(
    engine: Engine, tmp_path: Path
) -> None:
    with transaction(engine) as session:
        town = small_town.build(session)
        away = Wanted(town.anna.id, CoverKind.DEPARTURE, date(2026, 3, 3), None, "Left", (town.ben.id,))
        stand_in(session, away, by=None, now=NOON)
        set_owner(session, town.customers["Hotel"].id, None, now=NOON)
        anna = town.anna.id
    night = context(engine, tmp_path)
    assert by_code()["covers.carry_out"].run(night) == {"given_out": 0, "over": 0, "departed": 1}
    assert by_code()["covers.carry_out"].run(night) == {"given_out": 0, "over": 0, "departed": 0}
    assert by_code()["customers.check"].run(night) == {"customers": 1, "opened": 1, "resolved": 0}
    with transaction(engine) as session:
        assert not session.get_one(User, anna).active


def test_sums_are_made_of_days_that_changed_and_then_none_is_marked(engine: Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        town = small_town.build(session)
        order = Order(
            customer_id=town.customers["Bakery"].id, rep_id=town.anna.id, origin=Origin.FIELD,
            ordered_on=NOON.date(), currency="EUR", amount_minor=1000,
        )  # fmt: skip
        session.add(order)
    night = context(engine, tmp_path)
    chore = by_code()["results.refresh"]
    with transaction(engine) as session:
        assert chore.wanted is not None
        assert chore.wanted(session, TOMORROW, night.settings)
    assert chore.run(night) == {"months": 1}
    with transaction(engine) as session:
        assert session.scalars(select(DirtyDay)).all() == []
