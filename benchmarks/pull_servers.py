"""Real servers for the pull benchmark: ours and the floor, one worker each, beside one another on one database."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import zstandard
from sqlalchemy import Engine, make_url

from api.app import create_app
from api.tokens import issue
from benchmarks.scope_world import Scope, build
from fieldsales.config import Settings
from fieldsales.db.engine import make_engine
from fieldsales.db.session import transaction
from fieldsales.sessions.service import Installation, open_session
from migrations import upgrade

SECRET = "a secret that is long enough for tests only"
APPS = {"ours": "api.wsgi:app", "floor": "benchmarks.pull_floor:app"}


@dataclass
class Answer:
    """What came back: the length on the wire, and the value."""

    length: int
    told: Any


class Server:
    """One gunicorn with one worker, asked over one connection."""

    def __init__(self, name: str, url: str, folder: Path, token: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        environment = os.environ | {
            "FLOOR_DATABASE": url,
            "FIELDSALES_DATABASE_URL": url,
            "FIELDSALES_DATA_DIR": str(folder),
            "FIELDSALES_SECRET_KEY": SECRET,
            "FIELDSALES_SOLVER_WORKERS": "0",
        }
        options = ["-w", "1", "-k", "gthread", "--threads", "2", "-b", f"127.0.0.1:{port}", "--keep-alive", "600"]
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            *options,
            "--log-level",
            "error",
            "--no-control-socket",
            APPS[name],
        ]
        self.process = subprocess.Popen(command, env=environment)
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.token = token
        self._wait(port)

    def _wait(self, port: int) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise TimeoutError("the server does not listen")

    def get(self, path: str, coding: str = "identity", **headers: str) -> Answer:
        """Ask for something; anything but 200 ends the run."""
        told = {"Authorization": f"Bearer {self.token}", "Accept-Encoding": coding} | headers
        self.connection.request("GET", path, headers=told)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status} {body[:300]!r}")
        plain = body
        if answer.headers.get("Content-Encoding") == "zstd":
            plain = zstandard.ZstdDecompressor().decompressobj().decompress(body)
        return Answer(len(body), plain)

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


@dataclass
class Bench:
    """A database with the world in it, and the servers before it."""

    engine: Engine
    scope: Scope
    servers: dict[str, Server] = field(default_factory=dict)


def value(answer: Answer) -> Any:
    """Return what an answer says."""
    return json.loads(answer.told)


@contextmanager
def bench(kind: str, postgresql: str, folder: Path) -> Iterator[Bench]:
    """Yield a bench on "sqlite" or "postgresql"; it vanishes afterwards."""
    with database(kind, postgresql, folder) as url:
        engine = make_engine(url)
        upgrade(engine)
        with transaction(engine) as session:
            scope = build(session)
        with engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
        token = log_in(engine, scope)
        servers = {name: Server(name, url, folder, token) for name in APPS}
        try:
            yield Bench(engine, scope, servers)
        finally:
            for server in servers.values():
                server.stop()
            engine.dispose()


def log_in(engine: Engine, scope: Scope) -> str:
    """Return a token of the rep."""
    now = datetime.now(UTC)
    app = create_app(Settings(secret_key=SECRET, access_token_minutes=600, solver_workers=0), engine=engine)
    with app.app_context(), transaction(engine) as session:
        grant = open_session(session, scope.rep_id, Installation("phone"), lifetime=timedelta(days=1), now=now)
        return issue(grant).access_token


@contextmanager
def database(kind: str, postgresql: str, folder: Path) -> Iterator[str]:
    """Yield the address of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/scope.sqlite3"
        return
    name = f"fieldsales_pull_{os.getpid()}"
    with psycopg.connect(postgresql, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield make_url(postgresql).set(database=name).render_as_string(False)
        finally:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
