"""What is simulated is what would have been paid: the same months, run and closed in turn, come to the same."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.paid_town import MARCH, bill, body, bring_back, noon, pay, scheme, sell, share_out
from worlds.small_town import SmallTown

from fieldsales.errors import FieldsalesError
from fieldsales.explanations.queries import check_run
from fieldsales.orders.models import Order
from fieldsales.payruns.models import PaySlip
from fieldsales.payruns.rules import MonthsInvalid, months_from
from fieldsales.payruns.service import close_run, make_run
from fieldsales.schemes.rules import read_scheme
from fieldsales.simulations.service import simulate

DAYS = st.integers(2, 91)
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("sell"), DAYS, st.sampled_from(["Bakery", "Corner", "Fish"]), st.integers(1, 40)),
        st.tuples(st.just("back"), DAYS, st.integers(0, 9), st.integers(1, 40)),
        st.tuples(st.just("pay"), DAYS, st.integers(1, 50_000)),
    ),
    max_size=12,
)
RULES: tuple[dict[str, Any], ...] = (
    {
        "name": "sales",
        "basis": "amount",
        "tiers": {"steps": [{"from": 0, "rate_bp": 150}, {"from": 9_000, "rate_bp": 333}]},
    },
    {"name": "margin", "basis": "margin", "rate_bp": 700, "cap_minor": 500},
    {"name": "money", "basis": "collections", "rate_bp": 90},
)
TERMS: dict[str, Any] = {
    "split": {"key_accounts": "weights", "weights": {"ben": 2}},
    "claw_back": {"returns": True, "unpaid_days": 5},
}


def day_of(number: int) -> date:
    return MARCH + timedelta(number)


def do(session: Session, world: SmallTown, deed: Any) -> None:
    match deed:
        case ("sell", day, shop, many):
            rep = "ben" if shop == "Fish" else "anna"
            sale = sell(session, world, day_of(day), shop=shop, rep=rep, water=many, rice=1)
            bill(session, sale, day_of(day) + timedelta(10))
        case ("back", day, which, many):
            sales = session.scalars(select(Order).where(Order.kind == "sale").order_by(Order.id)).all()
            if sales and (sale := sales[which % len(sales)]).ordered_on <= day_of(day):
                bring_back(session, world, sale, day_of(day), water=min(many, sale.lines[0].quantity))
        case ("pay", day, amount):
            pay(session, world, "Bakery", amount, day_of(day))


@given(DEEDS)
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
def test_months_run_one_after_another_come_to_what_was_simulated(sqlite_engine: Engine, deeds: list[Any]) -> None:
    with Session(sqlite_engine) as session:
        world = small_town.build(session)
        share_out(session, world, "Bakery", "anna", "ben")
        for deed in sorted(deeds, key=lambda each: each[1]):
            do(session, world, deed)
        scheme(session, *RULES, **TERMS)
        [outcome] = simulate(session, [("field", read_scheme(body(*RULES, **TERMS)))], MARCH, 4)
        for month, (first, last) in zip(outcome.months, months_from(MARCH, 4), strict=True):
            run = make_run(session, "field", first, now=noon(last + timedelta(1)))
            assert close_run(session, run.id, now=noon(last + timedelta(1))).amount_minor == month.amount_minor
            slips = session.scalars(select(PaySlip).where(PaySlip.run_id == run.id))
            assert {each.rep_id: each.amount_minor for each in slips} == dict(month.amounts)
            assert check_run(session, run) == []
        session.rollback()


def test_no_more_than_two_years_and_ten_schemes_are_tried(session: Session) -> None:
    small_town.build(session)
    one = ("field", read_scheme(body()))
    for schemes, months in (([one], 25), ([one], 0), ([], 1), ([one] * 11, 1)):
        with pytest.raises(MonthsInvalid) as refused:
            simulate(session, schemes, MARCH, months)
        assert isinstance(refused.value, FieldsalesError)
