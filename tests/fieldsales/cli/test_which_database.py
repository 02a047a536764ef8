"""A command that only asks says which database it looked at, and leaves no empty one behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from api.command import main
from fieldsales.cli.context import Context
from fieldsales.config import Settings

QUESTIONS = [("sync", "status"), ("sync", "review"), ("people", "list"), ("db", "status"), ("db", "restored")]


@pytest.mark.parametrize("question", QUESTIONS)
def test_asking_a_file_that_is_not_there_names_it_and_makes_none(tmp_path: Path, question: tuple[str, ...]) -> None:
    file = tmp_path / "var" / "fieldsales.sqlite3"
    asked = CliRunner().invoke(main, question, obj=Context(Settings(database_url=f"sqlite:///{file}")))
    assert asked.exit_code == 2
    assert str(file) in asked.output
    assert "fieldsales db upgrade" in asked.output
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_tables_is_named_too(tmp_path: Path) -> None:
    file = tmp_path / "empty.sqlite3"
    file.touch()
    asked = CliRunner().invoke(main, ["sync", "status"], obj=Context(Settings(database_url=f"sqlite:///{file}")))
    assert f"The database has no tables yet. It is sqlite:///{file}" in asked.output


def test_upgrading_makes_the_file_and_then_the_status_says_which_it_is(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'var' / 'mine.sqlite3'}", data_dir=tmp_path / "data")
    assert CliRunner().invoke(main, ["db", "upgrade"], obj=Context(settings)).exit_code == 0
    asked = CliRunner().invoke(main, ["sync", "status"], obj=Context(settings))
    assert asked.exit_code == 0
    assert f"The database is {settings.database_url}." in asked.output
