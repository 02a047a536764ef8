"""What counts as bought before and after a visit, on either database."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.comparisons.rules import Design
from fieldsales.episodes.queries import customers_looked_at, ledgers, plans_of, trials_of
from fieldsales.episodes.rules import KINDS, SOURCES, Outcomes, Plans, Trials, day_number, ledger, lined_up, outcomes_of
from fieldsales.orders.models import Order, OrderKind, OrderState, Origin
from fieldsales.people.models import Role
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, PlanStatus, Source
from fieldsales.uplift.queries import uplift_seen_by
from fieldsales.uplift.rules import Wanted, sentence
from fieldsales.visits.models import Visit

VISIT = date(2026, 3, 2)
SPAN = (VISIT - timedelta(days=30), VISIT + timedelta(days=30))


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The small town."""
    return small_town.build(session)


def order(session: Session, town: SmallTown, name: str, more: int, amount: int = 100, **columns: object) -> None:
    found = Order(customer_id=town.customers[name].id, origin=Origin.IMPORT, ordered_on=VISIT + timedelta(days=more))
    found.currency, found.amount_minor = "EUR", amount
    for column, value in columns.items():
        setattr(found, column, value)
    session.add(found)
    session.flush()


def bought(session: Session, town: SmallTown, name: str, horizon: int = 28) -> Outcomes:
    customers = customers_looked_at(session, None)
    ids = [each.replace("-", "") for each in customers.ids]
    who = np.array([ids.index(town.customers[name].id.hex)])
    span = (SPAN[0], SPAN[1] + timedelta(days=horizon))
    return outcomes_of(ledgers(session, None, customers, span), who, np.array([VISIT.toordinal()]), horizon)


def test_the_day_itself_is_after_and_the_last_day_of_the_horizon_is_the_last(session: Session, town: SmallTown) -> None:
    for more, amount in ((-85, 1), (-84, 2), (-1, 4), (0, 8), (27, 16), (28, 32)):
        order(session, town, "Bakery", more, amount)
    found = bought(session, town, "Bakery")
    assert (found.before.amount.tolist(), found.before.days.tolist()) == ([6], [2])
    assert (found.after.amount.tolist(), found.after.days.tolist()) == ([24], [2])


def test_only_what_stands_and_was_sold_counts_and_returns_are_taken_off(session: Session, town: SmallTown) -> None:
    order(session, town, "Bakery", 1, 100)
    order(session, town, "Bakery", 1, 50)
    order(session, town, "Bakery", 2, -30, kind=OrderKind.RETURN)
    order(session, town, "Bakery", 3, 1000, kind=OrderKind.GIFT)
    order(session, town, "Bakery", 4, 1000, state=OrderState.CANCELLED)
    order(session, town, "Bakery", 5, 1000, currency="USD")
    order(session, town, "Corner", 6, 1000)
    after = bought(session, town, "Bakery").after
    assert (after.amount.tolist(), after.days.tolist()) == ([120], [1])


def test_who_never_bought_bought_nothing(session: Session, town: SmallTown) -> None:
    after = bought(session, town, "Hotel").after
    assert (after.amount.tolist(), after.days.tolist()) == ([0], [0])


def plan(session: Session, town: SmallTown, name: str, more: int, what: tuple[Source, PlanStatus]) -> None:
    source, status = what
    rep = town.anna if name in {"Bakery", "Corner", "Dairy"} else town.ben
    session.add(
        PlannedVisit(rep_id=rep.id, customer_id=town.customers[name].id, day=VISIT + timedelta(days=more),
                     source=source, reason="due", value=1, status=status)
    )  # fmt: skip
    session.flush()


def told(plans: Plans) -> set[tuple[int, str, bool]]:
    days = (plans.day - VISIT.toordinal()).tolist()
    sources = [str(SOURCES[each]) for each in plans.source]
    return set(zip(days, sources, plans.made.tolist(), strict=True))


def test_planned_visits_are_read_with_source_rep_and_whether_they_were_made(session: Session, town: SmallTown) -> None:
    plan(session, town, "Bakery", 0, (Source.TIER, PlanStatus.DONE))
    plan(session, town, "Bakery", 7, (Source.MANUAL, PlanStatus.LEFT_OUT))
    plan(session, town, "Fish", 3, (Source.KEY_ACCOUNT, PlanStatus.PLANNED))
    plan(session, town, "Fish", 30, (Source.TIER, PlanStatus.DONE))
    customers = customers_looked_at(session, None)
    found = plans_of(session, None, customers, SPAN)
    assert told(found) == {(0, "tier", True), (7, "manual", False), (3, "key_account", False)}
    assert {customers.reps[rep] for rep in found.rep} == {"Anna (anna)", "Ben (ben)"}
    assert set(found.kind.tolist()) == {-1}


def test_a_supervisor_sees_the_visits_to_the_customers_in_scope(session: Session, town: SmallTown) -> None:
    plan(session, town, "Bakery", 0, (Source.TIER, PlanStatus.DONE))
    plan(session, town, "Fish", 3, (Source.TIER, PlanStatus.DONE))
    north = Actor(town.sara.id, Role.SUPERVISOR, town.north.id)
    customers = customers_looked_at(session, north)
    assert told(plans_of(session, north, customers, SPAN)) == {(0, "tier", True)}


def drawn(session: Session, town: SmallTown, name: str, kind: AnomalyKind, at_risk: int, *, held: bool) -> Anomaly:
    found = Anomaly(customer_id=town.customers[name].id, kind=kind, opened_on=VISIT, seen_on=VISIT, reason="less",
                    evidence={}, at_risk_minor=at_risk, held_out=held, trial_bp=1000, trial_until=SPAN[1])  # fmt: skip
    session.add(found)
    session.flush()
    return found


def trials(session: Session) -> Trials:
    return trials_of(session, None, customers_looked_at(session, None), SPAN, 28)


def test_two_anomalies_of_a_morning_are_one_episode_of_the_larger_kind(session: Session, town: SmallTown) -> None:
    drawn(session, town, "Bakery", AnomalyKind.AMOUNT_PLUNGE, 900, held=False)
    drawn(session, town, "Bakery", AnomalyKind.CHURN_RISK, 100, held=False)
    found = trials(session)
    assert [KINDS[kind] for kind in found.kind] == [AnomalyKind.AMOUNT_PLUNGE]
    assert (found.share_bp.tolist(), found.treated.tolist()) == ([1000], [True])


def test_an_anomaly_that_only_joined_an_earlier_draw_is_no_episode(session: Session, town: SmallTown) -> None:
    drawn(session, town, "Bakery", AnomalyKind.CHURN_RISK, 100, held=True).trial_bp = None
    session.flush()
    assert trials(session).who.tolist() == []


@pytest.mark.parametrize(("more", "kept"), [(-1, False), (0, True), (27, True), (28, False)])
def test_one_open_to_a_visit_was_kept_to_if_any_came_in_time(
    session: Session, town: SmallTown, more: int, kept: bool
) -> None:
    drawn(session, town, "Bakery", AnomalyKind.CHURN_RISK, 100, held=False)
    bakery = town.customers["Bakery"].id
    session.add(Visit(id=bakery, customer_id=bakery, rep_id=town.anna.id, day=VISIT + timedelta(days=more)))
    session.flush()
    assert trials(session).kept.tolist() == [kept]


@pytest.mark.parametrize(
    ("source", "status", "kept"),
    [
        (Source.TIER, PlanStatus.DONE, True),
        (Source.ANOMALY, PlanStatus.PLANNED, True),
        (Source.ANOMALY, PlanStatus.DONE, False),
        (Source.MANUAL, PlanStatus.DONE, False),
    ],
)
def test_one_held_out_was_kept_to_unless_somebody_went_for_it(
    session: Session, town: SmallTown, source: Source, status: PlanStatus, kept: bool
) -> None:
    drawn(session, town, "Bakery", AnomalyKind.CHURN_RISK, 100, held=True)
    plan(session, town, "Bakery", 5, (source, status))
    assert trials(session).kept.tolist() == [kept]


def test_one_that_was_released_was_not_kept_to_and_stays_with_those_held_out(session: Session, town: SmallTown) -> None:
    drawn(session, town, "Bakery", AnomalyKind.CHURN_RISK, 100, held=True).released_at = small_town.NOON
    session.flush()
    found = trials(session)
    assert (found.kept.tolist(), found.treated.tolist()) == ([False], [False])


def test_an_episode_counts_once_all_days_of_its_horizon_are_over(session: Session, town: SmallTown) -> None:
    drawn(session, town, "Bakery", AnomalyKind.CHURN_RISK, 100, held=True)
    for days, running in ((27, 1), (28, 0)):
        now = small_town.NOON + timedelta(days=days)
        [answer] = uplift_seen_by(session, None, Wanted(), now).rows
        assert (answer.row.design, answer.row.running, answer.row.control) == (Design.EXPERIMENT, running, 1 - running)
        assert "too few to tell" in sentence(answer.row, 28)
        assert answer.row.effects[0].difference is None


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_days_are_read_from_their_digits(day: date) -> None:
    assert day_number(np.array([int(f"{day:%Y%m%d}")])).tolist() == [day.toordinal()]


Rows = list[tuple[int, int, int, bool]]


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 60), st.integers(-500, 500), st.booleans()), max_size=40),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60)), max_size=8),
)
def test_columns_agree_with_counting_row_by_row(rows: Rows, asked: list[tuple[int, int]]) -> None:
    first = date(2026, 1, 1)
    texts = [
        " ".join(
            f"{first + timedelta(days=day):%Y%m%d}{sold:d} {amount}" for who, day, amount, sold in rows if who == each
        )
        for each in sorted({who for who, *_ in rows})
    ]
    line, numbers = lined_up(texts, 2)
    there = np.array(sorted({who for who, *_ in rows}), dtype=np.int64)
    who, day = (np.array([each[place] for each in asked], dtype=np.int64) for place in (0, 1))
    found = outcomes_of([ledger(there[line], numbers)], who, day + first.toordinal(), 14)
    for at, (one, on) in enumerate(asked):
        inside = [(amount, then, sold) for other, then, amount, sold in rows if other == one and on <= then < on + 14]
        assert found.after.amount[at] == sum(amount for amount, *_ in inside)
        assert found.after.days[at] == len({then for _, then, sold in inside if sold})
