"""Real servers for the upload benchmark, ours and the floor, on databases of their own that vanish afterwards."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from benchmarks.upload_world import SECRET, Phone, build
from fieldsales.db.engine import make_engine
from migrations import upgrade

WORKERS, THREADS = 2, 4
APPS = {"ours": ["--config", "python:api.gunicorn"], "floor": ["benchmarks.upload_floor:app"]}


class Server:
    """One gunicorn with two workers, and the phones that send to it."""

    def __init__(self, name: str, url: str, folder: Path) -> None:
        self.phones: list[Phone] = _world(url)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        environment = os.environ | {
            "FLOOR_DATABASE": url,
            "FIELDSALES_DATABASE_URL": url,
            "FIELDSALES_DATA_DIR": str(folder),
            "FIELDSALES_SECRET_KEY": SECRET,
            "FIELDSALES_SOLVER_WORKERS": "0",
        }
        options = ["-w", str(WORKERS), "-k", "gthread", "--threads", str(THREADS), "-b", f"127.0.0.1:{self.port}"]
        options += ["--keep-alive", "60", "--log-level", "error", "--no-control-socket"]
        command = [sys.executable, "-m", "gunicorn", *options, *APPS[name]]
        self.process = subprocess.Popen(command, env=environment)
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0 and len(self.workers()) == WORKERS:
                    time.sleep(2)  # the workers import the app
                    return
            time.sleep(0.1)
        raise TimeoutError("the server does not listen")

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(each) for each in listed.split()]

    def memory(self) -> list[float]:
        """Return the proportional set size of each worker in MiB: shared pages count by their share (Linux)."""
        found = []
        for worker in self.workers():
            told = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{worker}/smaps_rollup").read_text(), re.MULTILINE)
            found.append(int(told[1]) / 1024 if told else 0.0)
        return found

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def _world(url: str) -> list[Phone]:
    engine = make_engine(url)
    upgrade(engine)
    phones = build(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    engine.dispose()
    return phones


@contextmanager
def databases(kind: str, postgresql: str, folder: Path) -> Iterator[dict[str, str]]:
    """Yield the addresses of two empty databases, for ours and for the floor."""
    if kind == "sqlite":
        yield {name: f"sqlite:///{folder}/{name}.sqlite3" for name in APPS}
        return
    with psycopg.connect(postgresql, autocommit=True) as admin:
        names = {name: f"fieldsales_upload_{name}_{os.getpid()}" for name in APPS}
        for name in names.values():
            admin.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            address = make_url(postgresql)
            yield {app: address.set(database=name).render_as_string(False) for app, name in names.items()}
        finally:
            for name in names.values():
                admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
