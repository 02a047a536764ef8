"""Notes: kept wherever and whenever they were made."""

from __future__ import annotations

import pytest
from worlds import small_town
from worlds.small_town import NOON

from fieldsales.customers.queries import CustomerNotFound
from fieldsales.db.base import new_id
from fieldsales.notes.service import NoteTaken, Remark, add_note
from fieldsales.visits.models import Visit
from fieldsales.visits.service import Call, VisitTaken, VisitUnknown


@pytest.fixture
def world(session):
    return small_town.build(session)


def note(session, world, shop="Bakery", by="anna", flags=(), **more):
    remark = Remark(new_id(), world.customers[shop].id, "Wants tea.", **more)
    return add_note(session, remark, Call(getattr(world, by).id, NOON, NOON, flags=flags))


def test_a_note_is_kept_with_what_is_odd_about_it(session, world):
    kept = note(session, world, flags=("late",))
    session.refresh(kept)
    assert (kept.text, kept.noted_at, kept.rep_id, kept.flags) == ("Wants tea.", NOON, world.anna.id, ["late"])
    assert note(session, world, by="ben").flags == ["not_assigned"]
    world.customers["Bakery"].active = False
    session.flush()
    assert note(session, world).flags == ["customer_inactive"]


def test_a_note_hangs_from_its_own_visit_only(session, world):
    visit = Visit(id=new_id(), customer_id=world.customers["Bakery"].id, rep_id=world.anna.id, day=NOON.date())
    session.add(visit)
    session.flush()
    assert note(session, world, visit_id=visit.id).visit_id == visit.id
    for shop, by in (("Corner", "anna"), ("Bakery", "ben")):
        with pytest.raises(VisitTaken):
            note(session, world, shop, by, visit_id=visit.id)
    with pytest.raises(VisitUnknown):
        note(session, world, visit_id=new_id())


def test_an_id_stands_for_one_note(session, world):
    kept = note(session, world)
    with pytest.raises(NoteTaken):
        add_note(session, Remark(kept.id, kept.customer_id, "Another."), Call(world.anna.id, NOON, NOON))
    with pytest.raises(CustomerNotFound):
        add_note(session, Remark(new_id(), new_id(), "Nobody."), Call(world.anna.id, NOON, NOON))
