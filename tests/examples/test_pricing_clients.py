"""Clients that share no code with the server price orders to the same cent, by the same steps."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from worlds import price_books

from fieldsales.precedence.rules import Buyer
from fieldsales.pricebooks.rules import NO_TERMS, read_book, read_terms
from fieldsales.pricing.rules import Wanted, price_order

EXAMPLES = Path(__file__).parents[2] / "examples"
BOOKS, ORDERS = 400, 10
"""That many books are drawn by seed, and that many orders are priced by each."""

Doc = dict[str, Any]


@pytest.fixture(scope="module")
def worlds() -> list[Doc]:
    found = []
    for seed in range(BOOKS):
        lot = Random(seed)
        book = price_books.book(lot)
        orders = [{"buyer": price_books.buyer(lot), "lines": price_books.lines(lot, book)} for _ in range(ORDERS)]
        found.append({"book": book, "orders": orders})
    return found


@pytest.fixture(scope="module")
def ours(worlds: list[Doc]) -> list[Doc]:
    found = []
    for world in worlds:
        book = read_book(world["book"])
        for order in world["orders"]:
            who = order["buyer"]
            terms = read_terms(who["terms"]) if who["terms"] else NO_TERMS
            buyer = Buyer(who["customer_id"], who["tier"], terms, who["day"])
            priced = price_order(book, buyer, [Wanted(**line) for line in order["lines"]])
            lines = [
                {name: getattr(line, name) for name in ("line", "product_id", "pieces", "amount_minor", "tax_minor")}
                | {"codes": [step["code"] for step in line.steps], "promotion": line.promotion}
                | {"because_of": list(line.because_of)}
                for line in priced.lines
            ]
            found.append({"lines": lines, "total_minor": priced.total_minor, "payable_minor": priced.payable_minor})
    return found


def differences(theirs: list[Doc], ours: list[Doc]) -> list[tuple[Doc, Doc]]:
    assert len(theirs) == len(ours) == BOOKS * ORDERS
    return [
        (one, other) for one, other in zip(theirs, ours, strict=True) if {name: one[name] for name in other} != other
    ]


def test_the_client_in_javascript_agrees_to_the_cent_and_in_every_step(worlds: list[Doc], ours: list[Doc]) -> None:
    done = subprocess.run(
        ["node", "price_orders.mjs"],
        cwd=EXAMPLES / "pricing-js",
        input="\n".join(json.dumps(world) for world in worlds),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert differences([json.loads(line) for line in done.stdout.splitlines()], ours)[:1] == []


def test_the_client_in_python_agrees_to_the_cent_and_in_every_step(
    worlds: list[Doc], ours: list[Doc], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES / "python"))
    from fieldsales_pricing import price_order as their_price  # noqa: PLC0415 -- a copy that stands by itself

    theirs = [
        their_price(world["book"], order["buyer"], order["lines"]) for world in worlds for order in world["orders"]
    ]
    assert differences(theirs, ours)[:1] == []
    sys.modules.pop("fieldsales_pricing")


def test_the_lot_draws_what_the_rules_can_do(ours: list[Doc]) -> None:
    """An agreement over orders in which nothing happens would say nothing."""
    seen = [code for each in ours for line in each["lines"] for code in line["codes"]]
    for code in (
        *("list", "tier_price", "tier_discount", "contract", "break", "goods"),
        *("promotion", "free", "by_hand", "order_promotion", "tax"),
    ):
        assert seen.count(code) > 200, code
