"""A share of anomalies held out, from the policy over the draw to the plan, on either database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.anomalies.queries import held_among
from fieldsales.anomalies.rules import Finding
from fieldsales.anomalies.service import NotHeldOut, record_findings, release
from fieldsales.audit.models import AuditEntry
from fieldsales.customers.models import Assignment, AssignmentKind
from fieldsales.holdout.queries import holdout_on
from fieldsales.holdout.rules import HOLDOUT, Holdout, lot_number
from fieldsales.money import UnknownCurrency
from fieldsales.planning.models import PlannedVisit
from fieldsales.planning.service import plan_anomalies
from fieldsales.policies.rules import PolicyInvalid
from fieldsales.policies.service import put

MONDAY = date(2026, 3, 2)
AGAIN = MONDAY + timedelta(days=28)
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
CHURN, AMOUNT = AnomalyKind.CHURN_RISK, AnomalyKind.AMOUNT_PLUNGE


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The small town."""
    return small_town.build(session)


def set_holdout(session: Session, day: date = MONDAY, now: datetime = NOW, **body: object) -> None:
    put(session, HOLDOUT, body, effective_from=day, now=now)


def hold_out(session: Session, town: SmallTown, names: Collection[str], day: date = MONDAY, **bounds: int) -> None:
    """Hold half of the anomalies out, by a salt with which the lots of a day fall on exactly these shops."""
    salt = next(
        str(salt)
        for salt in count()
        if {name for name, each in town.customers.items() if lot_number(str(salt), each.id, day) < 0.5} == set(names)
    )
    set_holdout(session, share_bp=5000, most_at_risk_minor=bounds, salt=salt)


def changed(
    session: Session, town: SmallTown, *names: str, kind: AnomalyKind = CHURN, day: date = MONDAY, at_risk: int = 100
) -> dict[str, Anomaly]:
    """Have these shops' buying change, the others' stay as it is known; return the open anomalies of that kind."""
    by_id = {each.id: name for name, each in town.customers.items()}
    known = session.scalars(select(Anomaly).where(Anomaly.closed_on.is_(None))).all()
    found = [Finding(each.customer_id, each.kind, True, each.reason, each.at_risk_minor, {}) for each in known]
    found += [Finding(town.customers[name].id, kind, True, "less", at_risk, {}) for name in names]
    record_findings(session, found, day)
    opened = session.scalars(select(Anomaly).where(Anomaly.kind == kind, Anomaly.closed_on.is_(None)))
    return {by_id[each.customer_id]: each for each in opened}


def test_without_a_policy_nothing_is_drawn(session: Session, town: SmallTown) -> None:
    assert holdout_on(session, MONDAY) == Holdout()
    for each in changed(session, town, *town.customers).values():
        assert (each.held_out, each.trial_bp, each.trial_until, each.held_until) == (False, None, None, None)


def test_lots_are_drawn_when_buying_changes_and_are_kept(session: Session, town: SmallTown) -> None:
    hold_out(session, town, {"Bakery", "Fish"})
    opened = changed(session, town, *town.customers)
    assert {name for name, each in opened.items() if each.held_until == AGAIN} == {"Bakery", "Fish"}
    assert {each.trial_bp for each in opened.values()} == {5000}, "those who were not held out were drawn as well"
    set_holdout(session, now=NOW + timedelta(minutes=1), share_bp=0)
    again = changed(session, town, day=MONDAY + timedelta(days=1))
    assert again["Bakery"].held_on(AGAIN - timedelta(days=1))
    assert not again["Bakery"].held_on(AGAIN)


def test_a_policy_holds_from_its_day_on_and_what_was_set_last_counts(session: Session, town: SmallTown) -> None:
    set_holdout(session, share_bp=1000)
    set_holdout(session, MONDAY + timedelta(days=7), share_bp=2000)
    set_holdout(session, now=NOW + timedelta(minutes=1), share_bp=500)
    days = (MONDAY - timedelta(days=1), MONDAY, MONDAY + timedelta(days=6), MONDAY + timedelta(days=7))
    assert [holdout_on(session, day).share_bp for day in days] == [0, 500, 500, 2000]


@pytest.mark.parametrize(
    "wrong",
    [
        {"share_bp": 5001},
        {"share_bp": -1},
        {"share_bp": 1000, "days": 6},
        {"share_bp": 1000, "most_at_risk_minor": {"EUR": -1}},
        {"share_bp": 1000, "most_at_risk_minor": {"euro": 1}},
        {"share_bp": 1000, "salt": ""},
        {"share_bp": 1000, "more": 1},
        {"days": 28},
    ],
)
def test_what_cannot_be_held_out_is_refused_whole(session: Session, wrong: dict[str, object]) -> None:
    with pytest.raises(PolicyInvalid):
        set_holdout(session, **wrong)
    assert holdout_on(session, MONDAY) == Holdout()


def test_a_bound_in_no_currency_is_refused(session: Session) -> None:
    with pytest.raises(UnknownCurrency):
        set_holdout(session, share_bp=1000, most_at_risk_minor={"XYZ": 1})


def test_key_accounts_and_large_sums_take_no_part(session: Session, town: SmallTown) -> None:
    hold_out(session, town, town.customers, EUR=1_000)
    bakery = Assignment(customer_id=town.customers["Bakery"].id, rep_id=town.ben.id, kind=AssignmentKind.KEY_ACCOUNT)
    bakery.assigned_at = NOW
    session.add(bakery)
    changed(session, town, "Bakery", "Fish")
    opened = changed(session, town, "Grocer", at_risk=1_001)
    assert {name: each.trial_bp for name, each in opened.items()} == {"Bakery": None, "Fish": 5000, "Grocer": None}
    assert {name for name, each in opened.items() if each.held_out} == {"Fish"}


def test_an_anomaly_that_joins_another_takes_over_its_lot_and_is_no_episode_of_its_own(
    session: Session, town: SmallTown
) -> None:
    hold_out(session, town, {"Bakery"})
    changed(session, town, "Bakery", "Fish")
    later = changed(session, town, "Bakery", "Fish", kind=AMOUNT, day=MONDAY + timedelta(days=9))
    assert (later["Bakery"].held_until, later["Bakery"].trial_bp) == (AGAIN, None)
    assert (later["Fish"].held_until, later["Fish"].trial_bp) == (None, None)


def test_two_anomalies_of_one_morning_share_one_lot(session: Session, town: SmallTown) -> None:
    hold_out(session, town, {"Bakery"})
    bakery = town.customers["Bakery"].id
    record_findings(session, [Finding(bakery, kind, True, "less", 1, {}) for kind in (CHURN, AMOUNT)], MONDAY)
    assert session.scalars(select(Anomaly.held_out)).all() == [True, True]


def test_what_was_open_before_the_policy_is_never_held_out(session: Session, town: SmallTown) -> None:
    changed(session, town, "Bakery")
    hold_out(session, town, {"Bakery"})
    assert changed(session, town, "Bakery", kind=AMOUNT)["Bakery"].trial_bp is None


def test_held_out_anomalies_are_passed_over_and_named(session: Session, town: SmallTown) -> None:
    hold_out(session, town, {"Bakery"})
    opened = changed(session, town, "Bakery", "Fish")
    ids = [each.id for each in opened.values()]
    visits = plan_anomalies(session, ids, MONDAY, by=town.max.id, now=NOW)
    assert [visit.customer_id for visit in visits] == [town.customers["Fish"].id]
    assert [each.customer.name for each in held_among(session, ids, MONDAY)] == ["Bakery"]
    assert held_among(session, ids, AGAIN) == []
    assert len(plan_anomalies(session, ids, AGAIN, by=town.max.id, now=NOW)) == 2


def test_a_person_may_release_one_with_a_reason(session: Session, town: SmallTown) -> None:
    hold_out(session, town, {"Bakery"})
    bakery = changed(session, town, "Bakery")["Bakery"]
    amount = changed(session, town, "Bakery", kind=AMOUNT)["Bakery"]
    release(session, bakery.id, by=town.max.id, reason="the owner called", now=NOW)
    assert (bakery.held_out, bakery.held_until, amount.held_until) == (True, None, None)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "anomaly.released")).one()
    assert (entry.actor_id, entry.facts) == (town.max.id, {"reason": "the owner called"})
    assert plan_anomalies(session, [bakery.id], MONDAY, by=town.max.id, now=NOW)
    with pytest.raises(NotHeldOut):
        release(session, bakery.id, by=town.max.id, reason="again", now=NOW)
    assert session.scalars(select(PlannedVisit.anomaly_id)).all() == [bakery.id]
