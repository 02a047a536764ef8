"""Other people's sync servers, installed from their registries into `build/peers` for a comparison.

Each is served as its makers advise: Kinto by gunicorn with two workers on PostgreSQL, pouchdb-server (CouchDB's
protocol on Node) by its one process on LevelDB. Neither knows customers, prices or visits: they keep documents.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

PEERS = Path(__file__).parents[1] / "build" / "peers"
KINTO = ("kinto[postgresql]==26.5.0", "gunicorn==25.1.0", "setuptools<81")
POUCHDB_SERVER = "pouchdb-server@4.2.0"
BASIC = "Basic " + base64.b64encode(b"phones:secret").decode()
KINTO_INI = """
[app:main]
use = egg:kinto
kinto.userid_hmac_secret = benchmark
kinto.storage_backend = kinto.core.storage.postgresql
kinto.storage_url = {url}
kinto.permission_backend = kinto.core.permission.postgresql
kinto.permission_url = {url}
kinto.cache_backend = kinto.core.cache.memory
kinto.batch_max_requests = 100
kinto.bucket_create_principals = system.Everyone
multiauth.policies = basicauth

[loggers]
keys = root
[handlers]
keys = none
[formatters]
keys =
[logger_root]
level = ERROR
handlers = none
[handler_none]
class = NullHandler
args = ()
"""


class Peer:
    """A server that listens on a port of its own until it is stopped."""

    path = "/"
    headers: dict[str, str]

    def __init__(self, command: list[str], port: int, **options: Any) -> None:
        self.port = port
        self.headers = {"Content-Type": "application/json"}
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    time.sleep(3)
                    return
            time.sleep(0.1)
        raise TimeoutError(f"{command[0]} does not listen")

    def ask(self, method: str, path: str, body: Any = None) -> tuple[Any, dict[str, str]]:
        """Send one request; return the answer and its headers."""
        told = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", told, self.headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read() or b"null"), {k.lower(): v for k, v in answer.headers.items()}

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


class Kinto(Peer):
    """Mutations as records of one collection, put by their ids through its batch endpoint."""

    path = "/v1/batch"
    records = "/v1/buckets/field/collections/mutations/records"

    def __init__(self, postgresql: str, folder: Path) -> None:
        python = _kinto()
        self._admin, self._name = postgresql, f"kinto_bench_{os.getpid()}"
        with psycopg.connect(postgresql, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{self._name}"'.encode())
        url = make_url(postgresql).set(database=self._name).render_as_string(hide_password=False)
        ini = folder / "kinto.ini"
        ini.write_text(KINTO_INI.format(url=url))
        subprocess.run([python.with_name("kinto"), "migrate", "--ini", ini], check=True, capture_output=True)
        port = free_port()
        options = ["-w", "2", "-k", "gthread", "--threads", "4", "--keep-alive", "60", "-b", f"127.0.0.1:{port}"]
        super().__init__([str(python), "-m", "gunicorn", "--paste", str(ini), *options], port)
        self.headers["Authorization"] = BASIC
        self.ask("PUT", "/v1/buckets/field")
        self.ask("PUT", "/v1/buckets/field/collections/mutations")

    def body(self, mutations: list[Any]) -> bytes:
        """Return a batch in its own form."""
        requests = [
            {"method": "PUT", "path": f"{self.records}/{each['id']}", "body": {"data": each}} for each in mutations
        ]
        return json.dumps({"requests": requests}).encode()

    def acknowledged(self, status: int, told: bytes) -> int:
        """Return how many mutations an answer says are stored."""
        return told.count(b'"status":201') + told.count(b'"status":200') if status == 200 else 0

    def stored(self) -> int:
        """Return how many are there."""
        _, headers = self.ask("HEAD", self.records)
        return int(headers["total-objects"])

    def stop(self) -> None:
        """End it and drop its database."""
        super().stop()
        with psycopg.connect(self._admin, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)'.encode())


class Pouch(Peer):
    """Mutations as documents of one database, by CouchDB's bulk endpoint."""

    path = "/mutations/_bulk_docs"

    def __init__(self, folder: Path) -> None:
        binary = _pouchdb_server()
        port = free_port()
        config = folder / "pouch.json"
        config.write_text("{}")
        command = [str(binary), "--port", str(port), "--dir", str(folder), "--config", str(config), "--no-stdout-logs"]
        super().__init__(command, port, cwd=folder)
        self.ask("PUT", "/mutations")

    def body(self, mutations: list[Any]) -> bytes:
        """Return a batch in its own form."""
        return json.dumps({"docs": [{"_id": each["id"]} | each for each in mutations]}).encode()

    def acknowledged(self, status: int, told: bytes) -> int:
        """Return how many mutations an answer says are stored."""
        return told.count(b'"ok":true') if status == 201 else 0

    def stored(self) -> int:
        """Return how many are there."""
        return int(self.ask("GET", "/mutations")[0]["doc_count"])


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def drain(port: int, path: str, headers: dict[str, str]) -> tuple[float, int]:
    """Read one answer to its end; return the seconds that it took and its bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    began = time.perf_counter()
    connection.request("GET", path, headers=headers)
    length = len(connection.getresponse().read())
    connection.close()
    return time.perf_counter() - began, length


def _kinto() -> Path:
    python = PEERS / "kinto" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS / "kinto"], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *KINTO], check=True)
    return python


def _pouchdb_server() -> Path:
    folder = PEERS / "pouch"
    binary = folder / "node_modules" / ".bin" / "pouchdb-server"
    if not binary.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        subprocess.run(["npm", "install", "--silent", POUCHDB_SERVER], cwd=folder, check=True)
    return binary
