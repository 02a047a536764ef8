"""A journey: a supervisor's morning at the console, from who is late to an order that is granted, in one go."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from phone import Phone
from playwright.sync_api import Page, expect
from worlds import small_town
from worlds.browser import go, log_in
from worlds.served_town import PASSWORD, ServedTown

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.clock import local_day
from fieldsales.db.session import transaction
from fieldsales.integrity.service import judge_due
from fieldsales.planning.models import PlannedVisit, Route, RouteStop, Source

MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(days=1)
CREDIT = {"invoicing": "at_submit", "over_limit": "hold", "payment_days": 14, "uninvoiced_days": 30}


def ben_is_late(town: ServedTown) -> None:
    """Ben should have been at the grocer's two hours ago."""
    due = small_town.NOON - timedelta(hours=2)
    with transaction(town.engine) as session:
        ben, grocer = town.world.ben.id, town.world.customers["Grocer"].id
        planned = PlannedVisit(rep_id=ben, customer_id=grocer, day=MONDAY, source=Source.TIER, reason="Due.", value=100)
        session.add(planned)
        session.flush()
        route = Route(
            rep_id=ben,
            day=MONDAY,
            starts_at=due,
            ends_at=due + timedelta(hours=1),
            lunch_minutes=0,
            travel_s=0,
            wait_s=0,
            service_s=600,
            distance_m=0,
            home_travel_s=0,
            home_distance_m=0,
            fingerprint="by hand",
        )
        route.stops.append(
            RouteStop(
                position=0,
                planned_visit_id=planned.id,
                arrival_at=due,
                wait_s=0,
                service_s=600,
                travel_s=0,
                departure_at=due + timedelta(minutes=10),
                distance_m=0,
            )
        )
        session.add(route)


def three_stay_away(town: ServedTown) -> None:
    """Nobody has ordered for long at three shops."""
    with transaction(town.engine) as session:
        for place, name in enumerate(("Corner", "Dairy", "Fish")):
            session.add(
                Anomaly(
                    customer_id=town.world.customers[name].id,
                    kind=AnomalyKind.CHURN_RISK,
                    opened_on=MONDAY,
                    seen_on=MONDAY,
                    reason="No order for 40 days",
                    evidence={},
                    at_risk_minor=90_000 - place,
                    probability=0.8,
                )
            )


def anna_asks_and_is_doubted(town: ServedTown) -> None:
    """Anna tells of the bakery from three kilometres away, and sells it more than it may owe."""
    boss = town.desk("max")
    boss("PUT", "/api/v1/policies/credit", json={"body": CREDIT})
    anna: Any = Phone(town.base, "anna", PASSWORD, town.clock)
    anna.log_in()
    anna.receive()
    bakery = next(each for each in anna.all("customer") if each["name"] == "Bakery")
    rice = next(each for each in anna.all("product") if each["sku"] == "rice")
    boss("PUT", f"/api/v1/customers/{bakery['id']}/credit", json={"currency": "EUR", "limit_minor": 100})
    anna.order(anna.check_in(bakery, metres_off=3000), bakery, [(rice, 5)])
    anna.send()
    with transaction(town.engine) as session:
        assert judge_due(session, town.clock()) == 1


def test_a_supervisor_plays_the_morning_through(page: Page, desk_town: ServedTown) -> None:
    assert local_day(small_town.NOON, "Europe/Athens") == MONDAY
    ben_is_late(desk_town)
    three_stay_away(desk_town)
    anna_asks_and_is_doubted(desk_town)
    page.get_by_role("button", name="Log out").click()
    log_in(page, desk_town.base, "sara", PASSWORD)

    page.get_by_role("button", name="Ben is late at Grocer: expected 12:00").click()
    expect(page.get_by_role("heading", name="Day of Ben")).to_be_visible()
    expect(page.locator(".stops").get_by_role("listitem").filter(has_text="Grocer")).to_contain_text("Late")

    page.get_by_role("link", name="Anna: visit of Bakery is doubtful").click()
    evidence = page.get_by_role("dialog", name="Bakery")
    expect(evidence.get_by_text("Far from the customer")).to_be_visible(timeout=15_000)
    evidence.get_by_label("Note").fill("I saw the car across the river.")
    evidence.get_by_role("button", name="Fake").click()
    expect(evidence.get_by_text("The decision is kept.")).to_be_visible(timeout=15_000)
    evidence.get_by_role("button", name="Close").click()
    expect(page.get_by_role("heading", name="Day of Ben")).to_be_visible()  # back where it was opened from

    go(page, "Anomalies")
    page.get_by_label("Select all").check()
    page.get_by_role("button", name="Plan visits").click()
    expect(page.get_by_text("3 of 3 have a visit")).to_be_visible(timeout=30_000)

    page.get_by_role("link", name="See the plans").click()
    corner = page.get_by_role("button", name=re.compile("Corner")).first
    corner.press("Shift+ArrowRight")
    expect(page.get_by_text(re.compile("Corner moved to Anna"))).to_be_visible(timeout=30_000)

    go(page, "Approvals")
    request = page.get_by_role("article", name="Bakery")
    request.get_by_role("button", name="Grant").click()
    expect(page.get_by_text("No request waits for you.")).to_be_visible(timeout=15_000)
