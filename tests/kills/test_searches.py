"""Searches behind a real server: any of its web workers tells and cancels them, and kill -9 leaves none that hangs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import Engine, update
from worlds import small_town
from worlds.killable_server import KillableServer
from worlds.route_searches import SEARCHES, events, long_one

from fieldsales.clock import utc_now
from fieldsales.db.session import transaction
from fieldsales.people.service import set_password
from fieldsales.searches.models import RouteSearch
from fieldsales.searches.rules import LOST

PASSWORD = "correct horse battery"
PATIENCE_S = 60


@pytest.fixture
def server(engine: Engine, tmp_path: Path) -> Iterator[KillableServer]:
    """Waitress with threads before SQLite, gunicorn with two processes before PostgreSQL."""
    workers = 0 if engine.dialect.name == "sqlite" else 2
    url = engine.url.render_as_string(hide_password=False)
    found = KillableServer(url, tmp_path, {"FIELDSALES_SOLVER_WORKERS": "1"}, workers=workers)
    with transaction(engine) as session:
        set_password(session, small_town.build(session).anna.id, PASSWORD, now=small_town.NOON)
    found.start()
    yield found
    found.kill()


class Anna:
    """Asks each time over a connection of its own, so that either web worker may answer."""

    def __init__(self, base: str) -> None:
        self.base = base
        body = {"login": "anna", "password": PASSWORD, "device": {"installation": "desk"}}
        granted = requests.post(base + "/api/v1/auth/login", json=body, timeout=PATIENCE_S).json()
        self.headers = {"Authorization": f"Bearer {granted['access_token']}", "Connection": "close"}

    def ask(self, method: str, path: str = "", **options: Any) -> requests.Response:
        address = f"{self.base}{SEARCHES}{path}"
        return requests.request(method, address, headers=self.headers, timeout=PATIENCE_S, **options)


def children_of(pid: int) -> dict[int, float]:
    """The processes below one, and the processor seconds that each has used."""
    found: dict[int, tuple[int, float]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="ascii").rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        used_s = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        found[int(stat.parent.name)] = (int(fields[1]), used_s)
    below, added = {pid}, True
    while added:
        more = {each for each, (parent, _) in found.items() if parent in below} - below
        below, added = below | more, bool(more)
    return {each: found[each][1] for each in below - {pid} if each in found}


def busiest(pid: int) -> int:
    """The process below one that works hardest within a second."""
    before = children_of(pid)
    time.sleep(1)
    after = children_of(pid)
    return max(after, key=lambda each: after[each] - before.get(each, 0))


def test_a_search_is_watched_and_cancelled_at_any_web_worker(server: KillableServer) -> None:
    anna = Anna(server.base)
    search = anna.ask("POST", json=long_one()).json()
    with anna.ask("GET", f"/{search['id']}/events", stream=True) as stream:
        told = events(stream.iter_content(chunk_size=None, decode_unicode=True))
        assert next(each for name, each in told if name == "progress" and (each["progress"] or {}).get("prize"))
        assert server.process is not None
        solver = busiest(server.process.pid)
        states = {anna.ask("GET", f"/{search['id']}").json()["state"] for _ in range(8)}
        assert states == {"running"}
        began = time.monotonic()
        assert anna.ask("DELETE", f"/{search['id']}").status_code == 202
        name, last = list(told)[-1]
        assert (name, last["state"]) == ("end", "cancelled")
        assert time.monotonic() - began < 5
    used_s = children_of(server.process.pid)
    assert solver not in used_s
    time.sleep(1)
    after = children_of(server.process.pid)
    assert sum(after.values()) - sum(used_s.values()) < 0.5, "nothing burns the processor any more"


def test_a_search_of_a_killed_server_is_told_to_have_died(server: KillableServer, engine: Engine) -> None:
    anna = Anna(server.base)
    search = anna.ask("POST", json=long_one()).json()
    while anna.ask("GET", f"/{search['id']}").json()["state"] != "running":
        time.sleep(0.2)
    server.kill()
    server.start()
    anna = Anna(server.base)
    with transaction(engine) as session:  # instead of waiting for so long
        session.execute(update(RouteSearch).values(beat_at=utc_now() - LOST * 2))
    seen = anna.ask("GET", f"/{search['id']}").json()
    assert seen["state"] == "died"
    with anna.ask("GET", f"/{search['id']}/events", stream=True) as stream:
        told = list(events(stream.iter_content(chunk_size=None, decode_unicode=True)))
    assert [(name, each["state"]) for name, each in told] == [("end", "died")]
    assert anna.ask("POST", json=long_one()).status_code == 202


def test_a_killed_web_worker_takes_its_search_with_it(server: KillableServer, engine: Engine) -> None:
    """Of two web workers, the one that ran the search is killed; the other tells so, and nothing searches on."""
    if engine.dialect.name == "sqlite":
        pytest.skip("one process serves SQLite here")
    anna = Anna(server.base)
    search = anna.ask("POST", json=long_one()).json()
    while anna.ask("GET", f"/{search['id']}").json()["state"] != "running":
        time.sleep(0.2)
    assert server.process is not None
    solver = busiest(server.process.pid)
    parent = int(Path(f"/proc/{solver}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[1])
    os.kill(parent, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE_S
    while Path(f"/proc/{solver}/cmdline").exists() and Path(f"/proc/{solver}/cmdline").read_bytes():
        assert time.monotonic() < deadline, "the search outlived its web worker"
        time.sleep(0.2)
    while anna.ask("GET", f"/{search['id']}").json()["state"] == "running":
        assert time.monotonic() < deadline, "the search is never told to be over"
        time.sleep(0.5)
    assert anna.ask("GET", f"/{search['id']}").json()["state"] == "died"
