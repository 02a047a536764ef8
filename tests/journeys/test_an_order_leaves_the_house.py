"""An order that a phone priced is printed, mailed and told to an ERP, all by real HTTP."""

from __future__ import annotations

import csv
import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from worlds import erp as erps
from worlds.escpos_printer import printed
from worlds.pricing_phone import BIG, FOURTH_FREE, SPRING, open_shop, priced, submit

from fieldsales.chores.webhooks import Round, Worker
from fieldsales.db.session import transaction
from fieldsales.webhooks.queries import require_webhook
from fieldsales.webhooks.rules import is_signed


@pytest.fixture
def sale(town: Any) -> dict[str, Any]:
    """A basket with promotions, a case, a discount by hand and tax, sold on Anna's phone."""
    open_shop(town.desk("max"), town.world.products, FOURTH_FREE, SPRING, BIG)
    anna = town.phone("anna")
    bakery = next(each for each in anna.all("customer") if each["name"] == "Bakery")
    products = town.world.products
    basket = [
        {"product_id": str(products["coffee"].id), "quantity": 2, "unit": "case"},
        {"product_id": str(products["water"].id), "quantity": 3, "unit": "case", "discount_bp": 250},
        {"product_id": str(products["soap"].id), "quantity": 7},
    ]
    data = priced(anna, bakery, basket)
    assert submit(anna, data)["status"] == "applied"
    return data


def fetch(person: Any, method: str, path: str, **options: Any) -> bytes:
    headers = {"Authorization": f"Bearer {person.token}"}
    answer = requests.request(method, person.base + path, headers=headers, timeout=30, **options)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_the_receipt_explains_every_line_to_the_cent(town: Any, sale: dict[str, Any]) -> None:
    anna = town.desk("anna")
    path = f"/api/v1/orders/{sale['order_id']}/receipt"
    receipt = anna("GET", path)
    assert receipt["total_minor"] == sale["total_minor"]
    assert receipt["tax_minor"] == sum(line["tax_minor"] for line in sale["lines"])
    assert sum(item["amount_minor"] for item in receipt["items"]) == sale["total_minor"]
    coffee = receipt["items"][0]
    assert (coffee["unit"], coffee["quantity"], coffee["pieces"]) == ("case", 2, 24)
    assert coffee["price_minor"] * 2 == pytest.approx(coffee["goods_minor"], abs=1)
    assert len(coffee["discounts"]) >= 1
    free = [item for item in receipt["items"] if item["free"]]
    assert len(free) == len([line for line in sale["lines"] if line.get("promotion")])
    for item in receipt["items"]:
        left = item["amount_minor"] - item["goods_minor"] - sum(each["amount_minor"] for each in item["discounts"])
        assert left in (0, item["tax_minor"]), item
    shown = printed(fetch(anna, "POST", path + "/print", json={"paper_mm": 58, "language": "zh", "printer": "gb18030"}))
    assert shown.cut
    assert any(line.startswith("合计") for line in shown.lines)


def test_of_many_prints_at_once_one_is_the_original(town: Any, sale: dict[str, Any]) -> None:
    anna = town.desk("anna")
    path = f"/api/v1/orders/{sale['order_id']}/receipt/print"
    with ThreadPoolExecutor(6) as threads:
        slips = list(threads.map(lambda _: printed(fetch(anna, "POST", path, json={})), range(6)))
    copies = sorted(line.strip() for slip in slips for line in slip.lines if "COPY" in line)
    assert copies == [f"*** COPY {number} ***" for number in range(1, 6)]


def test_the_erp_learns_of_it_and_the_export_has_the_same_sums(town: Any, sale: dict[str, Any]) -> None:
    boss = town.desk("max")
    refused = boss("POST", "/api/v1/webhooks", status=422, json={"url": "http://127.0.0.1:1/hook"})
    assert refused["code"] == "address.refused"
    text = fetch(boss, "GET", "/api/v1/exports/orders.csv?from=2026-03-01&to=2026-03-31").decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert sum(round(float(row["amount"]) * 100) for row in rows) == sale["total_minor"]
    with erps.listening() as erp:
        body = {"url": "https://erp.example/hook", "topics": ["order"], "from_the_beginning": True}
        hook = boss("POST", "/api/v1/webhooks", status=201, json=body)
        move(town, hook["id"], erp.url)
        assert Worker(town.engine, town.clock, private=True).work_once() == Round(delivered=1)
        headers, sent = erp.seen[0]
        assert is_signed(hook["secret"], sent, headers["Fieldsales-Signature"], town.clock())
        told = erp.taken[0]["data"]
        assert (told["id"], told["amount_minor"]) == (sale["order_id"], sale["total_minor"])
        assert sum(line["amount_minor"] for line in told["lines"]) == sale["total_minor"]


def move(town: Any, hook_id: str, url: str) -> None:
    """Let the name of the ERP lead to the one that listens here."""
    with transaction(town.engine) as session:
        require_webhook(session, uuid.UUID(hook_id)).url = url
