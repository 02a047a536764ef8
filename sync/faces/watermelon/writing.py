"""What a record of WatermelonDB tells that its rep did, and which records a phone may not write at all."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from fieldsales.errors import Conflict, Invalid
from sync.faces.records import Deed, Reading, Record, read
from sync.faces.watermelon.tables import TABLES
from sync.wire import unstorable

Raw = Mapping[str, Any]


class ChangesInvalid(Invalid):
    """What was pushed is not what `synchronize()` gives to `pushChanges`. Nothing of it was looked at."""

    code = "sync.changes_invalid"
    title = "These are no changes of WatermelonDB"


class ReadOnly(Conflict):
    """The phone wrote something that is the server's to write. It gets the server's version with its next pull."""

    code = "record.read_only"
    title = "That is not the phone's to write"


class TableUnknown(Conflict):
    """The phone sent a record of a table that this server does not know. Keep local tables out of what is pushed."""

    code = "record.table_unknown"
    title = "This server does not know that table"


class Verb(StrEnum):
    """What a phone did with a record since it last handed it in."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Written:
    """A record as a phone pushes it; of a deleted one only the id is told."""

    table: str
    verb: Verb
    raw: Raw

    @property
    def id(self) -> uuid.UUID | None:
        """The record's id, None if it is none that this server could store: the library's own are no UUIDs."""
        try:
            return uuid.UUID(self.raw["id"])
        except (KeyError, ValueError, TypeError, AttributeError):
            return None

    @property
    def changed(self) -> set[str]:
        """The columns that changed since the phone had the record from us; all if it does not say."""
        told = self.raw.get("_changed")
        names = {name for name in told.split(",") if name} if isinstance(told, str) else set()
        return names or {column.name for column in TABLES[self.table].columns}


_ORDER = ("customers", "visits", "photos", "orders", "payments", "notes", "mutations")
"""What others are about comes before them."""
_MAY_CHANGE: Mapping[str, Collection[str]] = {
    "customers": {"name", "category", "address", "city", "postal_code", "phone", "opening_hours"}
    | {"latitude", "longitude"},
    "visits": {"check_in", "check_out", "summary", "cause_code"},
    "orders": {"state", "reason"},
}
_MOMENTS = {
    "customers": ("proposed_at", "edited_at"),
    "orders": ("ordered_at",),
    "payments": ("paid_at",),
    "notes": ("noted_at",),
}
_CALLS = {"check_in": ("checked_in_at", "check_in_position"), "check_out": ("checked_out_at", "check_out_position")}
_TIMES = {"checked_in_at", "checked_out_at"}
_SUMMED_UP = {"summary", "cause_code"}
_PHOTO = ("visit_id", "kind", "sha256", "size_bytes", "content_type")
_UNTOLD = object()
"""In place of what a field was before: the library does not keep it."""


def written_in(changes: object) -> Sequence[Written]:
    """Return the records of a push, in an order in which they can be done. Raises `ChangesInvalid`."""
    if not isinstance(changes, dict) or not all(isinstance(each, dict) for each in changes.values()):
        raise _misshapen()
    names = [name for name in _ORDER if name in changes] + sorted(changes.keys() - {*_ORDER})
    return [each for name in names for each in _of_table(name, changes[name])]


def _of_table(name: str, told: Mapping[str, object]) -> Iterator[Written]:
    for verb in Verb:
        rows = told.get(verb.value, [])
        if not isinstance(rows, list):
            raise _misshapen()
        for row in rows:
            raw = {"id": row} if verb is Verb.DELETED else row
            if not isinstance(raw, dict):
                raise _misshapen()
            yield Written(name, verb, raw)


def _misshapen() -> ChangesInvalid:
    return ChangesInvalid(
        "The changes do not have the shape of WatermelonDB.",
        mend="Send {changes: {table: {created: [record], updated: [record], deleted: [id]}}}.",
    )


def deeds_of(written: Written, here: Record) -> tuple[Sequence[Deed | Raw], ReadOnly | TableUnknown | None]:
    """Return what the rep did, and why not all of the record counts, if so. `here` is the document as we have it.

    What cannot be read is returned as it is, to be kept as such. Deletions are never deeds.
    """
    if written.table not in TABLES:
        return (), TableUnknown(f"There is no table “{written.table}”.", mend="Push only the tables of the protocol.")
    if written.verb is Verb.DELETED:
        return (), None
    if written.id is None or unstorable(TABLES[written.table].up(written.raw)):
        return (dict(written.raw) | {"table": written.table, "at": {}},), None
    if written.table == "mutations":
        return ((_mutation(written),), None) if written.verb is Verb.CREATED else ((), _read_only(written))
    reading = _read(written, here)
    return reading.deeds, None if reading.whole else _read_only(written)


def _read_only(written: Written) -> ReadOnly:
    return ReadOnly(
        f"Not all that changed in {written.table}/{written.id} is the phone's to write.",
        mend="Pull: the server's version comes back. What a rep may do is in docs/sync-protocol.md.",
    )


def _read(written: Written, here: Record) -> Reading:
    record = TABLES[written.table].up(written.raw)
    at = stamp(record.pop("stamp", None))
    if written.table == "photos":
        return _read_photo(written, record, at)
    changed = written.changed - {"stamp"}
    whole = written.verb is Verb.CREATED or changed <= {*_MAY_CHANGE.get(written.table, ())} or not _says(written)
    record |= dict.fromkeys(_MOMENTS.get(written.table, ()), at)
    if written.table == "visits":
        changed = _arrivals(record, changed)
    was: Record | None = None
    if written.verb is Verb.UPDATED:
        was = record | dict.fromkeys(changed & {*_MAY_CHANGE.get(written.table, ())}, _UNTOLD)
        if written.table == "visits":
            was |= dict.fromkeys(changed & _TIMES) | {name: here.get(name) for name in changed & _SUMMED_UP}
            record["summary"] = _gained(record["summary"], here.get("summary"))
    found = read(TABLES[written.table].entity, record, was)
    return Reading(tuple(_dated(each, at) for each in found.deeds), whole and (found.whole or bool(found.deeds)))


def _says(written: Written) -> bool:
    return bool(written.raw.get("_changed"))


def _arrivals(record: dict[str, Any], changed: set[str]) -> set[str]:
    """Put what the phone saw on coming and going where our documents have it; return the names that changed."""
    found = set(changed)
    for name, (moment, place) in _CALLS.items():
        call = record.pop(name, None)
        record[moment], record[place] = stamp(call), call.get("position") if isinstance(call, dict) else None
        found -= {name, moment, place}
        if name in changed:
            found.add(moment)
    return found


def _gained(text: object, before: object) -> object:
    """Return what a text adds to the one before, white space apart; all of it if it does not go on from that one."""
    if not isinstance(text, str) or not isinstance(before, str):
        return text
    letters = "".join(before.split())
    if not "".join(text.split()).startswith(letters):
        return text
    end = 0
    for _ in letters:
        end = next(place for place in range(end, len(text)) if not text[place].isspace()) + 1
    return text[end:].strip() or None


def _dated(deed: Deed, at: object) -> Deed:
    """Date what the record's stamp dates, and leave out what the library cannot tell."""
    if deed.type == "customer.update":
        edits = {name: {"now": edit["now"]} for name, edit in deed.data["fields"].items()}
        deed = replace(deed, data=deed.data | {"fields": edits})
    by_stamp = deed.at is None or deed.type == "visit.summarize"
    return replace(deed, at=at) if by_stamp and at is not None else deed


def _read_photo(written: Written, record: Record, at: object) -> Reading:
    if written.verb is Verb.UPDATED:
        return Reading(whole=not _says(written))
    data = {name: record[name] for name in _PHOTO if record[name] is not None}
    taken_at = at["wall"] if isinstance(at, dict) else _moment(record["taken_at"])
    data |= {"photo_id": record["id"], "taken_at": taken_at}
    return Reading((Deed("photo.attach", ("photo", str(record["id"])), data, at),))


def _mutation(written: Written) -> Raw:
    record = TABLES["mutations"].up(written.raw)
    names = ("id", "type", "v", "entity", "base_version", "after", "data")
    told = {name: record[name] for name in names if record[name] is not None}
    return told | {"at": stamp(record["stamp"])}


def stamp(told: object) -> object:
    """Return a moment as a phone's record tells it, as the envelope of a mutation has it; None if it tells none."""
    if not isinstance(told, dict):
        return told
    return {
        "wall": told.get("wall"),
        "mono_ms": told.get("mono_ms") or 0,
        "boot_id": told.get("boot_id") or "untold",
    }


def _moment(told: object) -> object:
    try:
        return datetime.fromtimestamp(told / 1000, UTC).isoformat()  # type: ignore[operator]
    except (TypeError, ValueError, OverflowError, OSError):
        return told
