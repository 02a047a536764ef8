"""Examples are run as a mobile developer would run them: by Node, with the real library, against a real server."""

from __future__ import annotations

import fcntl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from worlds.node_example import NodeExample
from worlds.served_town import PASSWORD, ServedTown, serve

from fieldsales.clock import utc_now

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def node_example() -> Callable[[str], NodeExample]:
    """Give an example by its folder's name, its packages installed once by `npm ci`, whoever asks first."""

    def install(name: str) -> NodeExample:
        folder = ROOT / "examples" / name
        with (folder / "package-lock.json").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # of several test workers one installs, the others wait
            made = subprocess.run(
                ["make", "--silent", f"examples/{name}/node_modules/.ready"],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
        if made.returncode:
            pytest.fail(f"The packages of {name} cannot be installed:\n{made.stdout}{made.stderr}")
        return NodeExample(folder)

    return install


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Iterator[ServedTown]:
    """The small town behind a real server, whose clock is right: examples ask the machine what time it is."""
    with serve(engine, tmp_path, utc_now) as served:
        yield served


@pytest.fixture
def anna(town: ServedTown) -> dict[str, str]:
    """What an example is told by its environment: where the server is, and as whom to log in."""
    return {"SERVER": town.base, "LOGIN": "anna", "PASSWORD": PASSWORD}
