"""The migrations lead to exactly the tables that the models describe, on both databases."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import databases
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, select
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from fieldsales.changes.rules import trigger_name
from fieldsales.changes.service import synced_tables
from fieldsales.db.engine import DatabaseMissing, make_engine
from fieldsales.ladders.rules import TIERS, By
from fieldsales.policies.queries import in_force
from fieldsales.tiers.models import MovedBy, TierChange
from migrations import alembic_config, is_current, upgrade
from migrations.tables import metadata

ID = "11111111111111111111111111111111"
OLD_ROWS = f"""
INSERT INTO territory (id, code, name, time_zone, region, currency) VALUES ('{ID}', 't', 'T', 'UTC', 'GR', 'EUR');
INSERT INTO user_account (id, login, name, role, territory_id, language, active, created_at)
  VALUES ('{ID}', 'a', 'A', 'rep', '{ID}', 'en', true, '2026-01-01 00:00:00');
INSERT INTO device (id, installation, user_id, created_at, last_seen_at)
  VALUES ('{ID}', 'i', '{ID}', '2026-01-01 00:00:00', '2026-01-01 00:00:00');
INSERT INTO customer (id, name, territory_id, flags, active, version, created_at, updated_at)
  VALUES ('{ID}', 'C', '{ID}', '[]', true, 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00');
INSERT INTO product (id, sku, name, pack_size, active, price_minor, currency)
  VALUES ('{ID}', 's', 'S', 1, true, 1, 'EUR');
INSERT INTO visit (id, customer_id, rep_id, day, flags) VALUES ('{ID}', '{ID}', '{ID}', '2026-01-01', '[]');
INSERT INTO sales_order (id, customer_id, kind, origin, ordered_on, currency, amount_minor, flags)
  VALUES ('{ID}', '{ID}', 'sale', 'field', '2026-01-01', 'EUR', 5, '[]');
INSERT INTO order_line (order_id, line_no, product_id, quantity, unit_price_minor, amount_minor)
  VALUES ('{ID}', 1, '{ID}', 1, 5, 5);
INSERT INTO mutation (id, user_id, device_id, seq, type, v, payload, digest, status, outcome, skew_ms, clock_flags,
  received_at, held_at)
  VALUES ('{ID}', '{ID}', '{ID}', 1, 'x', 1, '{{}}', '', 'held', '{{}}', 0, '[]', '2026-01-01 00:00:00',
  '2026-01-01 00:00:00');
INSERT INTO mutation_wait (mutation_id, waits_for) VALUES ('{ID}', '{ID}')
"""

OLD_TIERS = f"""
INSERT INTO tier_policy (tier, rank, revenue_share_bp, minimum_orders, rrule, minimum_gap_days, service_minutes,
  visit_value) VALUES ('rest', 1, 10000, 0, 'FREQ=MONTHLY', 21, 10, 5), ('best', 0, 9000, 3, 'FREQ=WEEKLY', 5, 30, 90);
UPDATE customer SET tier = 'best', tier_reason = 'bought most', tier_since = '2026-02-03' WHERE id = '{ID}'
"""

OLD_ACCOUNT = f"""
INSERT INTO invoice (id, customer_id, currency, amount_minor, tax_minor, open_minor, written_off_minor, issued_on,
  due_on, made_at) VALUES ('{ID}', '{ID}', 'EUR', 9, 0, 4, 0, '2026-01-05', '2026-02-05', '2026-01-05 00:00:00');
INSERT INTO credit (id, customer_id, kind, currency, amount_minor, left_minor, day, made_at)
  VALUES ('{ID}', '{ID}', 'credit_note', 'EUR', 5, 0, '2026-01-09', '2026-01-09 00:00:00');
INSERT INTO allocation (id, invoice_id, credit_id, amount_minor, at)
  VALUES ('{ID}', '{ID}', '{ID}', 5, '2026-03-01 00:00:00')
"""

OLD_PLAN = f"""
INSERT INTO planned_visit (id, rep_id, customer_id, day, source, reason, value, status)
  VALUES ('{ID}', '{ID}', '{ID}', '2026-01-01', 'tier', 'due', 5, 'planned');
INSERT INTO route (id, rep_id, day, starts_at, ends_at, lunch_minutes, travel_s, wait_s, service_s, distance_m,
  home_travel_s, home_distance_m, fingerprint)
  VALUES ('{ID}', '{ID}', '2026-01-01', '2026-01-01 08:00:00', '2026-01-01 17:00:00', 0, 0, 0, 0, 0, 0, 0, 'x');
INSERT INTO route_stop (route_id, position, planned_visit_id, arrival_at, wait_s, service_s, departure_at, travel_s,
  distance_m) VALUES ('{ID}', 1, '{ID}', '2026-01-01 09:00:00', 0, 0, '2026-01-01 09:30:00', 0, 0)
"""


@pytest.fixture
def older_sqlite(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'older.sqlite3'}"
    upgrade(make_engine(url), "0001")
    return url


@pytest.fixture
def older_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with databases.postgresql_database(f"fieldsales_older_{os.getpid()}", tmp_path_factory, "0001") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database as the first release left it."""
    engine = make_engine(request.getfixturevalue(f"older_{request.param}"))
    yield engine
    engine.dispose()


def test_migrations_match_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_migrated_database_is_current_and_upgrading_again_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    assert is_current(engine)
    assert set(metadata.tables) <= set(inspect(engine).get_table_names())


def test_every_synced_table_has_its_triggers(engine: Engine) -> None:
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with engine.connect() as connection:
        names = [row[0] for row in connection.exec_driver_sql(catalogue[engine.dialect.name])]
    for table, _feed in synced_tables():
        assert any(name.startswith(trigger_name(table)) for name in names), table


def test_an_older_database_keeps_every_row_and_every_reference(older: Engine) -> None:
    """SQLite rebuilds tables that others refer to; nothing that hangs from them may go."""
    with older.begin() as connection:
        for statement in OLD_ROWS.strip().split(";\n"):
            connection.exec_driver_sql(statement)
    upgrade(older)
    with older.connect() as connection:
        counted = {
            table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            for table in ("mutation", "mutation_wait", "sales_order", "order_line", "customer", "visit")
        }
        told = connection.exec_driver_sql(
            "SELECT status, way, review FROM mutation UNION SELECT kind, state, reason FROM sales_order ORDER BY 1"
        ).all()
    assert counted == dict.fromkeys(counted, 1)
    assert [tuple(row) for row in told] == [("held", "phone", "open"), ("sale", "placed", None)]
    with pytest.raises(IntegrityError), older.begin() as connection:
        connection.exec_driver_sql("DELETE FROM sales_order")
    with pytest.raises(IntegrityError), older.begin() as connection:
        connection.exec_driver_sql("UPDATE sales_order SET state = 'eaten'")


def test_the_tiers_of_an_older_database_become_the_first_version_of_their_policy(older: Engine) -> None:
    with older.begin() as connection:
        for statement in (*OLD_ROWS.strip().split(";\n"), *OLD_TIERS.strip().split(";\n")):
            connection.exec_driver_sql(statement)
    upgrade(older)
    with Session(older) as session:
        found = in_force(session, TIERS, date(2026, 1, 1))
        assert (found.version is not None, found.value.by) == (True, By.REVENUE_SHARE)
        assert [(tier.tier, tier.line, tier.rrule, tier.service_minutes) for tier in found.value.tiers] == [
            ("best", 9000, "FREQ=WEEKLY", 30), ("rest", 10000, "FREQ=MONTHLY", 10),
        ]  # fmt: skip
        [change] = session.scalars(select(TierChange))
        assert (change.tier_from, change.tier_to, change.day) == (None, "best", date(2026, 2, 3))
        assert (change.reason, change.moved_by, change.facts) == ("bought most", MovedBy.ORDERS, {})
    assert "tier_policy" not in inspect(older).get_table_names()


def test_allocations_of_an_older_database_have_the_day_of_the_ledger_and_stay_final(older: Engine) -> None:
    upgrade(older, "0013")
    with older.begin() as connection:
        for statement in OLD_ROWS.split(";", maxsplit=4)[:4] + OLD_ACCOUNT.split(";"):
            connection.exec_driver_sql(statement)
    upgrade(older)
    with older.begin() as connection:
        assert str(connection.exec_driver_sql("SELECT day FROM allocation").scalar_one()) == "2026-01-09"
    with pytest.raises(DatabaseError, match="is final"), older.begin() as connection:
        connection.exec_driver_sql("DELETE FROM allocation")
    command.downgrade(alembic_config(older), "0013")
    with pytest.raises(DatabaseError, match="is final"), older.begin() as connection:
        connection.exec_driver_sql("DELETE FROM allocation")


def test_a_database_without_tiers_keeps_the_built_in_ones(older: Engine) -> None:
    upgrade(older)
    with Session(older) as session:
        assert in_force(session, TIERS, date(2026, 1, 1)).version is None


def test_the_planned_visits_of_an_older_database_stay_on_their_routes_and_can_be_skipped(older: Engine) -> None:
    with older.begin() as connection:
        for statement in (*OLD_ROWS.strip().split(";\n"), *OLD_PLAN.strip().split(";\n")):
            connection.exec_driver_sql(statement)
    upgrade(older)
    with older.begin() as connection:
        told = "SELECT status, version, skip_code FROM planned_visit"
        assert tuple(connection.exec_driver_sql(told).one()) == ("planned", 1, None)
        assert connection.exec_driver_sql("SELECT count(*) FROM route_stop").scalar_one() == 1
        connection.exec_driver_sql("UPDATE planned_visit SET status = 'skipped', skip_code = 'closed'")
    with pytest.raises(IntegrityError), older.begin() as connection:
        connection.exec_driver_sql("UPDATE planned_visit SET status = 'eaten'")
    command.downgrade(alembic_config(older), "0006")
    with older.connect() as connection:
        told = "SELECT status, left_out_code FROM planned_visit"
        assert tuple(connection.exec_driver_sql(told).one()) == ("left_out", "closed")


def test_there_is_one_line_of_history() -> None:
    assert len(ScriptDirectory.from_config(alembic_config()).get_heads()) == 1


def test_every_models_module_is_registered() -> None:
    root = Path(__file__).parents[2]
    registered = (root / "migrations" / "tables.py").read_text()
    for room in ("fieldsales", "sync"):
        for path in (root / room).rglob("models.py"):
            module = ".".join(path.relative_to(root).with_suffix("").parts)
            assert f"import {module}" in registered


def test_a_file_that_is_no_database_is_told_plainly(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite3"
    path.write_text("shopping list, " * 100)
    with pytest.raises(DatabaseMissing, match="not an SQLite database"):
        upgrade(make_engine(f"sqlite:///{path}"))


def test_a_server_that_is_not_there_is_told_plainly() -> None:
    with pytest.raises(DatabaseMissing, match="does not answer"):
        is_current(make_engine("postgresql://nobody@127.0.0.1:1/nowhere"))
