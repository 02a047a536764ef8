"""Logging in, staying in, and being put out at once."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from worlds import small_town

from fieldsales.db.session import reading, transaction
from fieldsales.people.models import RefreshToken, Role
from fieldsales.people.rules import Actor, MayNotManage
from fieldsales.people.service import change_person, set_password
from fieldsales.sessions.queries import (
    AccountClosed,
    DeviceNotFound,
    SessionEnded,
    StillIn,
    actor_of_session,
    require_locked_out,
)
from fieldsales.sessions.service import (
    DeviceRevoked,
    Grant,
    Installation,
    TokenReused,
    WrongCredentials,
    identify,
    log_out,
    open_session,
    refresh,
    revoke_device,
)

NOW = small_town.NOON
MONTH = timedelta(days=30)
PHONE = Installation("phone-of-anna", "Anna's phone", "1.0")


def logged_in(session: Session, world: small_town.SmallTown, app: Installation = PHONE) -> Grant:
    return open_session(session, world.anna.id, app, lifetime=MONTH, now=NOW)


def actor(session: Session, grant: Grant) -> Actor:
    return actor_of_session(session, grant.user_id, grant.device_id, grant.family_id)


def next_of(session: Session, grant: Grant) -> Grant:
    return refresh(session, grant.token_id, lifetime=MONTH, now=NOW)


def test_who_knows_login_and_password_is_recognised(session: Session) -> None:
    world = small_town.build(session)
    set_password(session, world.anna.id, "correct horse", now=NOW)
    assert identify(session, " Anna", "correct horse") is world.anna


@pytest.mark.parametrize(
    ("login", "password"), [("anna", "wrong horse"), ("nobody", "correct horse"), ("ben", "correct horse"), ("ben", "")]
)
def test_wrong_password_unknown_login_and_no_password_sound_the_same(
    session: Session, login: str, password: str
) -> None:
    world = small_town.build(session)
    set_password(session, world.anna.id, "correct horse", now=NOW)
    with pytest.raises(WrongCredentials, match="Login or password is wrong"):
        identify(session, login, password)


def test_a_person_who_was_switched_off_is_not_recognised(session: Session) -> None:
    world = small_town.build(session)
    set_password(session, world.anna.id, "correct horse", now=NOW)
    grant = logged_in(session, world)
    change_person(session, world.anna.id, {"active": False}, now=NOW)
    with pytest.raises(WrongCredentials):
        identify(session, "anna", "correct horse")
    with pytest.raises(AccountClosed):
        actor(session, grant)
    change_person(session, world.anna.id, {"active": True}, now=NOW)
    with pytest.raises(SessionEnded):
        next_of(session, grant)


def test_each_refresh_token_is_good_for_the_next_one(session: Session) -> None:
    world = small_town.build(session)
    first = logged_in(session, world)
    second = next_of(session, first)
    third = next_of(session, second)
    assert len({first.token_id, second.token_id, third.token_id}) == 3
    assert actor(session, third).user_id == world.anna.id


def test_a_token_used_twice_ends_the_session_of_thief_and_owner(session: Session) -> None:
    world = small_town.build(session)
    first = logged_in(session, world)
    second = next_of(session, first)
    with pytest.raises(TokenReused):
        next_of(session, first)
    with pytest.raises(SessionEnded):
        next_of(session, second)
    with pytest.raises(SessionEnded):
        actor(session, second)


def test_of_two_uses_at_the_same_moment_one_wins_and_both_lose_the_session(engine: Engine) -> None:
    with transaction(engine) as session:
        first = logged_in(session, small_town.build(session))
    together = threading.Barrier(2)
    outcomes: list[object] = []

    def use() -> None:
        together.wait()
        with Session(engine) as session:
            try:
                outcomes.append(next_of(session, first))
            except TokenReused as refused:
                outcomes.append(refused)
            session.commit()

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Grant", "TokenReused"]
    with reading(engine) as session:
        alive = select(func.count()).where(RefreshToken.revoked_at.is_(None))
        assert session.scalar(alive) == 0


def test_an_expired_or_unknown_token_is_refused(session: Session) -> None:
    world = small_town.build(session)
    grant = logged_in(session, world)
    with pytest.raises(SessionEnded):
        refresh(session, grant.token_id, lifetime=MONTH, now=NOW + MONTH)
    with pytest.raises(SessionEnded):
        refresh(session, uuid.uuid4(), lifetime=MONTH, now=NOW)


def test_logging_in_again_on_a_device_ends_the_session_that_it_held(session: Session) -> None:
    world = small_town.build(session)
    first, elsewhere = logged_in(session, world), logged_in(session, world, Installation("tablet"))
    again = logged_in(session, world)
    assert again.device_id == first.device_id
    with pytest.raises(SessionEnded):
        actor(session, first)
    assert actor(session, elsewhere).device_id == elsewhere.device_id


def test_logging_out_ends_the_session_at_once(session: Session) -> None:
    world = small_town.build(session)
    grant = logged_in(session, world)
    log_out(session, actor(session, grant), now=NOW)
    with pytest.raises(SessionEnded):
        actor(session, grant)
    with pytest.raises(SessionEnded):
        next_of(session, grant)


def test_a_new_password_ends_all_sessions(session: Session) -> None:
    world = small_town.build(session)
    grant = logged_in(session, world)
    set_password(session, world.anna.id, "correct horse", now=NOW)
    with pytest.raises(SessionEnded):
        actor(session, grant)


def test_a_revoked_device_is_out_and_stays_out(session: Session) -> None:
    world = small_town.build(session)
    grant = logged_in(session, world)
    supervisor = Actor(world.sara.id, world.sara.role, world.sara.territory_id)
    assert revoke_device(session, grant.device_id, now=NOW, by=supervisor).revoked_at == NOW
    with pytest.raises(DeviceRevoked):
        actor(session, grant)
    with pytest.raises(DeviceRevoked):
        next_of(session, grant)
    with pytest.raises(DeviceRevoked):
        logged_in(session, world)
    assert logged_in(session, world, Installation("a new phone")).device_id != grant.device_id


def test_nobody_revokes_a_device_outside_the_own_scope(session: Session) -> None:
    world = small_town.build(session)
    grant = logged_in(session, world)
    ben = Actor(world.ben.id, world.ben.role, world.ben.territory_id)
    with pytest.raises(DeviceNotFound):
        revoke_device(session, grant.device_id, now=NOW, by=ben)


def test_a_supervisor_locks_out_reps_but_nobody_above(session: Session) -> None:
    world = small_town.build(session)
    boss = world.max
    boss.territory_id = world.town.id
    grant = open_session(session, boss.id, PHONE, now=NOW, lifetime=timedelta(days=30))
    with pytest.raises(MayNotManage):
        revoke_device(session, grant.device_id, now=NOW, by=Actor(world.sara.id, Role.SUPERVISOR, world.town.id))
    assert revoke_device(session, grant.device_id, now=NOW, by=Actor(boss.id, Role.MANAGER, world.town.id))


def test_only_ones_own_device_without_a_session_is_locked_out(session: Session) -> None:
    world = small_town.build(session)
    grant = logged_in(session, world)
    with pytest.raises(StillIn):
        require_locked_out(session, world.anna.id, grant.device_id, NOW)
    assert require_locked_out(session, world.anna.id, grant.device_id, NOW + MONTH) == grant.device_id
    log_out(session, actor(session, grant), now=NOW)
    assert require_locked_out(session, world.anna.id, grant.device_id, NOW) == grant.device_id
    for user_id, device_id in ((world.ben.id, grant.device_id), (world.anna.id, uuid.uuid4()), (world.anna.id, None)):
        with pytest.raises(SessionEnded):
            require_locked_out(session, user_id, device_id, NOW)
