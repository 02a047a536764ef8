"""Long chains and large circles: what one phone sends must not keep the others waiting."""

from __future__ import annotations

import uuid
from itertools import pairwise

import pytest
from sqlalchemy import event
from worlds.answers import codes, count, statuses

from fieldsales.db.session import reading
from fieldsales.notes.models import Note
from sync.models import Mutation, Wait
from sync.queries import outcome_of

MANY = 20
"""Questions about waits; each costs time in proportion to how much waits."""


def notes(town, number):
    """Queue notes about the Bakery; return them."""
    return [town.anna.note(town.customers["Bakery"], f"Note {turn}.") for turn in range(number)]


def flagged(town, mutations):
    """Return the places of those that were done without waiting for their circle."""
    with reading(town.engine) as session:
        fates = [outcome_of(session, uuid.UUID(each["id"]), town.anna.who.user_id) for each in mutations]
    return [place for place, fate in enumerate(fates) if "circle_broken" in fate.flags]


def questions_about_waits(town):
    """Deliver the queue; all of it must be applied and nothing wait any more. Count what was asked about waits."""
    number, asked = len(town.anna.queue), []

    def listen(_connection, _cursor, statement, *_):
        asked.extend([statement] if "mutation_wait" in statement else [])

    event.listen(town.engine, "before_cursor_execute", listen)
    results = town.anna.deliver(town.engine)
    event.remove(town.engine, "before_cursor_execute", listen)
    assert statuses(results) == ["applied"] * number
    assert (count(town.engine, Note), count(town.engine, Wait)) == (number, 0)
    return len(asked)


def test_a_ring_in_which_each_names_the_fifty_before_it_is_soon_untangled(town):
    """It took 39 s when the waits were read anew for each that was freed."""
    ring = notes(town, 130)
    for place, each in enumerate(ring):
        each["after"] = [ring[place - back]["id"] for back in range(1, 51)]
    assert questions_about_waits(town) < MANY
    assert flagged(town, ring) == list(range(50))


def test_fifty_of_which_each_names_all_the_others_are_soon_untangled(town):
    """All but the last must be freed: whatever two are left name each other."""
    knot = notes(town, 50)
    for each in knot:
        each["after"] = [other["id"] for other in knot if other is not each]
    assert questions_about_waits(town) < MANY
    assert flagged(town, knot) == list(range(49))


def test_a_long_chain_that_was_queued_backwards_is_done_at_once(town):
    """It took 22 s on PostgreSQL when each link cost questions of its own."""
    chain = notes(town, 500)
    for each, first in pairwise(chain):
        each["after"] = [first["id"]]
    assert questions_about_waits(town) < MANY
    with reading(town.engine) as session:
        assert [each.held_at for each in session.query(Mutation)] == [None] * 500


def test_a_long_chain_that_was_held_is_released_when_its_first_arrives(town):
    chain = notes(town, 60)
    for first, each in pairwise(chain):
        each["after"] = [first["id"]]
    assert codes(town.anna.send(town.engine, chain[1:]).results) == ["mutation.waiting"] * 59
    assert statuses(town.anna.send(town.engine, chain[:1]).results) == ["applied"]
    assert (count(town.engine, Note), count(town.engine, Wait)) == (60, 0)


@pytest.mark.parametrize(
    "spell",
    [str.upper, lambda told: told.replace("-", ""), lambda told: f"{{{told}}}", lambda told: f"urn:uuid:{told}"],
    ids=["upper case", "no dashes", "braces", "urn"],
)
def test_a_circle_is_broken_however_its_ids_are_spelt(town, spell):
    ring = notes(town, 3)
    for place, each in enumerate(ring):
        each["after"] = [spell(ring[place - 1]["id"])]
    questions_about_waits(town)
    assert flagged(town, ring) == [0]


def test_what_waits_for_something_outside_keeps_only_that_wait(town):
    first, second, outside = notes(town, 3)
    first["after"], second["after"] = [second["id"], outside["id"]], [first["id"]]
    assert codes(town.anna.send(town.engine, [first, second]).results) == ["mutation.waiting"] * 2
    with reading(town.engine) as session:
        waits = {(each.mutation_id, each.waits_for) for each in session.query(Wait)}
    assert waits == {(uuid.UUID(a["id"]), uuid.UUID(b["id"])) for a, b in ((first, outside), (second, first))}
    town.anna.send(town.engine, [outside])
    assert (count(town.engine, Note), count(town.engine, Wait), count(town.engine, Mutation)) == (3, 0, 3)
    assert flagged(town, [first, second, outside]) == [0]
