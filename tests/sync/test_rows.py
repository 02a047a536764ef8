"""What comes straight from the database reads as if it had been made into objects and written again."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.db.base import new_id
from fieldsales.db.session import reading, transaction
from fieldsales.visits.models import Visit
from sync import documents
from sync.rows import dashed
from sync.shapes import SHAPES

MOMENTS = [
    datetime(2026, 3, 2, 14, 5, 11, tzinfo=UTC),
    datetime(2026, 3, 2, 14, 5, 11, 123456, tzinfo=UTC),
    datetime(2026, 3, 2, 14, 5, 11, 120000, tzinfo=UTC),
    datetime(2026, 3, 2, 14, 5, 11, 1, tzinfo=UTC),
    datetime(2001, 1, 1, tzinfo=UTC),
    datetime(2026, 7, 1, 1, 30, tzinfo=timezone(timedelta(hours=3))),
]


@given(st.uuids())
def test_an_id_is_written_as_ever(identity):
    assert dashed(identity.hex) == str(identity)


def plain(value):
    """Say how JSON has a value of ours."""
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


@pytest.mark.parametrize("at", MOMENTS, ids=str)
def test_every_moment_is_told_in_utc_with_six_decimals_or_none(town, at):
    with transaction(town.engine) as session:
        visit = Visit(
            id=new_id(),
            customer_id=town.customers["Bakery"],
            rep_id=town.anna.who.user_id,
            day=at.date(),
            checked_in_at=at,
            flags=[],
        )
        session.add(visit)
        session.flush()
        key = ("visit", visit.id)
    with reading(town.engine) as session:
        told = documents.visible(session, town.anna.who.user_id, [key])[key]
    assert told["checked_in_at"] == at.astimezone(UTC).isoformat()
    assert told["checked_out_at"] is None


def test_every_value_of_a_day_is_told_as_its_object_is_written(town):
    visit = town.anna.check_in(town.customers["Bakery"])["data"]["visit_id"]
    town.anna.order(town.customers["Bakery"], [(town.products["soap"], 2, 189)], visit)
    town.anna.photo(visit)
    town.anna.check_out(visit)
    town.anna.deliver(town.engine)
    town.anna.pull(town.engine)
    assert {kind for kind, _ in town.anna.store} >= {"visit", "order", "customer", "product", "assignment"}
    with reading(town.engine) as session:
        for (entity, identity), document in town.anna.store.items():
            shape = SHAPES[entity]
            row = session.get_one(shape.columns[0].class_, identity)
            assert {column.key: document[column.key] for column in shape.columns} == {
                column.key: plain(getattr(row, column.key)) for column in shape.columns
            }
