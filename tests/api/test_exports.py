"""Orders and payments of a period as files."""

from __future__ import annotations

import csv
import io
import uuid
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from worlds.small_town import NOON
from worlds.web import Web

from fieldsales.allocations.service import take_payment
from fieldsales.catalog.models import Product
from fieldsales.claims.service import file_claims
from fieldsales.customers.models import Customer
from fieldsales.db.session import transaction
from fieldsales.invoices.rules import Claim
from fieldsales.orders.models import Order, OrderKind, OrderLine, Origin
from fieldsales.receivables.models import Method, Payment
from fieldsales.receivables.rules import Receipt as Payment_
from fieldsales.visits.service import Call

MARCH = {"from": "2026-03-01", "to": "2026-03-31"}


@pytest.fixture
def sold(web: Web) -> Web:
    """A sale and a return at Bakery, one sale at Fish, one in April, and a payment. One name is a formula."""
    with transaction(web.engine) as session:
        session.get_one(Customer, web.customers["Bakery"]).name = "=cmd|' /C calc'!A0"
        session.get_one(Product, web.products["coffee"]).name = 'Καφές "咖啡", 500 g'
        for shop, rep, days, kind, quantity in (
            ("Bakery", "anna", 0, OrderKind.SALE, 2),
            ("Bakery", "anna", 1, OrderKind.RETURN, -1),
            ("Fish", "ben", 2, OrderKind.SALE, 3),
            ("Bakery", "anna", 40, OrderKind.SALE, 9),
        ):
            order_on(session, web, shop, rep, NOON + timedelta(days=days), kind, quantity)
        session.add(
            Payment(
                id=uuid.uuid4(),
                customer_id=web.customers["Bakery"],
                rep_id=web.people["anna"],
                method=Method.CHEQUE,
                currency="EUR",
                amount_minor=123_456,
                paid_on=NOON.date(),
                paid_at=NOON,
                reference="+SUM(A1)",
            )
        )
    return web


def order_on(session: Any, web: Web, shop: str, rep: str, at: Any, kind: OrderKind, quantity: int) -> None:
    session.add(
        Order(
            customer_id=web.customers[shop],
            rep_id=web.people[rep],
            kind=kind,
            origin=Origin.FIELD,
            ordered_on=at.date(),
            ordered_at=at,
            currency="EUR",
            amount_minor=quantity * 589,
            lines=[
                OrderLine(
                    line_no=1,
                    product_id=web.products["coffee"],
                    quantity=quantity,
                    unit_price_minor=589,
                    amount_minor=quantity * 589,
                )
            ],
        )
    )


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode(), newline="")))


def test_the_lines_of_a_period_are_told_with_amounts_in_major_units(sold: Web) -> None:
    answer = sold.max.get("/api/v1/exports/orders.csv", **MARCH)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="orders.csv"'
    assert answer.mimetype == "text/csv"
    rows = rows_of(answer)
    assert [(row["kind"], row["pieces"], row["amount"], row["order_amount"]) for row in rows] == [
        ("sale", "2", "11.78", "11.78"),
        ("return", "-1", "-5.89", "-5.89"),
        ("sale", "3", "17.67", "17.67"),
    ]
    assert (rows[0]["sku"], rows[0]["product"], rows[0]["rep"]) == ("coffee", 'Καφές "咖啡", 500 g', "anna")
    assert rows[0]["customer_reference"] == "C-Bakery"


def test_a_formula_is_made_harmless_and_a_negative_amount_stays_a_number(sold: Web) -> None:
    rows = rows_of(sold.max.get("/api/v1/exports/orders.csv", **MARCH))
    assert rows[0]["customer"] == "'=cmd|' /C calc'!A0"
    assert rows[1]["amount"] == "-5.89"
    workbook = openpyxl.load_workbook(io.BytesIO(sold.max.get("/api/v1/exports/orders.xlsx", **MARCH).data))
    cell = next(cell for row in workbook.active.iter_rows() for cell in row if str(cell.value).startswith("=cmd"))
    assert cell.data_type == "s"  # a text, never a formula


def test_a_workbook_has_days_as_days_and_numbers_as_numbers(sold: Web) -> None:
    answer = sold.max.get("/api/v1/exports/orders.xlsx", **MARCH)
    header, *rows = openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)
    first = dict(zip(header, rows[0], strict=True))
    assert len(rows) == 3
    assert first["ordered_on"].date() == date(2026, 3, 2)
    assert (first["amount"], first["pieces"], first["sku"]) == (11.78, 2, "coffee")


def test_only_one_kind_and_only_what_one_may_see(sold: Web) -> None:
    returns = rows_of(sold.max.get("/api/v1/exports/orders.csv", **MARCH, kind="return"))
    assert [row["kind"] for row in returns] == ["return"]
    assert len(rows_of(sold.sara.get("/api/v1/exports/orders.csv", **MARCH))) == 3
    assert sold.anna.get("/api/v1/exports/orders.csv", **MARCH).status_code == 403


def test_payments_are_told_too(sold: Web) -> None:
    (row,) = rows_of(sold.max.get("/api/v1/exports/payments.csv", **MARCH))
    assert (row["method"], row["amount"], row["currency"], row["paid_on"]) == ("cheque", "1234.56", "EUR", "2026-03-02")
    assert row["reference"] == "'+SUM(A1)"
    answer = sold.max.get("/api/v1/exports/payments.xlsx", **MARCH)
    assert len(list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows())) == 2


def test_a_period_that_cannot_be_is_refused(small_web: Web) -> None:
    for path in ("orders.csv", "orders.xlsx", "payments.csv", "payments.xlsx"):
        for period in ({"from": "2026-03-02", "to": "2026-03-01"}, {"from": "2024-01-01", "to": "2026-03-01"}):
            told = small_web.max.get(f"/api/v1/exports/{path}", **period)
            assert (told.status_code, told.json["code"]) == (422, "export.period_invalid")
    assert small_web.max.get("/api/v1/exports/orders.csv").status_code == 422


def test_a_period_without_orders_is_a_header(small_web: Web) -> None:
    assert rows_of(small_web.max.get("/api/v1/exports/orders.csv", **MARCH)) == []


def test_invoices_returns_and_postings_are_told_and_the_books_in_a_workbook_balance(web: Web) -> None:
    with transaction(web.engine) as session:
        session.get_one(Customer, web.customers["Bakery"]).name = "=HYPERLINK(A1)"
        bakery = web.customers["Bakery"]
        for number, amount in (("-R1", 10_000), ("@R2", 5_050), ("R3", -2_000)):
            claim = Claim(bakery, number, "EUR", amount, NOON.date(), tax_minor=abs(amount) // 5)
            file_claims(session, [(number, lambda claim=claim: claim)], by=None, now=NOON)
        money = Payment_(uuid.uuid4(), bakery, Method.CASH, "EUR", 12_000)
        take_payment(session, money, Call(web.people["anna"], NOON, NOON))
    rows = sheet(web, "invoices")
    found = sorted((row["reference"], row["amount"], row["tax"]) for row in rows)
    assert found == [("-R1", 100, 20), ("@R2", 50.5, 10.1)]
    assert sum(row["open"] for row in rows) == 30.5
    assert {row["customer"] for row in rows} == {"=HYPERLINK(A1)"}
    books: dict[str, int] = defaultdict(int)
    for row in sheet(web, "postings"):
        books[row["debit"]] += round(row["amount"] * 100)
        books[row["credit"]] -= round(row["amount"] * 100)
    assert sum(books.values()) == 0
    assert (books["receivable"], books["credit"], books["cash"]) == (3_050, -2_000, 12_000)
    told = web.max.get("/api/v1/exports/invoices.csv", **MARCH).text
    assert "'-R1" in told
    assert "'@R2" in told
    assert "'=HYPERLINK" in told
    assert web.anna.get("/api/v1/exports/postings.csv", **MARCH).status_code == 403


def sheet(web: Web, name: str) -> list[dict[str, Any]]:
    """The rows of a workbook, in which no cell is a formula."""
    answer = web.max.get(f"/api/v1/exports/{name}.xlsx", **MARCH)
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    head, *rows = book.active.iter_rows()
    assert all(cell.data_type != "f" for row in rows for cell in row)
    return [dict(zip((cell.value for cell in head), (cell.value for cell in row), strict=True)) for row in rows]


def test_returns_have_an_export_of_their_own(sold: Web) -> None:
    rows = list(csv.DictReader(io.StringIO(sold.max.get("/api/v1/exports/returns.csv", **MARCH).text)))
    assert {row["kind"] for row in rows} == {"return"}
    assert sheet(sold, "returns")[0]["kind"] == "return"
