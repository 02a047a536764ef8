"""Journeys 1 and 2: the plan of the night, the offline day of a rep, and what the supervisor sees of it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from phone import NoNetwork, Phone

TUESDAY = "2026-03-03"


def plan_tuesday(town: Any) -> None:
    """The manager has tomorrow planned."""
    town.desk("max")("POST", "/api/v1/plans/generate", json={"day": TUESDAY})


def picture(shade: int) -> bytes:
    """A real PNG, one shade of grey."""
    rows = b"".join(b"\0" + bytes([shade]) * 32 for _ in range(32))
    chunks = [(b"IHDR", struct.pack(">2I5B", 32, 32, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(rows, 0)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def persist(phone: Phone, *steps: Callable[[], None]) -> None:
    """Try each step again and again, as an app does, until its answer arrives."""
    for step in steps:
        for _ in range(100):
            try:
                step()
                break
            except NoNetwork:
                continue
        else:
            pytest.fail("the network never came back")


def work_the_day(town: Any, phone: Phone) -> int:
    """Visit each stop of the day with no network: check in, order, photograph, check out. Returns the day's value."""
    town.clock.now = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
    water, coffee = (next(each for each in phone.all("product") if each["sku"] == sku) for sku in ("water", "coffee"))
    value = 0
    for shade, (_stop, _planned, customer) in enumerate(phone.day(TUESDAY), start=40):
        town.clock.pass_minutes(15)
        visit = phone.check_in(customer, metres_off=8)
        town.clock.pass_minutes(5)
        phone.order(visit, customer, [(water, 24), (coffee, 2)])
        value += 24 * phone.price(water, customer) + 2 * phone.price(coffee, customer)
        phone.photograph(visit, picture(shade))
        town.clock.pass_minutes(10)
        phone.check_out(visit, customer, "shelf is full again")
    return value


def test_the_day_is_planned_in_driving_order_with_reasons(town: Any) -> None:
    plan_tuesday(town)
    day = town.phone("anna").day(TUESDAY)
    assert sorted(customer["name"] for _, _, customer in day) == ["Bakery", "Corner", "Dairy"]
    assert all(planned["reason"] for _, planned, _ in day)
    arrivals = [stop["arrival_at"] for stop, _, _ in day]
    assert arrivals == sorted(arrivals)


def test_a_phone_holds_its_own_scope_and_nothing_else(town: Any) -> None:
    plan_tuesday(town)
    names = {customer["name"] for customer in town.phone("anna").all("customer")}
    assert names == {"Bakery", "Corner", "Dairy"}
    assert {customer["name"] for customer in town.phone("ben").all("customer")} == {"Fish", "Grocer", "Hotel"}


def test_a_whole_offline_day_arrives_once_though_every_second_answer_is_lost(
    town: Any, every_second_answer_is_lost: Callable[[], bool]
) -> None:
    plan_tuesday(town)
    anna = town.phone("anna")
    anna.online = False
    value = work_the_day(town, anna)
    with pytest.raises(NoNetwork):
        anna.send()
    assert len(anna.outbox) == 12

    anna.online = True
    anna.lose_answer = every_second_answer_is_lost
    persist(anna, lambda: anna.send(batch=5), anna.upload, anna.receive)

    assert {result["status"] for result in anna.outcomes.values()} == {"applied"}
    assert any(result["replayed"] for result in anna.outcomes.values())
    assert sum(order["amount_minor"] for order in anna.all("order")) == value
    assert {planned["status"] for planned in anna.all("planned_visit")} == {"done"}
    assert all(photo["stored_at"] for visit in anna.all("visit") for photo in visit["photos"])

    everything_again = town.phone("anna")
    assert everything_again.held == anna.held


def test_the_supervisor_sees_planned_visited_missed_and_value(town: Any) -> None:
    plan_tuesday(town)
    anna = town.phone("anna")
    anna.online = False
    value = work_the_day(town, anna)
    anna.online = True
    anna.send()
    team = town.desk("sara")("GET", f"/api/v1/team/days/{TUESDAY}")
    rows = {row["rep"]["login"]: row for row in team["reps"]}
    assert (rows["anna"]["planned"], rows["anna"]["visited"], rows["anna"]["missed"]) == (3, 3, 0)
    assert rows["anna"]["order_value_minor"] == value
    assert rows["anna"]["last_position"]["latitude"] == pytest.approx(38.26, abs=0.1)
    assert rows["ben"]["visited"] == 0


def held_but_contexts(phone: Any) -> dict[Any, Any]:
    """All that a phone holds but what to know before an order, which knows of the last orders."""
    return {key: document for key, document in phone.held.items() if key[0] != "order_context"}


def test_planning_again_after_the_day_touches_nothing_done(town: Any) -> None:
    plan_tuesday(town)
    anna = town.phone("anna")
    work_the_day(town, anna)
    anna.send()
    anna.receive()
    before = held_but_contexts(anna)
    plan_tuesday(town)
    anna.receive()
    assert held_but_contexts(anna) == before


def test_a_rep_cannot_look_into_anothers_day(town: Any) -> None:
    plan_tuesday(town)
    ben = town.world.ben.id
    town.desk("anna")("GET", f"/api/v1/reps/{ben}/days/{TUESDAY}", status=404)
    mine = town.desk("anna")("GET", f"/api/v1/reps/me/days/{TUESDAY}")
    assert len(mine["stops"]) == 3
