"""A journey: a manager tries a scheme, adopts it, runs and closes a month, and answers a rep, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select
from worlds.browser import serious_findings
from worlds.paid_town import body, noon, sell, share_out
from worlds.served_town import PASSWORD, ServedTown, TownClock, serve

from fieldsales.db.session import transaction
from fieldsales.disputes.service import dispute
from fieldsales.payruns.models import PayLine
from fieldsales.people.models import Role
from fieldsales.people.rules import Actor

TODAY = noon(date(2026, 4, 6))


@pytest.fixture
def desk_town(sqlite_engine: Engine, tmp_path: Path) -> Iterator[ServedTown]:
    """The small town in April; in March Anna sold rice and soap to the Bakery, a key account of hers and Ben's."""
    with serve(sqlite_engine, tmp_path, TownClock(TODAY)) as served:
        with transaction(served.engine) as session:
            share_out(session, served.world, "Bakery", "anna", "ben")
            sell(session, served.world, date(2026, 3, 10), rice=3, soap=1)
        yield served


@pytest.fixture
def page(browser: Browser, desk_town: ServedTown) -> Iterator[Page]:
    """Max the manager on the page Pay; no script of his page fails."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.clock.set_fixed_time(TODAY)
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(desk_town.base + "/console/")
    page.get_by_label("Login").fill("max")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Pay").click()
    yield page
    assert failed == []
    context.close()


def part(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Parts of pay").get_by_role("link", name=name).click()


def test_a_scheme_becomes_a_month_that_is_paid_and_explained(page: Page, desk_town: ServedTown) -> None:
    expect(page.get_by_text("There is no scheme yet.")).to_be_visible()
    part(page, "Schemes")
    document = page.get_by_label("Document (JSON)")
    document.fill(json.dumps(body({"name": "sales", "basis": "amount", "rate_bp": 1000, "minor_per_1000": 5})))
    page.get_by_label("Try from").fill("2026-03")
    page.get_by_label("Months").fill("1")
    page.get_by_role("button", name="Simulate").click()
    expect(page.get_by_role("alert")).to_contain_text("/rules/0: it has rate_bp and minor_per_1000")
    document.fill(json.dumps(body(split={"key_accounts": "equal"})))
    page.get_by_role("button", name="Simulate").click()
    compared = page.get_by_role("table", name="Schemes beside each other")
    expect(compared.get_by_role("row", name=re.compile("Anna"))).to_contain_text("€1.9")  # half of 3.95
    expect(compared.get_by_role("row", name=re.compile("All"))).to_contain_text("€3.95")
    page.get_by_label("Code").fill("field")
    page.get_by_label("From", exact=True).fill("2026-03")
    page.get_by_role("button", name="Adopt").click()
    expect(page.get_by_text("field pays from 2026-03 on.")).to_be_visible()
    assert serious_findings(page) == []

    part(page, "Months")
    page.get_by_label("Month", exact=True).fill("2026-03")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("heading", name="field · 2026-03")).to_contain_text("Open")
    page.get_by_role("button", name="Anna").click()
    page.get_by_role("button", name="Explain line 1").click()
    why = page.get_by_role("dialog")
    expect(why).to_contain_text("Shared: 1 of 2")
    expect(why.get_by_role("row", name=re.compile("rice"))).to_contain_text("€37.50")
    expect(why.get_by_role("row", name=re.compile("soap"))).to_contain_text("€1.99")
    assert serious_findings(page) == []
    why.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("Every line adds up to the cent.")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    assert saved.value.suggested_filename == "pay-field-2026-03.csv"
    page.get_by_role("button", name="Close the month").click()
    expect(page.get_by_role("heading", name="field · 2026-03")).to_contain_text("Closed")

    disputed(desk_town)
    part(page, "Disputes")
    card = page.get_by_role("article", name="Anna")
    expect(card).to_contain_text("It was four.")
    card.get_by_label("Answer").fill("You are right.")
    card.get_by_label(re.compile("Correction in minor units")).fill("125")
    card.get_by_role("button", name="Uphold").click()
    expect(page.get_by_text("Nothing is disputed.")).to_be_visible()
    part(page, "Corrections")
    expect(page.get_by_role("row", name=re.compile("You are right."))).to_contain_text("€1.25")
    page.get_by_role("link", name="Waits for a second person").click()
    expect(page.get_by_role("article", name="Correction of pay")).to_contain_text("€1.25")


def disputed(town: ServedTown) -> None:
    """Have Anna dispute the first line of her slip."""
    anna = town.world.anna
    with transaction(town.engine) as session:
        line = session.scalars(select(PayLine).where(PayLine.rep_id == anna.id)).one()
        dispute(session, line.id, "It was four.", by=Actor(anna.id, Role.REP, anna.territory_id), now=TODAY)


def test_a_supervisor_sees_no_pay_where_the_policy_does_not_say_so(page: Page, desk_town: ServedTown) -> None:
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("Login").fill("sara")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Pay").click()
    expect(page.get_by_role("navigation", name="Parts of pay").get_by_role("link", name="Schemes")).to_have_count(0)
    expect(page.get_by_text("No month was run yet.")).to_be_visible()
