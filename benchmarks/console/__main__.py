"""How soon is the console's Today of a large team usable, in a real Chromium?

    python -m benchmarks.console [--reps 50] [--stops 40] [--runs 7] [--chromium /usr/bin/chromium]

The demo city with 50 reps of 40 stops, half of the day made, on SQLite behind `fieldsales serve`. A manager who is
logged in opens `/console/#/today` anew: with an empty cache, then again with the scripts in the browser's cache.
Milliseconds since the navigation began until the list of all reps stands, the map is drawn, and a press on a rep shows
that rep's day; then what the browser's main thread worked, its longest task, and the server's CPU. Medians.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import requests
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.console.world import LOGIN, build
from fieldsales.cli.demo import DEMO_PASSWORD
from fieldsales.config import Settings
from fieldsales.db.engine import make_engine
from migrations import upgrade

PATIENCE_S = 60
WATCH = """
window.seen = {longest: 0, blocked: 0};
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) {
    seen.longest = Math.max(seen.longest, each.duration);
    seen.blocked += Math.max(0, each.duration - 50);
  }
}).observe({type: "longtask", buffered: true});
const look = () => {
  if (!seen.list && document.querySelectorAll("button.rep").length >= REPS) seen.list = performance.now();
  seen.map ??= performance.getEntriesByName("map drawn")[0]?.startTime;
  if (seen.list && seen.map) document.documentElement.dataset.usable = "yes";
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
PRESS = """async (stops) => {
  const from = performance.now();
  document.querySelectorAll("button.rep")[7].click();
  while (document.querySelectorAll(".stops li").length < stops) await new Promise(requestAnimationFrame);
  return performance.now() - from;
}"""
COLUMNS = ("list", "map", "press", "script", "main thread", "longest task", "blocked", "server CPU", "kB")


def main() -> None:
    """Build, serve, look, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reps", type=int, default=50)
    parser.add_argument("--stops", type=int, default=40)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "FIELDSALES_DATABASE_URL": f"sqlite:///{folder}/bench.db",
            "FIELDSALES_DATA_DIR": f"{folder}/data",
            "FIELDSALES_LOGIN_RATE": "1000 per minute",
            "FIELDSALES_SECRET_KEY": "a secret that only the benchmark of the console knows",
        }
        made = Settings.from_environment(environment)
        engine = make_engine(made.database_url)
        upgrade(engine)
        build(engine, made.data_dir, reps=wanted.reps, stops=wanted.stops, now=datetime.now(UTC))
        engine.dispose()
        with _served(environment) as (base, process), sync_playwright() as started:
            browser = started.chromium.launch(executable_path=wanted.chromium, args=["--no-sandbox"])
            print(f"{wanted.reps} reps, {wanted.reps * wanted.stops} stops, Chromium {browser.version}")
            print(f"Medians of {wanted.runs}, ms")
            print("| | " + " | ".join(COLUMNS) + " |\n|---|" + "--:|" * len(COLUMNS))
            for name, warm in (("first time", False), ("again", True)):
                runs = [_look(browser, base, process, wanted.reps, wanted.stops, warm=warm) for _ in range(wanted.runs)]
                print(
                    f"| {name} | " + " | ".join(f"{median(run[each] for run in runs):.0f}" for each in COLUMNS) + " |"
                )
            browser.close()


@contextmanager
def _served(environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Serve as the operator does; give the address and the process."""
    command = [sys.executable, "-c", "from api.command import main; main()", "serve", "--port", "0"]
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.PIPE, text=True)
    try:
        line = next(each for each in process.stdout or () if "Serving on" in each)
        base = line.split()[2]
        requests.get(base + "/health/live", timeout=PATIENCE_S).raise_for_status()
        time.sleep(15)  # what is compiled in the background at the start is no part of this
        yield base, process.pid
    finally:
        process.terminate()
        process.wait()


def _cpu_ms(process: int) -> float:
    """Return the CPU time of a process."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def _look(browser: Browser, base: str, process: int, reps: int, stops: int, *, warm: bool) -> dict[str, float]:
    """Open Today once and press a rep."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB")
    page = context.new_page()
    _log_in(page, base)
    if warm:
        page.goto(base + "/console/#/today")
        page.locator("button.rep").first.wait_for()
        page.wait_for_timeout(1500)
    page.goto("about:blank")
    chrome = context.new_cdp_session(page)
    if not warm:
        chrome.send("Network.clearBrowserCache")
    chrome.send("Performance.enable")
    chrome.send("Network.enable")
    received: list[float] = []
    chrome.on("Network.loadingFinished", lambda told: received.append(told["encodedDataLength"]))
    page.add_init_script("{" + WATCH.replace("REPS", str(reps)) + "}")
    before = _cpu_ms(process)
    page.goto(base + "/console/#/today")
    page.locator("html[data-usable]").wait_for(timeout=PATIENCE_S * 1000)
    page.wait_for_timeout(300)
    seen: dict[str, Any] = page.evaluate("window.seen")
    told = {each["name"]: each["value"] * 1000 for each in chrome.send("Performance.getMetrics")["metrics"]}
    found = {
        "list": seen["list"], "map": seen["map"], "script": told["ScriptDuration"], "main thread": told["TaskDuration"],
        "longest task": seen["longest"], "blocked": seen["blocked"], "server CPU": _cpu_ms(process) - before,
        "kB": sum(received) / 1000,
    }  # fmt: skip
    found["press"] = page.evaluate(PRESS, stops)
    context.close()
    return found


def _log_in(page: Page, base: str) -> None:
    page.goto(base + "/console/#/approvals")
    page.get_by_label("Login").fill(LOGIN)
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("navigation", name="Pages").wait_for()


if __name__ == "__main__":
    main()
