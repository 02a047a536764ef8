"""A journey: a manager imports a messy list of shops in a real browser, mends what was rejected, and imports that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine
from worlds import small_town
from worlds.browser import go, serious_findings
from worlds.import_files import messy_shops
from worlds.served_town import PASSWORD, ServedTown, TownClock, serve

PATIENCE_MS = 60_000


@pytest.fixture
def desk_town(sqlite_engine: Engine, tmp_path: Path) -> Iterator[ServedTown]:
    """The served small town."""
    with serve(sqlite_engine, tmp_path, TownClock(small_town.NOON)) as served:
        yield served


def log_in(browser: Browser, town: ServedTown, login: str, width: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 860}, locale="en-GB").new_page()
    page.goto(town.base + "/console/")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    return page


def hand_over(page: Page, path: Path) -> None:
    page.goto(page.url.split("#")[0] + "#/import")
    page.get_by_label("Drop a file here, or choose one").set_input_files(path)
    expect(page.get_by_role("heading", name="Which column is what")).to_be_visible(timeout=PATIENCE_MS)


def looks_well(page: Page, width: int) -> None:
    assert serious_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [1200, 390])
def test_a_messy_file_is_tried_imported_and_its_rejects_mended(
    browser: Browser, desk_town: ServedTown, tmp_path: Path, width: int
) -> None:
    file = tmp_path / "shops.csv"
    file.write_bytes(messy_shops())
    page = log_in(browser, desk_town, "max", width)
    go(page, "Import")
    expect(page.get_by_text("Nothing was imported yet.")).to_be_visible()
    looks_well(page, width)
    hand_over(page, file)
    expect(page.get_by_label("Customer number required")).to_have_value("Store")
    expect(page.get_by_label("Phone")).to_have_value("Tel")
    expect(page.get_by_text("Still needed: Territory")).to_be_visible()
    expect(page.get_by_role("button", name="Try it")).to_be_disabled()
    page.get_by_label("Territory where none is named").select_option("north")
    looks_well(page, width)
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("2 customers would be new, 0 changed")).to_be_visible(timeout=PATIENCE_MS)
    rows = page.get_by_role("region", name="Rejected rows").get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("the name is empty")
    expect(rows.nth(2)).to_contain_text("412,0")
    looks_well(page, width)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("2 customers are new, 0 changed.")).to_be_visible(timeout=PATIENCE_MS)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the rejects").click()
    assert download.value.suggested_filename == "shops.rejects.csv"
    mended = tmp_path / "shops.rejects.csv"
    text = Path(download.value.path()).read_text("utf-8-sig")
    mended.write_text(text.replace("S3,,", "S3,Imbiss,").replace('"412,0"', '"52,3"'), "utf-8")
    hand_over(page, mended)
    expect(page.get_by_text("This is a rejects file")).to_be_visible()
    page.get_by_label("Territory where none is named").select_option("north")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("Tried. Import it")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("link", name="See the customers").click(timeout=PATIENCE_MS)
    expect(page.get_by_role("link", name="Imbiss")).to_be_visible(timeout=PATIENCE_MS)
    go(page, "Import")
    expect(page.get_by_role("row").filter(has_text="shops.rejects.csv")).to_contain_text("Max")
    looks_well(page, width)
    page.context.close()


def test_a_file_that_is_no_table_is_told_at_once_and_a_supervisor_sees_no_import(
    browser: Browser, desk_town: ServedTown, tmp_path: Path
) -> None:
    file = tmp_path / "shops.csv"
    file.write_bytes(b"%PDF-1.7 a picture of a list")
    page = log_in(browser, desk_town, "max", 1200)
    page.goto(page.url.split("#")[0] + "#/import")
    page.get_by_label("Drop a file here, or choose one").set_input_files(file)
    expect(page.get_by_role("alert")).to_contain_text("shops.csv is a PDF document", timeout=PATIENCE_MS)
    page.context.close()
    page = log_in(browser, desk_town, "sara", 1200)
    expect(page.get_by_role("navigation", name="Pages").get_by_role("link", name="Import")).to_have_count(0)
    page.context.close()
