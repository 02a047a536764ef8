"""docs/write-a-client.md leads where it says: its snippets run, in their order, against a real server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fieldsales_phone import stamp
from sqlalchemy import func, select
from worlds import pictures
from worlds.served_town import ServedTown

from fieldsales.changes.service import new_epoch
from fieldsales.db.session import reading, transaction
from fieldsales.notes.models import Note
from fieldsales.visits.models import Photo, VisitEvent

PAGE = Path(__file__).parents[2] / "docs" / "write-a-client.md"
CLIENT = PAGE.parents[1] / "examples" / "python"


@pytest.fixture
def told(anna: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment that the page asks for."""
    (tmp_path / "shelf.jpg").write_bytes(pictures.jpeg(1, (160, 120)))
    for name, value in (anna | {"PICTURE": str(tmp_path / "shelf.jpg")}).items():
        monkeypatch.setenv(name, value)


@contextmanager
def followed() -> Iterator[dict[str, Any]]:
    """Run the snippets in their order; give the names that they made."""
    names: dict[str, Any] = {}
    snippets = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(snippets) == 7
    for snippet in snippets:
        exec(snippet, names)
    yield names
    names["api"].close()
    names["db"].close()


@pytest.mark.usefixtures("told")
def test_its_snippets_run_in_their_order_and_a_second_time(town: ServedTown) -> None:
    for round_ in (1, 2):
        with followed(), reading(town.engine) as session:
            kinds = (VisitEvent, Note, Photo)
            assert [session.scalar(select(func.count()).select_from(each)) for each in kinds] == [round_] * 3


@pytest.mark.usefixtures("told")
def test_its_pull_holds_nothing_of_another_database(town: ServedTown) -> None:
    with followed() as names:
        names["do"]("note.add", "note", names["new_id"](), {})
        names["db"].execute("INSERT INTO held SELECT 'product', 'gone', '{}', load FROM place")
        before = [each["id"] for each in names["every"]("customer")]
        with transaction(town.engine) as session:
            new_epoch(session)
        names["pull"]()
        assert {} not in names["every"]("product")
        assert sorted(each["id"] for each in names["every"]("customer")) == sorted(before)
        assert names["db"].execute("SELECT count(*) FROM queue").fetchone() == (1,)


def test_a_stamp_is_as_the_page_shows_it() -> None:
    [shown] = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert set(json.loads(shown)) == set(stamp())


def test_what_it_names_in_the_client_is_there() -> None:
    named = re.findall(r"`(Phone|Pictures|Server|Store)\.(\w+)`", PAGE.read_text())
    assert len(named) > 10
    for owner, name in named:
        assert f"def {name}(" in (CLIENT / f"fieldsales_{owner.lower()}.py").read_text(), name


def test_no_file_of_the_client_is_long() -> None:
    assert [path.name for path in CLIENT.glob("*.py") if len(path.read_text().splitlines()) > 250] == []
