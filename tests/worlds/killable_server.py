"""A server in a process of its own, which can be killed and started again on the same data."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests

PATIENCE_S = 60


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class KillableServer:
    """`fieldsales serve` over a database and a data folder; `environment` adds settings.

    With `workers` it is gunicorn with as many processes instead.
    """

    database_url: str
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    workers: int = 0

    @property
    def base(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = {
            "FIELDSALES_DATABASE_URL": self.database_url,
            "FIELDSALES_DATA_DIR": str(self.folder / "data"),
            "FIELDSALES_SECRET_KEY": "a secret that only the tests of the killed server know",
            "FIELDSALES_LOGIN_RATE": "1000 per minute",
            "FIELDSALES_SOLVER_WORKERS": "0",
        }
        with (self.folder / "server.log").open("ab") as log:
            environment = os.environ | settings | self.environment
            self.process = subprocess.Popen(
                self._command(), env=environment, stdout=log, stderr=log, start_new_session=True
            )
        for _ in range(PATIENCE_S * 10):
            try:
                if requests.get(self.base + "/health/live", timeout=PATIENCE_S).ok:
                    return
            except requests.ConnectionError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "server.log").read_text())

    def _command(self) -> list[str]:
        beside = Path(sys.executable)
        if not self.workers:
            return [str(beside.with_name("fieldsales")), "serve", "--port", str(self.port)]
        bind = ["--workers", str(self.workers), "--bind", f"127.0.0.1:{self.port}"]
        return [str(beside.with_name("gunicorn")), "--config", "python:api.gunicorn", "--threads", "8", *bind]

    def stop(self) -> int:
        """Tell it to stop and wait until it has; return the seconds that took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.terminate()
        self.process.wait(PATIENCE_S)
        self.process = None
        return round(time.monotonic() - began)

    def kill(self) -> None:
        """Kill it as a power cut would, with all the processes that it started."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
