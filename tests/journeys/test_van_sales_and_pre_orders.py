"""A van is loaded, sells, gives away, takes back and is counted; what is ordered for later waits for its goods."""

from __future__ import annotations

from typing import Any

import pytest
from worlds import pricing_phone
from worlds.pricing_phone import DAY, priced, submit

STOCK = {"reserve": True, "back_orders": "allowed", "count_approval_above": {"EUR": 500}}


@pytest.fixture
def shop(town: Any) -> Any:
    """A house with 40 waters and 20 soaps, Anna's van with nothing yet, and prices published."""
    town.boss, town.sara = town.desk("max"), town.desk("sara")
    pricing_phone.open_shop(town.boss, town.world.products)
    town.boss("PUT", "/api/v1/policies/stock", json={"body": STOCK})
    house = {"code": "MAIN", "name": "Main house", "kind": "warehouse", "external_ref": "W01"}
    town.house = town.boss("POST", "/api/v1/warehouses", status=201, json=house)
    van = {"code": "VAN-1", "name": "Anna's van", "kind": "van", "rep_id": str(town.world.anna.id)}
    town.van = town.boss("POST", "/api/v1/warehouses", status=201, json=van)
    tell(town, "S-1", "2026-03-02T06:00:00+00:00", water=40, soap=20)
    town.anna = town.phone("anna")
    town.anna_desk, town.ben_desk = town.desk("anna"), town.desk("ben")
    town.bakery = next(each for each in town.anna.all("customer") if each["name"] == "Bakery")
    return town


def tell(shop: Any, reference: str, as_of: str, **pieces: int) -> list[Any]:
    rows = [{"sku": sku, "pieces": many} for sku, many in pieces.items()]
    body = {"reference": reference, "warehouse": "W01", "as_of": as_of, "rows": rows}
    found: list[Any] = shop.boss("POST", "/api/v1/stock-feed", json=body)["rows"]
    return found


def errand(shop: Any, name: str, pieces: int, start: Any = None, end: Any = None, **told: Any) -> Any:
    lines = [{"product_id": str(shop.world.products["water"].id), "pieces": pieces}]
    body = {"errand": name, "from_id": start and start["id"], "to_id": end and end["id"], "lines": lines}
    status = told.pop("status", 201)
    return shop.sara("POST", "/api/v1/stock/moves", status=status, json=body | told)


def order(shop: Any, pieces: int, **told: Any) -> dict[str, Any]:
    water = str(shop.world.products["water"].id)
    data = priced(shop.anna, shop.bakery, [{"product_id": water, "quantity": pieces}]) | told
    outcome = submit(shop.anna, data)
    shop.clock.pass_minutes(1)
    return outcome | {"order_id": data["order_id"]}


def in_place(shop: Any, place: Any) -> dict[str, tuple[int, int]]:
    rows = shop.sara("GET", f"/api/v1/stock?warehouse={place['id']}")["items"]
    return {each["sku"]: (each["on_hand"], each["free"]) for each in rows if each["condition"] == "sellable"}


def test_a_van_is_loaded_sells_and_its_phone_knows_what_is_left(shop: Any) -> None:
    errand(shop, "load", 10, shop.house, shop.van)
    assert in_place(shop, shop.house)["water"] == (30, 30)
    outcome = order(shop, 4, kind="van_sale")
    assert (outcome["status"], outcome["flags"]) == ("applied", [])
    shop.anna.receive()
    [left] = shop.anna.all("van_stock")
    assert (left["on_hand"], left["warehouse_id"]) == (6, shop.van["id"])
    [sold] = [each for each in shop.anna.all("order") if each["id"] == outcome["order_id"]]
    assert (sold["kind"], sold["supply"], sold["wanted_on"]) == ("sale", "van", None)
    assert in_place(shop, shop.house)["water"] == (30, 30)
    moves = shop.sara("GET", f"/api/v1/stock/moves?warehouse={shop.van['id']}")["items"]
    assert [(each["cause"], each["quantity"]) for each in moves] == [("loading", 10), ("sale", 4)]
    assert moves[1]["source_id"] == outcome["order_id"]


def test_what_the_van_did_not_have_is_sold_all_the_same_and_put_before_a_supervisor(shop: Any) -> None:
    errand(shop, "load", 2, shop.house, shop.van)
    outcome = order(shop, 5, kind="van_sale")
    assert (outcome["status"], outcome["flags"]) == ("applied", ["stock_short"])
    [short] = shop.sara("GET", "/api/v1/stock/shortages")["shortages"]
    assert (short["sku"], short["on_hand"]) == ("water", -3)
    assert [each["source_id"] for each in short["moves"]] == [outcome["order_id"]]
    [looked_at] = shop.sara("GET", "/sync/v1/review")["items"]
    assert (looked_at["type"], looked_at["flags"]) == ("order.submit", ["stock_short"])
    count = shop.anna_desk("POST", "/api/v1/stock/counts", status=201, json={"warehouse_id": shop.van["id"]})
    lines = [{"product_id": str(shop.world.products["water"].id), "counted": 1}]
    shop.anna_desk("PUT", f"/api/v1/stock/counts/{count['id']}/lines", json={"lines": lines})
    done = shop.anna_desk("POST", f"/api/v1/stock/counts/{count['id']}/end", json={})
    assert done["state"] == "posted"
    assert shop.sara("GET", "/api/v1/stock/shortages")["shortages"] == []
    assert in_place(shop, shop.van)["water"] == (1, 1)


def test_a_pre_order_says_when_it_is_wanted_and_waits_for_goods_that_are_not_there(shop: Any) -> None:
    first = order(shop, 30, kind="pre_order", wanted_on="2026-03-05")
    second = order(shop, 30, kind="pre_order", wanted_on="2026-03-04")
    assert (first["flags"], second["flags"]) == ([], ["back_order"])
    [waiting] = shop.sara("GET", "/api/v1/stock/reservations?lacking=true")["items"]
    assert (waiting["order_id"], waiting["reserved"], waiting["lacking"]) == (second["order_id"], 10, 20)
    assert errand(shop, "load", 1, shop.house, shop.van, status=409)["code"] == "stock.short"
    errand(shop, "receive", 25, end=shop.house)
    assert shop.sara("GET", "/api/v1/stock/reservations?lacking=true")["items"] == []
    assert in_place(shop, shop.house)["water"] == (65, 5)
    shop.anna.receive()
    held = {each["id"]: each for each in shop.anna.all("order")}
    assert (held[first["order_id"]]["supply"], held[first["order_id"]]["wanted_on"]) == ("later", "2026-03-05")


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "pre_order"},
        {"kind": "pre_order", "wanted_on": "2026-03-01"},
        {"kind": "van_sale", "wanted_on": "2026-03-05"},
    ],
)
def test_a_day_that_cannot_be_is_kept_for_a_person_to_correct(shop: Any, told: dict[str, str]) -> None:
    outcome = order(shop, 1, **told)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.delivery_invalid")


def test_an_order_without_a_kind_is_a_sale_to_be_delivered_as_ever(shop: Any) -> None:
    outcome = order(shop, 4)
    assert outcome["flags"] == []
    assert in_place(shop, shop.house)["water"] == (40, 36)


def test_a_van_sale_that_is_called_off_comes_back_into_the_van(shop: Any) -> None:
    errand(shop, "load", 10, shop.house, shop.van)
    sold = order(shop, 4, kind="van_sale")
    shop.anna.cancel(sold["order_id"])
    shop.anna.send()
    assert in_place(shop, shop.van)["water"] == (10, 10)


def test_an_erp_that_tells_twice_or_late_changes_nothing(shop: Any) -> None:
    errand(shop, "load", 10, shop.house, shop.van)
    [again] = [each["fate"] for each in tell(shop, "S-1", "2026-03-02T06:00:00+00:00", water=40, soap=20)][:1]
    assert again == "corrected"
    [older] = tell(shop, "S-0", "2026-03-01T06:00:00+00:00", water=99)
    assert (older["fate"], older["code"]) == ("older", "stock.older_snapshot")
    assert in_place(shop, shop.house)["water"] == (30, 30)
    told = {"reference": "S-1", "warehouse": "W01", "as_of": "2026-03-02T06:00:00+00:00"}
    rows = [{"sku": "water", "pieces": 1}]
    taken = shop.boss("POST", "/api/v1/stock-feed", status=409, json=told | {"rows": rows})
    assert taken["code"] == "stock.reference_taken"


def test_a_large_difference_of_a_rep_is_approved_by_a_supervisor(shop: Any) -> None:
    errand(shop, "load", 40, shop.house, shop.van)
    count = shop.anna_desk("POST", "/api/v1/stock/counts", status=201, json={"warehouse_id": shop.van["id"]})
    lines = [{"product_id": str(shop.world.products["water"].id), "counted": 20}]
    shop.anna_desk("PUT", f"/api/v1/stock/counts/{count['id']}/lines", json={"lines": lines})
    assert shop.anna_desk("POST", f"/api/v1/stock/counts/{count['id']}/end", json={})["state"] == "waiting"
    assert in_place(shop, shop.van)["water"] == (40, 40)
    [asked] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    assert (asked["kind"], asked["amount_minor"], asked["customer_id"]) == ("stock_count", 600, None)
    shop.sara("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True})
    assert in_place(shop, shop.van)["water"] == (20, 20)


def test_reps_move_and_count_nothing_but_their_own_van(shop: Any) -> None:
    lines = [{"product_id": str(shop.world.products["water"].id), "pieces": 1}]
    body = {"errand": "receive", "to_id": shop.house["id"], "lines": lines}
    refused = shop.anna_desk("POST", "/api/v1/stock/moves", status=403, json=body)
    assert refused["code"] == "warehouse.not_yours"
    count = {"warehouse_id": shop.house["id"]}
    assert shop.anna_desk("POST", "/api/v1/stock/counts", status=403, json=count)["code"] == "warehouse.not_yours"
    hidden = shop.ben_desk("GET", f"/api/v1/stock?warehouse={shop.van['id']}", status=404)
    assert hidden["code"] == "warehouse.not_found"
    dry = body | {"errand": "load", "from_id": shop.house["id"], "to_id": shop.van["id"], "dry_run": True}
    assert shop.anna_desk("POST", "/api/v1/stock/moves", status=201, json=dry)["dry_run"] is True
    assert in_place(shop, shop.van) == {}


def test_a_load_is_proposed_for_the_day(shop: Any) -> None:
    found = shop.anna_desk("GET", f"/api/v1/stock/load-proposal?van={shop.van['id']}&day={DAY}")
    assert (found["from_id"], found["lines"]) == (shop.house["id"], [])
