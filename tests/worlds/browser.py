"""A Chromium to click with, and what is often done in the console. Tests never go without one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from browsers import installed, is_packaged, unpacked
from playwright.sync_api import Browser, Error, Page, Playwright, expect, sync_playwright

ROOT = Path(__file__).parents[2]
AXE = ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a Chromium that shows nothing; it is fetched first if this machine has none."""
    with sync_playwright() as started:
        browser = _start(started)
        yield browser
        browser.close()


def _start(started: Playwright) -> Browser:
    found = installed()
    if found is None and is_packaged():
        return _start_packaged(started)
    if found is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    return started.chromium.launch(executable_path=found, args=["--no-sandbox"])


def _start_packaged(started: Playwright) -> Browser:
    path, libraries = unpacked()
    try:
        return started.chromium.launch(executable_path=path, args=["--no-sandbox"])
    except Error:  # a bare machine, without the libraries of a browser
        env: dict[str, str | float | bool] = {**os.environ, "LD_LIBRARY_PATH": libraries}
        return started.chromium.launch(executable_path=path, args=["--no-sandbox"], env=env)


def log_in(page: Page, base: str, login: str, password: str) -> None:
    """Open the console and log in."""
    page.goto(base + "/console/")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()


def go(page: Page, name: str) -> None:
    """Click on a page's name, or on More first where a phone has no room for it."""
    bar = page.get_by_role("navigation", name="Pages")
    link = bar.get_by_role("link", name=name, exact=True)
    if not link.is_visible():
        bar.get_by_role("button", name="More").click()
        link = page.get_by_role("dialog", name="Pages").get_by_role("link", name=name, exact=True)
    link.click()


def serious_findings(page: Page) -> list[str]:
    """Return what axe finds on a page that is serious or worse, each as rule and place."""
    ran = page.evaluate(AXE.read_text() + "; axe.run()")
    return [
        f"{each['id']}: {node['target']}"
        for each in ran["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
