"""The demo deletes only what a demo has made, and two never share a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from api.command import main
from fieldsales.cli.context import Context
from fieldsales.cli.demo import FolderInUse, own_folder
from fieldsales.config import Settings
from fieldsales.errors import BadSetting


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    treasure = tmp_path / "fieldsales.sqlite3"
    treasure.write_text("the real orders")
    with pytest.raises(FolderInUse, match="no demo has made"), own_folder(tmp_path):
        pytest.fail("it must not begin")
    assert treasure.read_text() == "the real orders"


def test_two_demos_never_share_a_folder(tmp_path: Path) -> None:
    with (
        own_folder(tmp_path / "demo"),
        pytest.raises(FolderInUse, match="Another demo is at work"),
        own_folder(tmp_path / "demo"),
    ):
        pytest.fail("it must not begin")
    with own_folder(tmp_path / "demo"):
        pass


def test_a_folder_that_is_a_file_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSetting, match="Name another folder"), own_folder(tmp_path / "file"):
        pytest.fail("it must not begin")


def test_a_small_city_is_built_planned_and_printed(tmp_path: Path) -> None:
    """Everything of `make demo` but serving, on a village."""
    context = Context(Settings(solve_seconds=0.1, solver_workers=0))
    words = ["demo", "--no-serve", "--shops", "40", "--reps", "2", "--as-of", "2026-11-22", "--folder", f"{tmp_path}/d"]
    told = CliRunner().invoke(main, words, obj=context)
    assert told.exit_code == 0, told.output
    assert "Port-Solène, as of Sunday 22 November 2026: 40 customers" in told.output
    assert "Monday 23 November 2026" in told.output
    assert "last visit" in told.output
    assert f"first: export FIELDSALES_DATABASE_URL=sqlite:///{tmp_path}/d/fieldsales.sqlite3" in told.output
