"""Key accounts from the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine
from worlds import small_town

from api.command import main
from fieldsales.cli.context import Context
from fieldsales.config import Settings
from fieldsales.db.session import transaction

Run = Any
FILE = """customer,reps,priority,rrule,minimum_gap_days,from,until,together,instruction
C-Bakery,anna ben,1,FREQ=WEEKLY,5,,2099-12-31,yes,Ask for Eleni
C-Fish,ben,,,,,,,
C-Nobody,ben,,,,,,,
C-Dairy,sara,,,,,,,
C-Dairy,anna,often,,,,,,
C-Dairy,anna,1,,3,,,,
"""


@pytest.fixture
def run(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Type a command in the town; errors come out as they do for an operator."""
    with transaction(engine) as session:
        small_town.build(session)
    monkeypatch.chdir(tmp_path)
    url = engine.url.render_as_string(hide_password=False)

    def typed(line: str, status: int = 0) -> Result:
        context = Context(Settings(database_url=url, data_dir=tmp_path / "data"))
        result = CliRunner().invoke(main, line.split(), obj=context)
        context.close()
        assert result.exit_code == status, result.output
        return result

    return typed


def test_a_file_is_tried_given_out_listed_and_taken_back(run: Run, tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text(FILE)
    tried = run("key-accounts assign accounts.csv --dry-run").output
    for told in ("Bakery to anna: new", "There is no customer “C-Nobody”", "“sara” is not an active rep"):
        assert told in tried
    assert "line 6: priority “often” is no whole number" in tried
    assert "3 new, 4 not read" in tried
    assert "Dry run: nothing was kept." in tried
    assert "There are no key accounts." in run("key-accounts list").output
    assert "3 new" in run("key-accounts assign accounts.csv").output
    assert "3 same" in run("key-accounts assign accounts.csv").output
    (tmp_path / "accounts.csv").write_text(FILE.replace("anna ben,1", "anna ben,2"))
    assert "Bakery to ben: changed (priority: 1 → 2)" in run("key-accounts assign accounts.csv").output
    listed = run("key-accounts list").output
    assert "weekly" in listed
    assert "2099-12-31" in listed
    assert "Fish" not in run("key-accounts list --rep anna").output
    assert "taken back from Ben." in run("key-accounts end C-Fish --dry-run").output
    assert "taken back from Ben." in run("key-accounts end C-Fish").output
    assert "nothing to take back" in run("key-accounts end C-Fish").output
    assert "taken back from Anna." in run("key-accounts end C-Bakery --reps anna").output


def test_a_file_with_other_columns_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("customer,who\nC-Fish,ben\n")
    assert "no column reps" in run("key-accounts assign accounts.csv", 2).output
    (tmp_path / "accounts.csv").write_text("customer,reps,colour\nC-Fish,ben,red\n")
    assert "unknown columns colour" in run("key-accounts assign accounts.csv", 2).output
