"""A phone with the real WatermelonDB, in a process of Node that does what a test tells it, step by step."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DRIVER = Path(__file__).with_suffix(".mjs")


@dataclass
class MelonPhone:
    """The process, asked over its input and output."""

    process: subprocess.Popen[str]

    def do(self, step: str, **told: Any) -> Any:
        """Do one step of the driver; return its answer, fail with its error."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"step": step, **told}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the phone has crashed"
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["answer"]

    def rows(self, table: str) -> dict[str, dict[str, Any]]:
        """Return the raw records of a table, by id."""
        return {row["id"]: row for row in self.do("rows", table=table)}


@contextmanager
def switched_on(folder: Path, server: str, login: str, password: str, installation: str) -> Iterator[MelonPhone]:
    """Give a phone on which somebody has logged in and loaded the scope."""
    process = subprocess.Popen(
        ["node", str(DRIVER)],
        cwd=folder,
        env=os.environ | {"SERVER": server},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        phone = MelonPhone(process)
        phone.do("logIn", login=login, password=password, installation=installation)
        phone.do("sync")
        yield phone
    finally:
        try:
            process.communicate(timeout=30)  # the end of its input is the end of the phone
        finally:
            process.kill()
