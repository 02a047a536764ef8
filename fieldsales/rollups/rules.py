"""Which days can be read from kept sums, and the triggers that say which cannot."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from fieldsales.changes.rules import TX
from fieldsales.spans.rules import DAY, Span, end_of, pieces, start_of

Days = list[tuple[date, date]]
MOST_STRETCHES = 40
"""More stretches of days than that in one statement cost more than to sum all days anew."""
_ORDER_DAYS = (
    "SELECT {row}.ordered_on AS day WHERE {row}.ordered_on IS NOT NULL "
    "UNION SELECT day FROM visit WHERE visit.id = {row}.visit_id "
    "UNION SELECT promised_until FROM delivery WHERE delivery.id = {row}.id"
)
_LINE_DAYS = (
    "SELECT ordered_on AS day FROM sales_order WHERE id = {row}.order_id "
    "UNION SELECT promised_until FROM delivery WHERE id = {row}.order_id"
)
_DUE_DAY = "SELECT promised_until AS day FROM delivery WHERE id = {row}.delivery_id"
_VISIT_DAY = (
    "SELECT day FROM visit WHERE id = {row}.visit_id UNION "
    "SELECT ordered_on FROM sales_order WHERE visit_id = {row}.visit_id"
)
MARKED: dict[str, tuple[str, str]] = {
    "sales_order": ("INSERT UPDATE DELETE", _ORDER_DAYS),
    "order_line": ("UPDATE DELETE", _LINE_DAYS),
    "visit": ("INSERT UPDATE DELETE", "SELECT {row}.day AS day WHERE {row}.day IS NOT NULL"),
    "visit_score": ("INSERT UPDATE", _VISIT_DAY),
    "delivery": ("INSERT UPDATE DELETE", "SELECT {row}.promised_until AS day"),
    "delivery_line": ("UPDATE DELETE", _DUE_DAY),
    "delivery_report": ("INSERT", _DUE_DAY),
}
"""For each table that is summed: at which deeds a day is marked, and which. Lines come with their order or delivery."""


def split(first: date, last: date, dirty: Collection[date], span: Span) -> tuple[Days, Days]:
    """Return the stretches of a period that kept sums tell, and those that must be summed anew.

    Sums are kept of whole days or whole months: one of which any day is dirty, or lies outside, is not told by them.
    """
    kept: Days = []
    for start, end in pieces(first, last, span):
        whole = start == start_of(start, span) and end == end_of(end, span)
        if whole and not _touched(start, end, dirty):
            if kept and kept[-1][1] + DAY == start:
                kept[-1] = (kept[-1][0], end)
            else:
                kept.append((start, end))
    if len(kept) > MOST_STRETCHES:
        kept = sorted(sorted(kept, key=lambda each: each[0] - each[1])[:MOST_STRETCHES])
    return kept, gaps(first, last, kept)


def _touched(start: date, end: date, dirty: Collection[date]) -> bool:
    return start in dirty if start == end else any(start <= day <= end for day in dirty)


def gaps(first: date, last: date, kept: Days) -> Days:
    """Return the stretches of a period between others."""
    found, at = [], first
    for start, end in kept:
        if at < start:
            found.append((at, start - DAY))
        at = end + DAY
    return [*found, (at, last)] if at <= last else found


def stretches(days: Collection[date]) -> Days:
    """Return days as stretches without gaps."""
    found: Days = []
    for day in sorted(days):
        if found and found[-1][1] + DAY == day:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def trigger_name(table: str) -> str:
    """Return what the triggers of a table begin with."""
    return f"result_{table}"


def sqlite_triggers(table: str) -> Iterable[str]:
    """Return the statements that make the triggers of a table on SQLite."""
    deeds, days = MARKED[table]
    for deed in deeds.split():
        marks = " ".join(_mark(days, row, "sqlite") for row in _rows(deed))
        yield f"CREATE TRIGGER {trigger_name(table)}_{deed.lower()} AFTER {deed} ON {table} BEGIN {marks} END"


def postgresql_triggers(table: str) -> Iterable[str]:
    """Return the statements that make the function and the trigger of a table on PostgreSQL."""
    deeds, days = MARKED[table]
    name = trigger_name(table)
    new, old = (_mark(days, row, "postgresql") for row in ("NEW", "OLD"))
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP <> 'INSERT' THEN {old} END IF; IF TG_OP <> 'DELETE' THEN {new} END IF; RETURN NULL; END $$"
    )
    yield f"CREATE TRIGGER {name} AFTER {' OR '.join(deeds.split())} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"


def _rows(deed: str) -> tuple[str, ...]:
    return {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}[deed]


def _mark(days: str, row: str, dialect: str) -> str:
    told = days.format(row=row)
    return (
        f"INSERT INTO result_dirty_day (day, tx) SELECT day, {TX[dialect]} FROM ({told}) AS told "  # noqa: S608
        "WHERE day IS NOT NULL ON CONFLICT DO NOTHING;"
    )
