"""Measures of cases that were worked out by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from worlds import small_town
from worlds.counting import who
from worlds.debtors import bill, days_ago, pay
from worlds.ordering import ordered, report
from worlds.resulting import asked, came_back, on, paid, refreshed, sold, told, total, visited
from worlds.small_town import NOON

from fieldsales.amendments.service import cancel_order
from fieldsales.catalog.models import Product
from fieldsales.customers.models import Assignment
from fieldsales.deliveries.models import Rest
from fieldsales.deliveries.rules import Told
from fieldsales.handovers.service import report_delivery
from fieldsales.integrity.models import Decision, VisitScore
from fieldsales.invoices.models import Credit, CreditKind
from fieldsales.orders.models import OrderKind, OrderState
from fieldsales.orders.service import Taken
from fieldsales.planning.models import PlannedVisit, PlanStatus, Source
from fieldsales.registry.rules import MeasureNotForYou


@pytest.fixture
def town(session):
    return small_town.build(session)


def test_sales_are_net_of_returns_and_hold_neither_gifts_nor_orders_that_do_not_stand(session, town):
    """Water costs 50 and is bought for 30, coffee 620 and 400; a sixth of every amount is tax."""
    sold(session, town, 4, 2, day=on(2))
    sold(session, town, 10, day=on(3), shop="Corner")
    came_back(session, town, 2, day=on(9))
    sold(session, town, 99, day=on(4), kind=OrderKind.GIFT)
    for state in (OrderState.CANCELLED, OrderState.AMENDED):
        sold(session, town, 99, day=on(5), state=state)
    sold(session, town, 99, day=on(1, 4))
    names = ("sales_amount", "quantity", "returns_amount", "returns_quantity", "orders")
    assert total(asked(session, *names)) == (1440 + 500 - 100, 6 + 10 - 2, 100, 2, 2)
    net = (200 - 33) + (1240 - 206) + (500 - 83) - (100 - 17)
    cost = 4 * 30 + 2 * 400 + 10 * 30 - 2 * 30
    found = total(asked(session, "net_sales", "cost", "gross_margin", "gross_margin_share", "average_order"))
    assert found == (net, cost, net - cost, pytest.approx((net - cost) / net), 1940 / 2)
    by_product = told(asked(session, "sales_amount", "gross_margin", by=("product",)))
    assert by_product == {("Coffee",): (1240, 1034 - 800), ("Water",): (600, net - 1034 - 360)}


def test_what_has_no_known_cost_is_left_out_of_the_margin(session, town):
    town.products["coffee"].cost_minor = None
    sold(session, town, 4, 2, day=on(2))
    assert total(asked(session, "gross_margin", "gross_margin_share")) == (167 - 120, pytest.approx(47 / 167))
    session.add(Product(sku="x", name="X", price_minor=1, currency="USD", cost_minor=1))
    town.products["water"].currency = "USD"
    session.flush()
    assert total(asked(session, "gross_margin_share")) == (None,)


def test_an_order_of_which_only_the_total_is_known_has_no_product(session, town):
    order = sold(session, town, day=on(2))
    order.amount_minor = 777
    sold(session, town, 2, day=on(2))
    assert told(asked(session, "sales_amount", by=("product",))) == {("Water",): (100,), ("",): (777,)}
    assert total(asked(session, "sales_amount", by=("product",))) == (877,)


def test_currencies_are_never_added(session, town):
    sold(session, town, 2, day=on(2))
    sold(session, town, 2, day=on(2)).currency = "USD"
    found = asked(session, "sales_amount", "quantity", by=("rep",))
    assert [(row.currency, row.values) for row in found.rows] == [("EUR", (100, 4)), ("USD", (100, 4))]
    assert [(row.currency, row.values) for row in found.totals] == [("EUR", (100, 4)), ("USD", (100, 4))]


def test_calls_strike_rate_lines_drop_size_and_time_in_store(session, town):
    first = visited(session, town, "Bakery", on(2), 20)
    second = visited(session, town, "Corner", on(2), 40)
    visited(session, town, "Dairy", on(3), None)
    fake = visited(session, town, "Dairy", on(4), 60)
    sold(session, town, 1, 1, 1, day=on(2), visit_id=first.id)
    sold(session, town, 2, day=on(2), visit_id=first.id)
    sold(session, town, 4, day=on(2), visit_id=second.id, shop="Corner")
    sold(session, town, 4, day=on(4), visit_id=fake.id, shop="Dairy")
    sold(session, town, 9, day=on(2), visit_id=second.id, shop="Corner", state=OrderState.CANCELLED)
    found = {"visit_id": fake.id, "rep_id": town.anna.id, "customer_id": fake.customer_id, "day": fake.day}
    session.add(VisitScore(**found, decision=Decision.FAKE, decided_at=NOON, decided_by=town.sara.id))
    session.flush()
    names = ("calls", "productive_calls", "strike_rate", "lppc", "drop_size", "time_in_store")
    dropped = (50 + 620 + 199) + 100 + 200
    assert total(asked(session, *names)) == (3, 2, pytest.approx(2 / 3), 4 / 2, dropped / 2, 30)


def test_collections_leave_out_a_cheque_that_bounced(session, town):
    paid(session, town, "Bakery", 500, on(2))
    bounced = paid(session, town, "Corner", 900, on(2))
    values = {"customer_id": bounced.customer_id, "kind": CreditKind.PAYMENT, "currency": "EUR", "day": on(2)}
    session.add(Credit(id=bounced.id, amount_minor=900, left_minor=0, made_at=NOON, voided_at=NOON, **values))
    session.flush()
    assert total(asked(session, "collections")) == (500,)


def test_adherence_is_of_days_that_are_over(session, town):
    def plan(shop: str, day: int, status: PlanStatus = PlanStatus.PLANNED) -> None:
        who_, what = town.customers[shop].id, {"source": Source.TIER, "reason": "due", "value": 1}
        session.add(PlannedVisit(rep_id=town.anna.id, customer_id=who_, day=on(day), status=status, **what))

    plan("Bakery", 2, PlanStatus.DONE)
    plan("Corner", 2)
    plan("Dairy", 2, PlanStatus.SKIPPED)
    plan("Dairy", 3)
    visited(session, town, "Dairy", on(3))
    plan("Bakery", 9)
    plan("Corner", 9)
    visited(session, town, "Corner", on(9))
    session.flush()
    assert total(asked(session, "pjp_adherence", now=NOON.replace(day=9))) == (3 / 4,)
    assert total(asked(session, "pjp_adherence", now=NOON.replace(day=10))) == (3 / 5,)


def test_coverage_counts_a_customer_once_and_only_those_who_are_assigned(session, town):
    for day in (3, 4):
        visited(session, town, "Bakery", on(day))
    visited(session, town, "Fish", on(3))
    visited(session, town, "Fish", on(5), rep=town.ben)
    found = asked(session, "coverage", by=("rep",))
    assert told(found) == {("Anna",): (1 / 3,), ("Ben",): (1 / 3,)}
    assert total(found) == (2 / 6,)
    by_month = told(asked(session, "coverage", by=("month", "rep"), days=(on(1), on(30, 4))))
    assert by_month["2026-03", "Anna"] == (1 / 3,)
    assert by_month["2026-04", "Anna"] == (0,)


def test_distribution_is_of_active_customers_who_kept_some(session, town):
    sold(session, town, 5, 1, day=on(2))
    sold(session, town, 5, day=on(2), shop="Corner")
    came_back(session, town, 5, day=on(9), shop="Corner")
    town.customers["Hotel"].active = False
    session.flush()
    found = asked(session, "numeric_distribution", by=("product",))
    assert told(found) == {("Coffee",): (1 / 5,), ("Water",): (1 / 5,)}
    assert told(asked(session, "numeric_distribution", by=("product", "rep")))["Water", "Anna"] == (1 / 3,)
    assert told(asked(session, "numeric_distribution", by=("territory",))) == {("North",): (1 / 3,), ("South",): (0,)}


def test_deliveries_are_those_of_the_promised_days(session):
    from worlds import stocked_town  # noqa: PLC0415 -- only here

    there = stocked_town.build(session)
    town, day = there.town, timedelta(1)
    whole, short = (ordered(session, town, 4, 2, shop=shop) for shop in ("Bakery", "Dairy"))
    reports = (report(whole, at=NOON + day), report(short, Told(1, 3, "One broke.", Rest.CANCEL), Told(2, 2), at=NOON))
    for each in reports:
        report_delivery(session, each, by=who(town.anna), now=each.at)
    gone = ordered(session, town, 9)
    cancel_order(session, gone.id, "No.", Taken(town.anna.id, NOON))
    assert total(asked(session, "otif", "fill_rate")) == (1 / 2, 11 / 12)
    assert told(asked(session, "otif", by=("customer",))) == {("Bakery",): (1,), ("Dairy",): (0,)}
    by_month = told(asked(session, "fill_rate", by=("product", "month")))
    assert by_month == {("Coffee", "2026-03"): (1,), ("Water", "2026-03"): (7 / 8,)}
    assert told(asked(session, "otif", actor=who(town.ben))) == {}


def test_what_is_owed_is_what_was_open_at_the_end_of_the_period(session, town):
    shop = town.customers["Bakery"].id
    bill(session, shop, "1", 3000, issued_on=days_ago(20))
    bill(session, shop, "2", 1000, issued_on=days_ago(2))
    pay(session, town, shop, 500)
    until = (days_ago(29), days_ago(1))
    assert total(asked(session, "receivables", "dso", days=until)) == (4000, 4000 * 29 / 4000)
    today = (days_ago(9), days_ago(0))
    assert total(asked(session, "receivables", "dso", days=today)) == (3500, 3500 * 10 / 1000)
    assert told(asked(session, "receivables", by=("rep",), days=today)) == {("Anna",): (3500,)}


def test_the_time_to_a_first_order_is_that_of_new_customers(session, town):
    sold(session, town, 1, day=on(6))
    sold(session, town, 1, day=on(8))
    sold(session, town, 1, day=on(12), shop="Corner")
    sold(session, town, 1, day=on(1), shop="Dairy")
    assert total(asked(session, "time_to_first_order")) == ((4 + 10) / 2,)


def test_history_stays_with_who_earned_it(session, town):
    sold(session, town, 2, day=on(2))
    for each in session.query(Assignment).filter_by(customer_id=town.customers["Bakery"].id):
        each.rep_id = town.ben.id
    sold(session, town, 3, day=on(9), rep=town.ben)
    assert told(asked(session, "sales_amount", by=("rep",))) == {("Anna",): (100,), ("Ben",): (150,)}


def test_everybody_sees_what_is_theirs_and_margins_only_managers(session, town):
    sold(session, town, 2, day=on(2))
    sold(session, town, 3, day=on(2), rep=town.ben, shop="Fish")
    for person, amount in ((town.anna, 100), (town.ben, 150), (town.sara, 250), (town.max, 250)):
        assert total(asked(session, "sales_amount", actor=who(person))) == (amount,)
    assert told(asked(session, "sales_amount", by=("team",))) == {("Small Town (Sara)",): (250,)}
    for person in (town.anna, town.sara):
        with pytest.raises(MeasureNotForYou):
            asked(session, "gross_margin", actor=who(person))
    assert total(asked(session, "gross_margin", actor=who(town.max))) != (None,)


def test_a_period_stands_beside_the_one_before_it_and_the_year_before(session, town):
    refreshed(session)
    sold(session, town, 2, day=on(2))
    sold(session, town, 3, day=on(2, 2))
    sold(session, town, 5, day=on(2).replace(year=2025))
    found = asked(session, "sales_amount", by=("rep", "month"), compared="previous")
    assert [(row.values, row.before) for row in found.rows] == [((100,), (150,))]
    assert (found.before_first, found.before_last) == (on(1, 2), on(28, 2))
    found = asked(session, "sales_amount", compared="last_year")
    assert [(row.values, row.before) for row in found.totals] == [((100,), (250,))]


def test_the_most_come_first_and_the_total_is_of_all(session, town):
    for shop, pieces in (("Bakery", 2), ("Corner", 9), ("Dairy", 5)):
        sold(session, town, pieces, day=on(2), shop=shop)
    found = asked(session, "sales_amount", by=("customer",), top=2)
    assert [row.keys[0].name for row in found.rows] == ["Corner", "Dairy"]
    assert total(found) == (800,)
