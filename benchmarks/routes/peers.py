"""VROOM and PyVRP, installed from their registry into ``build/peers`` for the comparison, and asked there."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.routes.families import Instance
from routing.compiled import allowed_starts

PEERS = Path(__file__).parents[2] / "build" / "peers"
ROUTERS = ("pyvroom==1.15.2", "pyvrp==0.14.1")
SOLVERS = ("vroom", "pyvrp")


def solved_by(solver: str, instance: Instance, seconds: float, seed: int) -> tuple[list[list[int]], float] | None:
    """The orders of a peer, by worker the numbers of the stops, and how long it took; None where it cannot try.

    PyVRP knows no breaks.
    """
    problem, matrix = instance.problem, instance.matrix
    if solver == "pyvrp" and any(worker.breaks for worker in problem.workers):
        return None
    told = {
        "solver": solver,
        "seconds": seconds,
        "seed": seed,
        "ways": matrix.duration_s.tolist(),
        "workers": [
            {
                "shift": [worker.shift.opens_s, worker.shift.closes_s] if worker.shift else [0, 0],
                "capacity": list(worker.capacity),
                "breaks": [
                    [[[span.opens_s, span.closes_s - pause.duration_s] for span in pause.windows], pause.duration_s]
                    for pause in worker.breaks
                ],
            }
            for worker in problem.workers
        ],
        "stops": [
            {
                "service": stop.service_s,
                "spans": [list(span) for span in allowed_starts(stop)],
                "prize": None if stop.mandatory else stop.prize,
                "amount": list(stop.amount),
            }
            for stop in problem.stops
        ],
    }
    script = Path(__file__).with_name("peer.py")
    done = subprocess.run(
        [_python(), script], input=json.dumps(told), capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode:
        sys.exit(f"{solver} on {instance.name}: {done.stderr.strip().splitlines()[-1]}")
    answer = json.loads(done.stdout)
    return answer["orders"], answer["took_s"]


def _python() -> Path:
    python = PEERS / "routing" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS / "routing"], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *ROUTERS], check=True)
    return python
