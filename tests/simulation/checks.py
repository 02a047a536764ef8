"""What must be true whenever nothing is underway: the promises of the protocol, each looked at by itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from simulation.accounts import check_trade
from simulation.books import Stored, is_sound
from simulation.model import Expected, expect
from simulation.phones import Handset
from simulation.scope import scope_of, told_by
from simulation.shops import check_shops
from simulation.trace import Broken, hold
from simulation.trade import Settled
from simulation.world import World
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Assignment
from fieldsales.db.session import reading
from fieldsales.notes.models import Note
from fieldsales.receivables.models import Payment
from fieldsales.tracks.models import TrackPoint
from fieldsales.visits.models import Visit
from sync.ledger import without_points
from sync.models import Mutation, Status

ATHENS = ZoneInfo("Europe/Athens")


def check_server(world: World) -> None:
    """Compare all that the server holds with the books, and with what the model makes of the books."""
    with reading(world.engine) as session:
        rows = {str(each.id): each for each in session.scalars(select(Mutation))}
        expected = expect(world.books.stored, world.facts({name: _settled(row) for name, row in rows.items()}))
        _stored_once(world, rows)
        _settled_as_expected(rows, expected)
        _in_order(world, rows)
        _visits(session, expected)
        check_trade(session, expected, world.books.stored)
        check_shops(world, session, expected, rows)
        _payments_and_notes(session, expected)
        _tracks(world, session, rows)
        _dated(world, session, rows)


def _stored_once(world: World, rows: dict[str, Mutation]) -> None:
    books = world.books
    hold(
        "every mutation is stored once, as it was sent",
        {name: (row.payload, row.device_id) for name, row in rows.items() if name in books.stored},
        {name: (_spared(each.payload, rows[name]), each.phone.who.device_id) for name, each in books.stored.items()},
    )
    nameless = Counter(str(row.device_id) for name, row in rows.items() if name not in books.stored)
    hold(
        "a mutation without an id is stored once",
        nameless,
        Counter(str(device_id) for device_id, _ in books.nameless),
    )


def _spared(payload: dict[str, Any], row: Mutation) -> dict[str, Any]:
    """Of a track that is settled the books keep no positions."""
    return without_points(payload) if row.type == "track.points" and row.status is not Status.HELD else payload


def _settled_as_expected(rows: dict[str, Mutation], expected: Expected) -> None:
    found = {name: _settled(row) for name, row in rows.items() if name in expected.statuses}
    hold("every mutation is settled as the protocol says", found, expected.statuses)


def _settled(row: Mutation) -> Settled:
    problem = row.outcome.get("problem")
    return row.status.value, problem["code"] if problem else None


def _in_order(world: World, rows: dict[str, Mutation]) -> None:
    """What came in one batch with the check-in that it waits for, and was done after that, was never held."""
    calls = {"visit.check_in", "visit.check_out", "order.submit", "photo.attach"}
    known = [each for each in world.books.stored.values() if is_sound(each.payload) and each.payload["type"] in calls]
    begun = {
        (id(each.request), each.payload["data"]["visit_id"]): each.payload["seq"]
        for each in known
        if each.payload["type"] == "visit.check_in" and rows[each.payload["id"]].held_at is None
    }
    for each in known:
        payload, row = each.payload, rows[each.payload["id"]]
        before = begun.get((id(each.request), payload["data"]["visit_id"]), payload["seq"]) < payload["seq"]
        late = row.status is Status.APPLIED and row.held_at is not None and row.decision is None
        if before and not payload["after"] and late:
            raise Broken("a batch is done in the order of seq", payload)


def _visits(session: Session, expected: Expected) -> None:
    found = {
        str(visit.id): (
            str(visit.rep_id),
            str(visit.customer_id),
            Counter(event.kind.value for event in visit.events),
            sorted(photo.sha256 for photo in visit.photos),
        )
        for visit in session.scalars(select(Visit))
    }
    hold(
        "visits equal the model",
        found,
        {
            name: (each.rep_id, each.customer_id, each.events, sorted(each.photos))
            for name, each in expected.visits.items()
        },
    )
    for visit in session.scalars(select(Visit)):
        said = Counter((visit.summary or "").split("\n"))
        each = expected.visits[str(visit.id)]
        hold("whatever was said of a visit is kept, once", [said[text] for text in each.said], [1] * len(each.said))
        hold("a cause is one that was told", visit.cause_code in (each.causes or {None}), True)
    _days_and_flags(session)


def _days_and_flags(session: Session) -> None:
    places, flagged = defaultdict(set), Counter[str]()
    for visit in session.scalars(select(Visit)):
        began = visit.checked_in_at or visit.checked_out_at
        hold("a visit lies on its customer's day", visit.day, began and began.astimezone(ATHENS).date())
        arrivals = sum(event.kind.value == "check_in" for event in visit.events)
        seconds = sum("second_check_in" in event.flags for event in visit.events)
        hold("a second check-in is flagged", seconds, max(0, arrivals - 1))
        for photo in visit.photos:
            places[photo.sha256].add(visit.id)
            flagged[photo.sha256] += "photo_reused" in photo.flags
    hold(
        "a photo that is used again is flagged",
        {digest: flagged[digest] for digest in places},
        {digest: len(visits) - 1 for digest, visits in places.items()},
    )


def _payments_and_notes(session: Session, expected: Expected) -> None:
    payments = {
        str(each.id): (str(each.rep_id), str(each.customer_id), each.amount_minor)
        for each in session.scalars(select(Payment))
    }
    hold("money in hand is recorded once, to the cent", payments, expected.payments)
    notes = {
        str(each.id): (str(each.rep_id), str(each.customer_id), each.text) for each in session.scalars(select(Note))
    }
    hold("notes equal the model", notes, expected.notes)


def _tracks(world: World, session: Session, rows: dict[str, Mutation]) -> None:
    """Each rep was somewhere at each moment that was told, once."""
    told = set()
    for name, each in world.books.stored.items():
        row = rows[name]
        if row.type == "track.points" and row.status is Status.APPLIED and row.at is not None:
            at = row.at.replace(microsecond=row.at.microsecond // 1000 * 1000)
            points = each.payload["data"]["points"]
            told |= {(row.user_id, at - timedelta(milliseconds=point["ago_ms"])) for point in points}
    found = [(each.rep_id, each.at) for each in session.scalars(select(TrackPoint))]
    hold("every point that was told is there once", Counter(found), Counter(told))


def _dated(world: World, session: Session, rows: dict[str, Mutation]) -> None:
    history = list(session.scalars(select(Assignment)))
    for name, each in world.books.stored.items():
        row, done = rows[name], each.phone.did.get(name)
        if row.at is None or done is None:
            continue
        late = each.arrived - each.request.sent.true
        sent = each.request.sent
        if row.at > row.received_at:
            raise Broken("nothing happens after it was heard of", name)
        rebooted = done.boot_id != sent.boot_id
        if not rebooted or (done.ahead == sent.ahead and done.boot_id not in world.late_boots):
            if not timedelta(0) <= row.at - done.true <= late:
                raise Broken("work is dated as it truly was", f"{name}: {row.at}, truly {done.true}, {late} underway")
            if row.status.value == "applied" and world.flags_are_certain:
                _served(row, each, history)


def _served(row: Mutation, each: Stored, history: list[Assignment]) -> None:
    customer_id = each.payload["data"].get("customer_id")
    if each.payload["type"] not in ("visit.check_in", "order.submit"):
        return
    at = row.at
    served = any(
        str(one.customer_id) == customer_id
        and one.rep_id == row.user_id
        and at is not None
        and one.assigned_at <= at
        and (one.ended_at is None or one.ended_at > at)
        for one in history
    )
    hold("work at a customer of others is flagged", "not_assigned" in row.outcome["flags"], not served)


def check_phone(world: World, phone: Handset) -> None:
    """Compare a phone that has pulled everything with its scope."""
    with reading(world.engine) as session:
        scope = scope_of(session, phone.who.user_id)
    hold("a phone equals its scope", told_by(phone.store), scope)
