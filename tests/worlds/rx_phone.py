"""A phone with the real RxDB, in a process of Node that does what a test tells it, step by step."""

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
class RxPhone:
    """The process, asked over its input and output."""

    process: subprocess.Popen[str]

    def do(self, step: str, *told: Any) -> Any:
        """Do one step of the driver; return its answer, fail with its error."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps([step, *told]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the phone has crashed"
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["told"]

    def all(self, collection: str) -> dict[str, dict[str, Any]]:
        """Return the documents of a collection that an app sees, by id."""
        return {document["id"]: document for document in self.do("all", collection)}


@contextmanager
def switched_on(folder: Path, environment: dict[str, str]) -> Iterator[RxPhone]:
    """Give a phone on which somebody has logged in and loaded the scope."""
    process = subprocess.Popen(
        ["node", str(DRIVER)],
        cwd=folder,
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        phone = RxPhone(process)
        phone.do("settle")
        yield phone
    finally:
        assert process.stdin
        process.stdin.close()
        try:
            process.wait(timeout=30)
        finally:
            process.kill()
        assert process.stdout
        process.stdout.close()
