"""The example with tus-js-client outlives its access token, and says in one line what was refused."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from worlds.node_example import NodeExample
from worlds.pictures import jpeg
from worlds.served_town import ServedTown
from worlds.worn_line import worn_line

from fieldsales.db.session import reading
from fieldsales.visits.models import Photo
from sync.models import Upload

PICTURE = jpeg(7, (640, 480), quality=95)


@pytest.fixture
def example(node_example: Callable[[str], NodeExample]) -> NodeExample:
    """The folder, ready to run."""
    return node_example("tus-js")


def put(folder: Path, picture: bytes) -> str:
    photo = folder / "photo.jpg"
    photo.write_bytes(picture)
    return str(photo)


def refused(example: NodeExample, photo: str, told: dict[str, str]) -> str:
    """Run it, to fail; return what it says of that."""
    command = ["node", "send.js", photo]
    done = subprocess.run(
        command, cwd=example.folder, env=os.environ | told, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    return done.stderr


def test_an_upload_outlives_its_access_token(
    example: NodeExample, town: ServedTown, anna: dict[str, str], tmp_path: Path
) -> None:
    photo = put(tmp_path, PICTURE)
    pieces = 4
    with worn_line(town.base, pieces) as base:
        told = anna | {"SERVER": base, "CHUNK": str(len(PICTURE) // (2 * pieces))}
        assert "sent" in example.run("send.js", photo, **told)
    with reading(town.engine) as session:
        assert session.scalars(select(Photo)).one().stored_at is not None
        assert len(session.scalars(select(Upload)).all()) == 1, "it was one upload all the time"


def test_a_refused_picture_is_one_line_without_the_token(
    example: NodeExample, town: ServedTown, anna: dict[str, str], tmp_path: Path
) -> None:
    said = refused(example, put(tmp_path, PICTURE[:5000]), anna)
    assert said.startswith("422 upload.not_a_picture: ")
    assert said.count("\n") == 1
    assert "Bearer" not in said


def test_a_wrong_password_is_one_line(
    example: NodeExample, town: ServedTown, anna: dict[str, str], tmp_path: Path
) -> None:
    said = refused(example, put(tmp_path, PICTURE), anna | {"PASSWORD": "guessed"})
    assert said.startswith("401 auth.wrong_credentials: ")
    assert said.count("\n") == 1


def test_a_server_that_is_not_there_is_one_line(example: NodeExample, tmp_path: Path) -> None:
    told = {"SERVER": "http://127.0.0.1:9", "LOGIN": "anna", "PASSWORD": "guessed"}
    assert refused(example, put(tmp_path, PICTURE), told).count("\n") == 1
