"""A Chromium to click with: the one on this machine, or the one that Playwright brings. Tests never go without."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
AXE = ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a Chromium that shows nothing; it is fetched first if this machine has none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def serious_findings(page: Page) -> list[str]:
    """Return what axe finds on a page that is serious or worse, each as rule and place."""
    ran = page.evaluate(AXE.read_text() + "; axe.run()")
    return [
        f"{each['id']}: {node['target']}"
        for each in ran["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
