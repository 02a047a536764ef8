"""A journey: plans, key accounts and policies in a real browser, with the mouse and with the keyboard."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from worlds.browser import go, serious_findings
from worlds.served_town import ServedTown

MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(days=1)


def days_of(town: ServedTown, customer: str) -> list[str]:
    """The days of the week on which a customer is planned."""
    boss = town.desk("max")
    found: list[str] = []
    for ahead in range(1, 6):
        day = str(MONDAY + timedelta(days=ahead))
        told = boss("GET", f"/api/v1/team/days/{day}")
        found += [day for rep in told["reps"] for stop in rep["stops"] if stop["customer_name"] == customer]
    return found


def test_a_visit_is_dragged_on_the_map_and_shifted_by_keyboard(page: Page, desk_town: ServedTown) -> None:
    desk_town.desk("max")("POST", "/api/v1/plans/generate", json={"day": str(TUESDAY)})
    go(page, "Plans")
    page.get_by_role("button", name="Map", exact=True).click()
    page.get_by_label("Rep", exact=True).select_option(label="Anna")
    tuesday, thursday = (page.get_by_role("region", name=name) for name in ("Tuesday 3 March", "Thursday 5 March"))
    assert serious_findings(page) == []
    bakery = re.compile("Bakery")
    tuesday.get_by_role("button", name=bakery).drag_to(thursday.locator("div").last)
    expect(page.get_by_text("Bakery moved to Anna, Thu 5 Mar")).to_be_visible(timeout=20_000)
    assert days_of(desk_town, "Bakery") == [str(TUESDAY + timedelta(days=2))]
    thursday.get_by_role("button", name=bakery).press("Shift+ArrowLeft")
    expect(page.get_by_text("Bakery moved to Anna, Wed 4 Mar")).to_be_visible(timeout=20_000)
    assert days_of(desk_town, "Bakery") == [str(TUESDAY + timedelta(days=1))]


def test_planning_a_day_anew_is_tried_before_it_is_kept(page: Page, desk_town: ServedTown) -> None:
    desk_town.desk("max")("POST", "/api/v1/plans/generate", json={"day": str(TUESDAY)})
    go(page, "Plans")
    page.get_by_role("button", name="Map", exact=True).click()
    page.get_by_role("region", name="Tuesday 3 March").get_by_role("button", name="Plan the route anew").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_disabled()
    dialog.get_by_role("button", name="What would change").click()
    expect(dialog.get_by_text("The day still holds: nothing changes.")).to_be_visible(timeout=20_000)


def test_customers_become_key_accounts_of_two_reps_after_a_trial(page: Page, desk_town: ServedTown) -> None:
    go(page, "Customers")
    for name in ("Fish", "Grocer"):
        page.get_by_label(f"Select {name}").check()
    page.get_by_role("button", name="Make key accounts").click()
    dialog = page.get_by_role("dialog", name="Give 2 customers to reps")
    for name in ("Anna", "Ben"):
        dialog.get_by_label(name).check()
    dialog.get_by_label("Priority").select_option("1")
    dialog.get_by_label("How often").select_option("FREQ=WEEKLY;INTERVAL=2")
    dialog.get_by_role("button", name="What would change").click()
    expect(dialog.get_by_text("4 new")).to_be_visible(timeout=15_000)
    assert serious_findings(page) == []
    assert desk_town.desk("max")("GET", "/api/v1/key-accounts")["items"] == []
    dialog.get_by_role("button", name="Assign").click()
    expect(dialog.get_by_text("Done. Open days are planned again.")).to_be_visible(timeout=15_000)
    told = desk_town.desk("max")("GET", "/api/v1/key-accounts")["items"]
    assert [(each["customer_name"], each["priority"], each["cadence"], len(each["reps"])) for each in told] == [
        ("Fish", 1, "FREQ=WEEKLY;INTERVAL=2", 2),
        ("Grocer", 1, "FREQ=WEEKLY;INTERVAL=2", 2),
    ]


def test_a_policy_is_a_form_that_says_at_the_field_what_is_wrong(page: Page, desk_town: ServedTown) -> None:
    go(page, "Settings")
    page.get_by_role("link", name="Change: Credit").click()
    dialog = page.get_by_role("dialog", name="Credit")
    expect(dialog.get_by_text("Nobody has changed it")).to_be_visible(timeout=15_000)
    dialog.get_by_label("Days to pay").fill("900")
    expect(dialog.get_by_text("as delivered: 30")).to_be_visible()
    dialog.get_by_role("button", name="Try it").click()
    expect(dialog.get_by_text("900 is greater than the maximum of 365")).to_be_visible(timeout=15_000)
    expect(dialog.get_by_label("Days to pay")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Days to pay").fill("45")
    dialog.get_by_label("Over the limit").select_option(label="refuse it")
    dialog.get_by_role("button", name="Try it").click()
    expect(dialog.get_by_text("2 differences")).to_be_visible(timeout=15_000)
    assert serious_findings(page) == []
    dialog.get_by_label("Note for the record").fill("Too many pay late.")
    dialog.get_by_role("button", name="Set", exact=True).click()
    expect(dialog.get_by_text("Too many pay late.")).to_be_visible(timeout=15_000)
    expect(dialog.get_by_text(re.compile("^Max, "))).to_be_visible()
    [version] = desk_town.desk("max")("GET", "/api/v1/policies/credit/versions")["versions"]
    assert (version["body"]["payment_days"], version["body"]["over_limit"]) == (45, "refuse")


@pytest.mark.parametrize("width", [1200, 390])
def test_money_and_shares_are_written_as_people_say_them(page: Page, desk_town: ServedTown, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{desk_town.base}/console/#/settings/gifts")
    dialog = page.get_by_role("dialog", name="Gifts")
    dialog.get_by_role("button", name="Add", exact=True).click()
    dialog.get_by_label("Amount").fill("250.50")
    dialog.get_by_label("Note for the record").fill("A budget for gifts.")
    dialog.get_by_role("button", name="Set", exact=True).click()
    expect(dialog.get_by_text("A budget for gifts.")).to_be_visible(timeout=15_000)
    body: Any = desk_town.desk("max")("GET", "/api/v1/policies/gifts/versions")["versions"][0]["body"]
    assert body == {"monthly_budget": {"EUR": 25050}}
    assert serious_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_manager_sees_who_looked_at_a_rep_and_erases_for_a_reason(page: Page, desk_town: ServedTown) -> None:
    boss, anna = desk_town.desk("max"), desk_town.world.anna.id
    boss("GET", f"/api/v1/reps/{anna}/days/2026-03-02/driven.geojson")
    go(page, "Settings")
    card = page.get_by_role("region", name="Positions of reps")
    card.get_by_role("combobox").select_option(label="Anna")
    expect(card.get_by_text("Max · the day on the map").first).to_be_visible(timeout=15_000)
    erase = card.get_by_role("button", name="Erase positions…")
    expect(erase).to_be_disabled()
    card.get_by_label("Reason for erasing").fill("Her letter of 2 March")
    erase.click()
    card.get_by_role("button", name=re.compile(r"Erase \d+ positions for good")).click()
    expect(card.get_by_text("The reason stays in the audit trail")).to_be_visible(timeout=15_000)
    assert serious_findings(page) == []
