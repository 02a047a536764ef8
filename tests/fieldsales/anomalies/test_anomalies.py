"""Whose buying has changed: raised with evidence, kept while it lasts, closed on recovery."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.buyers import TODAY, Rows, crowd, every, history, named
from worlds.small_town import SmallTown

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.anomalies.queries import anomalies_of, open_anomalies, open_ids
from fieldsales.anomalies.rules import Finding, find_anomalies
from fieldsales.anomalies.service import (
    AlreadyClosed,
    Detected,
    close,
    close_by_visit,
    detect,
    record_findings,
)
from fieldsales.orders.models import Order, Origin
from fieldsales.people.models import User

CHURN, AMOUNT, COUNT = AnomalyKind.CHURN_RISK, AnomalyKind.AMOUNT_PLUNGE, AnomalyKind.COUNT_PLUNGE


def raised(buyers: dict[str, Rows], name: str, as_of: date = TODAY) -> dict[AnomalyKind, Finding]:
    told = history({who: list(orders) for who, orders in buyers.items()})
    return {each.kind: each for each in find_anomalies(told, as_of) if each.customer_id == named(name) and each.raised}


def test_a_weekly_buyer_who_stops_is_a_churn_risk_with_its_evidence() -> None:
    found = raised(crowd(60) | {"gone": every(7, since=724, until=24)}, "gone")
    assert set(found) == {CHURN}, "the plunge that silence brings is not a second alarm"
    assert found[CHURN].reason.startswith("orders every 7 ± 0 days, last 24 days ago; ")
    assert found[CHURN].evidence["silent_days"] == 24
    assert found[CHURN].evidence["chance_if_active"] < 0.02
    assert found[CHURN].at_risk_minor == pytest.approx(10_000 * 30 / 7, rel=0.1)


def test_a_buyer_of_smaller_orders_is_an_amount_plunge_only() -> None:
    before, since = every(7, since=725, until=32), every(7, since=25, until=4, amount=3_000)
    found = raised(crowd(60) | {"fading": [*before, *since]}, "fading")
    assert set(found) == {AMOUNT}
    assert "EUR in the last 30 days" in found[AMOUNT].reason
    assert found[AMOUNT].evidence["ratio"] == pytest.approx(0.3, abs=0.05)
    assert found[AMOUNT].at_risk_minor == pytest.approx(30_000, rel=0.15)


def test_a_buyer_of_fewer_orders_is_a_count_plunge() -> None:
    often = every(2, since=724, until=32)
    rarely = every(7, since=29, until=1, amount=35_000)
    found = raised(crowd(60) | {"thinning": [*often, *rarely]}, "thinning")
    assert set(found) == {COUNT}
    assert "order days in the last 30 days" in found[COUNT].reason


def test_a_slack_season_of_everybody_raises_nothing() -> None:
    """All buy for a third of what they bought; nobody stands out."""
    buyers: dict[str, Rows] = {
        name: [(day, amount // 3 if (TODAY - day).days <= 30 else amount) for day, amount in orders]
        for name, orders in crowd(60).items()
    }
    assert find_anomalies(history({who: list(orders) for who, orders in buyers.items()}), TODAY) == []


def test_an_irregular_buyer_is_not_raised_for_nothing() -> None:
    chance = np.random.default_rng(7)
    days = [int(day) for day in np.cumsum(chance.exponential(9, 70)) + 4]
    wild = [(TODAY - timedelta(days=ago), int(chance.lognormal(9, 1))) for ago in days if ago < 720]
    assert raised(crowd(60) | {"wild": wild}, "wild") == {}


def test_who_was_gone_for_a_year_is_no_risk_any_more() -> None:
    assert raised(crowd(60) | {"long gone": every(7, since=729, until=370)}, "long gone") == {}


def test_a_newcomer_has_no_past_to_fall_from() -> None:
    assert raised(crowd(60) | {"new": every(7, since=28, until=20)}, "new") == {}


@given(amount=st.integers(100, 10**9), gap=st.integers(1, 28), last=st.integers(1, 28))
def test_steady_buyers_of_any_pace_and_size_are_left_in_peace(amount: int, gap: int, last: int) -> None:
    steady = every(gap, since=last % gap + 1 + gap * (700 // gap), until=last % gap + 1, amount=amount)
    assert raised(crowd(30) | {"steady": steady}, "steady") == {}


@given(days=st.lists(st.integers(1, 729), unique=True, max_size=60))
def test_every_finding_carries_numbers_that_json_can_hold(days: list[int]) -> None:
    buyer = [(TODAY - timedelta(days=ago), 1_000) for ago in days]
    for finding in find_anomalies(history(crowd(10) | {"any": buyer}), TODAY):
        assert finding.at_risk_minor >= 0
        assert len(finding.reason) <= 500
        assert all(isinstance(value, int | float) for value in finding.evidence.values())
        assert all(np.isfinite(value) for value in finding.evidence.values())


def a_town_with_a_silent_baker(session: Session) -> SmallTown:
    """All order weekly to this day but Bakery, who stopped 40 days ago."""
    world = small_town.build(session)
    for name, customer in world.customers.items():
        for ago in range(40 if name == "Bakery" else 5, 600, 7):
            order = Order(customer_id=customer.id, origin=Origin.IMPORT, ordered_on=TODAY - timedelta(days=ago))
            order.currency, order.amount_minor = "EUR", 20_000
            session.add(order)
    session.flush()
    return world


def test_a_second_look_on_the_same_day_changes_nothing(session: Session) -> None:
    world = a_town_with_a_silent_baker(session)
    assert detect(session, TODAY) == Detected(opened=1, refreshed=0, closed=0, open=1)
    assert detect(session, TODAY) == Detected(opened=0, refreshed=0, closed=0, open=1)
    [anomaly] = open_anomalies(session)
    assert (anomaly.customer_id, anomaly.kind, anomaly.opened_on) == (world.customers["Bakery"].id, CHURN, TODAY)


def test_the_next_morning_refreshes_the_evidence_and_keeps_the_opening_day(session: Session) -> None:
    a_town_with_a_silent_baker(session)
    detect(session, TODAY)
    tomorrow = TODAY + timedelta(days=1)
    assert detect(session, tomorrow) == Detected(opened=0, refreshed=1, closed=0, open=1)
    [anomaly] = open_anomalies(session)
    assert (anomaly.opened_on, anomaly.seen_on) == (TODAY, tomorrow)
    assert "last 41 days ago" in anomaly.reason


def test_an_order_closes_the_churn_risk_and_history_remembers_it(session: Session) -> None:
    world = a_town_with_a_silent_baker(session)
    detect(session, TODAY)
    order = Order(customer_id=world.customers["Bakery"].id, origin=Origin.FIELD, ordered_on=TODAY, currency="EUR")
    order.amount_minor = 20_000
    session.add(order)
    session.flush()
    assert detect(session, TODAY + timedelta(days=1)).closed >= 1
    closed = [each for each in anomalies_of(session, world.customers["Bakery"].id) if each.kind is CHURN]
    assert [each.closed_on for each in closed] == [TODAY + timedelta(days=1)]
    assert closed[0].closed_because is not None


def test_a_look_at_an_earlier_day_leaves_what_is_known_since(session: Session) -> None:
    a_town_with_a_silent_baker(session)
    detect(session, TODAY)
    assert detect(session, TODAY - timedelta(days=60)) == Detected(opened=0, refreshed=0, closed=0, open=1)


def test_what_only_lingers_keeps_an_alarm_open_but_opens_none(session: Session) -> None:
    world = small_town.build(session)
    bakery = world.customers["Bakery"].id

    def seen(is_raised: bool) -> list[Finding]:
        return [Finding(bakery, AMOUNT, is_raised, "less", 100, {"ratio": 0.6})]

    assert record_findings(session, seen(False), TODAY).opened == 0
    assert record_findings(session, seen(True), TODAY).opened == 1
    assert record_findings(session, seen(False), TODAY + timedelta(days=1)) == Detected(0, 1, 0, 1)
    assert record_findings(session, [], TODAY + timedelta(days=2)) == Detected(0, 0, 1, 0)
    assert record_findings(session, seen(True), TODAY + timedelta(days=3)).opened == 1
    assert len(session.scalars(select(Anomaly)).all()) == 2
    assert list(open_ids(session)) == [(bakery, AMOUNT)]


def test_a_supervisor_may_ask_for_the_anomalies_of_some_reps(session: Session) -> None:
    world = a_town_with_a_silent_baker(session)
    detect(session, TODAY)
    assert len(open_anomalies(session, [world.anna.id])) == 1
    assert open_anomalies(session, [world.ben.id]) == []


def gone(session: Session) -> Anomaly:
    """The churn risk of a small town's only anomaly, opened this morning."""
    bakery = small_town.build(session).customers["Bakery"].id
    found = Finding(bakery, AnomalyKind.CHURN_RISK, True, "silent", 5_000, {}, 0.9)
    record_findings(session, [found], TODAY)
    return session.scalars(select(Anomaly)).one()


def test_a_flag_carries_its_probability(session: Session) -> None:
    assert gone(session).probability == 0.9


def test_a_cause_closes_a_flag_which_is_not_opened_again_for_the_same(session: Session) -> None:
    anomaly = gone(session)
    again = Finding(anomaly.customer_id, AnomalyKind.CHURN_RISK, True, "silent", 5_000, {}, 0.95)
    close(session, anomaly.id, cause="competitor", by=_anybody(session), now=at_noon(TODAY))
    assert (anomaly.closed_on, anomaly.closed_because, anomaly.cause_code) == (TODAY, "cause: competitor", "competitor")
    assert record_findings(session, [again], TODAY + timedelta(days=1)).opened == 0
    assert record_findings(session, [again], TODAY + timedelta(days=61)).opened == 1


def test_a_flag_is_closed_once(session: Session) -> None:
    anomaly, who = gone(session), _anybody(session)
    close(session, anomaly.id, cause="price", by=who, now=at_noon(TODAY))
    with pytest.raises(AlreadyClosed):
        close(session, anomaly.id, cause="debts", by=who, now=at_noon(TODAY))


def test_what_was_found_on_a_visit_closes_what_was_open_then(session: Session) -> None:
    anomaly = gone(session)
    before = {"cause": "price", "by": _anybody(session), "now": at_noon(TODAY - timedelta(days=1))}
    assert close_by_visit(session, anomaly.customer_id, **before) == 0
    assert close_by_visit(session, anomaly.customer_id, **(before | {"now": at_noon(TODAY)})) == 1
    assert anomaly.cause_code == "price"


def _anybody(session: Session) -> uuid.UUID:
    return session.scalars(select(User.id)).first()


def at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
