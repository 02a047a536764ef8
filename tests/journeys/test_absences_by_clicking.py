"""A journey: a supervisor has somebody stand in for a rep, calls it off, and gives a lost customer a rep."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine
from worlds.browser import go, log_in, serious_findings
from worlds.served_town import PASSWORD, ServedTown, TownClock, serve
from worlds.small_town import NOON

from fieldsales.customers.models import Assignment
from fieldsales.db.session import transaction

SOON = 15_000


@pytest.fixture
def lost_town(sqlite_engine: Engine, tmp_path: Path) -> Iterator[ServedTown]:
    """The served small town, in which nobody owns the bakery any more."""
    with serve(sqlite_engine, tmp_path, TownClock(NOON)) as served:
        with transaction(served.engine) as session:
            bakery = served.world.customers["Bakery"].id
            for each in session.query(Assignment).filter_by(customer_id=bakery):
                each.ended_at = NOON
        yield served


@pytest.fixture(params=[1200, 390])
def page(browser: Browser, lost_town: ServedTown, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Sara the supervisor, logged in, on a desktop and on a phone; no script of her page fails."""
    context = browser.new_context(viewport={"width": request.param, "height": 860}, locale="en-GB")
    page = context.new_page()
    page.clock.set_fixed_time(NOON)
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    log_in(page, lost_town.base, "sara", PASSWORD)
    go(page, "Absences")
    yield page
    context.close()
    assert failed == []


def fits(page: Page) -> bool:
    """Whether nothing of the page lies beside the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_an_absence_is_looked_at_arranged_and_called_off(page: Page, lost_town: ServedTown) -> None:
    expect(page.get_by_text("Nobody is away")).to_be_visible()
    page.get_by_role("button", name="Arrange a stand-in…").click()
    dialog = page.get_by_role("dialog", name="Arrange a stand-in…")
    expect(dialog.get_by_role("button", name="Arrange", exact=True)).to_be_disabled()
    dialog.get_by_label("Who is away").select_option(label="Anna")
    expect(dialog.get_by_role("region", name="In hand").locator(".stat").first).to_contain_text("2")
    dialog.get_by_label("First day away").fill("2026-03-03")
    dialog.get_by_label("Last day away").fill("2026-03-05")
    dialog.get_by_label("Reason").fill("Leave")
    dialog.get_by_role("checkbox", name="Ben").check()
    dialog.get_by_role("button", name="Look first").click()
    expect(dialog.get_by_role("status")).to_contain_text("2 customers would get a stand-in")
    assert lost_town.desk("sara")("GET", "/api/v1/covers")["items"] == []
    assert serious_findings(page) == []
    dialog.get_by_label("Reason").fill("Wedding")
    expect(dialog.get_by_role("button", name="Arrange", exact=True)).to_be_disabled()
    dialog.get_by_role("button", name="Look first").click()
    dialog.get_by_role("button", name="Arrange", exact=True).click()
    card = page.get_by_role("article", name="Anna")
    expect(card).to_contain_text("Wedding", timeout=SOON)
    expect(card).to_contain_text("Stands in: Ben")
    assert fits(page)
    assert serious_findings(page) == []
    card.get_by_role("button", name="Call off…").click()
    card.get_by_role("button", name="Call off", exact=True).click()
    expect(page.get_by_text("Nobody is away")).to_be_visible(timeout=SOON)


def test_an_absence_that_cannot_be_says_why(page: Page) -> None:
    page.get_by_role("button", name="Arrange a stand-in…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Who is away").select_option(label="Anna")
    dialog.get_by_label("First day away").fill("2026-03-09")
    dialog.get_by_label("Last day away").fill("2026-03-05")
    dialog.get_by_label("Reason").fill("Leave")
    dialog.get_by_role("checkbox", name="Ben").check()
    dialog.get_by_role("button", name="Look first").click()
    expect(dialog.get_by_role("alert")).to_contain_text("the wrong way round")


def test_a_customer_whom_nobody_looks_after_gets_a_rep(page: Page, lost_town: ServedTown) -> None:
    expect(page.get_by_text("no rep owns it")).to_be_visible()
    page.get_by_role("button", name="Give Bakery").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a rep first")
    page.get_by_label("Give them to").select_option(label="Ben")
    assert fits(page)
    page.get_by_role("button", name="Give Bakery").click()
    expect(page.get_by_text("Bakery is now Ben’s.")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("Somebody looks after every customer")).to_be_visible()
    card = lost_town.desk("max")("GET", f"/api/v1/customers/{lost_town.world.customers['Bakery'].id}")
    assert card["owner_id"] == str(lost_town.world.ben.id)
