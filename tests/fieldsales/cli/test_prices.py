"""Prices from the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select
from worlds import small_town

from fieldsales.catalog.models import Product
from fieldsales.cli.context import Context
from fieldsales.cli.main import main
from fieldsales.config import Settings
from fieldsales.db.session import reading, transaction
from fieldsales.pricebooks.models import ContractPrice, PublishedBook


@pytest.fixture
def town(engine: Engine) -> Engine:
    with transaction(engine) as session:
        small_town.build(session)
    return engine


@pytest.fixture
def typed(town: Engine) -> Any:
    """What a command prints, and how it ends."""

    def run(*words: str) -> Any:
        context = Context(Settings(database_url=town.url.render_as_string(hide_password=False)))
        return CliRunner().invoke(main, ["prices", *words], obj=context)

    return run


def test_a_file_of_prices_is_set_published_and_quoted(typed: Any, town: Engine, tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(
        "sku,price,tier,customer,reference,per,min\ncoffee,6.50,,,,,\nsoap,1.70,B,,,,\nrice,120,,C-Bakery,K1,12,6\n"
    )
    assert "1 price books and the terms of 1 customers are new" in typed("import", str(file)).output
    again = typed("import", str(file)).output
    assert "0 price books and the terms of 0 customers are new" in again
    quoted = typed("quote", "C-Bakery", "rice=12", "soap=1", "coffee=1").output
    assert "120.00 EUR for 12" in quoted
    assert "contract K1" in quoted
    assert "Total 127.88 EUR" in quoted  # 120.00 + 1.70 + 6.50 less 5 % (6.175, half up)
    with reading(town) as session:
        assert len(session.scalars(select(ContractPrice)).all()) == 1


def test_a_dry_run_keeps_nothing(typed: Any, town: Engine, tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("sku,price\ncoffee,6.50\n")
    assert "nothing was kept" in typed("import", str(file), "--dry-run").output
    with reading(town) as session:
        assert session.scalars(select(Product.price_minor).where(Product.sku == "coffee")).one() == 620
        assert session.scalars(select(PublishedBook)).all() == []


def test_a_file_with_faults_names_each_and_keeps_nothing(typed: Any, town: Engine, tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("sku,price\ncoffee,6.50\ntea,1\nsoap,1.234\nrice,-3\n")
    done = typed("import", str(file))
    assert done.exit_code == 2
    for told in ("3 of 4 rows", "line 3: There is no product “tea”", "line 4: 1.234 EUR", "line 5: -3 EUR"):
        assert told in done.output
    with reading(town) as session:
        assert session.scalars(select(Product.price_minor).where(Product.sku == "coffee")).one() == 620


def test_a_quote_before_anything_was_published_says_what_to_do(typed: Any) -> None:
    done = typed("quote", "C-Bakery", "soap=1")
    assert done.exit_code == 2
    assert "fieldsales prices publish" in done.output
    assert "EUR: 4 products" in typed("publish").output
    assert "Nothing has changed" in typed("publish").output
    wrong = typed("quote", "C-Bakery", "soap=1:pallet")
    assert (wrong.exit_code, "order.wrong_unit" in wrong.output) == (2, True)
