"""Rows by the hundred: made without being watched, and written past the session."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Customer
from fieldsales.db.base import new_id
from fieldsales.db.bulk import insert_rows
from fieldsales.db.session import reading, transaction
from fieldsales.db.statements import among, ask
from fieldsales.people.models import Territory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_NAMES = select(Customer.name).where(among(Customer.id, "ids")).order_by(Customer.name)


def town() -> Territory:
    return Territory.fresh(id=new_id(), code="t", name="Town", time_zone="UTC", region="GR", currency="EUR")


def shop(town: Territory, **more: object) -> Customer:
    told = {"name": "Kiosk", "territory_id": town.id, "created_at": NOON, "updated_at": NOON}
    return Customer.fresh(**told | more)


def test_a_row_comes_back_as_it_was_given_with_its_defaults_filled_in(engine: Engine) -> None:
    here = town()
    with transaction(engine) as session:
        insert_rows(session.connection(), [here, shop(here, flags=["odd"], latitude=38.25, longitude=21.5)])
    with reading(engine) as session:
        found = session.scalars(select(Customer)).one()
        assert isinstance(found.id, uuid.UUID)
        assert (found.territory_id, found.created_at, found.flags) == (here.id, NOON, ["odd"])
        assert (found.latitude, found.longitude, found.active, found.version) == (38.25, 21.5, True, 1)


def test_what_others_refer_to_is_written_first_in_whatever_order_it_is_given(engine: Engine) -> None:
    here = town()
    with transaction(engine) as session:
        insert_rows(session.connection(), [shop(here), here, shop(here)])
    with reading(engine) as session:
        assert session.scalars(select(Customer.territory_id)).all() == [here.id, here.id]


def test_a_naive_moment_is_refused_here_too(engine: Engine) -> None:
    here = town()
    with pytest.raises(ValueError, match="no time zone"), transaction(engine) as session:
        insert_rows(session.connection(), [here, shop(here, created_at=datetime(2026, 3, 2))])  # noqa: DTZ001


def test_a_fresh_row_may_be_handed_to_the_session_like_any_other(engine: Engine) -> None:
    here = town()
    with transaction(engine) as session:
        session.add(here)
        session.flush()
        added = shop(here, id=new_id())
        session.add(added)
        session.flush()
        assert added.active, "the default is there once it is written"
    with reading(engine) as session:
        assert session.scalars(select(Customer.name)).all() == ["Kiosk"]


def test_two_fresh_rows_share_nothing() -> None:
    one, other = town(), town()
    one.name = "Village"
    assert other.name == "Town"


@pytest.fixture
def two_shops(engine: Engine) -> list[uuid.UUID]:
    here = town()
    shops = [shop(here, id=new_id(), name=name) for name in ("Bakery", "Corner")]
    with transaction(engine) as session:
        insert_rows(session.connection(), [here, *shops])
    return [each.id for each in shops]


def test_one_statement_is_asked_with_few_values_and_with_many(engine: Engine, two_shops: list[uuid.UUID]) -> None:
    with reading(engine) as session:
        assert names(session, two_shops[:1]) == ["Bakery"]
        assert names(session, [*two_shops, *(new_id() for _ in range(60))]) == ["Bakery", "Corner"]
        assert names(session, []) == []


def test_what_the_session_holds_back_counts_in_an_answer(engine: Engine, two_shops: list[uuid.UUID]) -> None:
    with transaction(engine) as session:
        session.get_one(Customer, two_shops[0]).name = "Patisserie"
        assert names(session, two_shops) == ["Corner", "Patisserie"]


def names(session: Session, ids: list[uuid.UUID]) -> list[str]:
    return list(ask(session, _NAMES, ids=ids).scalars())
