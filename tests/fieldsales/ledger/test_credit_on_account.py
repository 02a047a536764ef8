"""Money on account pays new invoices by itself where the policy says so, each cent once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.debtors import bill, check_books, days_ago, pay
from worlds.small_town import NOON, SmallTown

from fieldsales.allocations.service import allocate, bounce, settle_account
from fieldsales.audit.models import AuditEntry
from fieldsales.credits.rules import CREDIT
from fieldsales.db.session import insist, transaction
from fieldsales.errors import FieldsalesError
from fieldsales.invoices.models import Credit, Invoice
from fieldsales.invoices.service import hold_customer
from fieldsales.policies.service import put
from fieldsales.receivables.models import Method

BODY: dict[str, Any] = {"invoicing": "by_import", "over_limit": "hold", "on_account": "oldest_first"}


def automatic(session: Session) -> SmallTown:
    world = small_town.build(session)
    put(session, CREDIT, BODY, now=NOON)
    return world


def left(session: Session) -> tuple[list[int], list[int]]:
    """What is open of invoices by their number, and left on account by age."""
    session.flush()
    opened = session.scalars(select(Invoice.open_minor).order_by(Invoice.reference)).all()
    spare = session.scalars(select(Credit.left_minor).order_by(Credit.day, Credit.id)).all()
    return list(opened), list(spare)


def test_a_new_invoice_is_paid_by_the_oldest_money_on_account_and_that_is_audited(session: Session) -> None:
    world = automatic(session)
    shop = world.customers["Bakery"].id
    bill(session, shop, "G-1", -200, issued_on=days_ago(9))
    pay(session, world, shop, 500)
    bill(session, shop, "R-1", 600)
    assert left(session) == ([0], [0, 100])
    noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "payment.allocate")).all()
    assert [each.facts["automatic"] for each in noted] == [True, True]
    assert [each.facts["allocations"][0]["amount_minor"] for each in noted] == [200, 400]
    check_books(session, [shop])


def test_the_policy_as_it_is_built_in_leaves_money_on_account_until_somebody_chooses(session: Session) -> None:
    world = small_town.build(session)
    shop = world.customers["Bakery"].id
    pay(session, world, shop, 500)
    bill(session, shop, "R-1", 600)
    assert left(session) == ([600], [500])
    assert settle_account(session, shop, "EUR", NOON) == 500
    assert left(session) == ([100], [0])


def test_money_of_another_currency_or_customer_pays_nothing(session: Session) -> None:
    world = automatic(session)
    shop, other = world.customers["Bakery"].id, next(e.id for n, e in world.customers.items() if n != "Bakery")
    pay(session, world, shop, 500, currency="USD")
    pay(session, world, other, 500)
    bill(session, shop, "R-1", 600)
    assert left(session)[0] == [600]


def test_a_credit_note_pays_what_is_due_first(session: Session) -> None:
    world = automatic(session)
    shop = world.customers["Bakery"].id
    bill(session, shop, "R-1", 600, issued_on=days_ago(2), due_on=days_ago(1))
    bill(session, shop, "R-2", 600, issued_on=days_ago(9), due_on=days_ago(8))
    bill(session, shop, "G-1", -700)
    assert left(session) == ([500, 0], [0])


DEED = st.one_of(
    st.tuples(st.just("invoice"), st.integers(0, 5), st.integers(1, 900)),
    st.tuples(st.just("note"), st.integers(0, 5), st.integers(1, 900)),
    st.tuples(st.just("pay"), st.just(0), st.integers(1, 900)),
    st.tuples(st.just("bounce"), st.integers(0, 5), st.just(0)),
)


@settings(
    max_examples=15,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(deeds=st.lists(DEED, max_size=12))
def test_money_and_debt_never_lie_side_by_side(engine: Engine, deeds: list[tuple[str, int, int]]) -> None:
    """Whatever happens, after a new invoice or note there is either nothing open or nothing on account."""
    with Session(engine) as session:
        world = automatic(session)
        shop = world.customers["Bakery"].id
        for kind, which, amount in deeds:
            _do(session, world, shop, (kind, which, amount))
            check_books(session, [shop])
            if kind in {"invoice", "note"}:
                opened, spare = left(session)
                assert not (sum(opened) and sum(spare))


def _do(session: Session, world: SmallTown, shop: uuid.UUID, deed: tuple[str, int, int]) -> None:
    kind, which, amount = deed
    if kind == "pay":
        pay(session, world, shop, amount, method=Method.CHEQUE)
    elif kind == "bounce":
        cheques = session.scalars(select(Credit.id).where(Credit.kind == "payment").order_by(Credit.id)).all()
        try:
            with session.begin_nested():
                bounce(session, cheques[which % len(cheques)], "No.", day=NOON.date(), by=None, now=NOON)
        except (FieldsalesError, ZeroDivisionError):
            return
    else:
        n = session.scalar(select(func.count()).select_from(Invoice)) or 0
        m = session.scalar(select(func.count()).select_from(Credit)) or 0
        bill(session, shop, f"{kind}-{n}-{m}-{which}", amount if kind == "invoice" else -amount)


@pytest.mark.parametrize("automatically", [True, False])
def test_writers_at_the_same_time_spend_each_cent_once(engine: Engine, automatically: bool) -> None:
    with transaction(engine) as session:
        world = automatic(session)
        shop = world.customers["Bakery"].id
        money = pay(session, world, shop, 1000).payment.id

    def write(at: int) -> None:
        def work(session: Session) -> None:
            bill(session, shop, f"R-{at}", 300)
            if not automatically:
                hold_customer(session, shop)
                try:
                    allocate(session, money, None, by=None, now=NOON)
                except FieldsalesError:
                    return

        insist(engine, work)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(6)))
    with transaction(engine) as session:
        check_books(session, [shop])
        opened, spare = left(session)
        assert (sum(opened), sum(spare)) == (800, 0)
