"""A day in the field with everything that happens beside selling, on a network that loses every second answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from phone import NoNetwork, Phone

TUESDAY = "2026-03-03"


def work_the_day(town: Any, phone: Phone) -> tuple[int, int]:
    """Go to every customer with no network; return what is sold in the end, and what is collected."""
    town.clock.now = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
    [coffee] = [each for each in phone.all("product") if each["sku"] == "coffee"]
    sold = collected = 0
    for customer in phone.all("customer"):
        price = phone.price(coffee, customer)
        visit = phone.check_in(customer)
        town.clock.pass_minutes(5)
        order = phone.order(visit, customer, [(coffee, 12)])
        phone.amend(order, [(coffee["id"], 10, price)])
        amended = uuid.UUID(phone.outbox[-1]["data"]["order_id"])
        phone.cancel(phone.order(visit, customer, [(coffee, 99)]))
        phone.give_back(customer["id"], [(coffee["id"], 3, price)], amended, visit)
        phone.gift(customer["id"], [(coffee["id"], 1)], visit)
        phone.collect(customer["id"], 5 * price, visit)
        phone.collect(customer["id"], 17, visit, method="cheque", reference="No. 9")
        phone.note(customer["id"], "Wants the big tins.", visit)
        phone.summarize(visit, summary="Half of it paid.", cause_code="no_money")
        phone.track([{"ago_ms": 5000 * step, "lat": 38.2, "lon": 21.7 + step / 1000} for step in range(20)])
        sold, collected = sold + 7 * price, collected + 5 * price + 17
        phone.check_out(visit, customer, "Back on Friday.")
    return sold, collected


def persist(step: Callable[[], None]) -> None:
    """Try again and again, as an app does, until the answer arrives."""
    for _ in range(200):
        try:
            return step()
        except NoNetwork:
            continue
    return pytest.fail("the network never came back")


def test_everything_that_happens_in_the_field_arrives_once_and_adds_up(
    town: Any, every_second_answer_is_lost: Callable[[], bool]
) -> None:
    anna = town.phone("anna")
    sold, collected = work_the_day(town, anna)
    anna.lose_answer = every_second_answer_is_lost
    persist(lambda: anna.send(batch=5))
    persist(anna.receive)
    assert {result["status"] for result in anna.outcomes.values()} == {"applied"}
    assert any(result["replayed"] for result in anna.outcomes.values())
    assert sum(each["amount_minor"] for each in anna.all("order") if each["state"] == "placed") == sold
    assert sum(each["amount_minor"] for each in anna.all("payment")) == collected
    assert {each["text"] for each in anna.all("note")} == {"Wants the big tins."}
    assert {each["cause_code"] for each in anna.all("visit")} == {"no_money"}
    assert {each["summary"] for each in anna.all("visit")} == {"Half of it paid.\nBack on Friday."}
    assert town.phone("anna").held == anna.held

    team = town.desk("sara")("GET", f"/api/v1/team/days/{TUESDAY}")
    [row] = [row for row in team["reps"] if row["rep"]["login"] == "anna"]
    assert (row["orders"], row["order_values"], row["collected"]) == (3, {"EUR": sold}, {"EUR": collected})
