"""What RxDB may not write, and what makes no sense, is refused without blocking anything; the outbox takes the rest."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import func, select
from worlds import small_town
from worlds.rx_collection import RxCollection

from fieldsales.db.base import new_id
from fieldsales.db.session import reading
from fieldsales.visits.models import Visit
from sync.models import Mutation

CAME = "2026-03-02T11:00:00+00:00"


@pytest.fixture
def collections(town):
    """Anna's collections, made as they are asked for."""
    return lambda entity: RxCollection(town.engine, town.anna.who, entity, small_town.NOON)


def count(town, model):
    with reading(town.engine) as session:
        return session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("entity", ["product", "tier_price", "assignment", "planned_visit", "route"])
def test_what_is_ours_stays_as_it_is(town, collections, entity):
    theirs = collections(entity)
    theirs.receive()
    before = dict(theirs.alive())
    for key in before:
        theirs.put(key, price_minor=1, kind="mine", day="2026-01-01")
    made_up = theirs.put(uuid.uuid4(), price_minor=1)
    theirs.send()
    assert theirs.alive() == before
    assert {"id": made_up, "_deleted": True} in theirs.told


def test_a_deletion_by_the_phone_is_undone(town, collections):
    notes = collections("note")
    key = notes.put(new_id(), customer_id=str(town.customers["Bakery"]), text="Ask for the owner.")
    notes.send()
    notes.receive()
    notes.remove(key)
    notes.send()
    assert list(notes.alive()) == [key]


@pytest.mark.parametrize(
    "broken",
    [
        {"checked_in_at": "at noon"},
        {"customer_id": 7},
        {"check_in_position": "here"},
        {"photos": [{"id": "x"}]},
        {"summary": "\x00"},
        {"customer_id": [[[]]]},
        {"checked_in_at": float("nan")},
    ],
)
def test_a_broken_document_is_kept_refused_and_blocks_nothing(town, collections, broken):
    visits = collections("visit")
    good = visits.put(new_id(), customer_id=str(town.customers["Bakery"]), checked_in_at=CAME, check_in_position=None)
    bad = visits.put(new_id(), **{"customer_id": str(town.customers["Corner"]), "checked_in_at": CAME} | broken)
    statuses = {each.status for each in visits.send()}
    assert statuses == {"applied", "rejected"}
    visits.receive()
    assert good in visits.alive()
    assert [each["id"] for each in visits.told] == [bad]


@pytest.mark.parametrize("name", ["not a uuid", "", "ABCDEF00-0000-4000-8000-000000000000"])
def test_an_id_that_is_no_uuid_as_we_write_it_is_refused(town, collections, name):
    """In capitals it would be one document to us and two to RxDB."""
    visits = collections("visit")
    visits.put(name, customer_id=str(town.customers["Bakery"]), checked_in_at=CAME, check_in_position=None)
    assert [each.status for each in visits.send()] == ["rejected"]
    assert visits.alive() == {}
    assert count(town, Visit) == 0


def test_the_outbox_does_any_mutation_and_answers_in_its_document(town, collections):
    outbox = collections("mutation")
    note, unknown = str(new_id()), str(new_id())
    key = outbox.put(
        new_id(),
        type="note.add",
        at=CAME,
        entity={"type": "note", "id": note},
        data={"note_id": note, "customer_id": str(town.customers["Bakery"]), "text": "Ask for the owner."},
    )
    later = outbox.put(unknown, type="van.count", entity={"type": "van", "id": unknown}, data={})
    outbox.send(answered=False)
    assert [each.replayed for each in outbox.send()] == [True, True]
    assert [outbox.alive()[each]["status"] for each in (key, later)] == ["applied", "held"]
    outbox.receive()
    assert outbox.alive()[later]["type"] == "van.count"
    outbox.put(key, status="rejected")
    outbox.send()
    assert outbox.alive()[key]["status"] == "applied"
    outbox.remove(key)
    outbox.send()
    assert key not in outbox.alive()
    assert count(town, Mutation) == 2
