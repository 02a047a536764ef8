"""What waits for itself in a circle goes on by a rule; what waits for a newer server goes on when that has come."""

from __future__ import annotations

import uuid

import pytest
from worlds.answers import codes, count, statuses

from fieldsales.db.base import new_id
from fieldsales.db.session import reading, transaction
from fieldsales.visits.models import VisitEvent
from sync import skills
from sync.handlers.registry import HANDLERS
from sync.queries import outcome_of
from sync.settling import try_unknown_again


def fate(town, mutation):
    with reading(town.engine) as session:
        return outcome_of(session, uuid.UUID(mutation["id"]), town.anna.who.user_id)


def circle(town, *shops):
    """Queue check-ins of which each names the one before it, and the first the last."""
    found = [town.anna.check_in(town.customers[shop]) for shop in shops]
    for before, each in zip([found[-1], *found], found, strict=False):
        each["after"] = [before["id"]]
    return found


@pytest.mark.parametrize("shops", [("Bakery", "Corner"), ("Bakery", "Corner", "Dairy")])
def test_a_circle_is_broken_at_its_lowest_seq_and_flagged(town, shops):
    found = circle(town, *shops)
    assert statuses(town.anna.deliver(town.engine)) == ["applied"] * len(shops)
    assert ["circle_broken" in fate(town, each).flags for each in found] == [True] + [False] * (len(shops) - 1)
    assert count(town.engine, VisitEvent) == len(shops)


def test_a_circle_over_several_batches_is_broken_when_it_closes(town):
    first, second = circle(town, "Bakery", "Corner")
    assert statuses(town.anna.send(town.engine, [first]).results) == ["held"]
    assert statuses(town.anna.send(town.engine, [second]).results) == ["applied"]
    assert "circle_broken" in fate(town, first).flags
    assert fate(town, second).flags == ("far_from_customer",)


def test_a_check_in_that_names_what_waits_for_its_visit_is_done_first(town):
    visit = new_id()
    order = town.anna.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)], str(visit))
    check_in = town.anna.check_in(town.customers["Bakery"], visit, after=[order["id"]])
    assert statuses(town.anna.deliver(town.engine)) == ["applied", "applied"]
    assert "circle_broken" in fate(town, check_in).flags
    assert "circle_broken" not in fate(town, order).flags


def test_what_waits_for_something_outside_the_circle_too_goes_on_waiting_for_that(town):
    missing = town.anna.check_in(town.customers["Dairy"])
    first, second = circle(town, "Bakery", "Corner")
    first["after"].append(missing["id"])
    assert statuses(town.anna.send(town.engine, [first, second]).results) == ["held", "held"]
    assert statuses(town.anna.send(town.engine, [missing]).results) == ["applied"]
    assert [fate(town, each).status for each in (first, second)] == ["applied", "applied"]


def test_a_mutation_that_waits_for_one_of_a_circle_is_no_part_of_it(town):
    first, second = circle(town, "Bakery", "Corner")
    outside = town.anna.check_in(town.customers["Dairy"], after=[second["id"]], seq=0)
    assert statuses(town.anna.deliver(town.engine)) == ["applied"] * 3
    assert "circle_broken" in fate(town, first).flags
    assert "circle_broken" not in fate(town, outside).flags


@pytest.fixture
def learned(monkeypatch):
    """Return what teaches the server version 2 of the check-in."""

    def learn():
        known = {**HANDLERS, ("visit.check_in", 2): HANDLERS[("visit.check_in", 1)]}
        for place in ("sync.skills", "sync.attempts", "sync.quick"):
            monkeypatch.setattr(f"{place}.HANDLERS", known)

    return learn


def test_what_an_older_server_did_not_know_is_done_at_the_next_push_to_a_newer_one(town, learned):
    newer = town.anna.check_in(town.customers["Bakery"], v=2)
    assert codes(town.anna.deliver(town.engine)) == ["mutation.unknown_type"]
    town.anna.send(town.engine)
    assert fate(town, newer).status == "held"
    learned()
    town.anna.send(town.engine)
    assert fate(town, newer).status == "applied"


def test_an_upgrade_does_for_everybody_what_was_not_known_before(town, learned):
    newer = town.anna.check_in(town.customers["Bakery"], v=2)
    waits = town.anna.check_in(town.customers["Corner"], after=[newer["id"]])
    town.anna.deliver(town.engine)
    with transaction(town.engine) as session:
        assert try_unknown_again(session, town.anna.now) == 0
    learned()
    with transaction(town.engine) as session:
        assert try_unknown_again(session, town.anna.now) == 1
    assert [fate(town, each).status for each in (newer, waits)] == ["applied", "applied"]


def test_a_skill_has_the_same_name_in_every_process(town):
    assert str(skills.skill("visit.check_in", 1)) == "59b9c6a6-11fa-5e27-86a3-78d078505733"
