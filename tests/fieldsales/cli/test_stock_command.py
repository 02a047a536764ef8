"""Stock from the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, func, select
from worlds import small_town
from worlds.small_town import NOON

from fieldsales.cli.context import Context
from fieldsales.cli.main import main
from fieldsales.config import Settings
from fieldsales.db.session import reading, transaction
from fieldsales.policies.service import put as put_policy
from fieldsales.stock.models import StockMove
from fieldsales.stock.rules import STOCK


@pytest.fixture
def typed(engine: Engine) -> Any:
    """What a command prints, and how it ends."""
    with transaction(engine) as session:
        small_town.build(session)

    def run(*words: object) -> Any:
        context = Context(Settings(database_url=engine.url.render_as_string(hide_password=False)))
        return CliRunner().invoke(main, ["stock", *map(str, words)], obj=context)

    return run


@pytest.fixture
def open_places(typed: Any) -> Any:
    assert typed("open", "MAIN", "--known-as", "W01").exit_code == 0
    assert typed("open", "VAN-1", "--rep", "anna").exit_code == 0
    return typed


def moves(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalars(select(func.count()).select_from(StockMove)).one()


def test_goods_come_in_are_loaded_and_shown(open_places: Any) -> None:
    typed = open_places
    assert "24 pieces of 1 products were moved" in typed("move", "receive", "water=24", "--to", "MAIN").output
    assert "would be moved" in typed("load", "VAN-1", "water=6", "--from", "MAIN", "--dry-run").output
    assert "VAN-1 is empty" in typed("show", "VAN-1").output
    assert "were moved" in typed("load", "VAN-1", "water=6", "--from", "MAIN").output
    shown = typed("show", "VAN-1").output.split("\n")
    assert shown[1].split() == ["water", "Water", "sellable", "6", "0", "6"]
    short = typed("load", "VAN-1", "water=19", "--from", "MAIN")
    assert short.exit_code == 2
    assert "19 of water are to leave MAIN, 18 are free there" in short.output
    assert "Every balance is what its moves come to" in typed("check").output
    assert "Nothing is below 0" in typed("shortages").output
    assert "No order waits" in typed("waiting").output


def test_a_file_of_another_system_is_taken_over_once(open_places: Any, engine: Engine, tmp_path: Path) -> None:
    typed, file = open_places, tmp_path / "stock.csv"
    file.write_text("sku,pieces,expected_on,expected_pieces\nwater,24,,\nsoap,0,2026-12-24,60\ntea,3,,\n")
    words = ("import", file, "--warehouse", "W01", "--as-of", "2026-01-02T06:00Z")
    tried = typed(*words, "--dry-run")
    assert "1 corrected, 1 same, 1 refused. Dry run: nothing was kept." in tried.output
    assert moves(engine) == 0
    done = typed(*words)
    assert done.exit_code == 2
    assert "There is no product “tea”" in done.output
    assert moves(engine) == 1
    typed(*words)
    assert moves(engine) == 1
    older = typed("import", file, "--warehouse", "W01", "--as-of", "2026-01-01T06:00Z", "--reference", "late")
    assert "stock.older_snapshot" in older.output
    assert moves(engine) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sku,pieces\nwater,many\n", "Line 2: “many” in the column pieces is no whole number"),
        ("sku\nwater\n", "no column pieces"),
        ("sku,pieces,colour\nwater,1,red\n", "unknown columns colour"),
        ("sku,pieces,expected_on\nwater,1,soon\n", "Line 2: “soon” is no day"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_line(open_places: Any, tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "stock.csv"
    file.write_text(text)
    found = open_places("import", file, "--warehouse", "MAIN", "--as-of", "2026-01-02T06:00Z")
    assert found.exit_code == 2
    assert told in found.output


def test_all_bad_rows_of_a_file_are_told_and_none_is_used(open_places: Any, engine: Engine, tmp_path: Path) -> None:
    typed, file = open_places, tmp_path / "stock.csv"
    file.write_text("sku,pieces,expected_on\nwater,24,\nsoap,some,\nrice,3,tomorrow\ntea,1,,,9\nwater,5,\n")
    told = typed("import", file, "--warehouse", "W01", "--as-of", "2026-01-02T06:00Z")
    assert told.exit_code == 2
    assert "3 rows cannot be used; nothing was changed." in told.output
    for line in ("Line 3: “some”", "Line 4: “tomorrow” is no day", "Line 5: the row has 5 fields"):
        assert line in told.output
    file.write_text("sku,pieces,condition\nwater,24,\nnothing,2,\nrice,3,broken\n")
    counted = typed("count", "MAIN", file)
    assert counted.exit_code == 2
    assert "Line 3" in counted.output
    assert "Line 4: “broken” is no condition" in counted.output
    assert moves(engine) == 0


def test_a_count_tells_what_differs_and_a_large_one_waits(open_places: Any, engine: Engine, tmp_path: Path) -> None:
    typed, file = open_places, tmp_path / "count.csv"
    typed("move", "receive", "water=24", "rice=3", "--to", "MAIN")
    file.write_text("sku,pieces,condition\nwater,20,\nrice,3,sellable\nsoap,1,damaged\n")
    tried = typed("count", "MAIN", file, "--dry-run").output
    assert "water    sellable   24            20       -4" in tried
    assert "nothing was kept" in tried
    assert "The books say so now" in typed("count", "MAIN", file).output
    assert "Nothing differs" in typed("count", "MAIN", file).output
    with transaction(engine) as session:
        put_policy(session, STOCK, dict(STOCK.default) | {"count_approval_above": {"EUR": 100}}, now=NOON)
    file.write_text("sku,pieces\nrice,1\n")
    assert "not known who asks" in typed("count", "MAIN", file).output
    assert "It waits for approval" in typed("count", "MAIN", file, "--counted-by", "sara").output


def test_what_is_no_van_and_no_goods_is_said_so(open_places: Any) -> None:
    assert "ben has no van" in open_places("propose", "ben").output
    assert "Nothing is due to be bought" in open_places("propose", "anna").output
    assert "Write water=24" in open_places("load", "VAN-1", "water", "--from", "MAIN").output
    assert "warehouse.not_found" in open_places("show", "NOWHERE").output
    assert "stock.wrong_way" in open_places("move", "unload", "water=1", "--from", "MAIN", "--to", "VAN-1").output
    assert "warehouse.taken" in open_places("open", "VAN-2", "--rep", "anna").output
