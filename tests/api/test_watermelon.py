"""Apps with WatermelonDB push: records become what the rep did, once, and are answered one by one."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from worlds.answers import count
from worlds.small_town import NOON
from worlds.watermelon import AT, HERE, Melon, take_order
from worlds.web import Web

from fieldsales.db.session import transaction
from fieldsales.notes.models import Note
from fieldsales.orders.models import Order
from fieldsales.visits.models import Photo, VisitEvent
from sync.models import Mutation, Way


def test_an_order_is_pushed_and_comes_back_as_it_stands_here(web: Web, melon: Melon) -> None:
    visit, order = take_order(web, melon)
    melon.push()
    assert {each["status"] for each in melon.answer["results"]} == {"applied"}
    melon.pull()
    assert melon.unsent() == set()
    assert melon.get("orders", order)["amount_minor"] == 480
    assert melon.get("orders", order)["visit_id"] == visit
    assert melon.get("visits", visit)["day"] == "2026-03-02"
    with transaction(web.engine) as session:
        assert set(session.scalars(select(Mutation.way))) == {Way.WATERMELON}


@pytest.mark.parametrize("pull_first", [False, True])
def test_a_push_whose_answer_was_lost_is_a_replay(web: Web, melon: Melon, pull_first: bool) -> None:
    take_order(web, melon)
    melon.push(lost=True)
    if pull_first:
        melon.pull()
    answer = melon.push()
    assert {each["status"] for each in answer["results"]} == {"applied"}
    assert all(outcome["replayed"] for each in answer["results"] for outcome in each["outcomes"])
    assert (count(web.engine, Order), count(web.engine, VisitEvent)) == (1, 1)
    assert melon.unsent() == set()


def test_leaving_and_summing_up_are_read_off_from_a_changed_visit(web: Web, melon: Melon) -> None:
    visit, _ = take_order(web, melon)
    melon.sync()
    melon.change("visits", visit, check_out=AT | {"mono_ms": 2000} | HERE)
    melon.sync()
    assert melon.get("visits", visit)["checked_out_at"]
    assert [each["kind"] for each in json.loads(melon.get("visits", visit)["events"])] == ["check_in", "check_out"]


def test_a_refused_new_record_stays_unsent_until_it_is_mended(web: Web, melon: Melon) -> None:
    _, order = take_order(web, melon)
    melon.change("orders", order, currency="USD")
    melon.sync()
    [refused] = [each for each in melon.answer["results"] if each["id"] == order]
    assert (refused["status"], refused["problem"]["code"], refused["stays"]) == (
        "rejected",
        "order.wrong_currency",
        True,
    )
    assert melon.unsent() == {order}
    melon.change("orders", order, currency="EUR")
    melon.sync()
    assert melon.unsent() == set()
    assert count(web.engine, Order) == 1


def test_the_outbox_takes_any_mutation(web: Web, melon: Melon) -> None:
    visit, _ = take_order(web, melon)
    leaving = melon.put(
        "mutations",
        type="visit.check_out",
        v=1,
        entity={"type": "visit", "id": visit},
        data={"visit_id": visit, "position": None, "summary": "Fine."},
        stamp=AT,
    )
    melon.sync()
    assert {each["id"]: each["status"] for each in melon.answer["results"]}[leaving] == "applied"
    assert melon.get("visits", visit)["summary"] == "Fine."


def test_without_stamps_a_thing_is_dated_by_when_it_arrived_first(web: Web, melon: Melon) -> None:
    note = melon.put("notes", text="no clock", customer_id=str(web.customers["Bakery"]))
    melon.push(lost=True)
    web.now += timedelta(hours=1)
    melon.sync()
    assert melon.get("notes", note)["noted_at"] == 1000 * NOON.timestamp()
    assert count(web.engine, Note) == 1


def test_a_summary_that_is_edited_again_gains_what_is_new(web: Web, melon: Melon) -> None:
    visit, _ = take_order(web, melon)
    melon.sync()
    for text in ("Owner away.", "Owner away. Back on Monday."):
        melon.change("visits", visit, summary=text, stamp=AT | {"mono_ms": len(text)})
        melon.push(lost=True)
        melon.sync()
    assert melon.get("visits", visit)["summary"].split() == ["Owner", "away.", "Back", "on", "Monday."]


def test_a_photo_comes_with_its_visit_and_is_announced_once(web: Web, melon: Melon) -> None:
    visit, _ = take_order(web, melon)
    facts = {"visit_id": visit, "kind": "shelf", "sha256": "cd" * 32, "size_bytes": 9, "content_type": "image/png"}
    photo = melon.put("photos", **facts, stamp=AT)
    melon.push(lost=True)
    melon.pull()
    melon.sync()
    assert melon.get("photos", photo)["stored_at"] is None
    assert count(web.engine, Photo) == 1
    assert [each["problem"] for each in melon.answer["results"] if "problem" in each] == []
