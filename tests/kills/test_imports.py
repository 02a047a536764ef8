"""Imports behind a real server: kill -9 leaves nothing half-written, any web worker tells and cancels them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import Engine, func, select
from worlds import small_town
from worlds.import_files import PATH, PATIENCE_S, Importer, many_shops
from worlds.killable_server import KillableServer

from fieldsales.audit.models import AuditEntry
from fieldsales.customers.models import Customer, CustomerReference
from fieldsales.db.session import reading, transaction
from fieldsales.imports.models import ImportRun
from fieldsales.people.service import set_password

PASSWORD = "correct horse battery"
MANY = 60_000
NORTH = {"territory": "north"}
Waits = Callable[[], bool]


@pytest.fixture
def server(engine: Engine, tmp_path: Path) -> Iterator[KillableServer]:
    """Waitress with threads before SQLite, gunicorn with two processes before PostgreSQL."""
    workers = 0 if engine.dialect.name == "sqlite" else 2
    found = KillableServer(engine.url.render_as_string(hide_password=False), tmp_path, workers=workers)
    with transaction(engine) as session:
        set_password(session, small_town.build(session).max.id, PASSWORD, now=small_town.NOON)
    found.start()
    yield found
    found.kill()


def log_in(base: str) -> Importer:
    """Max the manager, who asks each time over a connection of its own, so that either web worker may answer."""
    body = {"login": "max", "password": PASSWORD, "device": {"installation": "desk"}}
    granted = requests.post(base + "/api/v1/auth/login", json=body, timeout=PATIENCE_S).json()
    known = {"Authorization": f"Bearer {granted['access_token']}", "Connection": "close"}

    def ask(method: str, path: str, **options: Any) -> tuple[int, Any]:
        headers = known | options.pop("headers", {})
        answer = requests.request(method, base + path, headers=headers, timeout=PATIENCE_S, **options)
        return answer.status_code, answer.json() if answer.content else None

    return Importer(ask)


def wait_until(happens: Waits) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def rows_read(max_: Importer, file: Any) -> int:
    seen = max_.read(file)
    assert seen["state"] in {"waiting", "running"}, seen
    return int((seen["progress"] or {}).get("rows", 0))


def written(engine: Engine) -> tuple[int, int, int, int]:
    """How many customers, names of them, runs and entries of the audit trail there are."""
    with reading(engine) as session:
        counts = [select(func.count()).select_from(each) for each in (Customer, CustomerReference, ImportRun)]
        acts = select(func.count()).where(AuditEntry.action == "import.run")
        customers, names, runs, noted = (session.scalar(each) or 0 for each in (*counts, acts))
    return customers, names, runs, noted


def test_a_killed_server_leaves_nothing_of_an_import_and_it_is_done_again(
    server: KillableServer, engine: Engine
) -> None:
    max_ = log_in(server.base)
    before = written(engine)
    file = max_.hand_over(many_shops(MANY))
    max_.begin(file, **NORTH)
    wait_until(lambda: rows_read(max_, file) > 0)
    server.kill()
    assert written(engine) == before
    server.start()
    max_ = log_in(server.base)
    wait_until(lambda: max_.read(file)["state"] == "died")
    done = max_.run(file, **NORTH)
    assert (done["state"], done["report"]["new"]) == ("imported", MANY)
    customers, names, runs, noted = before
    assert written(engine) == (customers + MANY, names + MANY, runs + 1, noted + 1)


def test_an_import_is_cancelled_at_any_web_worker_and_nothing_of_it_is_kept(
    server: KillableServer, engine: Engine
) -> None:
    max_ = log_in(server.base)
    before = written(engine)
    file = max_.hand_over(many_shops(MANY))
    max_.begin(file, **NORTH)
    assert {max_.begin(file, status=409, **NORTH)["code"] for _ in range(2)} == {"import.busy"}
    wait_until(lambda: rows_read(max_, file) > 0)
    began = time.monotonic()
    assert max_.ask("POST", f"{PATH}/{file['id']}/cancel")[0] == 202
    assert max_.wait(file)["state"] == "cancelled"
    assert time.monotonic() - began < 10
    assert written(engine) == before


def test_a_killed_process_of_an_import_is_told_to_have_failed(server: KillableServer, engine: Engine) -> None:
    max_ = log_in(server.base)
    before = written(engine)
    file = max_.hand_over(many_shops(MANY))
    max_.begin(file, **NORTH)
    wait_until(lambda: rows_read(max_, file) > 0)
    [worker] = [pid for pid, command in commands() if "api.imports.work" in command and mine(pid, server)]
    os.kill(worker, signal.SIGKILL)
    failed = max_.wait(file)
    assert (failed["state"], failed["problem"]["code"]) == ("failed", "internal.error")
    assert written(engine) == before


def commands() -> Iterator[tuple[int, str]]:
    """The processes of this machine and what they were started with."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            yield int(folder.name), (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue


def mine(pid: int, server: KillableServer) -> bool:
    """Whether a process is of this server's group."""
    assert server.process is not None
    return os.getpgid(pid) == server.process.pid


def test_two_imports_wait_for_each_other_and_both_are_done(server: KillableServer, engine: Engine) -> None:
    max_ = log_in(server.base)
    customers, names, runs, noted = written(engine)
    files = [max_.hand_over(many_shops(MANY // 10), f"shops {number}.csv") for number in range(2)]
    for file in files:
        max_.begin(file, **NORTH)
    reports = [max_.wait(file)["report"] for file in files]
    assert sorted(report["new"] for report in reports) == [0, MANY // 10]
    assert sorted(report["unchanged"] for report in reports) == [0, MANY // 10]
    assert written(engine) == (customers + MANY // 10, names + MANY // 10, runs + 2, noted + 2)
