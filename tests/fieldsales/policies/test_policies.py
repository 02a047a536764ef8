"""Policies hold from a day, take each other's place, and are never edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from worlds import small_town

from fieldsales.audit.queries import history_of
from fieldsales.people.models import Role, Territory
from fieldsales.people.rules import Actor
from fieldsales.policies.models import Policy
from fieldsales.policies.queries import history, in_force, require_version
from fieldsales.policies.rules import (
    Kind,
    PolicyHoldsForAll,
    PolicyInForce,
    PolicyInvalid,
    PolicyNotFound,
    PolicyOfThePast,
    differences,
)
from fieldsales.policies.service import put, withdraw

NOON = small_town.NOON
TODAY = NOON.date()
TOMORROW, LATER = TODAY + timedelta(days=1), TODAY + timedelta(days=10)


@dataclass(frozen=True)
class Tea:
    """How long tea draws."""

    minutes: int


TEA = Kind(
    name="tea",
    about="How long tea draws.",
    schema={
        "type": "object",
        "properties": {"minutes": {"type": "integer", "minimum": 1}, "sort": {"type": "string"}},
        "required": ["minutes"],
        "additionalProperties": False,
    },
    default={"minutes": 3},
    parse=lambda body: Tea(body["minutes"]),
)


@pytest.fixture
def town(session: Session) -> small_town.SmallTown:
    return small_town.build(session)


def set_tea(session: Session, minutes: int, day: date = TODAY, **options: Any) -> Policy:
    return put(session, TEA, {"minutes": minutes}, effective_from=day, **{"now": NOON, **options})


def drawn(session: Session, day: date) -> int:
    return in_force(session, TEA, day).value.minutes


def test_what_nobody_set_is_the_built_in_default(session: Session) -> None:
    found = in_force(session, TEA, TODAY)
    assert (found.value, found.body, found.version, found.version_id) == (Tea(3), {"minutes": 3}, None, None)


def test_a_version_holds_from_its_day_until_another_begins(session: Session, town: small_town.SmallTown) -> None:
    set_tea(session, 4)
    set_tea(session, 5, LATER)
    assert [drawn(session, day) for day in (TODAY - timedelta(days=1), TODAY, LATER - timedelta(days=1), LATER)] == [
        3, 4, 4, 5,
    ]  # fmt: skip


def test_of_two_that_begin_on_one_day_the_one_made_last_holds(session: Session, town: small_town.SmallTown) -> None:
    set_tea(session, 4)
    set_tea(session, 6, now=NOON + timedelta(minutes=1))
    set_tea(session, 5, now=NOON + timedelta(minutes=1))
    assert drawn(session, TODAY) == 5
    assert [version.body["minutes"] for version in history(session, "tea")] == [5, 6, 4]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=8), st.integers(0, 8))
def test_the_order_of_rows_decides_nothing(rows: list[tuple[int, int]], asked: int) -> None:
    """The law that the query follows, told in plain words: latest day not after, then latest made."""
    from sqlalchemy import create_engine  # noqa: PLC0415 -- one small database for each example

    engine = create_engine("sqlite://")
    Policy.__table__.create(engine)  # type: ignore[attr-defined]
    with Session(engine) as session:
        for at, (day, made) in enumerate(rows, start=1):
            session.add(
                Policy(
                    kind="tea",
                    effective_from=TODAY + timedelta(days=day),
                    body={"minutes": at},
                    note="",
                    made_at=NOON + timedelta(minutes=made),
                )
            )
            session.flush()
        begun = [(day, made, at) for at, (day, made) in enumerate(rows, start=1) if day <= asked]
        holds = in_force(session, TEA, TODAY + timedelta(days=asked)).value.minutes
        best = max(((day, made) for day, made, _ in begun), default=None)
        assert holds in ([at for day, made, at in begun if (day, made) == best] or [3])
    engine.dispose()


def test_the_same_again_is_no_new_version(session: Session, town: small_town.SmallTown) -> None:
    first = set_tea(session, 4, note="weak")
    assert set_tea(session, 4, note="weak", now=NOON + timedelta(hours=1)) is first
    assert set_tea(session, 4, note="as the doctor said") is not first
    assert len(history(session, "tea")) == 2


def test_who_set_it_and_why_stands_in_the_audit_trail(session: Session, town: small_town.SmallTown) -> None:
    first = set_tea(session, 4)
    boss = Actor(town.max.id, Role.MANAGER, None)
    second = set_tea(session, 5, by=boss, note="strong")
    [entry] = history_of(session, ("policy", second.id))
    assert (entry.action, entry.actor_id) == ("policy.put", town.max.id)
    assert entry.facts == {
        "kind": "tea", "effective_from": str(TODAY), "note": "strong", "before": str(first.id),
    }  # fmt: skip
    assert (second.made_by, second.made_at, second.note) == (town.max.id, NOON, "strong")


def test_what_has_not_begun_can_be_withdrawn_and_stays_readable(session: Session, town: small_town.SmallTown) -> None:
    version = set_tea(session, 5, LATER)
    boss = Actor(town.max.id, Role.MANAGER, None)
    assert withdraw(session, "tea", version.id, now=NOON, by=boss) is version
    assert withdraw(session, "tea", version.id, now=NOON + timedelta(hours=1), by=boss).withdrawn_at == NOON
    assert drawn(session, LATER) == 3
    assert history(session, "tea") == [version]
    assert [entry.action for entry in history_of(session, ("policy", version.id))] == ["policy.put", "policy.withdraw"]


def test_what_has_begun_cannot_be_withdrawn(session: Session, town: small_town.SmallTown) -> None:
    version = set_tea(session, 5)
    with pytest.raises(PolicyInForce, match="holds since"):
        withdraw(session, "tea", version.id, now=NOON)


def test_nothing_is_set_for_days_that_are_over(session: Session, town: small_town.SmallTown) -> None:
    with pytest.raises(PolicyOfThePast, match="is over"):
        set_tea(session, 5, TODAY - timedelta(days=1))


def test_a_day_is_over_when_it_is_over_in_every_territory(session: Session, town: small_town.SmallTown) -> None:
    """And a version can be withdrawn only while no territory has reached its day."""
    session.add(Territory(code="kiritimati", name="K", time_zone="Pacific/Kiritimati", region="KI", currency="AUD"))
    session.flush()
    set_tea(session, 4)
    version = set_tea(session, 5, TOMORROW)
    with pytest.raises(PolicyInForce):
        withdraw(session, "tea", version.id, now=NOON)


def test_a_manager_of_one_district_sets_no_policy(session: Session, town: small_town.SmallTown) -> None:
    of_one = Actor(town.max.id, Role.MANAGER, town.north.id)
    version = set_tea(session, 5, LATER)
    with pytest.raises(PolicyHoldsForAll):
        set_tea(session, 4, by=of_one)
    with pytest.raises(PolicyHoldsForAll):
        withdraw(session, "tea", version.id, now=NOON, by=of_one)
    assert set_tea(session, 4, by=Actor(town.max.id, Role.MANAGER, town.town.id)).made_by == town.max.id


@pytest.mark.parametrize(
    ("body", "pointer", "wrong"),
    [
        ({}, "", "'minutes' is a required property"),
        ({"minutes": 0}, "/minutes", "less than the minimum"),
        ({"minutes": True}, "/minutes", "is not of type 'integer'"),
        ({"minutes": 3, "sugar": 1}, "", "'sugar' was unexpected"),
        ({"minutes": "x" * 5000}, "/minutes", "…"),
    ],
)
def test_a_document_of_another_shape_is_refused_by_its_place(
    session: Session, body: dict[str, Any], pointer: str, wrong: str
) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        put(session, TEA, body, now=NOON)
    [fault] = refused.value.facts["errors"]
    assert fault["pointer"] == pointer
    assert wrong in fault["message"]
    assert len(fault["message"]) <= 200
    assert history(session, "tea") == []


@pytest.mark.parametrize("sort", ["\x00", "\ud800", float("nan"), float("inf")])
def test_what_no_database_keeps_is_refused(session: Session, sort: object) -> None:
    with pytest.raises(PolicyInvalid, match="cannot be stored"):
        put(session, TEA, {"minutes": 3, "sort": sort}, now=NOON)


def test_a_version_is_found_under_its_own_kind_only(session: Session, town: small_town.SmallTown) -> None:
    version = set_tea(session, 5)
    assert require_version(session, "tea", version.id) is version
    with pytest.raises(PolicyNotFound):
        require_version(session, "coffee", version.id)


def test_differences_are_told_by_place() -> None:
    found = differences(
        {"a": 1, "list": [{"x": 1}, {"x": 2}], "old": True}, {"a": 1, "list": [{"x": 1}, {"x": 3}, 4], "new": None}
    )
    assert [(each.pointer, each.before, each.after) for each in found] == [
        ("/list/1/x", 2, 3), ("/list/2", None, 4), ("/old", True, None),
    ]  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(JSON, JSON)
def test_documents_differ_somewhere_or_are_the_same(before: Any, after: Any) -> None:
    assert differences(before, before) == []
    found, back = differences(before, after), differences(after, before)
    assert {(each.pointer, repr(each.before)) for each in found} == {(each.pointer, repr(each.after)) for each in back}
