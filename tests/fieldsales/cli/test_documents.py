"""Receipts, exports and webhooks from the terminal."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select
from worlds import small_town
from worlds.escpos_printer import printed
from worlds.small_town import NOON

from fieldsales.cli.context import Context
from fieldsales.cli.main import main
from fieldsales.config import Settings
from fieldsales.db.session import reading, transaction
from fieldsales.orders.rules import Draft, Line
from fieldsales.orders.service import Taken, place_order
from fieldsales.receipts.models import ReceiptIssue


@pytest.fixture
def order(engine: Engine) -> uuid.UUID:
    with transaction(engine) as session:
        world = small_town.build(session)
        line = Line(world.products["coffee"].id, 2, 589)
        draft = Draft(uuid.uuid4(), world.customers["Bakery"].id, "EUR", (line,), None)
        place_order(session, draft, Taken(world.anna.id, NOON))
    return draft.order_id


@pytest.fixture
def typed(engine: Engine) -> Any:
    """What a command prints, and how it ends."""

    def run(*words: object) -> Any:
        settings = Settings(database_url=engine.url.render_as_string(hide_password=False), seller_name="Harbour")
        return CliRunner().invoke(main, [str(word) for word in words], obj=Context(settings))

    return run


def test_a_receipt_is_shown_and_nothing_is_given_out(typed: Any, order: uuid.UUID, engine: Engine) -> None:
    told = typed("receipts", "show", order, "--paper", 58, "--language", "id")
    assert told.exit_code == 0
    assert "Jumlah                 11,78 EUR" in told.output
    with reading(engine) as session:
        assert session.scalars(select(ReceiptIssue)).all() == []


def test_a_receipt_is_given_out_once_and_then_as_a_copy(
    typed: Any, order: uuid.UUID, engine: Engine, tmp_path: Path
) -> None:
    file, pdf = tmp_path / "out.bin", tmp_path / "out.pdf"
    assert "the original" in typed("receipts", "print", order, file, "--paper", 58).output
    assert printed(file.read_bytes()).lines[0].strip() == "Harbour"
    assert "copy 1" in typed("receipts", "pdf", order, pdf).output
    assert pdf.read_bytes().startswith(b"%PDF-")
    gone = typed("receipts", "print", order, tmp_path / "nowhere" / "out.bin")
    assert (gone.exit_code, type(gone.exception)) == (1, SystemExit)
    with reading(engine) as session:
        assert session.scalars(select(ReceiptIssue.number).order_by(ReceiptIssue.number)).all() == [0, 1]


def test_an_order_that_is_not_there_is_named(typed: Any, order: uuid.UUID) -> None:
    told = typed("receipts", "show", uuid.uuid4())
    assert told.exit_code == 2
    assert "There is no order" in told.output


def test_an_order_is_written_as_ubl(typed: Any, order: uuid.UUID, tmp_path: Path) -> None:
    assert typed("receipts", "ubl", order, tmp_path / "order.xml").exit_code == 0
    assert b"<cbc:Name>Harbour</cbc:Name>" in (tmp_path / "order.xml").read_bytes()


def test_orders_are_exported_by_the_ending_of_the_file(typed: Any, order: uuid.UUID, tmp_path: Path) -> None:
    march = ("--from", "2026-03-01", "--to", "2026-03-31")
    told = typed("export", "orders", tmp_path / "orders.csv", *march)
    assert told.output.startswith("1 rows of orders written")
    assert (tmp_path / "orders.csv").read_text().splitlines()[1].endswith("EUR,5.89,,,11.78,11.78")
    typed("export", "orders", tmp_path / "orders.xlsx", *march)
    assert openpyxl.load_workbook(tmp_path / "orders.xlsx").active.max_row == 2
    assert typed("export", "payments", tmp_path / "paid.csv", *march).output.startswith("0 payments")
    assert typed("export", "orders", tmp_path / "orders.doc", *march).exit_code == 2
    wrong = typed("export", "orders", tmp_path / "orders.csv", "--from", "2026-03-02", "--to", "2026-03-01")
    assert (wrong.exit_code, "export.period_invalid" in wrong.output) == (2, True)


def test_a_webhook_is_added_listed_and_ended(typed: Any, order: uuid.UUID) -> None:
    told = typed("webhooks", "add", "https://erp.example/hook")
    hook = told.output.split()[0]
    assert "whsec_" in told.output
    assert "erp.example" in typed("webhooks", "list").output
    assert typed("webhooks", "deliver").output.strip() == "0 delivered, 0 failed."
    assert typed("webhooks", "resume", hook).exit_code == typed("webhooks", "end", hook).exit_code == 0
    assert typed("webhooks", "end", hook).exit_code == 2
    assert "address.refused" in typed("webhooks", "add", "http://127.0.0.1/hook").output


def test_mail_without_a_server_says_which_setting_is_missing(typed: Any, order: uuid.UUID) -> None:
    told = typed("mail", "deliver")
    assert (told.exit_code, "FIELDSALES_MAIL_HOST" in told.output) == (2, True)


def test_a_delivery_is_listed_with_the_whole_id_of_its_order(
    typed: Any, order: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert str(order) in typed("deliveries", "list").output


def test_days_the_wrong_way_round_are_told_as_such_by_measures(typed: Any, order: uuid.UUID) -> None:
    told = typed("deliveries", "measures", "--from", "2026-03-31", "--to", "2026-03-01")
    assert told.exit_code == 2
    assert "2026-03-31 to 2026-03-01 cannot be told" in told.output
