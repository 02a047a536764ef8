"""A phone that applies every page holds exactly what its user may see."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, event, func, make_url, select, text
from sqlalchemy.orm import Session
from worlds import phone_town
from worlds.small_town import NOON

import sync.pull as pull_module
from fieldsales.catalog.models import Product, TierPrice
from fieldsales.changes.models import Scope
from fieldsales.changes.queries import epoch, frontier, horizon
from fieldsales.changes.service import new_epoch, synced_tables
from fieldsales.customers.models import Assignment, AssignmentKind, Customer, CustomerReference
from fieldsales.db.base import new_id
from fieldsales.db.engine import make_engine
from fieldsales.db.session import reading, transaction
from fieldsales.orders.models import Order, Origin
from fieldsales.planning.models import PlannedVisit, Source
from sync.cursor import Cursor, CursorExpired, CursorInvalid, Position, parse_cursor
from sync.pull import pull
from sync.shapes import SHAPES


def of(phone, entity):
    return {identity: document for (kind, identity), document in phone.store.items() if kind == entity}


def end(session, rep_id, customer_id):
    for each in session.scalars(
        select(Assignment).where(
            Assignment.rep_id == rep_id, Assignment.customer_id == customer_id, Assignment.ended_at.is_(None)
        )
    ):
        each.ended_at = NOON


def assign(session, rep_id, customer_id, kind=AssignmentKind.KEY_ACCOUNT):
    session.add(Assignment(rep_id=rep_id, customer_id=customer_id, kind=kind, assigned_at=NOON))


def test_a_first_load_holds_ones_own_customers_and_the_whole_catalogue(town):
    town.anna.pull(town.engine)
    assert {each["name"] for each in of(town.anna, "customer").values()} == {"Bakery", "Corner", "Dairy"}
    assert of(town.anna, "customer")[town.customers["Bakery"]]["references"] == [{"system": "erp", "value": "C-Bakery"}]
    assert len(of(town.anna, "product")) == 4
    assert len(of(town.anna, "assignment")) == 3
    assert not any("cost_minor" in each for each in of(town.anna, "product").values())


def test_an_empty_pull_is_empty(town):
    town.anna.pull(town.engine)
    assert town.anna.pull(town.engine) == 0


def test_what_changed_comes_and_nothing_else(town):
    town.anna.pull(town.engine)
    with transaction(town.engine) as session:
        session.get_one(Product, town.products["soap"]).price_minor = 205
        session.get_one(Customer, town.customers["Fish"]).name = "Ben's own affair"
    assert town.anna.pull(town.engine) == 1
    assert of(town.anna, "product")[town.products["soap"]]["price_minor"] == 205


def test_what_is_switched_off_or_deleted_leaves_the_phone(town):
    with transaction(town.engine) as session:
        session.add(TierPrice(tier="B", product_id=town.products["rice"], price_minor=1000))
    town.anna.pull(town.engine)
    with transaction(town.engine) as session:
        session.get_one(Product, town.products["soap"]).active = False
        session.get_one(Customer, town.customers["Bakery"]).active = False
        session.execute(delete(TierPrice))
    town.anna.pull(town.engine)
    assert town.products["soap"] not in of(town.anna, "product")
    assert town.customers["Bakery"] not in of(town.anna, "customer")
    assert of(town.anna, "tier_price") == {}
    with transaction(town.engine) as session:
        session.get_one(Customer, town.customers["Bakery"]).active = True
    town.anna.pull(town.engine)
    assert town.customers["Bakery"] in of(town.anna, "customer")


def test_joining_a_customer_brings_its_whole_past_and_leaving_takes_it_back(town):
    town.ben.check_in(town.customers["Fish"])
    town.ben.order(town.customers["Fish"], [(town.products["soap"], 1, 189)])
    town.ben.deliver(town.engine)
    town.anna.pull(town.engine)
    with transaction(town.engine) as session:
        assign(session, town.anna.who.user_id, town.customers["Fish"])
    town.anna.pull(town.engine)
    assert town.customers["Fish"] in of(town.anna, "customer")
    assert (len(of(town.anna, "visit")), len(of(town.anna, "order"))) == (1, 1)
    with transaction(town.engine) as session:
        end(session, town.anna.who.user_id, town.customers["Fish"])
    town.anna.pull(town.engine)
    assert town.customers["Fish"] not in of(town.anna, "customer")
    assert (of(town.anna, "visit"), of(town.anna, "order")) == ({}, {})


def test_leaving_one_of_two_assignments_takes_nothing_back(town):
    with transaction(town.engine) as session:
        assign(session, town.anna.who.user_id, town.customers["Bakery"])
    town.anna.pull(town.engine)
    with transaction(town.engine) as session:
        session.execute(
            Assignment.__table__.update()
            .where(Assignment.customer_id == town.customers["Bakery"], Assignment.kind == AssignmentKind.OWNER)
            .values(ended_at=NOON)
        )
    town.anna.pull(town.engine)
    assert town.customers["Bakery"] in of(town.anna, "customer")


def test_an_assignment_handed_to_another_rep_moves_the_customer(town):
    """The row itself changes its rep: the old phone hears an exit, the new one everything."""
    town.anna.pull(town.engine)
    town.ben.pull(town.engine)
    with transaction(town.engine) as session:
        session.scalars(
            select(Assignment).where(Assignment.customer_id == town.customers["Bakery"])
        ).one().rep_id = town.ben.who.user_id
    town.anna.pull(town.engine)
    town.ben.pull(town.engine)
    assert town.customers["Bakery"] not in of(town.anna, "customer")
    assert town.customers["Bakery"] in of(town.ben, "customer")


def test_what_was_written_after_the_horizon_at_a_customer_that_was_left_is_taken_back_too(town):
    """The phone holds a visit; it is left in one pull's span and the visit is touched after that span ended."""
    town.anna.check_in(town.customers["Bakery"])
    town.anna.deliver(town.engine)
    town.anna.pull(town.engine)
    with transaction(town.engine) as session:
        end(session, town.anna.who.user_id, town.customers["Bakery"])
    with reading(town.engine) as session:
        first = pull(session, town.anna.who.user_id, town.anna.cursor, limit=1)
    assert first.more
    with transaction(town.engine) as session:
        session.get_one(Customer, town.customers["Bakery"]).name = "Touched meanwhile"
        session.execute(text("UPDATE visit SET day = day"))
    for change in first.changes:
        town.anna.store.pop((change.entity, change.id))
    town.anna.cursor = first.next_cursor
    town.anna.pull(town.engine, limit=1)
    assert of(town.anna, "visit") == {}
    assert town.customers["Bakery"] not in of(town.anna, "customer")


def test_a_deleted_assignment_ends_the_cursor_rather_than_leave_a_customer_behind(town):
    town.anna.pull(town.engine)
    with transaction(town.engine) as session:
        session.execute(delete(Assignment).where(Assignment.customer_id == town.customers["Bakery"]))
    with pytest.raises(CursorExpired):
        town.anna.pull(town.engine)
    town.anna.cursor = None
    town.anna.pull(town.engine)
    assert town.customers["Bakery"] not in of(town.anna, "customer")
    assert town.anna.pull(town.engine) == 0


def test_imported_history_stays_on_the_server(town):
    with transaction(town.engine) as session:
        session.add(
            Order(
                customer_id=town.customers["Bakery"],
                origin=Origin.IMPORT,
                ordered_on=NOON.date(),
                currency="EUR",
                amount_minor=100,
            )
        )
    town.anna.pull(town.engine)
    assert of(town.anna, "order") == {}


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 1000])
def test_pages_of_any_size_make_the_same_whole(town, limit):
    town.ben.pull(town.engine)
    town.anna.who, town.anna.cursor = town.ben.who, None
    town.anna.pull(town.engine, limit)
    assert town.anna.store == town.ben.store


def test_a_garbled_cursor_is_refused_and_an_old_epochs_has_expired(town):
    town.anna.pull(town.engine)
    with reading(town.engine) as session:
        with pytest.raises(CursorInvalid):
            pull(session, town.anna.who.user_id, "garbage")
        with pytest.raises(CursorExpired):
            pull(session, town.ben.who.user_id, town.anna.cursor)
    with transaction(town.engine) as session:
        new_epoch(session)
    with pytest.raises(CursorExpired):
        town.anna.pull(town.engine)
    town.anna.cursor = None
    town.anna.pull(town.engine)
    assert len(of(town.anna, "customer")) == 3


def test_a_backup_in_a_younger_database_gives_its_rows_out_again(postgresql_engine: Engine):
    """A restored dump keeps stamps that the new server's counter has not reached; a new epoch forgets them."""
    with transaction(postgresql_engine) as session:
        session.execute(
            text(
                "INSERT INTO change (scope_kind, scope_id, entity, entity_id, tx, op) "
                "VALUES ('org', :everyone, 'product', :id, 4611686018427387904, 'upsert')"
            ),
            {"everyone": uuid.UUID(int=0), "id": uuid.uuid4()},
        )
        new_epoch(session)
    with reading(postgresql_engine) as session:
        assert session.scalar(text("SELECT max(tx) FROM change")) < horizon(session)


def test_a_cursor_from_the_future_has_expired(town):
    """A database restored without a new epoch is behind its phones."""
    town.anna.pull(town.engine)
    now = parse_cursor(town.anna.cursor)
    town.anna.cursor = Cursor(now.epoch, now.user_id, now.since + 1_000_000).text()
    with pytest.raises(CursorExpired):
        town.anna.pull(town.engine)


def test_every_synced_table_has_a_shape():
    assert {feed.entity for _, feed in synced_tables()} == SHAPES.keys()


def test_the_number_of_queries_does_not_grow_with_the_page(town):
    with transaction(town.engine) as session:
        for number in range(60):
            customer = Customer(
                name=f"Shop {number}",
                territory_id=session.get_one(Customer, town.customers["Bakery"]).territory_id,
                created_at=NOON,
                updated_at=NOON,
                references=[CustomerReference(system="erp", value=f"S{number}")],
            )
            session.add(customer)
            session.flush()
            assign(session, town.anna.who.user_id, customer.id)
            session.add(
                PlannedVisit(
                    rep_id=town.anna.who.user_id,
                    customer_id=customer.id,
                    day=NOON.date(),
                    source=Source.MANUAL,
                    reason="Because.",
                    value=1,
                )
            )
            town.anna.check_in(customer.id)
    town.anna.deliver(town.engine)
    statements = []
    event.listen(town.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    with reading(town.engine) as session:
        page = pull(session, town.anna.who.user_id, None, limit=1000)
    assert len(page.changes) > 200
    assert len(statements) < 25


def neighbour_of(url: str) -> str:
    """The address of another database of the same server."""
    return make_url(url).set(database="postgres").render_as_string(hide_password=False)


def test_another_databases_open_transaction_does_not_stall_the_horizon(postgresql_engine, postgresql_url):
    """All databases of a PostgreSQL server share their transaction numbers."""
    town = phone_town.build(postgresql_engine)
    other = make_engine(neighbour_of(postgresql_url))
    with other.connect() as stranger:
        stranger.execute(text("SELECT pg_current_xact_id()"))
        town.anna.pull(town.engine)
        with transaction(town.engine) as session:
            session.get_one(Product, town.products["soap"]).price_minor = 7
        assert town.anna.pull(town.engine) == 1
        with reading(town.engine) as session:
            found = frontier(session)
        assert found.horizon <= found.end
    other.dispose()


def test_a_neighbour_that_ended_after_our_snapshot_only_seems_to_hold_it_back(postgresql_engine, postgresql_url):
    """Its number is in the snapshot, and nobody can be asked any more whose it was; the next snapshot is free of it."""
    other = make_engine(neighbour_of(postgresql_url))
    with reading(postgresql_engine) as session:
        with other.connect() as stranger:
            stranger.execute(text("SELECT pg_current_xact_id()"))
            with transaction(postgresql_engine) as later:
                later.execute(text("SELECT pg_current_xact_id()"))
            session.execute(text("SELECT 1"))
        assert frontier(session).passing
        session.rollback()
        assert not frontier(session).passing
    other.dispose()


def test_a_pull_takes_another_snapshot_rather_than_be_held_back_by_what_has_ended(town, monkeypatch):
    town.anna.pull(town.engine)
    with transaction(town.engine) as session:
        session.get_one(Product, town.products["soap"]).price_minor = 7
    calls = []

    def held_back_at_first(session):
        calls.append(session)
        found = frontier(session)
        return found if len(calls) > 2 else replace(found, horizon=found.horizon - 1, passing=True)

    monkeypatch.setattr(pull_module.queries, "frontier", held_back_at_first)
    assert town.anna.pull(town.engine) == 1


def test_a_commit_that_is_late_is_told_later_and_never_skipped(postgresql_engine):
    """The slow writer began first and commits last; phones that pulled in between still get its row."""
    town = phone_town.build(postgresql_engine)
    town.anna.pull(town.engine)
    with Session(town.engine) as slow:
        slow.get_one(Product, town.products["soap"]).price_minor = 1
        slow.flush()
        with transaction(town.engine) as session:
            session.get_one(Product, town.products["rice"]).price_minor = 2
        town.anna.pull(town.engine)
        slow.commit()
    town.anna.pull(town.engine)
    assert of(town.anna, "product")[town.products["soap"]]["price_minor"] == 1
    assert of(town.anna, "product")[town.products["rice"]]["price_minor"] == 2


def test_phones_that_pull_while_many_write_miss_nothing(town):
    """4 writers, 50 commits each, two phones pulling in small pages all the while."""
    with transaction(town.engine) as session:
        products = [Product(sku=f"p{number}", name="x", price_minor=0, currency="EUR") for number in range(20)]
        session.add_all(products)
        session.flush()
        ids = [each.id for each in products]
    writing = threading.Event()
    writing.set()

    def write(writer):
        for turn in range(50):
            with transaction(town.engine) as session:
                row = session.get_one(Product, ids[(writer * 5 + turn) % len(ids)], with_for_update=True)
                row.price_minor += 1

    def watch(phone):
        while writing.is_set():
            phone.pull(town.engine, limit=3)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    watchers = [threading.Thread(target=watch, args=(phone,)) for phone in (town.anna, town.ben)]
    for thread in writers + watchers:
        thread.start()
    for thread in writers:
        thread.join()
    writing.clear()
    for thread in watchers:
        thread.join()
    with reading(town.engine) as session:
        truth = dict(session.execute(select(Product.id, Product.price_minor)).all())
        assert session.scalar(select(func.sum(Product.price_minor)).where(Product.id.in_(ids))) == 200
    for phone in (town.anna, town.ben):
        phone.pull(town.engine)
        assert {identity: each["price_minor"] for identity, each in of(phone, "product").items()} == truth


def test_a_day_old_cursor_still_works(town):
    town.anna.pull(town.engine)
    kept = town.anna.cursor
    for turn in range(3):
        with transaction(town.engine) as session:
            session.get_one(Product, town.products["soap"]).price_minor = turn
            session.get_one(Customer, town.customers["Bakery"]).updated_at = NOON + timedelta(days=turn)
    town.anna.cursor = kept
    assert town.anna.pull(town.engine) == 2


@pytest.mark.parametrize("entity", ["\ud800", "\x00", "", "user", "visit\x00"])
def test_a_forged_place_in_the_feed_is_refused(town, entity):
    """Anybody can compute a cursor's check; PostgreSQL takes neither NUL nor a lone surrogate."""
    with reading(town.engine) as session:
        after = Position(Scope.ORG, new_id(), entity, new_id())
        forged = Cursor(epoch(session), town.anna.who.user_id, 0, 1, after)
        with pytest.raises(CursorInvalid):
            pull(session, town.anna.who.user_id, forged.text())
