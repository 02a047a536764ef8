"""A journey: a manager's morning in a real browser, by clicking, and by keyboard where others drag."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from phone import Phone
from playwright.sync_api import Page, expect
from worlds.browser import go, serious_findings
from worlds.pictures import shelf, written
from worlds.served_town import PASSWORD, ServedTown

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.db.session import transaction
from fieldsales.integrity.service import judge_due

MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(days=1)
PAGES = [
    "today",
    "visits",
    "plans",
    "approvals",
    "absences",
    "customers",
    "anomalies",
    "targets",
    "alerts",
    "performance",
    "pay",
    "report",
    "sync",
    "import",
    "jobs",
    "settings",
]
CREDIT = {"invoicing": "at_submit", "over_limit": "hold", "payment_days": 14, "uninvoiced_days": 30}


def test_an_anomaly_becomes_a_visit_that_is_moved_by_keyboard(page: Page, desk_town: ServedTown) -> None:
    with transaction(desk_town.engine) as session:
        session.add(
            Anomaly(
                customer_id=desk_town.world.customers["Bakery"].id,
                kind=AnomalyKind.CHURN_RISK,
                opened_on=MONDAY,
                seen_on=MONDAY + timedelta(days=30),
                reason="No order for 40 days",
                evidence={},
                at_risk_minor=90_000,
                probability=0.8,
            )
        )
    go(page, "Anomalies")
    page.get_by_label("Select Bakery").check()
    page.get_by_role("button", name="Plan visits").click()
    expect(page.get_by_text("1 of 1 have a visit")).to_be_visible(timeout=20_000)
    page.get_by_role("link", name="See the plans").click()
    page.get_by_role("button", name=re.compile("Bakery")).press("Enter")
    dialog = page.get_by_role("dialog", name="Bakery")
    dialog.get_by_label("To day").fill(str(MONDAY + timedelta(days=3)))
    dialog.get_by_role("button", name="Move", exact=True).press("Enter")
    expect(page.get_by_text("Bakery moved to Anna, Thu 5 Mar")).to_be_visible(timeout=20_000)


def test_a_check_in_shows_at_once_and_an_order_over_the_limit_is_granted(page: Page, desk_town: ServedTown) -> None:
    boss = desk_town.desk("max")
    boss("PUT", "/api/v1/policies/credit", json={"body": CREDIT})
    anna: Any = Phone(desk_town.base, "anna", PASSWORD, desk_town.clock)
    anna.log_in()
    anna.receive()
    bakery = next(each for each in anna.all("customer") if each["name"] == "Bakery")
    rice = next(each for each in anna.all("product") if each["sku"] == "rice")
    boss("PUT", f"/api/v1/customers/{bakery['id']}/credit", json={"currency": "EUR", "limit_minor": 100})
    go(page, "Approvals")
    expect(page.get_by_text("No request waits for you.")).to_be_visible()
    visit = anna.check_in(bakery)
    anna.order(visit, bakery, [(rice, 5)])
    anna.send()
    request = page.get_by_role("article", name="Bakery")
    expect(request).to_be_visible(timeout=15_000)
    assert serious_findings(page) == []
    request.get_by_role("button", name="Refuse").click()
    expect(request.get_by_role("alert")).to_contain_text("Say why")
    request.get_by_role("button", name="Grant").click()
    expect(page.get_by_text("No request waits for you.")).to_be_visible(timeout=15_000)


def doubtful_visit(desk_town: ServedTown) -> None:
    """Anna tells of the bakery from three kilometres away, with a photo."""
    anna: Any = Phone(desk_town.base, "anna", PASSWORD, desk_town.clock)
    anna.log_in()
    anna.receive()
    bakery = next(each for each in anna.all("customer") if each["name"] == "Bakery")
    visit = anna.check_in(bakery, metres_off=3000)
    anna.photograph(visit, written(shelf(3, (200, 150)), "PNG"))
    anna.send()
    anna.upload(1 << 16)
    with transaction(desk_town.engine) as session:
        assert judge_due(session, desk_town.clock()) == 1


@pytest.mark.parametrize("width", [1200, 390])
def test_the_evidence_of_a_doubtful_visit_is_opened_and_decided(page: Page, desk_town: ServedTown, width: int) -> None:
    doubtful_visit(desk_town)
    page.set_viewport_size({"width": width, "height": 800})
    go(page, "Visits")
    expect(page.get_by_text("1 doubtful visits wait for a decision")).to_be_visible()
    page.get_by_label("Doubtful only").check()
    page.get_by_role("table").get_by_role("link", name="Bakery").click()
    card = page.get_by_role("dialog", name="Bakery")
    expect(card.get_by_text("Far from the customer")).to_be_visible()
    expect(card.get_by_text("2995 m from the customer")).to_be_visible()
    expect(card.get_by_text("Missing: check-out")).to_be_visible()
    picture = card.get_by_role("img")
    expect(picture).to_be_visible(timeout=15_000)
    assert picture.evaluate("shown => shown.naturalWidth") == 200
    assert serious_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    card.get_by_role("button", name="Fake").click()
    expect(card.get_by_role("alert")).to_contain_text("Say why")
    card.get_by_label("Note").fill("The shop is across the river.")
    card.get_by_role("button", name="Fake").click()
    expect(card.get_by_text("The decision is kept.")).to_be_visible(timeout=15_000)
    card.get_by_label("Say something about it").fill("Let us talk about it.")
    card.get_by_role("button", name="Add").click()
    expect(card.get_by_text("Let us talk about it.")).to_be_visible(timeout=15_000)
    card.get_by_role("button", name="Close").click()
    expect(page.get_by_text("wait for a decision")).to_have_count(0)
    [line] = desk_town.desk("max")("GET", "/api/v1/visits")["items"]
    assert (line["decision"], line["note"]) == ("fake", "The shop is across the river.")


def test_a_key_account_is_given_to_two_reps(page: Page, desk_town: ServedTown) -> None:
    go(page, "Customers")
    page.get_by_role("link", name="Dairy").click()
    card = page.get_by_role("dialog", name="Dairy")
    card.get_by_role("button", name="Give to several reps").click()
    for name in ("Anna", "Ben"):
        card.get_by_label(name).check()
    card.get_by_role("button", name="Save").click()
    expect(card.get_by_text("Saved.")).to_be_visible(timeout=15_000)
    found = desk_town.desk("max")("GET", f"/api/v1/customers/{desk_town.world.customers['Dairy'].id}")
    assert {each["rep_id"] for each in found["key_account"]} == {
        str(desk_town.world.anna.id),
        str(desk_town.world.ben.id),
    }


@pytest.mark.parametrize("width", [1200, 390])
def test_no_page_has_a_serious_finding_of_accessibility_or_is_wider_than_the_screen(
    page: Page, desk_town: ServedTown, width: int
) -> None:
    desk_town.desk("max")("POST", "/api/v1/plans/generate", json={"day": str(TUESDAY)})
    page.set_viewport_size({"width": width, "height": 800})
    for name in PAGES:
        page.goto(f"{desk_town.base}/console/#/{name}{f'/{TUESDAY}' if name in ('today', 'plans') else ''}")
        expect(page.locator(f'nav a[href="#/{name}"]')).to_have_attribute("aria-current", "page")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".loading")).to_have_count(0, timeout=15_000)
        assert serious_findings(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_plans_on_a_phone_open_on_the_next_day_that_is_planned(page: Page, desk_town: ServedTown) -> None:
    desk_town.desk("max")("POST", "/api/v1/plans/generate", json={"day": str(TUESDAY)})
    page.set_viewport_size({"width": 390, "height": 800})
    go(page, "Plans")
    expect(page.get_by_role("heading", name="Tuesday 3 March")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("button", name="Tue 3", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Wed 4", exact=True).click()
    expect(page.get_by_role("heading", name="Wednesday 4 March")).to_be_visible()


def test_a_day_is_shown_as_it_was_driven(page: Page, desk_town: ServedTown) -> None:
    doubtful_visit(desk_town)
    page.goto(f"{desk_town.base}/console/#/today/{MONDAY}/{desk_town.world.anna.id}")
    page.reload()
    stop = page.get_by_role("listitem").filter(has_text="not planned")
    expect(stop).to_contain_text("Bakery", timeout=15_000)
    expect(stop).to_contain_text("until")
    page.get_by_role("link", name="Anna: visit of Bakery is doubtful").click()
    expect(page.get_by_role("dialog", name="Bakery")).to_be_visible()


def test_the_console_speaks_chinese(page: Page) -> None:
    page.get_by_label("Language").select_option("zh")
    expect(page.get_by_role("heading", level=1)).to_contain_text("今日", timeout=15_000)
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
