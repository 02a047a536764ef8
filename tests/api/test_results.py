"""Results through HTTP: who is told what, files, and how mistakes are answered."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import openpyxl
import pytest
from click.testing import CliRunner
from sqlalchemy import select
from worlds import small_town
from worlds.resulting import came_back, sold
from worlds.web import Caller, Web

from fieldsales.catalog.models import Product
from fieldsales.cli.main import main
from fieldsales.customers.models import Customer
from fieldsales.db.session import transaction
from fieldsales.people.models import User
from fieldsales.registry.rules import MEASURES
from fieldsales.sheets.rules import as_markdown

MARCH = "first=2026-03-01&last=2026-03-31"


def got(client: Caller, path: str) -> Any:
    """What a client is answered on an address with a query."""
    place, _, query = path.partition("?")
    return client.get(place, **dict(parse_qsl(query, keep_blank_values=True)))


@pytest.fixture
def trading(web: Web) -> Web:
    """Anna sold water and coffee in February and March, and took some water back."""
    with transaction(web.engine) as session:
        people = {each.login: each for each in session.scalars(select(User))}
        world = small_town.SmallTown(None, None, None, people["anna"], people["ben"], people["sara"], people["max"])
        world.customers = {each.name: each for each in session.scalars(select(Customer))}
        found = {each.sku: each for each in session.scalars(select(Product))}
        world.products = {sku: found[sku] for sku in ("water", "coffee", "soap", "rice")}
        sold(session, world, 4, 2, day=date(2026, 3, 2))
        came_back(session, world, 1, day=date(2026, 3, 2))
        sold(session, world, 2, day=date(2026, 2, 10))
        sold(session, world, 3, day=date(2026, 3, 2), rep=world.ben, shop="Fish")
    return web


def test_one_call_answers_measures_by_dimensions(trading: Web) -> None:
    path = f"/api/v1/results?measures=sales_amount,strike_rate&by=rep,month&{MARCH}&compare=previous"
    told = got(trading.sara, path).json
    assert [[key["name"] for key in row["keys"]] for row in told["rows"]] == [["Anna", "2026-03"], ["Ben", "2026-03"]]
    anna, ben = told["rows"]
    assert anna["values"] == {"sales_amount": 1390, "strike_rate": None}
    assert (anna["before"]["sales_amount"], ben["before"]["sales_amount"]) == (100, 0)
    assert [(row["currency"], row["values"]["sales_amount"]) for row in told["totals"]] == [("EUR", 1540)]
    assert (told["before_first"], told["before_last"]) == ("2026-02-01", "2026-02-28")
    assert [each["code"] for each in told["measures"]] == ["sales_amount", "strike_rate"]
    most = got(trading.sara, f"/api/v1/results?measures=sales_amount&by=rep&top=1&{MARCH}").json
    assert [row["keys"][0]["name"] for row in most["rows"]] == ["Anna"]
    mine = got(trading.anna, f"/api/v1/results?measures=sales_amount&{MARCH}").json
    assert [row["values"]["sales_amount"] for row in mine["totals"]] == [1390]


def test_margins_are_told_to_managers_only(trading: Web) -> None:
    path = f"/api/v1/results?measures=gross_margin&{MARCH}"
    assert got(trading.max, path).status_code == 200
    for client in (trading.sara, trading.anna):
        refused = got(client, path)
        assert (refused.status_code, refused.json["code"]) == (403, "results.not_for_you")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("measures=profit", "results.measure_unknown"),
        ("measures=calls&by=planet", "results.dimension_unknown"),
        ("measures=calls&by=product", "results.not_askable"),
        ("measures=calls&brand=X", "results.not_askable"),
        ("measures=", "results.question_wrong"),
        ("measures=calls&by=rep,rep", "results.question_wrong"),
        ("measures=calls&top=0", "request.invalid_fields"),
        ("measures=calls&more=1", "request.invalid_fields"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_code(small_web: Web, query: str, code: str) -> None:
    answer = got(small_web.max, f"/api/v1/results?{query}&{MARCH}")
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_an_answer_is_a_file_with_its_total_last(trading: Web) -> None:
    query = f"measures=sales_amount,quantity&by=product&{MARCH}&rep_id={trading.people['anna']}"
    text = got(trading.sara, f"/api/v1/results/export.csv?{query}").data.decode()
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["product", "product_id", "currency", "sales_amount", "quantity"]
    assert [[row[0], *row[2:]] for row in rows[1:]] == [
        ["Coffee", "EUR", "12.40", "2"],
        ["Water", "EUR", "1.50", "3"],
        ["total", "EUR", "13.90", "5"],
    ]
    book = openpyxl.load_workbook(io.BytesIO(got(trading.sara, f"/api/v1/results/export.xlsx?{query}").data))
    assert [cell.value for cell in book.active[4]] == ["total", None, "EUR", 13.9, 5]


def test_a_rep_beside_peers(trading: Web) -> None:
    path = f"/api/v1/results/peers?rep_id={trading.people['anna']}&measure=sales_amount&{MARCH}"
    told = got(trading.sara, path).json
    assert told["standing"]["sentence"].startswith("too few to compare")
    assert told["standing"]["value"] == 1390
    assert got(trading.ben, path).status_code == 404


def test_every_measure_is_told_as_it_is_defined(small_web: Web) -> None:
    told = small_web.anna.get("/api/v1/measures").json["items"]
    assert [each["code"] for each in told] == list(MEASURES)
    page = small_web.app.test_client().get("/docs/measures").text
    assert all(f'id="{code}"' in page for code in MEASURES)


def test_the_page_of_measures_is_current() -> None:
    """Run `fieldsales results measures --markdown > docs/measures.md` when this fails."""
    assert (Path(__file__).parents[2] / "docs" / "measures.md").read_text() == as_markdown()


def test_the_terminal_answers_the_same(trading: Web, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    address = trading.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("FIELDSALES_DATABASE_URL", address)
    days = ["--from", "2026-03-01", "--to", "2026-03-31"]

    def run(*words: str) -> str:
        return CliRunner().invoke(main, ["results", *words, *days], catch_exceptions=False).output

    asked = run("ask", "sales_amount,gross_margin_share", "--by", "rep", "--compare", "previous")
    assert "Anna" in asked
    assert "13.90" in asked
    assert "total" in asked
    assert "rows written" in run("ask", "orders", "--by", "rep", "--file", str(tmp_path / "x.csv"))
    assert "too few to compare" in run("peers", "anna", "sales_amount")
    assert "summed" in CliRunner().invoke(main, ["results", "refresh"], catch_exceptions=False).output
    assert "13.90" in run("ask", "sales_amount", "--by", "rep")
