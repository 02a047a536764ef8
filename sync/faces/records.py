"""What client libraries store as records, told as the mutations that a phone would have sent.

A record is a document as docs/sync-protocol.md has it, as far as the phone filled it in, with a few fields that only go
up (where the phone was at check-in). Such libraries know states, not deeds: what was done is read off from how a record
differs from the one that the phone last had from us.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sync.envelope import fingerprint

Record = Mapping[str, Any]
_DEEDS = uuid.UUID("5f0e7a6c-3f5b-5c0e-9a55-0b8c5de1a7f4")


@dataclass(frozen=True, slots=True)
class Deed:
    """One mutation that a record tells of: about which entity, with what data, and when if the record says so."""

    type: str
    entity: tuple[str, str]
    data: dict[str, Any]
    at: object = None
    base_version: object = None
    v: int = 1

    @property
    def id(self) -> uuid.UUID:
        """The mutation's id. It follows from the content, so that whoever tells it again tells the same mutation."""
        content = {"data": self.data, "at": self.at, "base_version": self.base_version, "v": self.v}
        return uuid.uuid5(_DEEDS, f"{self.entity[1]}:{self.type}:{fingerprint(content)}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a record tells. It is not `whole` if it differs in something that is not the phone's to say."""

    deeds: tuple[Deed, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _Fact:
    """How a record that is only ever added becomes a mutation about `entity`, whose id is the first of the names.

    `moment` is the field that says when it was done.
    """

    type: str
    entity: str
    key: str
    names: tuple[str, ...]
    moment: str

    def deed(self, record: Record) -> Deed:
        data = {self.key: record["id"]} | _told(record, self.names)
        return Deed(self.type, (self.entity, record["id"]), data, record.get(self.moment))


_PAID = ("visit_id", "customer_id", "method", "currency", "amount_minor", "reference")
_PAYMENT = _Fact("payment.collect", "payment", "payment_id", _PAID, "paid_at")
_NOTE = _Fact("note.add", "note", "note_id", ("visit_id", "customer_id", "text"), "noted_at")
_AMENDMENT = _Fact("order.amend", "order", "order_id", ("amends_id", "currency", "reason"), "ordered_at")
_ORDERS = {
    "sale": _Fact("order.submit", "order", "order_id", ("visit_id", "customer_id", "currency"), "ordered_at"),
    "return": _Fact(
        "return.submit",
        "return",
        "return_id",
        ("visit_id", "customer_id", "currency", "reason", "against_id"),
        "ordered_at",
    ),
    "gift": _Fact("gift.submit", "gift", "gift_id", ("visit_id", "customer_id", "currency", "reason"), "ordered_at"),
}
_LINE = ("product_id", "quantity", "unit_price_minor", "condition")
_GIFT_LINE = ("product_id", "quantity")
_PRICED_LINE = ("product_id", "unit", "discount_bp", "amount_minor", "tax_minor", "promotion")
_BACK_LINE = ("product_id", "unit", "amount_minor", "condition")
_PHOTO = ("kind", "sha256", "size_bytes", "content_type", "taken_at")
_SUMMED_UP = ("summary", "cause_code")
_TIMES = ("checked_in_at", "checked_out_at")
_UP_ONLY = ("check_in_position", "check_out_position")
_PROFILE = ("name", "category", "address", "city", "postal_code", "phone", "opening_hours")
_PLACE = {"latitude", "longitude"}


def read(entity: str, record: Record, was: Record | None) -> Reading:
    """Return what was done to a record since `was`, the state that the phone last had from us (None: it is new)."""
    if was is not None and not differing(record, was):
        return Reading()
    if record.get("_deleted"):
        return Reading(whole=was is None or bool(was.get("_deleted")))
    reader = _READERS.get(entity)
    return Reading(whole=False) if reader is None else reader(record, None if _gone(was) else was)


def differing(record: Record, was: Record) -> set[str]:
    """Return the names of the fields that differ. Null and absent are the same; libraries' own fields do not count."""
    names = {name for name in {*record, *was} if not name.startswith("_")}
    found = {name for name in names if record.get(name) != was.get(name)}
    return found | ({"_deleted"} if _gone(record) != _gone(was) else set())


def shown_by(entity: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[str, str]:
    """Return the entity, as documents name them, that shows what a mutation about `entity` with this data did."""
    kind, identity = str(entity["type"]), str(entity["id"])
    if kind == "photo":
        return "visit", str(data.get("visit_id"))
    return ("order" if kind in ("return", "gift", "exchange") else kind), identity


def _read_visit(record: Record, was: Record | None) -> Reading:
    before: Record = was or {}
    visit_id = record["id"]
    about = {"visit_id": visit_id, "customer_id": record.get("customer_id")}
    deeds = []
    came, went = (_newly(record, before, name) for name in _TIMES)
    if came is not None or (was is None and went is None):
        position = {"position": record.get("check_in_position")}
        deeds.append(Deed("visit.check_in", ("visit", visit_id), about | position, came))
    known = [photo.get("id") for photo in _rows(before, "photos")]  # any JSON, so no set
    deeds += [_attach(visit_id, photo) for photo in _rows(record, "photos") if photo.get("id") not in known]
    if summed_up := _summed_up(record, before):
        deeds.append(Deed("visit.summarize", ("visit", visit_id), {"visit_id": visit_id} | summed_up, went))
    if went is not None:
        position = {"position": record.get("check_out_position")}
        deeds.append(Deed("visit.check_out", ("visit", visit_id), about | position, went))
    told = {*_UP_ONLY, *_SUMMED_UP, "photos"} | {name for name in _TIMES if before.get(name) is None}
    stayed = [photo for photo in _rows(record, "photos") if photo.get("id") in known] == _rows(before, "photos")
    return Reading(tuple(deeds), whole=was is None or (stayed and differing(record, was) <= told))


def _summed_up(record: Record, before: Record) -> dict[str, Any]:
    """Return what a visit's summary gained: texts are added up, so what was there is not said again."""
    told = {name: record[name] for name in _SUMMED_UP if record.get(name) and record[name] != before.get(name)}
    text, old = told.get("summary"), before.get("summary")
    if isinstance(text, str) and isinstance(old, str) and text.startswith(old):
        told["summary"] = text.removeprefix(old).strip()
    return {name: each for name, each in told.items() if each}


def _attach(visit_id: str, photo: Record) -> Deed:
    data = {"photo_id": photo.get("id"), "visit_id": visit_id} | _told(photo, _PHOTO)
    return Deed("photo.attach", ("photo", str(photo.get("id"))), data, photo.get("taken_at"))


def _read_order(record: Record, was: Record | None) -> Reading:
    if was is not None:
        cancelled = record.get("state") == "cancelled" and was.get("state") != "cancelled"
        data = {"order_id": record["id"]} | _told(record, ("reason",))
        deeds = (Deed("order.cancel", ("order", record["id"]), data),) if cancelled else ()
        return Reading(deeds, whole=cancelled and differing(record, was) <= {"state", "reason"})
    kind = record.get("kind") or "sale"
    fact = _AMENDMENT if record.get("amends_id") else _ORDERS.get(str(kind))
    if fact is None:
        return Reading(whole=False)
    if isinstance(record.get("basis"), Mapping) or _by_units(record, kind):
        return Reading((_priced(fact, record, kind),))
    deed = fact.deed(record)
    names = _GIFT_LINE if kind == "gift" else _LINE
    lines = record.get("lines")
    deed.data["lines"] = [_line(each, names) for each in lines] if isinstance(lines, list) else lines
    if record.get("amount_minor") is not None and kind == "sale":
        deed.data["total_minor"] = record["amount_minor"]
    return Reading((deed,))


def _by_units(record: Record, kind: object) -> bool:
    """Tell whether a return says its lines by unit and amount, as version 2 has them."""
    return kind == "return" and any(line.get("unit") for line in _rows(record, "lines"))


def _priced(fact: _Fact, record: Record, kind: object) -> Deed:
    """Return an order that a price book priced, or a return by units, in version 2.

    Lines are told as our documents have them: `line_no`, and `unit_quantity` of the `unit`. The figures of a return are
    told as positive numbers.
    """
    plain = fact.deed(record)
    names = _BACK_LINE if kind == "return" else _PRICED_LINE
    lines: object = record.get("lines")
    if isinstance(lines, list):
        lines = [_priced_line(each, names) for each in lines]
    told = {"basis": record["basis"]} if kind != "return" else {}
    data = plain.data | told | {"lines": lines, "total_minor": record.get("amount_minor")}
    return Deed(plain.type, plain.entity, data, plain.at, v=2)


def _priced_line(told: object, names: tuple[str, ...]) -> object:
    if not isinstance(told, Mapping):
        return told
    quantity = told.get("unit_quantity") or told.get("quantity")
    return {"line": told.get("line_no"), "quantity": quantity} | _told(told, names)


def _read_customer(record: Record, was: Record | None) -> Reading:
    about, place = {"customer_id": record["id"]}, _place(record)
    if was is None:
        data = about | {"position": place} | _told(record, _PROFILE)
        return Reading((Deed("customer.propose", ("customer", record["id"]), data, record.get("proposed_at")),))
    changed = differing(record, was)
    edits: dict[str, Any] = {
        name: {"now": record.get(name), "was": was.get(name)} for name in _PROFILE if name in changed
    }
    if changed & _PLACE:
        edits["position"] = {"now": place, "was": _place(was)}
    data, version = about | {"fields": edits}, was.get("version")
    deed = Deed("customer.update", ("customer", record["id"]), data, record.get("edited_at"), version)
    return Reading((deed,) if edits else (), whole=changed <= {*_PROFILE, *_PLACE, "edited_at"})


def _only_added(fact: _Fact) -> Callable[[Record, Record | None], Reading]:
    return lambda record, was: Reading((fact.deed(record),)) if was is None else Reading(whole=False)


def _line(told: object, names: tuple[str, ...]) -> object:
    return _told(told, names) if isinstance(told, Mapping) else told


def _newly(record: Record, before: Record, name: str) -> object:
    return record.get(name) if before.get(name) is None else None


def _gone(record: Record | None) -> bool:
    return record is not None and bool(record.get("_deleted"))


def _place(record: Record) -> dict[str, Any] | None:
    lat, lon = record.get("latitude"), record.get("longitude")
    return None if lat is None and lon is None else {"lat": lat, "lon": lon}


def _rows(record: Record, name: str) -> list[Record]:
    told = record.get(name)
    return [each for each in told if isinstance(each, Mapping)] if isinstance(told, list) else []


def _told(record: Record, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: record[name] for name in names if record.get(name) is not None}


_READERS: Mapping[str, Callable[[Record, Record | None], Reading]] = {
    "customer": _read_customer,
    "note": _only_added(_NOTE),
    "order": _read_order,
    "payment": _only_added(_PAYMENT),
    "visit": _read_visit,
}
