"""Receipts and documents of orders over HTTP, on either database."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from worlds.escpos_printer import printed
from worlds.small_town import NOON
from worlds.web import Web

from fieldsales.audit.queries import history_of
from fieldsales.db.session import reading, transaction
from fieldsales.gifts.service import give
from fieldsales.orders.models import Order
from fieldsales.orders.rules import Draft, Line
from fieldsales.orders.service import Taken, place_order
from fieldsales.receivables.models import Method
from fieldsales.receivables.rules import Receipt as Money
from fieldsales.receivables.service import collect
from fieldsales.returns.rules import Return
from fieldsales.returns.service import take_back
from fieldsales.visits.models import Visit
from fieldsales.visits.service import Call


def a_draft(web: Web, *lines: tuple[str, int, int], visit_id: uuid.UUID | None = None) -> Draft:
    told = tuple(Line(web.products[sku], quantity, price) for sku, quantity, price in lines)
    return Draft(uuid.uuid4(), web.customers["Bakery"], "EUR", told, visit_id)


@pytest.fixture
def sale(web: Web) -> uuid.UUID:
    """Anna sold two coffees and ten waters in a visit, and took 10.00 in cash."""
    with transaction(web.engine) as session:
        visit = Visit(id=uuid.uuid4(), customer_id=web.customers["Bakery"], rep_id=web.people["anna"], day=NOON.date())
        session.add(visit)
        session.flush()
        draft = a_draft(web, ("coffee", 2, 589), ("water", 10, 48), visit_id=visit.id)
        place_order(session, draft, Taken(web.people["anna"], NOON))
        money = Money(uuid.uuid4(), web.customers["Bakery"], Method.CASH, "EUR", 1000, visit.id)
        collect(session, money, Call(web.people["anna"], NOON, NOON))
    return draft.order_id


def test_a_receipt_tells_the_order_and_what_was_paid(web: Web, sale: uuid.UUID) -> None:
    told = web.anna.get(f"/api/v1/orders/{sale}/receipt").json
    assert (told["total_minor"], told["paid_minor"], told["balance_minor"]) == (1658, 1000, 658)
    assert [(item["sku"], item["quantity"], item["amount_minor"]) for item in told["items"]] == [
        ("coffee", 2, 1178),
        ("water", 10, 480),
    ]
    assert (told["customer"]["name"], told["rep"], told["time"], told["copy"]) == ("Bakery", "Anna", "14:00", 0)
    assert told["qr"] == f"urn:fieldsales:order:{sale}?day=2026-03-02&total_minor=1658&currency=EUR"


def test_the_first_print_is_the_original_and_every_later_one_a_copy_that_is_audited(web: Web, sale: uuid.UUID) -> None:
    first, second = (
        printed(web.anna.post(f"/api/v1/orders/{sale}/receipt/print", {"paper_mm": 58}).data) for _ in range(2)
    )
    assert not [line for line in first.lines if "COPY" in line]
    assert [line.strip() for line in second.lines if "COPY" in line] == ["*** COPY 1 ***"]
    web.sara.post(f"/api/v1/orders/{sale}/receipt/pdf", {})
    with reading(web.engine) as session:
        acts = history_of(session, ("order", sale))
        assert [(act.action, act.facts) for act in acts] == [
            ("receipt.issue", {"form": "paper", "copy": 0}),
            ("receipt.issue", {"form": "paper", "copy": 1}),
            ("receipt.issue", {"form": "pdf", "copy": 2}),
        ]
    assert web.anna.get(f"/api/v1/orders/{sale}/receipt").json["copy"] == 0  # to look at it gives nothing out


def test_a_pdf_and_another_language(web: Web, sale: uuid.UUID) -> None:
    answer = web.anna.post(f"/api/v1/orders/{sale}/receipt/pdf", {"language": "zh"})
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
    greek = printed(web.anna.post(f"/api/v1/orders/{sale}/receipt/print", {"language": "el"}).data)
    assert any("Σύνολο" in line and line.endswith("16,58 EUR") for line in greek.lines)


def test_another_reps_order_is_not_there_and_nonsense_is_refused(web: Web, sale: uuid.UUID) -> None:
    assert web.ben.get(f"/api/v1/orders/{sale}/receipt").json["code"] == "order.not_found"
    assert web.ben.post(f"/api/v1/orders/{sale}/receipt/print", {}).status_code == 404
    assert web.anna.post(f"/api/v1/orders/{sale}/receipt/print", {"paper_mm": 76}).status_code == 422
    assert web.anna.post(f"/api/v1/orders/{sale}/receipt/mail", {"to": "nobody"}).json["code"] == "mail.bad_address"
    with reading(web.engine) as session:
        assert history_of(session, ("order", sale)) == []


def test_a_return_and_a_gift_have_receipts_of_their_own(web: Web, sale: uuid.UUID) -> None:
    later = Taken(web.people["anna"], NOON + timedelta(hours=1))
    with transaction(web.engine) as session:
        back = take_back(session, Return(a_draft(web, ("coffee", 1, 589)), "broken", ("damaged",), sale), later)
        gift = give(session, a_draft(web, ("soap", 3, 0)), "a new shop", later)
        ids = back.id, gift.id
    returned, given = (web.anna.get(f"/api/v1/orders/{each}/receipt").json for each in ids)
    assert (returned["kind"], returned["total_minor"], returned["reason"]) == ("return", -589, "broken")
    assert (returned["items"][0]["quantity"], returned["items"][0]["condition"]) == (-1, "damaged")
    assert returned["against"] == web.anna.get(f"/api/v1/orders/{sale}/receipt").json["number"]
    assert returned["payments"] == []
    assert (given["kind"], given["total_minor"], given["items"][0]["free"]) == ("gift", 0, True)
    lines = printed(web.anna.post(f"/api/v1/orders/{ids[0]}/receipt/print", {"paper_mm": 58}).data).lines
    assert " -1 pc x 5.89               -5.89" in lines or " -1 pc x 5.89              -5.89" in lines


def test_an_order_whose_lines_are_not_its_total_gives_no_receipt(web: Web, sale: uuid.UUID) -> None:
    with transaction(web.engine) as session:
        session.get_one(Order, sale).amount_minor += 1
    told = web.anna.get(f"/api/v1/orders/{sale}/receipt").json
    assert (told["code"], told["lines_minor"], told["total_minor"]) == ("receipt.disagrees", 1658, 1659)


def test_a_sale_is_told_as_ubl_and_a_gift_is_not(web: Web, sale: uuid.UUID) -> None:
    answer = web.anna.get(f"/api/v1/orders/{sale}/ubl.xml")
    assert answer.mimetype == "application/xml"
    assert b"<cbc:ID>C-Bakery</cbc:ID>" in answer.data
    with transaction(web.engine) as session:
        gift = give(session, a_draft(web, ("soap", 3, 0)), "a new shop", Taken(web.people["anna"], NOON)).id
    assert web.anna.get(f"/api/v1/orders/{gift}/ubl.xml").json["code"] == "ubl.not_an_order"
