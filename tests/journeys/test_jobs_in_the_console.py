"""A journey: a manager finds out in a real browser what failed in the night, and has it done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine
from worlds import small_town
from worlds.browser import serious_findings
from worlds.served_town import PASSWORD, ServedTown, TownClock, serve

from fieldsales.chores.worker import Worker
from fieldsales.config import Settings
from fieldsales.db.session import transaction
from fieldsales.jobs.models import Job

MORNING = small_town.NOON + timedelta(hours=17)


@pytest.fixture
def desk_town(sqlite_engine: Engine, tmp_path: Path) -> Iterator[ServedTown]:
    """The served small town on Tuesday at five, after a night in which planning failed for good."""
    clock = TownClock(small_town.NOON)
    with serve(sqlite_engine, tmp_path, clock) as served:
        worker = worker_of(served)
        worker.work_off()
        clock.now = MORNING
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("fieldsales.chores.nightly.SolverPool", _closed)
            worker.plan()
            with transaction(sqlite_engine) as session:
                for job in session.query(Job):
                    job.tries = 1
            worker.work_off()
        yield served


def _closed(_workers: int) -> None:
    raise RuntimeError("the roads are closed")


def worker_of(town: ServedTown) -> Worker:
    return Worker(town.engine, Settings(solver_workers=0, solve_seconds=0.1), clock=town.clock)


def open_console(browser: Browser, town: ServedTown, login: str, locale: str = "en-GB") -> Page:
    context = browser.new_context(viewport={"width": 1200, "height": 860}, locale=locale, bypass_csp=False)
    page = context.new_page()
    page.clock.set_fixed_time(MORNING)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(town.base + "/console/")
    page.locator("input").first.fill(login)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("form button").first.click()
    expect(page.get_by_role("navigation")).to_be_visible()
    return page


def test_what_failed_in_the_night_is_seen_and_tried_again(browser: Browser, desk_town: ServedTown) -> None:
    page = open_console(browser, desk_town, "max")
    page.get_by_role("navigation").get_by_role("link", name="Jobs").click()
    failure = page.get_by_role("article", name="Plan and route the coming days")
    expect(failure).to_contain_text("RuntimeError: the roads are closed")
    colour = failure.locator("p.bad").evaluate("node => getComputedStyle(node).color")
    red, green, blue = (int(part) for part in re.findall(r"\d+", colour)[:3])
    assert red > 2 * max(green, blue)
    assert serious_findings(page) == []
    failure.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("status").filter(has_text="will begin within seconds")).to_be_visible()
    worker_of(desk_town).work_off()
    expect(page.get_by_text("Nothing has failed.")).to_be_visible(timeout=15_000)
    page.get_by_label("Show").select_option(label="Plan and route the coming days")
    expect(page.get_by_role("cell", name=re.compile("reps: 2, days: .*visits: [1-9]"))).to_be_visible()


def test_something_is_run_now_and_rests(browser: Browser, desk_town: ServedTown) -> None:
    page = open_console(browser, desk_town, "max")
    page.goto(desk_town.base + "/console/#/jobs")
    row = page.get_by_role("row").filter(has=page.get_by_role("button", name="Run now: Give customers their tiers"))
    expect(row).to_contain_text("daily at 01:30")
    row.get_by_role("button", name="Pause").click()
    expect(row).to_contain_text("Paused", timeout=15_000)
    row.get_by_role("button", name="Run now").click()
    expect(page.get_by_role("status").filter(has_text="will begin within seconds")).to_be_visible()
    done = worker_of(desk_town).work_off()
    assert [each.chore for each in done] == ["tiers.refresh"]
    row.get_by_role("button", name="Resume").click()
    expect(row).to_contain_text("Done", timeout=15_000)


def test_on_a_phone_in_chinese_it_fits_and_can_be_read(browser: Browser, desk_town: ServedTown) -> None:
    page = open_console(browser, desk_town, "max", "zh-CN")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(desk_town.base + "/console/#/jobs")
    expect(page.get_by_role("article", name="安排未来几天的拜访与路线")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("每天 02:30")).to_be_visible()
    assert serious_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_supervisors_have_no_such_page(browser: Browser, desk_town: ServedTown) -> None:
    page = open_console(browser, desk_town, "sara")
    expect(page.get_by_role("link", name="Settings")).to_be_visible()
    expect(page.get_by_role("link", name="Jobs")).to_have_count(0)
