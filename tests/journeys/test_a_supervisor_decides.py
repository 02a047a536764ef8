"""A journey through the review: what reps did beyond the policy, what supervisors decide, what phones hear of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from phone import Phone


def dear_order(phone: Phone, shop: str, told_minor: int = 9_999, **more: Any) -> dict[str, Any]:
    """Take an order at a price that nobody gives, and send it; returns the mutation, which is held."""
    customer = next(each for each in phone.all("customer") if each["name"] == shop)
    coffee = next(each for each in phone.all("product") if each["sku"] == "coffee")
    phone.order(phone.check_in(customer), customer, [(coffee, 1)])
    mutation = phone.outbox[-1]
    mutation["data"]["lines"][0]["unit_price_minor"] = mutation["data"]["total_minor"] = told_minor
    mutation |= more
    phone.send()
    assert phone.outcomes[mutation["id"]]["status"] == "held"
    return dict(mutation)


def waiting(person: Any, **query: Any) -> list[str]:
    """The ids of what a person sees waiting, page by page."""
    ids, after = [], None
    while True:
        page = person("GET", "/sync/v1/review", params=query | {"limit": 1} | ({"after": after} if after else {}))
        ids += [each["id"] for each in page["items"]]
        after = page["next"]
        if after is None:
            return ids


def test_a_supervisor_sees_what_waits_and_finds_it_by_what_it_is(town: Any) -> None:
    anna, ben, sara = town.phone("anna"), town.phone("ben"), town.desk("sara")
    first = dear_order(anna, "Bakery")["id"]
    town.clock.pass_minutes(30)
    second = dear_order(ben, "Fish")["id"]
    third = anna.do("visit.dance", ("visit", anna.check_in(anna.all("customer")[0])), {})
    anna.send()
    assert waiting(sara) == [first, second, third]
    assert waiting(sara, user=str(town.world.ben.id)) == [second]
    assert waiting(sara, type="order.submit") == [first, second]
    assert waiting(sara, code="mutation.unknown_type") == [third]
    assert waiting(sara, received_before="2026-03-02T12:10:00Z") == [first]
    assert (waiting(sara, what="applied"), waiting(sara, what="held")) == ([], [first, second, third])
    [told] = sara("GET", "/sync/v1/review", params={"limit": 1})["items"]
    assert (told["rep"]["name"], told["customer"]["name"]) == ("Anna", "Bakery")
    assert told["problem"]["code"] == "order.price_out_of_band"
    anna_desk = town.desk("anna")
    anna_desk("GET", "/sync/v1/review", status=403)
    anna_desk("POST", f"/sync/v1/review/{first}", json={"action": "accept"}, status=403)
    sara("GET", "/sync/v1/review/00000000-0000-4000-8000-000000000000", status=404)


@pytest.mark.parametrize(
    "marker",
    [
        "WyIyMDI2LTAzLTAyIiwgIngiXQ",
        "WyIyMDI2LTAzLTAyVDEyOjAwOjAwIiwgIjAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMCJd",
    ],
)
def test_a_page_marker_that_is_none_is_refused(town: Any, marker: str) -> None:
    town.desk("sara")("GET", "/sync/v1/review", params={"after": marker}, status=422)


def test_the_case_tells_everything_and_the_phone_hears_the_end_of_it(town: Any) -> None:
    anna, sara = town.phone("anna"), town.desk("sara")
    order = dear_order(anna, "Bakery")
    follower = anna.do("visit.dance", ("visit", anna.check_in(anna.all("customer")[0])), {}, after=[order["id"]])
    anna.send()
    case = sara("GET", f"/sync/v1/review/{order['id']}")
    assert (case["mutation"]["payload"], case["waits_for"], case["history"]) == (order, [], [])
    assert sara("GET", f"/sync/v1/review/{follower}")["waits_for"] == [{"id": order["id"], "status": "held"}]

    still = sara("POST", f"/sync/v1/review/{order['id']}", json={"action": "retry"})
    assert (still["mutation"]["status"], still["mutation"]["decision"]) == ("held", "retried")
    lower = order["data"] | {"lines": [order["data"]["lines"][0] | {"unit_price_minor": 589}], "total_minor": 588}
    ruling = {"action": "apply", "reason": "The list says so.", "data": lower}
    refused = sara("POST", f"/sync/v1/review/{order['id']}", json=ruling, status=422)
    assert (refused["code"], refused["problem"]["code"]) == ("review.refused", "order.total_mismatch")
    lower["total_minor"] = 589
    done = sara("POST", f"/sync/v1/review/{order['id']}", json=ruling)
    assert (done["mutation"]["status"], done["mutation"]["review"]) == ("applied", "done")
    assert (done["mutation"]["payload"], done["mutation"]["corrected"]) == (order, lower)
    assert [(each["action"], each["by"]["name"]) for each in done["history"]] == [
        ("mutation.retry", "Sara"),
        ("mutation.apply", "Sara"),
    ]

    anna.receive()
    heard = anna.held["mutation", order["id"]]
    assert (heard["status"], heard["decision"], heard["decision_reason"]) == (
        "applied",
        "corrected",
        "The list says so.",
    )
    assert heard["outcome"]["result"]["amount_minor"] == 589
    assert anna.held["mutation", follower]["outcome"]["problem"]["code"] == "mutation.unknown_type"


def test_a_discarded_order_is_told_to_the_rep_with_the_reason(town: Any) -> None:
    anna, sara = town.phone("anna"), town.desk("sara")
    order = dear_order(anna, "Bakery")
    incomplete = sara("POST", f"/sync/v1/review/{order['id']}", json={"action": "discard"}, status=422)
    assert incomplete["code"] == "review.incomplete"
    sara("POST", f"/sync/v1/review/{order['id']}", json={"action": "discard", "reason": "Ordered twice."})
    anna.receive()
    heard = anna.held["mutation", order["id"]]
    assert (heard["status"], heard["outcome"]["problem"]["code"]) == ("rejected", "mutation.discarded")
    assert heard["outcome"]["problem"]["reason"] == heard["decision_reason"] == "Ordered twice."
    late = sara("POST", f"/sync/v1/review/{order['id']}", json={"action": "accept"}, status=409)
    assert (late["code"], late["fate"], late["decision"]) == ("review.not_open", "rejected", "discarded")


def test_of_two_who_decide_at_once_one_wins(town: Any) -> None:
    anna, deciders = town.phone("anna"), [town.desk("sara"), town.desk("max")]
    for _ in range(4):
        order = dear_order(anna, "Bakery")

        def accept(person: Any, mutation_id: str = order["id"]) -> int:
            headers = {"Authorization": f"Bearer {person.token}"}
            return anna.call(
                "POST", f"/sync/v1/review/{mutation_id}", json={"action": "accept"}, headers=headers
            ).status_code

        with ThreadPoolExecutor(2) as both:
            assert sorted(both.map(accept, deciders)) == [200, 409]
    anna.receive()
    assert len(anna.all("order")) == 4
