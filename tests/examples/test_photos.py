"""Photos sent with the libraries that apps use, through killed servers and apps: every byte arrives, none twice."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError
from worlds.killable_server import KillableServer
from worlds.node_example import NodeExample
from worlds.pictures import jpeg
from worlds.served_town import PASSWORD, settle
from worlds.tus_phone import log_in

from fieldsales.customers.models import Customer
from fieldsales.db.session import reading
from fieldsales.storage import open_storage
from fieldsales.visits.models import Photo
from sync.models import Upload

CHUNK = 32 * 1024
PICTURE = jpeg(7, (2000, 1500), quality=95)


@pytest.fixture
def server(engine: Engine, tmp_path: Path) -> Iterator[KillableServer]:
    """The small town, served by a process that may be killed."""
    settle(engine)
    found = KillableServer(engine.url.render_as_string(hide_password=False), tmp_path)
    try:
        found.start()
        yield found
    finally:
        found.kill()


def received(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.max(Upload.received_bytes))) or 0


def wait_until(engine: Engine, least: int) -> int:
    for _ in range(6000):
        if (here := received(engine)) >= least:
            return here
        time.sleep(0.005)
    raise AssertionError("the bytes never came")


def check_arrived(engine: Engine, folder: Path) -> None:
    with reading(engine) as session:
        photo = session.scalars(select(Photo)).one()
        uploads = session.scalars(select(Upload)).all()
    assert photo.stored_at is not None
    assert open_storage("", folder / "data").get(photo.sha256) == PICTURE
    assert len(uploads) == 1, "it was one upload all the time"


def begin(example: NodeExample, server: KillableServer, photo: Path) -> subprocess.Popen[str]:
    told = {"SERVER": server.base, "LOGIN": "anna", "PASSWORD": PASSWORD, "CHUNK": str(CHUNK)}
    command = ["node", "send.js", str(photo)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen(command, cwd=example.folder, env=os.environ | told, text=True, **pipes)  # type: ignore[call-overload, no-any-return]


def ended(process: subprocess.Popen[str]) -> str:
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return said


def test_tus_js_client_lives_through_a_killed_server_and_a_killed_app(
    server: KillableServer, engine: Engine, tmp_path: Path, node_example: Callable[[str], NodeExample]
) -> None:
    example, photo = node_example("tus-js"), tmp_path / "photo.jpg"
    photo.write_bytes(PICTURE)
    app = begin(example, server, photo)
    wait_until(engine, len(PICTURE) // 5)
    server.kill()
    kept = received(engine)
    server.start()
    assert wait_until(engine, kept + 2 * CHUNK) < len(PICTURE)
    app.kill()
    assert ended_by_force(app).startswith("beginning")
    assert ended(begin(example, server, photo)).startswith("resuming")
    ended(begin(example, server, photo))  # once more: nothing is left to send
    check_arrived(engine, tmp_path)


def ended_by_force(process: subprocess.Popen[str]) -> str:
    said, _ = process.communicate(timeout=120)
    return said


def test_tuspy_resumes_after_the_server_was_killed(server: KillableServer, engine: Engine, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(PICTURE)
    phone = log_in(server.base, "anna")
    with reading(engine) as session:
        shop = session.scalars(select(Customer.id).where(Customer.name == "Bakery")).one()
    photo_id = phone.announce(PICTURE, shop)
    client = TusClient(server.base + "/sync/v1/files", headers={"Authorization": f"Bearer {phone.token}"})

    told = {"metadata": {"photo_id": str(photo_id)}, "chunk_size": CHUNK, "upload_checksum": True}
    with photo.open("rb") as stream:
        first = client.uploader(file_stream=stream, **told)
        first.upload(stop_at=10 * CHUNK)
        server.kill()
        with pytest.raises(TusCommunicationError):
            first.upload_chunk()
        server.start()
        again = client.uploader(file_stream=stream, url=first.url, **told)
        assert again.offset == 10 * CHUNK
        again.upload()
    check_arrived(engine, tmp_path)
