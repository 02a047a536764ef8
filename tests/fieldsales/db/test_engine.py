"""Both databases keep the same promises about transactions, moments and outages."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError
from worlds import small_town

from fieldsales.customers.models import Customer
from fieldsales.db.base import new_id
from fieldsales.db.engine import DatabaseMissing, make_engine
from fieldsales.db.session import reading, transaction
from fieldsales.errors import BadSetting
from fieldsales.people.models import Territory, User


def test_a_transaction_that_fails_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(RuntimeError), transaction(engine) as session:
        small_town.build(session)
        raise RuntimeError("the lights go out")
    with reading(engine) as session:
        assert session.scalars(select(Customer)).all() == []


def test_a_reader_can_write_nothing(engine: Engine) -> None:
    """PostgreSQL refuses outright; on SQLite nothing is committed."""
    with transaction(engine) as session:
        small_town.build(session)
    try:
        with reading(engine) as session:
            session.execute(text("UPDATE customer SET name = 'changed'"))
    except DatabaseError:
        pass
    with reading(engine) as session:
        assert "changed" not in session.scalars(select(Customer.name)).all()


def test_a_reader_does_not_wait_for_a_writer(engine: Engine) -> None:
    with transaction(engine) as session:
        small_town.build(session)
    with transaction(engine) as writer:
        writer.execute(text("UPDATE customer SET name = 'being written'"))
        with reading(engine) as session:
            assert "Bakery" in session.scalars(select(Customer.name)).all()


def test_moments_come_back_aware_in_utc(engine: Engine) -> None:
    with transaction(engine) as session:
        small_town.build(session)
    with reading(engine) as session:
        assert session.scalars(select(User.created_at)).first() == datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_naive_moment_is_refused(engine: Engine) -> None:
    with pytest.raises(Exception, match="has no time zone"), transaction(engine) as session:
        world = small_town.build(session)
        world.anna.created_at = datetime(2026, 3, 2, 12)  # noqa: DTZ001


def test_the_database_itself_holds_the_constraints(engine: Engine) -> None:
    with transaction(engine) as session:
        small_town.build(session)
    for statement in (
        "UPDATE customer SET latitude = 91",
        "UPDATE customer SET latitude = NULL",
        "UPDATE user_account SET role = 'emperor'",
        "UPDATE product SET price_minor = -1",
    ):
        with pytest.raises(DatabaseError), transaction(engine) as session:
            session.execute(text(statement))


def test_new_ids_sort_by_time_of_making() -> None:
    first = new_id()
    time.sleep(0.002)
    assert (first.version, first.variant) == (7, "specified in RFC 4122")
    assert first < new_id()


@pytest.mark.parametrize("url", ["mysql://root@127.0.0.1/x", "not an address", "sqlite+nonsense://"])
def test_an_address_that_cannot_be_used_is_refused_by_name(url: str) -> None:
    with pytest.raises(BadSetting, match="cannot be used"):
        make_engine(url)


def test_an_empty_database_says_how_to_make_the_tables(tmp_path: Path) -> None:
    with (
        pytest.raises(DatabaseMissing, match="Run: fieldsales db upgrade"),
        reading(make_engine(f"sqlite:///{tmp_path}/new.sqlite3")) as session,
    ):
        session.scalars(select(Territory)).all()


def test_a_locked_file_is_told_as_such(sqlite_engine: Engine, tmp_path: Path) -> None:
    impatient = make_engine(f"sqlite:///{tmp_path}/fieldsales.sqlite3", busy_seconds=0.1)
    holder = sqlite3.connect(tmp_path / "fieldsales.sqlite3", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseMissing, match="locked by another process"), transaction(impatient) as session:
        small_town.build(session)
    holder.close()
