"""A journey of a phone that is locked out amid its work: nothing of it is lost, and none of it is done unseen."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from phone import TIMEOUT_S, Phone
from sqlalchemy import select

from fieldsales.db.session import reading
from fieldsales.orders.models import Order
from sync.models import Mutation, Review, Status, Way


def lock_out(town: Any, phone: Phone) -> None:
    """The supervisor locks the phone out, which finds out when it next asks."""
    sara = town.desk("sara")
    [device] = [each for each in sara("GET", "/api/v1/devices")["items"] if each["installation"] == phone.installation]
    sara("POST", f"/api/v1/devices/{device['id']}/revoke")


def unsent_day(phone: Phone) -> tuple[str, str, str]:
    """A check-in, an order and a check-out that never left the phone; returns their ids."""
    bakery = next(each for each in phone.all("customer") if each["name"] == "Bakery")
    coffee = next(each for each in phone.all("product") if each["sku"] == "coffee")
    visit = phone.check_in(bakery)
    phone.order(visit, bakery, [(coffee, 2)])
    phone.check_out(visit, bakery, "all fine")
    return tuple(each["id"] for each in phone.outbox)  # type: ignore[return-value]


def hand_in(phone: Phone, token: str | None = None, **more: Any) -> requests.Response:
    """Send the queue by the door for those who are locked out."""
    body = {
        "device_id": phone.installation,
        "app_version": "1.0.0",
        "schema": 1,
        "sent": phone.stamp(),
        "mutations": phone.outbox,
    } | more
    headers = {"Authorization": f"Bearer {token or phone.token}"}
    return requests.post(phone.base + "/sync/v1/hand-in", json=body, headers=headers, timeout=TIMEOUT_S)


def test_unsent_work_is_handed_in_and_done_once_a_supervisor_says_so(town: Any) -> None:
    anna = town.phone("anna")
    anna.online = False
    check_in, order, check_out = unsent_day(anna)
    lock_out(town, anna)
    anna.online = True
    refused = anna.call("POST", "/sync/v1/mutations", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.device_revoked")
    town.clock.pass_minutes(60 * 24 * 90)

    answer = hand_in(anna, want_changes=True)
    assert answer.status_code == 200
    told = answer.json()
    assert [(each["id"], each["status"], each["problem"]["code"]) for each in told["results"]] == [
        (each, "held", "mutation.handed_in") for each in (check_in, order, check_out)
    ]
    assert told["changes"] is None
    with reading(town.engine) as session:
        assert session.scalars(select(Order)).all() == []
        kept = session.scalars(select(Mutation).order_by(Mutation.seq)).all()
        assert [(each.way, each.status, each.review) for each in kept] == [
            (Way.HANDED_IN, Status.HELD, Review.OPEN)
        ] * 3
        assert [each.payload for each in kept] == anna.outbox
    again = hand_in(anna).json()["results"]
    assert [each | {"replayed": False} for each in again] == told["results"]
    assert all(each["replayed"] for each in again)

    sara = town.desk("sara")
    waits = sara("POST", f"/sync/v1/review/{order}", json={"action": "accept"})
    assert (waits["mutation"]["status"], waits["mutation"]["way"]) == ("held", "handed_in")
    assert sara("POST", f"/sync/v1/review/{check_in}", json={"action": "retry"})["mutation"]["status"] == "applied"
    assert sara("GET", f"/sync/v1/review/{order}")["mutation"]["status"] == "applied"
    assert sara("GET", f"/sync/v1/review/{check_out}")["mutation"]["status"] == "held"
    new_phone = town.phone("anna")
    assert [each["amount_minor"] for each in new_phone.all("order")] == [2 * 589]
    assert new_phone.all("visit")[0]["day"] == "2026-03-02"


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_any_token_that_the_device_ever_had_will_do(town: Any, kind: str) -> None:
    anna = town.phone("anna")
    unsent_day(anna)
    old = anna.token if kind == "access" else anna.refresh_token
    anna.log_in()
    lock_out(town, anna)
    assert {each["status"] for each in hand_in(anna, old).json()["results"]} == {"held"}


def test_who_was_switched_off_hands_in_too(town: Any) -> None:
    anna = town.phone("anna")
    unsent_day(anna)
    town.desk("max")("PATCH", f"/api/v1/people/{town.world.anna.id}", json={"active": False})
    closed = anna.call("POST", "/sync/v1/mutations", json={})
    assert (closed.status_code, closed.json()["code"]) == (403, "auth.account_closed")
    renewed = anna.call("POST", "/api/v1/auth/refresh", json={"refresh_token": anna.refresh_token})
    assert (renewed.status_code, renewed.json()["code"]) == (403, "auth.account_closed")
    assert len(hand_in(anna).json()["results"]) == 3


def test_who_may_send_as_usual_has_nothing_to_hand_in(town: Any) -> None:
    anna = town.phone("anna")
    unsent_day(anna)
    refused = hand_in(anna)
    assert (refused.status_code, refused.json()["code"]) == (409, "auth.still_in")
    old = anna.token
    anna.log_in()
    assert hand_in(anna, old).json()["code"] == "auth.still_in"


def test_nobody_hands_in_without_a_token_of_ours_or_for_another(town: Any) -> None:
    anna, ben = town.phone("anna"), town.phone("ben")
    unsent_day(anna)
    lock_out(town, anna)
    assert hand_in(anna, "nonsense").json()["code"] == "auth.token_invalid"
    assert hand_in(anna, anna.token[:-2] + "xx").json()["code"] == "auth.token_invalid"
    assert requests.post(anna.base + "/sync/v1/hand-in", timeout=TIMEOUT_S).json()["code"] == "auth.token_missing"
    assert hand_in(anna, device_id=ben.installation).json()["code"] == "sync.wrong_device"
    assert hand_in(anna, ben.token).json()["code"] == "auth.still_in"


def test_what_was_done_before_the_lock_is_answered_as_recorded_and_poison_is_kept(town: Any) -> None:
    anna = town.phone("anna")
    unsent_day(anna)
    done = list(anna.outbox)
    anna.send()
    lock_out(town, anna)
    poison = {"id": "0195565e-7a3c-7c1e-9d0b-2f5d8a4e6b10", "nonsense": True}
    results = hand_in(anna, mutations=[*done, poison]).json()["results"]
    assert [(each["status"], each["replayed"]) for each in results] == [("applied", True)] * 3 + [("held", False)]
    assert results[3]["problem"]["unreadable"]["code"] == "mutation.malformed"
    sara = town.desk("sara")
    case = sara("GET", f"/sync/v1/review/{poison['id']}")
    assert (case["mutation"]["payload"], case["mutation"]["customer"]) == (poison, None)
    sara("POST", f"/sync/v1/review/{poison['id']}", json={"action": "retry"}, status=422)
    sara("POST", f"/sync/v1/review/{poison['id']}", json={"action": "discard", "reason": "Nonsense."})


def test_handing_in_is_limited(town: Any) -> None:
    anna = town.phone("anna")
    lock_out(town, anna)
    statuses = [hand_in(anna, mutations=[]).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    assert hand_in(anna, mutations=[None] * 501).status_code == 429
