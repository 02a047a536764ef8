"""The feed sees every write, in commit order, and nothing can appear below its horizon."""

from __future__ import annotations

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session
from worlds import small_town

from fieldsales.changes.models import Change, Op, Scope
from fieldsales.changes.queries import horizon
from fieldsales.customers.models import Assignment, Customer
from fieldsales.db.session import reading, transaction


def changes_of(engine: Engine, entity: str) -> list[Change]:
    with reading(engine) as session:
        return list(session.scalars(select(Change).where(Change.entity == entity).order_by(Change.tx)))


def test_every_insert_is_in_the_feed_below_the_next_horizon(engine: Engine) -> None:
    with transaction(engine) as session:
        small_town.build(session)
    assert len(changes_of(engine, "customer")) == 6
    with reading(engine) as session:
        assert all(change.tx < horizon(session) for change in changes_of(engine, "customer"))


def test_a_bulk_update_that_bypasses_the_orm_is_seen(engine: Engine) -> None:
    with transaction(engine) as session:
        small_town.build(session)
    before = {change.entity_id: change.tx for change in changes_of(engine, "customer")}
    with transaction(engine) as session:
        session.execute(update(Customer).values(category="kiosk").execution_options(synchronize_session=False))
    assert all(change.tx > before[change.entity_id] for change in changes_of(engine, "customer"))


def test_a_row_that_moves_to_another_scope_exits_the_old_one(engine: Engine) -> None:
    with transaction(engine) as session:
        world = small_town.build(session)
        ben, moved = world.ben.id, select(Assignment).where(Assignment.rep_id == world.anna.id).limit(1)
        assignment_id = session.scalars(moved).one().id
    with transaction(engine) as session:
        session.get_one(Assignment, assignment_id).rep_id = ben
    of_it = {
        change.scope_id: change.op for change in changes_of(engine, "assignment") if change.entity_id == assignment_id
    }
    assert of_it[ben] is Op.UPSERT
    assert sorted(of_it.values()) == [Op.EXIT, Op.UPSERT]


def test_a_customer_that_is_switched_off_becomes_a_tombstone(engine: Engine) -> None:
    with transaction(engine) as session:
        bakery = small_town.build(session).customers["Bakery"].id
    with transaction(engine) as session:
        session.get_one(Customer, bakery).active = False
    [change] = [change for change in changes_of(engine, "customer") if change.entity_id == bakery]
    assert (change.op, change.scope_kind) == (Op.DELETE, Scope.CUSTOMER)


def test_a_rolled_back_savepoint_leaves_nothing_behind(engine: Engine) -> None:
    """SQLite's driver leaks savepoints unless its own transaction handling is off."""
    with transaction(engine) as session:
        bakery = small_town.build(session).customers["Bakery"]
        name = bakery.name
        savepoint = session.begin_nested()
        bakery.name = "Burned down"
        session.flush()
        savepoint.rollback()
        identity = bakery.id
    with reading(engine) as session:
        assert session.get_one(Customer, identity).name == name


def test_the_horizon_waits_for_a_writer_that_has_not_committed(postgresql_engine: Engine) -> None:
    """What the slow writer stamped stays at or above the horizon until it ends, though a later one committed."""
    with transaction(postgresql_engine) as session:
        bakery = small_town.build(session).customers["Bakery"].id
    with Session(postgresql_engine) as slow:
        slow.get_one(Customer, bakery).category = "slow"
        slow.flush()
        with transaction(postgresql_engine) as session:
            session.execute(update(Customer).where(Customer.id != bakery).values(category="fast"))
        with reading(postgresql_engine) as session:
            held_back = horizon(session)
        slow.commit()
    stamps = {change.entity_id: change.tx for change in changes_of(postgresql_engine, "customer")}
    assert stamps[bakery] >= held_back
