"""An operator imports files, is told what happens, and can try it first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.cli.context import Context
from fieldsales.cli.main import main
from fieldsales.config import Settings
from fieldsales.customers.models import Customer
from fieldsales.db.session import transaction
from fieldsales.imports.models import ImportMapping
from fieldsales.orders.models import Order
from fieldsales.people.models import Territory

Run = Callable[..., Result]
SHOPS = "Nr;Firma;Lat;Lon\nK1;Kiosk;38,1;21,7\nK2;Shop;;\nK3;Bar;400;21,7\n"


@pytest.fixture
def run(sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Type a command in an empty folder; the installation has one territory, in dollars."""
    with transaction(sqlite_engine) as session:
        session.add(Territory(code="N", name="North", time_zone="UTC", region="US", currency="USD"))
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    url = sqlite_engine.url.render_as_string(hide_password=False)

    def typed(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["import", *arguments], obj=Context(Settings(database_url=url)))

    return typed


def count(engine: Engine, model: type) -> int:
    with Session(engine) as session:
        return len(session.scalars(select(model)).unique().all())


def said(result: Result) -> str:
    return " ".join(result.output.split())


def test_an_import_tells_what_it_understood_and_what_became_of_the_rows(run: Run, sqlite_engine: Engine) -> None:
    Path("shops.csv").write_text(SHOPS)
    result = run("customers", "shops.csv", "--map", "reference=Nr")
    assert result.exit_code == 0, result.output
    text = said(result)
    assert "shops.csv: customers (utf-8-sig, delimiter ;)" in text
    assert "reference Nr given" in text
    assert "latitude Lat guessed" in text
    assert "rows read 3 customers new 2" in text
    assert "position.out_of_range 1 line 4" in text
    assert "no_position 1 line 3" in text
    assert "Rejected rows, with line and reason: shops.rejects.csv." in text
    assert "Done: 2 customers added, 0 changed." in text
    assert count(sqlite_engine, Customer) == 2


def test_a_second_import_says_that_nothing_changed(run: Run) -> None:
    Path("shops.csv").write_text(SHOPS)
    run("customers", "shops.csv", "--map", "reference=Nr")
    again = said(run("customers", "shops.csv", "--map", "reference=Nr"))
    assert "A file with the same bytes was imported on" in again
    assert "Nothing changed: all that could be imported was there already." in again


def test_a_dry_run_tells_the_same_and_keeps_nothing(run: Run, sqlite_engine: Engine) -> None:
    Path("shops.csv").write_text(SHOPS)
    arguments = ("customers", "shops.csv", "--map", "reference=Nr", "--save-mapping", "erp")
    text = said(run(*arguments, "--dry-run"))
    assert "customers new 2" in text
    assert "A dry run: nothing was kept" in text
    assert (count(sqlite_engine, Customer), count(sqlite_engine, ImportMapping)) == (0, 0)
    assert Path("shops.rejects.csv").exists()
    assert "customers new 2" in said(run(*arguments))


def test_a_mapping_remembers_columns_and_options(run: Run, sqlite_engine: Engine) -> None:
    Path("wares.csv").write_text("A;B;C\n1;Rum;1,234\n")
    columns = ("--map", "sku=A", "--map", "name=B", "--map", "price=C")
    assert run("products", "wares.csv", *columns, "--decimal", "comma", "--save-mapping", "erp").exit_code == 0
    Path("newer.csv").write_text("A;B;C\n2;Gin;2,345\n")
    text = said(run("products", "newer.csv", "--mapping", "erp"))
    assert "sku A saved" in text
    with Session(sqlite_engine) as session:
        prices = {product.sku: product.price_minor for product in session.scalars(select(Product))}
    assert prices == {"1": 123, "2": 235}
    missing = run("products", "newer.csv", "--mapping", "sap")
    assert missing.exit_code == 2
    assert "No mapping “sap” was saved for products. Saved are: erp." in missing.output


def test_mended_rejects_are_imported(run: Run, sqlite_engine: Engine) -> None:
    Path("shops.csv").write_text(SHOPS)
    run("customers", "shops.csv", "--map", "reference=Nr")
    rejects = Path("shops.rejects.csv")
    rejects.write_text(rejects.read_text().replace("400;", "40;"))
    text = said(run("customers", "shops.rejects.csv", "--map", "reference=Nr"))
    assert "It is a rejects file: line and reason are left aside." in text
    assert "customers new 1" in text
    assert count(sqlite_engine, Customer) == 3


def test_a_rejects_file_that_somebody_mends_is_not_overwritten(run: Run) -> None:
    Path("shops.csv").write_text(SHOPS)
    run("customers", "shops.csv", "--map", "reference=Nr")
    assert "shops.rejects.csv." in said(run("customers", "shops.csv", "--map", "reference=Nr"))
    half_mended = Path("shops.rejects.csv").read_text().replace("400", "4")
    Path("shops.rejects.csv").write_text(half_mended)
    assert "shops.rejects-2.csv." in said(run("customers", "shops.csv", "--map", "reference=Nr"))
    assert Path("shops.rejects.csv").read_text() == half_mended
    run("customers", "shops.csv", "--map", "reference=Nr", "--rejects", "mine.csv")
    assert Path("mine.csv").exists()
    same = run("customers", "shops.csv", "--map", "reference=Nr", "--rejects", "./shops.csv")
    assert (same.exit_code, Path("shops.csv").read_text()) == (2, SHOPS)


def test_prices_are_in_the_currency_of_the_territories_unless_said(run: Run, sqlite_engine: Engine) -> None:
    Path("wares.csv").write_text("sku,name,price\n1,Rum,1.5\n")
    run("products", "wares.csv")
    with Session(sqlite_engine) as session:
        assert session.scalars(select(Product.currency)).all() == ["USD"]
    assert "products changed 1" in said(run("products", "wares.csv", "--currency", "EUR"))


def test_what_kind_of_orders_a_file_holds_is_said(run: Run, sqlite_engine: Engine) -> None:
    Path("shops.csv").write_text("code,name\nK1,Kiosk\n")
    run("customers", "shops.csv")
    Path("orders.csv").write_text("date,store,bottles,dollars\n2022-01-03,K1,4,12.5\n")
    text = said(run("orders", "orders.csv"))
    assert "orders.csv: totals by day" in text
    assert "Not imported: bottles." in text
    assert count(sqlite_engine, Order) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("customers", "none.csv"), "none.csv does not exist"),
        (("customers", "bad.xlsx"), "named .xlsx but is not an Excel workbook"),
        (("customers", "shops.csv"), "No column was found for reference"),
        (("customers", "shops.csv", "--map", "refrence=Nr"), "Did you mean reference"),
        (("customers", "shops.csv", "--map", "Nr"), "is not FIELD=COLUMN"),
        (("customers", "shops.csv", "--map", "reference=Nr", "--territory", "X"), "no territory “X”"),
        (("customers", "shops.csv", "--map", "reference=Nr", "--rejects", "no/such/folder.csv"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(run: Run, arguments: tuple[str, ...], says: str) -> None:
    Path("shops.csv").write_text(SHOPS)
    Path("bad.xlsx").write_text(SHOPS)
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in said(result)
    assert "Traceback" not in result.output


@pytest.mark.parametrize("kind", ["customers", "products", "orders"])
def test_help_teaches_the_fields(run: Run, kind: str) -> None:
    text = run(kind, "--help").output
    assert "Fields for --map:" in text
    assert "(required)" in text


def test_help_shows_examples(run: Run) -> None:
    assert "fieldsales import orders history.csv.gz --map order=Invoice --save-mapping sap" in run("--help").output


def test_orders_that_come_before_their_customers_are_told_what_to_do(run: Run) -> None:
    Path("orders.csv").write_text("date,customer,amount\n2026-01-05,K1,10.00\n2026-01-06,K2,12.00\n")
    assert "Every row was rejected. Import customers and products first." in said(run("orders", "orders.csv"))
