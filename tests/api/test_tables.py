"""Lists taken along: whole, as CSV and as workbooks, with the filters and the scope of the list itself."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from marshmallow import Schema, fields
from sqlalchemy import select
from werkzeug.test import TestResponse
from worlds.web import Web

from api.tables import files
from api.tables.cells import cells_of
from api.tables.columns import Kind, table_of
from fieldsales.audit.models import AuditEntry
from fieldsales.clock import zone
from fieldsales.customers.models import Customer
from fieldsales.db.session import transaction
from fieldsales.headings.rules import heading

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def rows_of(answer: TestResponse) -> list[dict[str, str]]:
    """Read CSV as Excel would: the byte order mark says that it is UTF-8."""
    assert answer.status_code == 200, answer.text
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def sheet_of(answer: TestResponse) -> list[dict[str, Any]]:
    """Read a workbook."""
    assert answer.status_code == 200, answer.text
    head, *rows = openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_a_list_comes_whole_and_not_its_first_page(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of one are asked for behind it; a file has them all, in the order of the list."""
    monkeypatch.setattr(files, "_AT_ONCE", 1)
    listed = web.max.get("/api/v1/customers", limit=200).json["items"]
    assert len(listed) > 2
    found = rows_of(web.max.get("/api/v1/customers", format="csv", limit=1))
    assert [row["name"] for row in found] == [each["name"] for each in listed]


def test_a_file_has_the_filters_and_the_scope_of_the_list(web: Web) -> None:
    """Anna takes along whom she may see, and what she searched for."""
    for query in ({}, {"search": "Bak"}):
        listed = web.anna.get("/api/v1/customers", **query).json["items"]
        found = rows_of(web.anna.get("/api/v1/customers", format="csv", **query))
        assert {row["id"] for row in found} == {each["id"] for each in listed}
    everybody = rows_of(web.max.get("/api/v1/customers", format="csv"))
    assert len(everybody) > len(rows_of(web.anna.get("/api/v1/customers", format="csv")))


def test_the_header_accept_asks_for_a_file_too(web: Web) -> None:
    """A browser that takes anything still gets JSON."""
    for accept, kind in (
        ("text/csv", "text/csv; charset=utf-8"),
        (XLSX, XLSX),
        ("text/html,*/*;q=0.8", "application/json"),
        ("application/json, text/csv;q=0.5", "application/json"),
    ):
        answer = web.max.ask("GET", "/api/v1/customers", headers={"Accept": accept})
        assert (answer.status_code, answer.content_type) == (200, kind)


def test_what_a_sheet_would_run_as_a_formula_is_a_text(web: Web) -> None:
    """In CSV an apostrophe stands before it; in a workbook it is a string."""
    with transaction(web.engine) as session:
        session.get_one(Customer, web.customers["Bakery"]).name = "=cmd|' /C calc'!A0"
    named = {row["id"]: row["name"] for row in rows_of(web.max.get("/api/v1/customers", format="csv"))}
    assert named[str(web.customers["Bakery"])] == "'=cmd|' /C calc'!A0"
    book = openpyxl.load_workbook(io.BytesIO(web.max.get("/api/v1/customers", format="xlsx").data))
    cells = [cell for row in book.active.iter_rows() for cell in row if str(cell.value).startswith("=cmd")]
    assert [cell.data_type for cell in cells] == ["s"]


def test_values_of_a_workbook_are_what_they_are(web: Web) -> None:
    """Numbers, yes and no, and moments by the clock that was asked for."""
    told = {row["login"]: row for row in sheet_of(web.max.get("/api/v1/people", format="xlsx"))}
    assert told["anna"]["active"] is True
    assert isinstance(told["anna"]["created_at"], datetime)
    there = {
        row["login"]: row for row in sheet_of(web.max.get("/api/v1/people", format="xlsx", time_zone="Asia/Tokyo"))
    }
    assert (there["anna"]["created_at"] - told["anna"]["created_at"]).total_seconds() == 9 * 3600
    assert told["anna"]["territory_name"]


def test_money_is_in_major_units_beside_its_currency(web: Web) -> None:
    """The team's day tells its amounts by currency as well."""
    day = web.anna.app.extensions["fieldsales-clock"]().date()
    (row, *_) = sheet_of(web.max.get(f"/api/v1/team/days/{day}", format="xlsx"))
    assert row["currency"] == "EUR"
    assert row["order_value"] == 0
    assert row["day"].date() == day


def test_headings_are_in_the_language_of_the_reader(web: Web) -> None:
    """Without one they are the names of the fields, which do not change."""
    plain, english, chinese = (
        next(iter(rows_of(web.max.get("/api/v1/products", format="csv", **how))))
        for how in ({}, {"language": "en"}, {"language": "zh"})
    )
    assert "list_price" in plain
    assert "List price" in english
    assert "标价" in chinese
    assert list(plain.values()) == list(english.values()) == list(chinese.values())


def test_what_left_the_house_is_in_the_audit_trail(web: Web) -> None:
    """Who, what, how filtered, how much."""
    answer = web.max.get("/api/v1/customers", format="xlsx", search="Bak")
    with transaction(web.engine) as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "table.taken_along")).all()
        assert entry.actor_id == web.people["max"]
        assert entry.facts["path"] == "/api/v1/customers"
        assert "search=Bak" in entry.facts["query"]
        assert entry.facts["rows"] == int(answer.headers["X-Rows"]) == 1


def test_a_list_that_is_too_long_says_so_before_anything_is_sent(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is noted: nothing left the house."""
    monkeypatch.setattr(files, "MOST_ROWS", 1)
    answer = web.max.get("/api/v1/customers", format="csv")
    assert (answer.status_code, answer.json["code"]) == (422, "table.too_long")
    with transaction(web.engine) as session:
        assert not session.scalars(select(AuditEntry).where(AuditEntry.action == "table.taken_along")).all()


@pytest.mark.parametrize(
    "query", [{"format": "pdf"}, {"format": "csv", "language": "tlh"}, {"format": "csv", "colour": "red"}]
)
def test_what_is_not_known_is_refused(small_web: Web, query: dict[str, str]) -> None:
    """As for the list itself."""
    answer = small_web.max.get("/api/v1/customers", **query)
    assert (answer.status_code, answer.json["code"]) == (422, "request.invalid_fields")


def test_a_time_zone_that_is_none_is_refused(small_web: Web) -> None:
    """By name."""
    answer = small_web.max.get("/api/v1/customers", format="csv", time_zone="Mars/Olympus")
    assert (answer.status_code, answer.json["code"]) == (422, "time_zone.unknown")


def test_a_file_asks_for_the_role_of_its_list(small_web: Web) -> None:
    """A rep may not list people, and may not take them along either."""
    assert small_web.anna.get("/api/v1/people", format="csv").status_code == 403


def documented(web: Web) -> dict[str, Any]:
    """Return the lists that can be taken along, by path."""
    paths = web.max.get("/openapi.json").json["paths"]
    return {
        path: found["get"]
        for path, found in paths.items()
        if "get" in found and XLSX in found["get"]["responses"]["200"].get("content", {})
    }


def test_every_table_of_the_console_can_be_taken_along(small_web: Web) -> None:
    """And says so in its documentation."""
    tables = documented(small_web)
    wanted = (
        *("visits", "visits/doubtful", "customers", "key-accounts", "anomalies", "approvals", "team/days/{day}"),
        *("receivables/ageing", "invoices", "stock", "stock/moves", "deliveries", "settlements", "people", "products"),
        *("contract-prices", "devices", "uplift", "policies", "warehouses", "territories", "journeys"),
    )
    assert {f"/api/v1/{path}" for path in wanted} | {"/sync/v1/review"} <= set(tables)
    for path in tables:
        names = {each["name"] for each in tables[path]["parameters"] if "name" in each}
        assert {"format", "language", "time_zone"} <= names, path


def test_every_page_of_items_is_a_table(small_web: Web) -> None:
    """A list that is added tomorrow can be taken along without anybody thinking of it."""
    document = small_web.max.get("/openapi.json").json
    pages = set()
    for path, found in document["paths"].items():
        schema = found.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).get("application/json", {})
        name = schema.get("schema", {}).get("$ref", "").rpartition("/")[2]
        told = document["components"]["schemas"].get(name, {}).get("properties", {})
        if {"items", "next"} <= set(told):
            pages.add(path)
    assert pages
    assert pages <= set(documented(small_web))


def test_headings_of_the_consoles_tables_are_told_in_chinese(small_web: Web) -> None:
    """A word that is missing stands there in English."""
    views = small_web.anna.app.view_functions
    for endpoint in (
        *("visits.list_visits", "customers.list_customers", "anomalies.list_anomalies", "team.read_team_day"),
        *("approvals.list_approvals", "receivables.read_ageing", "devices.list_devices", "people.list_people"),
    ):
        for name in views[endpoint].table_names:  # type: ignore[attr-defined]
            assert not any("a" <= letter <= "z" for letter in heading(name, "zh")), name
    assert heading("colour_of_customer", "zh") == "colour  of 客户"


def test_amounts_are_read_with_the_digits_of_their_currency() -> None:
    """Yen have none, and an amount without a currency stays as it is, by its own name."""

    class Row(Schema):
        amount_minor = fields.Integer()
        currency = fields.String()

    class Bare(Schema):
        amount_minor = fields.Integer()

    class Rows(Schema):
        items = fields.List(fields.Nested(Row))

    class Bares(Schema):
        items = fields.List(fields.Nested(Bare))

    table, bare = table_of(Rows()), table_of(Bares())
    assert table
    assert bare
    assert [(each.name, each.kind) for each in table.columns] == [("amount", Kind.MONEY), ("currency", Kind.TEXT)]
    assert [(each.name, each.kind) for each in bare.columns] == [("amount_minor", Kind.NUMBER)]
    for currency, told in (("EUR", "12.50"), ("JPY", "1250"), ("KWD", "1.250")):
        row = {"amount_minor": 1250, "currency": currency}
        assert str(cells_of(row, table.columns, zone("UTC"), {})[0]) == told


def test_a_day_is_a_day() -> None:
    """Not a text that looks like one."""

    class Row(Schema):
        day = fields.Date()

    class Rows(Schema):
        items = fields.List(fields.Nested(Row))

    table = table_of(Rows())
    assert table
    assert cells_of({"day": "2026-03-02"}, table.columns, zone("UTC"), {}) == [date(2026, 3, 2)]
