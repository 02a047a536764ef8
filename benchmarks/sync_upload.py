"""Upload what phones did to a real server of ours, and to a floor that only writes the rows; print the ratios.

    python -m benchmarks.sync_upload --postgresql postgresql://postgres@127.0.0.1:5432/postgres

Both run behind gunicorn (two workers of four threads) on databases of their own, at the same durability. Four phones
send at once, each over one connection. Of what they send half is check-ins, a quarter check-outs and a quarter orders
of six lines; every visit was planned. Rounds of ours and of the floor take turns; medians are printed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.upload_servers import Server, databases
from benchmarks.upload_world import Phone

GOALS = {"sqlite": {1: 0.80, 25: 0.55, 100: 0.50}, "postgresql": {1: 0.70, 25: 0.45, 100: 0.40}}
MUTATIONS = {1: 100, 25: 500, 100: 1000}
"""How many mutations a round sends in batches of each size, all phones together."""


def send(port: int, phone: Phone, bodies: list[bytes], start: threading.Barrier, wrong: list[str]) -> None:
    """Send batches over one connection; note whatever was not applied."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = phone.headers()
    start.wait()
    for body in bodies:
        connection.request("POST", "/sync/v1/mutations", body, headers)
        answer = connection.getresponse()
        told = answer.read()
        if answer.status != 200 or told.count(b'"applied"') != body.count(b'"entity"'):
            wrong.append(f"{answer.status}: {told[:300]!r}")
    connection.close()


def measure(server: Server, size: int) -> float:
    """Send one round in batches of a size; return mutations per second."""
    batches = MUTATIONS[size] // size // len(server.phones)
    work = [(phone, [phone.body(size) for _ in range(batches)]) for phone in server.phones]
    start = threading.Barrier(len(work) + 1)
    wrong: list[str] = []
    senders = [threading.Thread(target=send, args=(server.port, phone, bodies, start, wrong)) for phone, bodies in work]
    for each in senders:
        each.start()
    start.wait()
    began = time.perf_counter()
    for each in senders:
        each.join()
    seconds = time.perf_counter() - began
    if wrong:
        raise RuntimeError(f"{len(wrong)} answers were wrong, the first: {wrong[0]}")
    return size * batches * len(work) / seconds


def compare(kind: str, postgresql: str, rounds: int) -> tuple[dict[int, dict[str, float]], dict[str, list[float]]]:
    """Run both on one kind of database; return the medians by size and server, and the memory of the workers."""
    with tempfile.TemporaryDirectory() as name, databases(kind, postgresql, Path(name)) as urls:
        servers: dict[str, Server] = {}
        try:
            for app, url in urls.items():
                servers[app] = Server(app, url, Path(name))
            speeds: dict[int, dict[str, list[float]]] = {size: {app: [] for app in servers} for size in MUTATIONS}
            for turn in range(-1, rounds):
                for size in MUTATIONS:
                    for app, server in servers.items():
                        found = measure(server, size)
                        if turn >= 0:
                            speeds[size][app].append(found)
            memory = {app: server.memory() for app, server in servers.items()}
        finally:
            for server in servers.values():
                server.stop()
    medians = {size: {app: statistics.median(each) for app, each in by.items()} for size, by in speeds.items()}
    return medians, memory


def main() -> None:
    """Run on both databases and print the table of docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgresql", default="postgresql://postgres@127.0.0.1:5432/postgres")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=sorted(GOALS))
    parser.add_argument("--json", action="store_true", help="print the medians as JSON instead")
    asked = parser.parse_args()
    found = {
        kind: compare(kind, asked.postgresql, asked.rounds) for kind in ([asked.only] if asked.only else sorted(GOALS))
    }
    if asked.json:
        print(json.dumps({kind: medians for kind, (medians, _) in found.items()}))
        return
    print("| database | batch | ours, mutations/s | floor, mutations/s | ratio | goal |\n|---|---|---|---|---|---|")
    for kind, (medians, _) in found.items():
        for size, by in medians.items():
            ratio = by["ours"] / by["floor"]
            print(
                f"| {kind} | {size} | {by['ours']:,.0f} | {by['floor']:,.0f} | {ratio:.2f} | {GOALS[kind][size]:.2f} |"
            )
    for kind, (_, memory) in found.items():
        for app, workers in memory.items():
            print(f"memory per worker (PSS), {app} on {kind}: {', '.join(f'{each:.0f} MiB' for each in workers)}")


if __name__ == "__main__":
    main()
