"""Customers and products over HTTP."""

from __future__ import annotations

import pytest
from sqlalchemy import event, update
from worlds.web import Web

from api.database import RequestSession
from fieldsales.customers.models import Customer


def listed(answer: object) -> list[str]:
    return [each["name"] for each in answer.json["items"]]  # type: ignore[attr-defined]


def test_everybody_lists_what_the_scope_allows(web: Web) -> None:
    assert listed(web.anna.get("/api/v1/customers")) == ["Bakery", "Corner", "Dairy"]
    assert len(listed(web.sara.get("/api/v1/customers"))) == 6
    assert listed(web.max.get("/api/v1/customers", search="fish")) == ["Fish"]
    assert listed(web.max.get("/api/v1/customers", has_position="false")) == ["Hotel"]
    first = web.max.get("/api/v1/customers", limit=4).json
    assert listed(web.max.get("/api/v1/customers", limit=4, after=first["next"])) == ["Grocer", "Hotel"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": 201}, "/limit"),
        ({"limit": 0}, "/limit"),
        ({"limit": "x"}, "/limit"),
        ({"nonsense": 1}, "/nonsense"),
        ({"rep_id": "anna"}, "/rep_id"),
        ({"has_position": "maybe"}, "/has_position"),
    ],
)
def test_a_query_that_is_wrong_is_told_by_field(small_web: Web, query: dict[str, object], pointer: str) -> None:
    answer = small_web.max.get("/api/v1/customers", **query)
    assert (answer.status_code, answer.json["code"]) == (422, "request.invalid_fields")
    assert [each["pointer"] for each in answer.json["errors"]] == [pointer]


def test_a_query_that_is_no_text_or_no_page_is_refused(web: Web) -> None:
    assert web.max.ask("GET", "/api/v1/customers?search=%00").json["code"] == "request.malformed"
    assert web.max.get("/api/v1/customers", after="nonsense").json["code"] == "page.unknown"


def test_a_customer_out_of_scope_does_not_exist(web: Web) -> None:
    fish = web.customers["Fish"]
    answer = web.anna.get(f"/api/v1/customers/{fish}")
    assert (answer.status_code, answer.json["code"]) == (404, "customer.not_found")
    card = web.ben.get(f"/api/v1/customers/{fish}").json
    assert (card["owner_id"], card["references"]) == (str(web.people["ben"]), [{"system": "erp", "value": "C-Fish"}])


def test_patch_is_strict_and_changes_only_what_is_named(web: Web) -> None:
    path = f"/api/v1/customers/{web.customers['Hotel']}"
    before = web.sara.get(path).json
    after = web.sara.patch(path, {"phone": "2610 123456", "latitude": 38.2, "longitude": 21.7}).json
    assert after == before | {
        "phone": "+302610123456",
        "latitude": 38.2,
        "longitude": 21.7,
        "flags": [],
        "version": before["version"] + 1,
    }
    assert web.sara.patch(path, {}).json == after
    for broken, code in (
        ({"latitude": 91}, "request.invalid_fields"),
        ({"longitude": -180.5}, "request.invalid_fields"),
        ({"latitude": "38.2"}, "request.invalid_fields"),
        ({"tier": "A"}, "request.invalid_fields"),
        ({"name": None}, "request.invalid_fields"),
        ({"latitude": None}, "customer.half_position"),
        ({"phone": "call me"}, "phone.invalid"),
        ({"opening_hours": "all day long"}, "hours.not_understood"),
        ({"territory_id": str(web.people["anna"])}, "territory.not_found"),
    ):
        answer = web.sara.patch(path, broken)
        assert (answer.json["code"], answer.mimetype) == (code, "application/problem+json")
    assert web.sara.get(path).json == after
    assert web.anna.patch(path, {"name": "x"}).status_code == 403


def test_two_changes_at_once_the_second_reads_again(web: Web) -> None:
    """The version column catches a write between our read and our write."""
    path = f"/api/v1/customers/{web.customers['Bakery']}"
    caller = web.sara

    def meddle(session: RequestSession, *_rest: object) -> None:
        somebody_else = update(Customer).where(Customer.id == web.customers["Bakery"]).values(version=99)
        session.connection().execute(somebody_else)

    event.listen(RequestSession, "before_flush", meddle)
    try:
        answer = caller.patch(path, {"name": "Mine"})
    finally:
        event.remove(RequestSession, "before_flush", meddle)
    assert (answer.status_code, answer.json["code"]) == (409, "resource.changed_meanwhile")
    assert caller.get(path).json["name"] == "Bakery", "nothing of it was kept"


def test_ownership_and_key_accounts(web: Web) -> None:
    path = f"/api/v1/customers/{web.customers['Bakery']}"
    ben = str(web.people["ben"])
    assert web.sara.put(f"{path}/owner", {"rep_id": ben}).json["owner_id"] == ben
    assert web.anna.get(path).status_code == 404
    assert web.sara.put(f"{path}/owner", {"rep_id": None}).json["owner_id"] is None
    assert web.sara.put(f"{path}/owner", {"rep_id": str(web.people["sara"])}).json["code"] == "people.not_found"
    both = {"rep_ids": [str(web.people["anna"]), ben], "instruction": "Ask for Eleni"}
    assert web.sara.post(f"{path}/key-account", both).status_code == 403
    given = web.max.post(f"{path}/key-account", both).json["key_account"]
    assert {each["rep_id"] for each in given} == set(both["rep_ids"])
    assert web.anna.get(path).status_code == 200
    assert web.max.delete(f"{path}/key-account/{web.people['anna']}").status_code == 204
    assert web.anna.get(path).status_code == 404
    assert web.max.delete(f"{path}/key-account").status_code == 204
    assert web.max.get(path).json["key_account"] == []


def test_a_leader_confirms_a_shop_that_a_rep_found(web: Web) -> None:
    with web.engine.begin() as connection:
        connection.execute(update(Customer).where(Customer.name == "Bakery").values(flags=["proposed"]))
    bakery = web.max.get("/api/v1/customers", search="bakery").json["items"][0]
    assert bakery["flags"] == ["proposed"]
    assert web.anna.post(f"/api/v1/customers/{bakery['id']}/confirm").status_code == 403
    assert web.sara.post(f"/api/v1/customers/{bakery['id']}/confirm").json["flags"] == []


def test_customers_are_shared_out(web: Web) -> None:
    body = {
        "customer_ids": [str(each) for each in web.customers.values()],
        "rep_ids": [str(web.people["anna"]), str(web.people["ben"])],
    }
    shared = web.sara.post("/api/v1/customers/share", body).json
    assert sorted(shared["owned"].values()) == [3, 3]
    assert web.sara.post("/api/v1/customers/share", body).json["moved"] == 0


def test_products_come_in_pages_priced_for_a_tier(web: Web) -> None:
    page = web.anna.get("/api/v1/products", tier="B", limit=1).json
    [coffee] = page["items"]
    assert (coffee["sku"], coffee["list_price_minor"], coffee["unit_price_minor"]) == ("coffee", 620, 589)
    assert "cost_minor" not in coffee
    rest = web.anna.get("/api/v1/products", after=page["next"]).json
    assert [(each["sku"], each["price_rule"]) for each in rest["items"]] == [
        ("rice", "list"),
        ("soap", "list"),
        ("water", "list"),
    ]
    assert listed(web.anna.get("/api/v1/products", search="wat")) == ["Water"]
