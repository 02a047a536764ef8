"""An example that runs on Node, as a mobile developer would run it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 120


@dataclass(frozen=True)
class NodeExample:
    """A folder of `examples/` whose packages are installed."""

    folder: Path

    def run(self, *words: str, **environment: str) -> str:
        """Run `node` in the folder with these words and environment; return what it prints, fail if it fails."""
        done = subprocess.run(
            ["node", *words],
            cwd=self.folder,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout
