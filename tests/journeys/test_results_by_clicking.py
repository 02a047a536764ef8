"""A journey: what was sold in the field is looked at in a real browser, narrow and wide, compared and taken along."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine
from worlds import small_town
from worlds.browser import serious_findings
from worlds.resulting import sold, visited
from worlds.served_town import PASSWORD, ServedTown, TownClock, serve

from fieldsales.db.session import transaction

MONDAY = date(2026, 3, 2)


@pytest.fixture
def town(sqlite_engine: Engine, tmp_path: Path) -> Iterator[ServedTown]:
    """The served town, in which both reps sold, Anna twice."""
    with serve(sqlite_engine, tmp_path, TownClock(small_town.NOON)) as served:
        with transaction(served.engine) as session:
            visit = visited(session, served.world, "Bakery", MONDAY)
            sold(session, served.world, 4, 2, day=MONDAY, visit_id=visit.id)
            sold(session, served.world, 2, day=MONDAY - timedelta(20))
            sold(session, served.world, 3, day=MONDAY, rep=served.world.ben, shop="Fish")
        yield served


def look(browser: Browser, town: ServedTown, who: str, width: int, language: str = "en-GB") -> Page:
    page = browser.new_context(viewport={"width": width, "height": 860}, locale=language).new_page()
    page.clock.set_fixed_time(small_town.NOON)
    page.goto(town.base + "/console/")
    page.locator("input").first.fill(who)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("form button").first.click()
    expect(page.get_by_role("navigation")).to_be_visible()
    page.goto(town.base + "/console/#/performance")
    return page


def test_results_are_chosen_compared_and_taken_along(browser: Browser, town: ServedTown) -> None:
    page = look(browser, town, "max", 1200)
    results = page.get_by_role("region", name="Results")
    anna = results.get_by_role("row").filter(has_text="Anna")
    expect(anna).to_contain_text("€14")
    expect(results.get_by_role("columnheader", name="Gross margin", exact=True)).to_be_visible()
    results.get_by_role("combobox", name="Period", exact=True).select_option("year")
    expect(anna).to_contain_text("€15")
    results.get_by_role("combobox", name="By", exact=True).select_option("month")
    expect(results.get_by_role("row").filter(has_text="2026-02")).to_contain_text("€1")
    results.get_by_role("combobox", name="Measures", exact=True).select_option("calls")
    results.get_by_role("combobox", name="By", exact=True).select_option("rep")
    expect(results.get_by_role("row").filter(has_text="Anna")).to_contain_text("100%")
    results.get_by_role("button", name="Anna").click()
    expect(results.get_by_text("too few to compare")).to_be_visible()
    results.get_by_text("Choose measures").click()
    results.get_by_label("Collections").check()
    expect(results.get_by_role("columnheader", name="Collections")).to_be_visible()
    with page.expect_download() as download:
        results.get_by_role("button", name="CSV").click()
    assert download.value.path().read_text().splitlines()[0].startswith("rep,rep_id,currency,calls,strike_rate")
    assert serious_findings(page) == []


def test_a_supervisor_on_a_phone_sees_no_margin_and_nothing_sticks_out(browser: Browser, town: ServedTown) -> None:
    page = look(browser, town, "sara", 390)
    results = page.get_by_role("region", name="Results")
    expect(results.get_by_role("row").filter(has_text="Anna")).to_contain_text("€14")
    expect(results.get_by_text("Gross margin")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious_findings(page) == []


def test_results_are_told_in_chinese(browser: Browser, town: ServedTown) -> None:
    page = look(browser, town, "sara", 1200, "zh-CN")
    expect(page.get_by_role("columnheader", name="销售额")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="合计")).to_be_visible()
