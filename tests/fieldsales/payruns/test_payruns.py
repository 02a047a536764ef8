"""A month is paid once and for ever: what happens afterwards comes as lines of later months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.paid_town import (
    APRIL,
    MARCH,
    MAY,
    bill,
    body,
    bring_back,
    call_off,
    noon,
    pay,
    scheme,
    sell,
    share_out,
)
from worlds.small_town import NOON, SmallTown

from fieldsales.adoptions.service import adopt, drop
from fieldsales.allocations.service import bounce
from fieldsales.orders.models import Order
from fieldsales.payruns.models import PayLine, PayRun, PaySlip, RunState
from fieldsales.payruns.queries import require_run
from fieldsales.payruns.rules import RunClosed, RunOutOfOrder, RunOver, RunStale
from fieldsales.payruns.service import close_run, discard_run, make_run, run_due, try_run
from fieldsales.receivables.models import Method
from fieldsales.schemes.rules import SchemeInForce, SchemeNotFound, SchemeTooEarly

DAY = date(2026, 3, 10)


@pytest.fixture
def world(session: Session) -> SmallTown:
    return small_town.build(session)


def after(month: date) -> date:
    return (month + timedelta(days=40)).replace(day=1)


def run(session: Session, month: date, code: str = "field") -> PayRun:
    return make_run(session, code, month, now=noon(after(month)))


def closed(session: Session, month: date, code: str = "field") -> PayRun:
    return close_run(session, run(session, month, code).id, now=noon(after(month)))


def slips(session: Session, of: PayRun, world: SmallTown) -> dict[str, int]:
    names = {world.anna.id: "anna", world.ben.id: "ben"}
    rows = session.scalars(select(PaySlip).where(PaySlip.run_id == of.id))
    return {names[each.rep_id]: each.amount_minor for each in rows if each.amount_minor}


def lines(session: Session, of: PayRun) -> list[tuple[str, str, int]]:
    rows = session.scalars(select(PayLine).where(PayLine.run_id == of.id).order_by(PayLine.position))
    return [(each.rule, each.kind.value, each.amount_minor) for each in rows]


def test_a_run_pays_the_orders_of_its_month_to_who_took_them(session: Session, world: SmallTown) -> None:
    scheme(session)
    sell(session, world, DAY, water=10)
    sell(session, world, DAY, shop="Fish", rep="ben", rice=1)
    sell(session, world, APRIL, coffee=1)
    assert slips(session, run(session, MARCH), world) == {"anna": 50, "ben": 125}


def test_an_order_that_nobody_took_is_the_owners_of_the_day_or_nobodys(session: Session, world: SmallTown) -> None:
    scheme(session)
    sell(session, world, DAY, rep=None, water=10)
    sell(session, world, MARCH, rep=None, water=4)  # before anybody served the shop
    found = run(session, MARCH)
    assert (slips(session, found, world), found.nobodys_minor) == ({"anna": 50}, 200)


def test_the_same_books_make_the_same_run(session: Session, world: SmallTown) -> None:
    scheme(session)
    order = sell(session, world, DAY, water=10, rice=3)
    first = run(session, MARCH)
    hashes = first.inputs_hash, first.content_hash
    again = run(session, MARCH)
    assert (again.inputs_hash, again.content_hash) == hashes
    assert first.state is RunState.DISCARDED
    assert lines(session, first) == []
    order.lines[0].quantity = 11
    session.flush()
    assert try_run(session, "field", MARCH)[0].inputs_hash != hashes[0]


def test_a_run_is_closed_only_as_it_was_looked_at(session: Session, world: SmallTown) -> None:
    scheme(session)
    sell(session, world, DAY, water=10)
    found = run(session, MARCH)
    with pytest.raises(RunOutOfOrder):
        close_run(session, found.id, now=noon(DAY))
    sell(session, world, DAY, water=1)
    with pytest.raises(RunStale):
        close_run(session, found.id, now=noon(APRIL))
    again = closed(session, MARCH)
    assert (again.state, again.amount_minor) == (RunState.CLOSED, 55)
    for verb in (close_run, discard_run):
        with pytest.raises(RunOver):
            verb(session, again.id, now=noon(APRIL))
    with pytest.raises(RunClosed):
        run(session, MARCH)


def test_a_scheme_of_a_paid_month_stays_and_can_be_put_again_as_it_is(session: Session, world: SmallTown) -> None:
    first = adopt(session, "field", body(), effective_from=MARCH, now=NOON)
    closed(session, MARCH)
    assert adopt(session, "field", body(), effective_from=MARCH, now=NOON) is first
    with pytest.raises(SchemeTooEarly):
        adopt(session, "field", body(split={"key_accounts": "equal"}), effective_from=MARCH, now=NOON)
    with pytest.raises(SchemeInForce):
        drop(session, first.id, now=NOON)


def test_months_are_paid_one_after_another(session: Session, world: SmallTown) -> None:
    scheme(session)
    with pytest.raises(SchemeNotFound):
        run(session, date(2026, 2, 1))
    closed(session, APRIL)
    with pytest.raises(RunOutOfOrder):
        run(session, MARCH)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE pay_line SET amount_minor = amount_minor + 1",
        "DELETE FROM pay_line",
        "UPDATE pay_slip SET amount_minor = 0",
        "DELETE FROM pay_slip",
        "DELETE FROM pay_seen",
        "UPDATE pay_run SET amount_minor = 0",
        "UPDATE pay_run SET state = 'open'",
        "DELETE FROM pay_run",
        "UPDATE commission_scheme SET body = '{}'",
        "INSERT INTO pay_seen (run_id, source_id) SELECT run_id, rep_id FROM pay_slip",
    ],
)
def test_the_database_itself_keeps_a_closed_run(session: Session, world: SmallTown, change: str) -> None:
    scheme(session)
    sell(session, world, DAY, water=10)
    closed(session, MARCH)
    with pytest.raises(DBAPIError, match="is final"):
        session.execute(text(change))


def test_what_comes_late_is_paid_by_the_next_run(session: Session, world: SmallTown) -> None:
    scheme(session)
    sell(session, world, DAY, water=10)
    closed(session, MARCH)
    sell(session, world, DAY, rice=1)
    assert slips(session, run(session, APRIL), world) == {"anna": 125}


def test_what_comes_back_within_the_month_was_never_sold(session: Session, world: SmallTown) -> None:
    scheme(session)
    bring_back(session, world, sell(session, world, DAY, water=10), DAY, water=4)
    assert slips(session, run(session, MARCH), world) == {"anna": 30}


def test_what_comes_back_later_takes_back_what_it_was_paid_at(session: Session, world: SmallTown) -> None:
    scheme(session)
    sale = sell(session, world, DAY, water=10)
    [line] = session.scalars(select(PayLine).where(PayLine.run_id == closed(session, MARCH).id)).all()
    scheme(session, {"name": "sales", "basis": "amount", "rate_bp": 2000}, since=APRIL)
    bring_back(session, world, sale, APRIL, water=4)
    sell(session, world, APRIL, water=1)
    found = closed(session, APRIL)
    assert sorted(lines(session, found)) == [("sales", "earned", 10), ("sales", "returned", -20)]
    [back] = session.scalars(select(PayLine).where(PayLine.run_id == found.id, PayLine.kind == "returned")).all()
    assert back.origin_id == line.id
    assert [each["day"] for each in back.facts["because"]] == ["2026-04-01"]
    assert run(session, MAY).amount_minor == 0


def test_goods_that_come_back_for_no_sale_count_against_who_took_them(session: Session, world: SmallTown) -> None:
    scheme(session)
    sell(session, world, DAY, water=10)
    sell(session, world, DAY, water=-3)
    assert slips(session, run(session, MARCH), world) == {"anna": 35}


def test_an_order_called_off_after_it_was_paid_is_taken_back_whole(session: Session, world: SmallTown) -> None:
    scheme(session)
    sale = sell(session, world, DAY, water=10)
    closed(session, MARCH)
    call_off(session, sale)
    assert lines(session, run(session, APRIL)) == [("sales", "returned", -50)]


def test_an_order_amended_after_it_was_paid_is_taken_back_and_the_other_is_paid(
    session: Session, world: SmallTown
) -> None:
    scheme(session)
    sale = sell(session, world, DAY, water=10)
    closed(session, MARCH)
    other = sell(session, world, DAY, water=8)
    call_off(session, sale)
    other.amends_id = sale.id
    bring_back(session, world, sale, APRIL, water=2)  # the phone still names the old one
    assert sorted(lines(session, run(session, APRIL))) == [("sales", "earned", 30), ("sales", "returned", -50)]


def test_what_is_not_paid_in_time_is_taken_back_and_given_back_when_it_is(session: Session, world: SmallTown) -> None:
    scheme(session, claw_back={"returns": True, "unpaid_days": 20})
    sale = sell(session, world, DAY, rice=10)
    bill(session, sale, due_on=DAY)
    assert closed(session, MARCH).amount_minor == 1_250
    pay(session, world, "Bakery", 5_000, date(2026, 4, 20))
    assert lines(session, closed(session, APRIL)) == [("sales", "unpaid", -750)]
    pay(session, world, "Bakery", 7_500, date(2026, 5, 5))
    assert lines(session, closed(session, MAY)) == [("sales", "unpaid", 750)]
    assert run(session, date(2026, 6, 1)).amount_minor == 0


def test_money_earns_when_it_pays_an_invoice_and_a_bounced_cheque_takes_that_back(
    session: Session, world: SmallTown
) -> None:
    scheme(session, {"name": "money", "basis": "collections", "rate_bp": 100})
    sale = sell(session, world, DAY, shop="Fish", rep="ben", rice=10)
    bill(session, sale, due_on=APRIL)
    cheque = pay(session, world, "Fish", 10_000, DAY, Method.CHEQUE)
    first = closed(session, MARCH)
    assert slips(session, first, world) == {"anna": 100}
    bounce(session, cheque, "No funds.", day=APRIL, by=None, now=noon(APRIL))
    assert lines(session, run(session, APRIL)) == [("money", "returned", -100)]


def test_an_order_of_a_key_account_is_shared_by_the_reps_of_its_day(session: Session, world: SmallTown) -> None:
    scheme(session, split={"key_accounts": "weights", "weights": {"anna": 3}, "taker_bp": 2_000})
    share_out(session, world, "Bakery", "anna", "ben")
    sell(session, world, DAY, water=20)
    sell(session, world, MARCH, water=20)  # before it was a key account
    found = run(session, MARCH)
    assert slips(session, found, world) == {"anna": 80 + 100, "ben": 20}
    weights = session.scalars(select(PayLine.weight).where(PayLine.rep_id == world.ben.id)).all()
    assert weights == [8_000]


def test_the_monthly_job_makes_what_is_missing_once(session: Session, world: SmallTown) -> None:
    scheme(session)
    scheme(session, code="other")
    closed(session, MARCH, "other")
    made = run_due(session, now=noon(date(2026, 4, 3)))
    assert [(each.code, each.first) for each in made] == [("field", MARCH)]
    assert run_due(session, now=noon(date(2026, 4, 3))) == []


def test_nothing_of_a_run_is_kept_when_it_is_only_tried(session: Session, world: SmallTown) -> None:
    scheme(session)
    sell(session, world, DAY, water=10)
    tried, _, entries = try_run(session, "field", MARCH)
    assert (tried.amount_minor, len(entries)) == (50, 1)
    session.flush()
    assert session.scalars(select(PayRun)).all() == []


def test_a_run_explains_itself_from_what_it_stored(session: Session, world: SmallTown) -> None:
    scheme(session)
    sell(session, world, DAY, water=10)
    found = require_run(session, None, closed(session, MARCH).id)
    assert session.get_one(Order, session.scalars(select(PayLine.source_id)).one()).amount_minor == 500
    assert found.lines == 1
