"""Does a web worker answer others while routes are searched for? One gunicorn worker, asked while N searches run.

    python -m benchmarks.busy_web [--requests 200]

The demo's city on SQLite behind `api.gunicorn` with one worker and two solving processes. Requests come one after the
other; medians, 95 % and the slowest of: `/health/live`, which only needs the interpreter, and `/api/v1/me`, which also
checks the token and reads the database. Memory is resident, as /proc tells.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import requests

from fieldsales.cli.demo import DEMO_PASSWORD

PATIENCE_S = 60
SEARCHES = "/api/v1/route-searches"


@dataclass
class Desk:
    """A person logged in, on a connection that stays open."""

    base: str
    login: str
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        body = {"login": self.login, "password": DEMO_PASSWORD, "device": {"installation": "bench"}}
        answer = self.session.post(f"{self.base}/api/v1/auth/login", json=body, timeout=PATIENCE_S)
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """Ask, and take nothing but a good answer."""
        answer = self.session.request(method, self.base + path, timeout=PATIENCE_S, **options)
        answer.raise_for_status()
        return answer


def main() -> None:
    """Build the city, serve it, ask, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=200)
    many = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder:
        city = Path(folder) / "city"
        building = [beside("fieldsales"), "demo", "--no-serve", "--folder", str(city)]
        subprocess.run(building, check=True, stdout=subprocess.DEVNULL)
        print("| | health, median | 95 % | worst | me, median | 95 % | worst |\n|---|---|---|---|---|---|---|")
        with serving(city) as (base, pid):
            measure(base, pid, many)


def beside(command: str) -> str:
    """A command of this environment."""
    return str(Path(sys.executable).with_name(command))


@contextmanager
def serving(city: Path) -> Iterator[tuple[str, int]]:
    """One gunicorn worker before the city; its address and number."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = {
        "FIELDSALES_DATABASE_URL": f"sqlite:///{city / 'fieldsales.sqlite3'}",
        "FIELDSALES_DATA_DIR": str(city / "data"),
        "FIELDSALES_SECRET_KEY": "a secret for a benchmark and for nothing else",
        "FIELDSALES_SOLVER_WORKERS": "2",
    }
    bind = ["--config", "python:api.gunicorn", "--workers", "1", "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    with subprocess.Popen([beside("gunicorn"), *bind], env=os.environ | settings) as server:
        base = f"http://127.0.0.1:{port}"
        try:
            while not answers(base):
                time.sleep(0.1)
            yield base, server.pid
        finally:
            server.terminate()


def answers(base: str) -> bool:
    """Whether anybody listens there yet."""
    try:
        return requests.get(f"{base}/health/live", timeout=PATIENCE_S).ok
    except requests.ConnectionError:
        return False


def measure(base: str, pid: int, many: int) -> None:
    """Ask while nobody searches, then while one search runs, then two."""
    sofia, lin = Desk(base, "sofia"), Desk(base, "lin")
    print_row("no search", lin, many)
    print(f"memory of the worker before: {memory(pid, 'worker'):.0f} MB", file=sys.stderr)
    asked = {"problem": problem(180), "seconds": 120}
    ids = []
    for number in (1, 2):
        ids.append(sofia.ask("POST", SEARCHES, json=asked).json()["id"])
        while sofia.ask("GET", f"{SEARCHES}/{ids[-1]}").json()["state"] != "running":
            time.sleep(0.1)
        time.sleep(2)
        print_row(f"{number} running", lin, many)
    worker, solver = memory(pid, "worker"), memory(pid, "solver")
    print(f"memory of the worker: {worker:.0f} MB; of a solving process, at most: {solver:.0f} MB", file=sys.stderr)
    for search_id in ids:
        sofia.ask("DELETE", f"{SEARCHES}/{search_id}")


def print_row(name: str, person: Desk, many: int) -> None:
    """One line of the table, in milliseconds."""
    cells = [name]
    for path in ("/health/live", "/api/v1/me"):
        took = []
        for _ in range(many):
            began = time.perf_counter()
            person.ask("GET", path)
            took.append(1000 * (time.perf_counter() - began))
        cells += [f"{median(took):.1f}", f"{quantiles(took, n=20)[-1]:.1f}", f"{max(took):.1f}"]
    print("| " + " | ".join(cells) + " |", flush=True)


def memory(pid: int, which: str) -> float:
    """Resident megabytes of the web worker below a server, or of the largest solving process below that."""
    workers = children(pid)
    if which == "worker":
        return max(map(resident, workers))
    return max((resident(each) for worker in workers for each in children(worker)), default=0.0)


def children(pid: int) -> list[int]:
    """The processes that one started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text(encoding="ascii").rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == pid:
            found.append(int(stat.parent.name))
    return found


def resident(pid: int) -> float:
    """The megabytes that a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def problem(many: int) -> dict[str, Any]:
    """A day with more shops than fit, so that the search goes on."""
    stops = [
        {
            "id": f"shop {n}",
            "at": {"lat": 52 + n * 7 % 50 / 200, "lon": 5 + n * 13 % 50 / 200},
            "service_s": 1200,
            "windows": [{"opens_s": 30_000 + n % 5 * 1800, "closes_s": 60_000}],
            "prize": 10 + n % 7,
        }
        for n in range(many)
    ]
    return {"start": {"lat": 52, "lon": 5}, "shift": {"opens_s": 30_000, "closes_s": 61_000}, "stops": stops}


if __name__ == "__main__":
    main()
