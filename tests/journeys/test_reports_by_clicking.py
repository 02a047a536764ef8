"""A journey: a manager takes lists along, looks at a day's report and has it sent, all in a real browser."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from sqlalchemy import Engine, select
from worlds import small_town
from worlds.browser import serious_findings
from worlds.reported_days import MONDAY, a_monday, earlier_mondays
from worlds.served_town import PASSWORD, ServedTown, TownClock, serve

from fieldsales.audit.models import AuditEntry
from fieldsales.db.session import reading
from fieldsales.mailings.service import send_due

EVENING = small_town.NOON + timedelta(hours=6)
LISTS = {
    "customers": "customers",
    "visits": "visits",
    "anomalies": "anomalies",
    "approvals": "approvals",
    "performance": "receivables-ageing",
    "sync": "devices",
    "today": f"team-days-{MONDAY}",
    "plans": f"team-days-{MONDAY}",
}


@pytest.fixture
def town(sqlite_engine: Engine, tmp_path: Path) -> Iterator[ServedTown]:
    """The served small town on its Monday; the browser does not mind which database."""
    with serve(sqlite_engine, tmp_path, TownClock(EVENING)) as served:
        a_monday(Ids(served))  # type: ignore[arg-type]
        earlier_mondays(Ids(served))  # type: ignore[arg-type]
        yield served


class Ids:
    """The town's ids by name, as the world of reported days wants them."""

    def __init__(self, served: ServedTown) -> None:
        self.engine = served.engine
        self.customers = {name: shop.id for name, shop in served.world.customers.items()}
        self.people = {login: getattr(served.world, login).id for login in ("anna", "ben", "sara", "max")}


def come_in(browser: Browser, town: ServedTown, locale: str = "en-GB", width: int = 1200) -> Page:
    """Max the manager, logged in at the console."""
    page = browser.new_context(
        viewport={"width": width, "height": 860}, locale=locale, accept_downloads=True
    ).new_page()
    page.clock.set_fixed_time(EVENING)
    page.goto(town.base + "/console/")
    page.locator("input[type=text], input:not([type])").first.fill("max")
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("nav")).to_be_visible()
    return page


def test_every_page_with_a_list_hands_it_out(browser: Browser, town: ServedTown) -> None:
    """A click is a workbook that opens, under the headings of the reader, and a line in the audit trail."""
    page = come_in(browser, town)
    for name, file in LISTS.items():
        page.goto(f"{town.base}/console/#/{name}")
        with page.expect_download() as waited:
            page.get_by_role("button", name="Excel").last.click()
        assert waited.value.suggested_filename == f"{file}.xlsx"
        head = next(
            openpyxl.load_workbook(io.BytesIO(Path(waited.value.path()).read_bytes())).active.iter_rows(
                values_only=True
            )
        )
        assert all(str(each)[0].isupper() for each in head), head
    with reading(town.engine) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "table.taken_along")).all()
        assert len(noted) == len(LISTS)


def test_a_list_is_taken_along_as_it_is_filtered(browser: Browser, town: ServedTown) -> None:
    page = come_in(browser, town, "zh-CN")
    page.goto(f"{town.base}/console/#/customers")
    page.get_by_role("searchbox").fill("Bak")
    expect(page.get_by_role("row")).to_have_count(2)
    with page.expect_download() as waited:
        page.get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(waited.value.path()).read_text("utf-8-sig"))))
    assert [row["名称"] for row in rows] == ["Bakery"]


def test_the_report_of_a_day_is_looked_at_and_taken_along(browser: Browser, town: ServedTown) -> None:
    """From Today by a link; the figures lead back into the console."""
    page = come_in(browser, town)
    page.goto(f"{town.base}/console/#/today/{MONDAY}")
    page.locator("main").get_by_role("link", name="Report").click()
    expect(page.get_by_role("heading", name="Daily report")).to_be_visible()
    expect(page.get_by_text("87.50 EUR").first).to_be_visible()
    expect(page.get_by_text("usually 90.00 EUR")).to_be_visible()
    expect(page.get_by_role("heading", name="Anna")).to_be_visible()
    expect(page.get_by_role("heading", name="New anomalies (1)")).to_be_visible()
    assert serious_findings(page) == []
    with page.expect_download() as waited:
        page.get_by_role("button", name="PDF").click()
    assert "Bakery" in PdfReader(waited.value.path()).pages[0].extract_text()
    page.get_by_label("Territory").select_option(label="South")
    expect(page.get_by_role("heading", name="Anna")).to_have_count(0)
    page.get_by_role("link", name="1 of 1").click()
    expect(page).to_have_url(f"{town.base}/console/#/today/{MONDAY}")


def test_a_report_is_subscribed_to_and_ended(browser: Browser, town: ServedTown) -> None:
    """In Chinese, on a phone; it is due in the evening of the next day."""
    page = come_in(browser, town, "zh-CN", width=390)
    page.goto(f"{town.base}/console/#/report/{MONDAY}")
    page.get_by_label("邮箱地址").fill("max@harbour.example")
    page.get_by_label("时间", exact=True).fill("18:30")
    page.get_by_role("button", name="发送给我").click()
    expect(page.get_by_text("将发送至 max@harbour.example。")).to_be_visible()
    assert serious_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert len(send_due(town.engine, EVENING + timedelta(days=1), town.base)) == 1
    page.get_by_role("button", name="取消: max@harbour.example").click()
    expect(page.get_by_text("还没有人接收此日报。")).to_be_visible()
    assert send_due(town.engine, EVENING + timedelta(days=2), town.base) == []
