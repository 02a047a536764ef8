"""Whom a person may see, and who may manage whom."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds import small_town

from fieldsales.audit.models import AuditEntry
from fieldsales.db.paging import BadPage, PageWanted
from fieldsales.people.models import Role, Territory, User, WorkPattern
from fieldsales.people.queries import (
    PersonNotFound,
    TerritoryNotFound,
    people_visible_to,
    reps_visible_to,
    require_rep_in_scope,
    territories_below,
    territories_visible_to,
)
from fieldsales.people.rules import (
    Actor,
    BadLogin,
    BadWorkPattern,
    MayNotManage,
    NeedsTerritory,
    WeakPassword,
    check_password,
)
from fieldsales.people.service import (
    LoginTaken,
    TerritoryCodeTaken,
    add_person,
    add_territory,
    change_person,
    set_password,
    set_work_pattern,
)

NOW = small_town.NOON
ROOT = Actor(uuid.uuid4(), Role.ADMIN, None)


def acting(person: User) -> Actor:
    return Actor(person.id, person.role, person.territory_id)


def test_the_tree_below_a_territory_holds_the_territory_itself(session: Session) -> None:
    world = small_town.build(session)
    street = add_territory(
        session, code="street", name="Street", parent_id=world.north.id, time_zone="UTC", region="GR", currency="EUR",
        now=NOW,
    )  # fmt: skip
    assert set(session.scalars(territories_below(world.north.id))) == {world.north.id, street.id}
    assert len(set(session.scalars(territories_below(None)))) == 4


def test_a_rep_sees_nobody_else(session: Session) -> None:
    world = small_town.build(session)
    assert reps_visible_to(session, acting(world.anna)) == [world.anna]
    with pytest.raises(PersonNotFound):
        require_rep_in_scope(session, acting(world.anna), world.ben.id)


def test_a_supervisor_sees_the_reps_below_and_nobody_beside(session: Session) -> None:
    world = small_town.build(session)
    assert reps_visible_to(session, acting(world.sara)) == [world.anna, world.ben]
    north_only = Actor(world.sara.id, Role.SUPERVISOR, world.north.id)
    assert reps_visible_to(session, north_only) == [world.anna]
    with pytest.raises(PersonNotFound):
        require_rep_in_scope(session, north_only, world.ben.id)
    visible = territories_visible_to(session, north_only, PageWanted())
    assert [territory.code for territory in visible.items] == ["north"]


def test_a_manager_without_a_territory_sees_everybody_page_by_page(session: Session) -> None:
    world = small_town.build(session)
    first = people_visible_to(session, acting(world.max), PageWanted(limit=3))
    assert [person.login for person in first.items] == ["anna", "ben", "max"]
    second = people_visible_to(session, acting(world.max), PageWanted(after=first.next, limit=3))
    assert ([person.login for person in second.items], second.next) == (["sara"], None)


@pytest.mark.parametrize("marker", ["", "!", "e30", "WyJhIl0", "bnVsbA", "WyJhIiwgImIiXQ", "é"])
def test_a_forged_page_marker_is_refused(session: Session, marker: str) -> None:
    with pytest.raises(BadPage):
        people_visible_to(session, ROOT, PageWanted(after=marker))


def test_an_inactive_rep_is_no_rep(session: Session) -> None:
    world = small_town.build(session)
    change_person(session, world.ben.id, {"active": False}, now=NOW, by=ROOT)
    assert reps_visible_to(session, ROOT) == [world.anna]
    with pytest.raises(PersonNotFound):
        require_rep_in_scope(session, ROOT, world.ben.id)


def test_a_manager_may_add_a_rep_but_no_manager(session: Session) -> None:
    world = small_town.build(session)
    carl = add_person(
        session, login=" Carl ", name="Carl", role=Role.REP, territory_id=world.north.id, now=NOW, by=acting(world.max)
    )
    assert (carl.login, carl.password_hash) == ("carl", None)
    with pytest.raises(MayNotManage):
        add_person(session, login="eve", name="Eve", role=Role.MANAGER, now=NOW, by=acting(world.max))
    with pytest.raises(MayNotManage):
        add_person(
            session, login="dan", name="Dan", role=Role.REP, territory_id=world.north.id, now=NOW, by=acting(world.sara)
        )
    [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.add"))
    assert (entry.actor_id, entry.subject_id, entry.facts) == (world.max.id, carl.id, {"login": "carl", "role": "rep"})


def test_a_manager_of_the_north_adds_nobody_in_the_south_or_above(session: Session) -> None:
    world = small_town.build(session)
    north = Actor(world.max.id, Role.MANAGER, world.north.id)
    with pytest.raises(TerritoryNotFound):
        add_person(session, login="carl", name="C", role=Role.REP, territory_id=world.south.id, now=NOW, by=north)
    with pytest.raises(MayNotManage):
        add_territory(session, code="x", name="X", time_zone="UTC", region="GR", currency="EUR", now=NOW, by=north)
    with pytest.raises(TerritoryNotFound):
        change_person(session, world.anna.id, {"territory_id": world.town.id}, now=NOW, by=north)
    with pytest.raises(PersonNotFound):
        change_person(session, world.ben.id, {"name": "Mine"}, now=NOW, by=north)


def test_a_login_or_code_is_given_once_whatever_its_case(session: Session) -> None:
    world = small_town.build(session)
    with pytest.raises(LoginTaken):
        add_person(session, login="ANNA", name="Another", role=Role.REP, territory_id=world.north.id, now=NOW)
    with pytest.raises(TerritoryCodeTaken):
        add_territory(session, code="town", name="T", time_zone="UTC", region="GR", currency="EUR", now=NOW)


def test_a_rep_needs_a_territory_and_a_login_needs_letters(session: Session) -> None:
    with pytest.raises(NeedsTerritory):
        add_person(session, login="carl", name="Carl", role=Role.REP, now=NOW)
    with pytest.raises(BadLogin):
        add_person(session, login="ca rl", name="Carl", role=Role.ADMIN, now=NOW)


@pytest.mark.parametrize("password", ["short", "anna-of-the-north", "ANNA-of-the-NORTH", "aaaaaaaaaaaa", "x" * 201])
def test_a_weak_password_is_refused_and_never_repeated(password: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        check_password(password, "anna-of-the-north")
    assert password not in str(refused.value)


def test_everybody_sets_the_own_password_and_only_managers_another(session: Session) -> None:
    world = small_town.build(session)
    set_password(session, world.anna.id, "correct horse", now=NOW, by=acting(world.anna))
    set_password(session, world.anna.id, "correct horse too", now=NOW, by=acting(world.max))
    with pytest.raises(MayNotManage):
        set_password(session, world.anna.id, "correct horse", now=NOW, by=acting(world.sara))
    told = [entry.facts for entry in session.scalars(select(AuditEntry))]
    assert "horse" not in str(told)


def test_a_work_pattern_is_replaced_whole_and_must_make_sense(session: Session) -> None:
    world = small_town.build(session)
    old = world.anna.work_pattern
    assert old is not None

    def pattern(**other: object) -> WorkPattern:
        names = {column.key for column in WorkPattern.__table__.columns} - {"user_id"}
        same = {name: getattr(old, name) for name in names}
        return WorkPattern(**{**same, **other})

    set_work_pattern(session, world.anna.id, pattern(weekdays="MO", lunch_minutes=45), now=NOW, by=ROOT)
    session.expire_all()
    assert world.anna.work_pattern is not None
    assert (world.anna.work_pattern.weekdays, world.anna.work_pattern.lunch_minutes) == ("MO", 45)
    with pytest.raises(BadWorkPattern):
        set_work_pattern(session, world.anna.id, pattern(shift_to=old.shift_from), now=NOW, by=ROOT)
    with pytest.raises(BadWorkPattern):
        set_work_pattern(session, world.anna.id, pattern(lunch_from=old.lunch_to, lunch_to=old.lunch_from), now=NOW)


def test_a_circle_of_territories_does_not_hang(session: Session) -> None:
    world = small_town.build(session)
    session.get_one(Territory, world.town.id).parent_id = world.north.id
    session.flush()
    assert len(set(session.scalars(territories_below(world.north.id)))) == 3
