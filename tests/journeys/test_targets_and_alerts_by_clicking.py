"""A journey: a manager sets, divides and adjusts a target, and looks after alerts, in a real browser."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine
from worlds.browser import serious_findings
from worlds.served_town import PASSWORD, ServedTown, TownClock, serve
from worlds.small_town import NOON

from fieldsales.chores.alerts import look_round
from fieldsales.db.session import transaction
from fieldsales.orders.rules import Draft, Line
from fieldsales.orders.service import Taken, place_order
from fieldsales.people.models import Role
from fieldsales.people.service import add_person, set_password

SOON = 15_000


@pytest.fixture
def town(sqlite_engine: Engine, tmp_path: Path) -> Iterator[ServedTown]:
    """The served small town with a second manager; Anna sold twice as much as Ben in February."""
    with serve(sqlite_engine, tmp_path, TownClock(NOON)) as served:
        with transaction(served.engine) as session:
            olga = add_person(session, login="olga", name="Olga", role=Role.MANAGER, now=NOON)
            set_password(session, olga.id, PASSWORD, now=NOON)
            for name, rep, pieces in (("Bakery", "anna", 20), ("Fish", "ben", 10)):
                line = Line(served.world.products["coffee"].id, pieces, 589)
                draft = Draft(uuid.uuid4(), served.world.customers[name].id, "EUR", (line,), None)
                day = datetime(2026, 2, 10, 9, tzinfo=UTC)
                place_order(session, draft, Taken(getattr(served.world, rep).id, day))
        yield served


@pytest.fixture
def page(browser: Browser, town: ServedTown) -> Iterator[Page]:
    """Max the manager, logged in; no script of his page fails."""
    context = browser.new_context(viewport={"width": 1200, "height": 860}, locale="en-GB")
    page = context.new_page()
    page.clock.set_fixed_time(NOON)
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(town.base + "/console/")
    page.get_by_label("Login").fill("max")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    yield page
    assert failed == []
    context.close()


def go(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible(timeout=SOON)


def test_a_target_is_set_divided_and_adjusted_by_two(page: Page, town: ServedTown) -> None:
    go(page, "Targets")
    expect(page.get_by_text("There are no targets for this period.")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="New target").click()
    page.get_by_label("Who").select_option(label="Small Town")
    page.get_by_label("Target", exact=True).fill("1000")
    page.get_by_role("button", name="Set target").click()
    page.get_by_role("link", name="Small Town").click()
    expect(page.get_by_text("Projected end €0.00 (0 %)")).to_be_visible(timeout=SOON)
    page.get_by_label("By").select_option(label="share of the period before")
    divide = page.locator("section").filter(has=page.get_by_role("heading", name="Divide"))
    divide.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("row", name="Anna €666.67")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("row", name="Ben €333.33")).to_be_visible()
    assert serious_findings(page) == []
    page.get_by_role("button", name="Divide so").click()
    page.get_by_role("link", name="North").click()
    expect(page.get_by_role("article", name="North")).to_contain_text("€666.67", timeout=SOON)
    page.get_by_label("New target").fill("500")
    page.get_by_label("Who makes up for it").select_option(label="the other parts")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("South: €333.33 → €500.00")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_role("alert")).to_have_text("Say why.")
    page.get_by_label("Reason").fill("The bridge is closed.")
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_text("A change waits for approval")).to_be_visible(timeout=SOON)
    go(page, "Approvals")
    request = page.get_by_role("article", name="North")
    expect(request).to_contain_text("South: €333.33 → €500.00", timeout=SOON)
    request.get_by_role("button", name="Grant").click()
    expect(request.get_by_role("alert")).to_contain_text("Ask somebody else", timeout=SOON)
    olga = town.desk("olga")
    [asked] = olga("GET", "/api/v1/approvals", params={"state": "open"})["items"]
    olga("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True})
    go(page, "Targets")
    page.get_by_label("Parts, too").check()
    page.get_by_role("link", name="North").click()
    expect(page.get_by_text("€666.67 → €500.00 · The bridge is closed.")).to_be_visible(timeout=SOON)


def test_a_rule_is_made_and_its_alert_is_understood_looked_after_and_muted(page: Page, town: ServedTown) -> None:
    go(page, "Alerts")
    expect(page.get_by_text("Nothing needs a look.")).to_be_visible(timeout=SOON)
    page.get_by_role("link", name="Rules").click()
    page.get_by_role("button", name="New rule").click()
    page.get_by_label("Name").fill("No order in a week")
    page.get_by_label("Measure").select_option(label="Orders")
    page.get_by_label("Where").select_option(label="North")
    page.get_by_label("Mail to").fill("sara@town.example")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("It would alert of 3 of 3 now.")).to_be_visible(timeout=SOON)
    assert serious_findings(page) == []
    page.get_by_role("button", name="Make rule").click()
    rule = page.get_by_role("article", name="No order in a week")
    expect(rule).to_contain_text("Owner: Max · at once · quiet 20:00–07:00 · sara@town.example", timeout=SOON)
    look_round(partial(transaction, town.engine), NOON, lambda _name, _seen: None)
    badge = page.get_by_role("navigation", name="Pages").get_by_role("link", name="Alerts 3 open")
    expect(badge).to_be_visible(timeout=SOON)
    page.get_by_role("link", name="Alerts", exact=True).last.click()
    alert = page.get_by_role("article", name="Bakery")
    expect(alert).to_contain_text("nothing at all", timeout=SOON)
    expect(alert).to_contain_text("2026-02-23 – 2026-03-01")
    alert.get_by_label("Note").fill("I call them.")
    alert.get_by_role("button", name="I look after it").click()
    expect(alert).to_contain_text("Max looks after it I call them.", timeout=SOON)
    alert.get_by_role("link", name="Why, and who was told").click()
    expect(page.get_by_role("dialog")).to_contain_text("sara@town.example waits", timeout=SOON)
    assert serious_findings(page) == []
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    alert.get_by_role("button", name="Mute").click()
    alert.get_by_label("What happened").fill("Flood.")
    alert.get_by_role("button", name="Mute until then").click()
    expect(alert.get_by_text("No alerts are opened about this customer")).to_be_visible(timeout=SOON)
    page.get_by_role("link", name="Muted").click()
    row = page.get_by_role("row", name="Bakery Flood.")
    expect(row).to_be_visible(timeout=SOON)
    row.get_by_role("button", name="End now").click()
    expect(page.get_by_text("Nobody is muted.")).to_be_visible(timeout=SOON)


def test_a_rule_whose_review_is_overdue_says_so_and_is_reviewed(page: Page, town: ServedTown) -> None:
    body = {
        "name": "Sales fall",
        "measure": "orders",
        "grain": "whole",
        "window": "last_days",
        "days": 7,
        "condition": {"kind": "absence"},
        "owner_id": str(town.world.max.id),
        "review_on": "2026-03-03",
    }
    town.desk("max")("POST", "/api/v1/alert-rules", json=body, status=201)
    assert isinstance(town.clock, TownClock)
    town.clock.pass_minutes(3 * 24 * 60 + 60)
    page.reload()
    page.get_by_label("Login").or_(page.get_by_role("navigation", name="Pages")).first.wait_for()
    page.goto(f"{town.base}/console/#/alerts/rules")
    rule = page.get_by_role("article", name="Sales fall")
    expect(rule).to_contain_text("Review overdue since Tue 3 Mar", timeout=SOON)
    rule.get_by_role("button", name="Still right").click()
    expect(rule).not_to_contain_text("overdue", timeout=SOON)


@pytest.mark.parametrize("width", [1200, 390])
def test_the_pages_fit_the_screen_and_have_no_serious_finding(page: Page, town: ServedTown, width: int) -> None:
    boss = town.desk("max")
    body = {"measure": "sales_amount", "currency": "EUR", "value": 123_456_700, "period": "2026-03"}
    target = boss("POST", "/api/v1/targets", json=body | {"territory_id": str(town.world.town.id)}, status=201)
    boss("POST", f"/api/v1/targets/{target['id']}/divide", json={"rule": "last_period", "level": "rep"})
    page.set_viewport_size({"width": width, "height": 800})
    for address in ("targets", f"targets/{target['id']}", "alerts", "alerts/rules", "alerts/mutes"):
        page.goto(f"{town.base}/console/#/{address}")
        expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=SOON)
        expect(page.locator(".loading")).to_have_count(0, timeout=SOON)
        assert serious_findings(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
