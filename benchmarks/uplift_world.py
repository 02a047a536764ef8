"""A country for the benchmark of uplift, made by the database itself: orders as they come in, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import Engine, Table, text

from fieldsales.orders.models import Order

TODAY = date(2026, 3, 2)
DAYS = 449
"""A year and the twelve weeks before it."""

REPS = 200


@dataclass(frozen=True)
class Size:
    """How much there is: shops, orders of each in all, visits planned and anomalies drawn in the year."""

    customers: int
    orders: int = 100
    planned_each: int = 8

    @property
    def anomalies(self) -> int:
        """One shop in five changes its buying within the year."""
        return self.customers // 5


class Words:
    """What the two databases say differently."""

    def __init__(self, dialect: str) -> None:
        self.sqlite = dialect == "sqlite"

    def series(self, many: int) -> str:
        """Numbers from 0."""
        if self.sqlite:
            return f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {many - 1})"
        return f"WITH n AS (SELECT i FROM generate_series(0, {many - 1}::bigint) AS i)"

    def id(self, kind: int, number: str) -> str:
        """An id for each number, in their order."""
        if self.sqlite:
            return f"printf('{kind:02x}000000000070008000%012x', {number})"
        return f"('{kind:02x}000000-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"

    def any(self, many: int) -> str:
        """A number below another, by chance."""
        return f"(abs(random()) % {many})" if self.sqlite else f"floor(random() * {many})::int"

    def day(self, ago: str) -> str:
        """A day so long before today."""
        return f"date('{TODAY}', '-' || ({ago}) || ' days')" if self.sqlite else f"(date '{TODAY}' - ({ago})::int)"

    def yes(self, condition: str) -> str:
        """A truth value."""
        return f"({condition})" if self.sqlite else f"({condition})::boolean"


def build(engine: Engine, size: Size) -> None:
    """Fill an empty, migrated database. No triggers, as no phone pulls here; indexes of orders are made last."""
    say = Words(engine.dialect.name)
    orders = cast(Table, Order.__table__)
    with engine.begin() as connection:
        if say.sqlite:
            connection.exec_driver_sql("PRAGMA cache_size = -1500000")
            for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars():
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for index in orders.indexes:
            index.drop(connection)
        for statement in statements(say, size):
            connection.execute(text(statement))
        for index in orders.indexes:
            index.create(connection)
    engine.dispose()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def statements(say: Words, size: Size) -> list[str]:
    """Return what fills the tables, those first that others refer to."""
    many, now = size.customers, f"'{TODAY} 00:00:00'"
    place = f"CAST(i * 7919 % {many} AS {'INTEGER' if say.sqlite else 'int'})"
    rep, shop = say.id(2, f"i % {REPS}"), say.id(3, place)
    visits = many * size.planned_each
    visit_ago = f"1 + i * 364 / {visits}"
    return [
        f"""INSERT INTO territory (id, code, name, time_zone, region, currency)
            VALUES ({say.id(1, "1")}, 'c', 'Country', 'UTC', 'GR', 'EUR')""",
        f"""INSERT INTO user_account (id, login, name, role, territory_id, language, active, created_at)
            {say.series(REPS)} SELECT {say.id(2, "i")}, 'rep' || i, 'Rep ' || i, 'rep', {say.id(1, "1")}, 'en',
            {say.yes("1 = 1")}, {now} FROM n""",
        f"""INSERT INTO customer (id, name, territory_id, tier, flags, active, version, created_at, updated_at)
            {say.series(many)} SELECT {say.id(3, "i")}, 'Shop ' || i, {say.id(1, "1")},
            substr('ABCD', CAST(1 + i % 4 AS {"INTEGER" if say.sqlite else "int"}), 1), '[]', {say.yes("1 = 1")}, 1,
            {now}, {now} FROM n""",
        f"""INSERT INTO assignment (id, customer_id, rep_id, kind, assigned_at)
            {say.series(many)} SELECT {say.id(4, "i")}, {say.id(3, "i")}, {rep}, 'owner', {now} FROM n""",
        f"""INSERT INTO anomaly (id, customer_id, kind, opened_on, seen_on, closed_on, reason, evidence, at_risk_minor,
                                 held_out, trial_bp, trial_until)
            {say.series(size.anomalies)} SELECT {say.id(5, "i")}, {say.id(3, "i * 5")}, 'churn_risk',
            {say.day(f"1 + i * 364 / {size.anomalies}")}, {say.day("1")}, {say.day("0")}, 'silent', '{{}}', 1000,
            {say.yes("i % 10 = 0")}, 1000, {say.day(f"i * 364 / {size.anomalies} - 27")} FROM n""",
        f"""INSERT INTO planned_visit (id, rep_id, customer_id, day, source, reason, value, status)
            {say.series(visits)} SELECT {say.id(6, "i")}, {rep}, {shop}, {say.day(visit_ago)},
            CASE {say.any(20)} WHEN 0 THEN 'manual' WHEN 1 THEN 'key_account' WHEN 2 THEN 'anomaly' ELSE 'tier' END,
            'due', 10, CASE WHEN {say.any(5)} = 0 THEN 'left_out' ELSE 'done' END FROM n""",
        f"""INSERT INTO visit (id, customer_id, rep_id, day, flags)
            {say.series(visits)} SELECT {say.id(7, "i")}, {shop}, {rep}, {say.day(visit_ago)}, '[]' FROM n""",
        f"""INSERT INTO sales_order (id, customer_id, kind, origin, ordered_on, currency, amount_minor, state, flags)
            {say.series(many * size.orders)} SELECT {say.id(8, "i")}, {shop}, 'sale', 'import',
            {say.day(f"{DAYS} - i * {DAYS} / {many * size.orders}")}, 'EUR', 1000 + {say.any(50000)}, 'placed', '[]'
            FROM n""",
    ]  # fmt: skip
