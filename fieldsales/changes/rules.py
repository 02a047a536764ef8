"""The SQL of the feed's triggers, as pure text made from a table's `Feed`.

Each insert, update or delete of a synced row writes one row of `change`, stamped with the number of the writing
transaction: `pg_current_xact_id()` on PostgreSQL, the feed clock on SQLite (see `fieldsales/db/engine.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fieldsales.changes.models import EVERYONE, Feed, Op

_UPSERT = "ON CONFLICT (scope_kind, scope_id, entity, entity_id) DO UPDATE SET tx = excluded.tx, op = excluded.op"
_FIELD_UPSERT = "ON CONFLICT ({table}_id, field) DO UPDATE SET version = excluded.version"
TX = {
    "sqlite": "(SELECT tx FROM feed_clock)",
    "postgresql": "pg_current_xact_id()::text::bigint",
}


def trigger_name(table: str) -> str:
    """Return the name that the triggers of a table begin with."""
    return f"feed_{table}"


def sqlite_triggers(table: str, feed: Feed) -> list[str]:
    """Return the statements that create the three triggers of a table on SQLite."""
    name = trigger_name(table)
    moved = ""
    if feed.scope_column and feed.scope_column != "id":
        condition = _and(f"OLD.{feed.scope_column} IS NOT NEW.{feed.scope_column}", _only(feed, "OLD"))
        moved = _statement("sqlite", feed, "OLD", f"'{Op.EXIT}'", condition)
    there = _statement("sqlite", feed, "NEW", _op(feed, "NEW"), _only(feed, "NEW"))
    gone = _statement("sqlite", feed, "OLD", f"'{Op.DELETE}'", _only(feed, "OLD"))
    return [
        f"CREATE TRIGGER {name}_insert AFTER INSERT ON {table} BEGIN {there} END",
        f"CREATE TRIGGER {name}_update AFTER UPDATE ON {table} BEGIN {moved}{there} END",
        f"CREATE TRIGGER {name}_delete AFTER DELETE ON {table} BEGIN {gone} END",
    ]


def postgresql_triggers(table: str, feed: Feed) -> list[str]:
    """Return the statements that create the function and the trigger of a table on PostgreSQL."""
    name = trigger_name(table)
    moved = ""
    if feed.scope_column and feed.scope_column != "id":
        condition = _and(f"OLD.{feed.scope_column} IS DISTINCT FROM NEW.{feed.scope_column}", _only(feed, "OLD"))
        exits = _statement("postgresql", feed, "OLD", f"'{Op.EXIT}'", condition)
        moved = f"IF TG_OP = 'UPDATE' THEN {exits} END IF; "
    there = _statement("postgresql", feed, "NEW", _op(feed, "NEW"), _only(feed, "NEW"))
    gone = _statement("postgresql", feed, "OLD", f"'{Op.DELETE}'", _only(feed, "OLD"))
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN {gone} RETURN OLD; END IF; "
        f"{moved}{there} RETURN NEW; END $$",
        f"CREATE TRIGGER {name} AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def versioning_trigger_name(table: str) -> str:
    """Return the name of the trigger that remembers when each field of a table changed."""
    return f"version_{table}"


def sqlite_versioning(table: str, fields: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the statement that creates the versioning trigger of a table on SQLite."""
    columns = ", ".join(column for group in fields.values() for column in group)
    noted = " ".join(
        f"INSERT INTO {table}_field ({table}_id, field, version) SELECT NEW.id, '{field}', NEW.version "
        f"WHERE {_differs(group, 'IS NOT')} {_FIELD_UPSERT.format(table=table)};"
        for field, group in fields.items()
    )
    return [f"CREATE TRIGGER {versioning_trigger_name(table)} AFTER UPDATE OF {columns} ON {table} BEGIN {noted} END"]


def postgresql_versioning(table: str, fields: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the statements that create the versioning function and trigger of a table on PostgreSQL."""
    name = versioning_trigger_name(table)
    columns = ", ".join(column for group in fields.values() for column in group)
    each = ", ".join(f"('{field}', {_differs(group, 'IS DISTINCT FROM')})" for field, group in fields.items())
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608 -- names of ours
        f"INSERT INTO {table}_field ({table}_id, field, version) SELECT NEW.id, told.field, NEW.version "
        f"FROM (VALUES {each}) AS told (field, differs) WHERE told.differs {_FIELD_UPSERT.format(table=table)}; "
        f"RETURN NEW; END $$",
        f"CREATE TRIGGER {name} AFTER UPDATE OF {columns} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def _differs(columns: Iterable[str], operator: str) -> str:
    return " OR ".join(f"OLD.{column} {operator} NEW.{column}" for column in columns)


def _statement(dialect: str, feed: Feed, row: str, op: str, condition: str | None) -> str:
    scope_id = f"{row}.{feed.scope_column}" if feed.scope_column else f"'{_everyone(dialect)}'"
    if dialect == "postgresql" and not feed.scope_column:
        scope_id += "::uuid"
    return (
        "INSERT INTO change (scope_kind, scope_id, entity, entity_id, tx, op) "
        f"SELECT '{feed.scope}', {scope_id}, '{feed.entity}', {row}.id, {TX[dialect]}, {op} "
        f"WHERE {condition or 'true'} {_UPSERT}; "
    )


def _everyone(dialect: str) -> str:
    return EVERYONE.hex if dialect == "sqlite" else str(EVERYONE)


def _op(feed: Feed, row: str) -> str:
    if feed.alive is None:
        return f"'{Op.UPSERT}'"
    return f"CASE WHEN {feed.alive.format(row=row)} THEN '{Op.UPSERT}' ELSE '{Op.DELETE}' END"


def _only(feed: Feed, row: str) -> str | None:
    return feed.only.format(row=row) if feed.only else None


def _and(first: str, second: str | None) -> str:
    return first if second is None else f"{first} AND {second}"
