"""The ledger balances whatever happens, in whatever order, from however many writers; nothing in it is changed."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.debtors import bill, check_books, pay
from worlds.small_town import NOON, SmallTown

from fieldsales.allocations.rules import Choice, NothingToAllocate
from fieldsales.allocations.service import allocate, bounce
from fieldsales.db.session import insist, reading, transaction
from fieldsales.errors import FieldsalesError
from fieldsales.invoices.models import Allocation, Credit, Invoice
from fieldsales.ledger.models import Account, Posting
from fieldsales.ledger.queries import customer_balance
from fieldsales.ledger.rules import Transfer, balances, given_back, sold
from fieldsales.people.models import Role
from fieldsales.people.rules import Actor
from fieldsales.receivables.models import Method, Payment
from fieldsales.writeoffs.service import ask_write_off, decide_write_off

AMOUNT = st.integers(1, 5000)
WHICH = st.integers(0, 9)
DEEDS = st.one_of(
    st.tuples(st.just("invoice"), WHICH, AMOUNT, st.integers(0, 5000)),
    st.tuples(st.just("note"), WHICH, AMOUNT),
    st.tuples(st.just("pay"), AMOUNT, st.sampled_from([Method.CHEQUE, Method.CASH])),
    st.tuples(st.just("choose"), WHICH, AMOUNT),
    st.tuples(st.just("allocate"), WHICH),
    st.tuples(st.just("bounce"), WHICH),
    st.tuples(st.just("write_off"), WHICH, AMOUNT, st.booleans()),
)


def owed(session: Session, world: SmallTown) -> int:
    return sum(customer_balance(session, world.customers["Bakery"].id, "EUR").values())


def nth(session: Session, model: Any, which: int) -> Any:
    found = session.scalars(select(model).order_by(model.id)).all()
    return found[which % len(found)] if found else None


def do(session: Session, world: SmallTown, deed: tuple[Any, ...]) -> int | None:
    """Do a deed; return by how much the debt must have changed, None for one that says so itself."""
    shop = world.customers["Bakery"].id
    change: int | None = 0
    match deed:
        case ("invoice", which, amount, left):
            filed = bill(session, shop, f"I-{which}", amount, open_minor=min(left, amount), tax_minor=amount // 5)
            change = min(left, amount) if filed.fate == "new" else None
        case ("note", which, amount):
            change = -amount if bill(session, shop, f"N-{which}", -amount).fate == "new" else 0
        case ("pay", amount, method):
            change = -pay(session, world, shop, amount, method=method).payment.amount_minor
        case ("choose", which, amount):
            invoice = nth(session, Invoice, which)
            pay(session, world, shop, amount, choices=[Choice(invoice.id, amount)] if invoice else [])
            change = -amount
        case ("allocate", which) if credit := nth(session, Credit, which):
            allocate(session, credit.id, None, by=None, now=NOON)
        case ("bounce", which) if payment := nth(session, Payment, which):
            change = bounce(session, payment.id, "No money.", day=NOON.date(), by=None, now=NOON).amount_minor
        case ("write_off", which, amount, grant) if invoice := nth(session, Invoice, which):
            change = write_off(session, world, invoice, amount, grant=grant)
    return change


def write_off(session: Session, world: SmallTown, invoice: Invoice, amount: int, *, grant: bool) -> int:
    sara = Actor(world.sara.id, Role.SUPERVISOR, world.town.id)
    asked = ask_write_off(session, invoice.id, amount, "Gone.", by=sara, now=NOON)
    decide_write_off(session, asked.id, grant=grant, reason="Seen.", by=None, now=NOON)
    return -amount if grant else 0


SALE, CHEQUE = ("invoice", 0, 500, 500), ("pay", 300, Method.CHEQUE)
LEFT = (Phase.explicit, Phase.reuse, Phase.generate)
"""Each try builds a town: making a failing one smaller would take minutes."""


@settings(max_examples=25, phases=LEFT, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEEDS, max_size=14))
@example(deeds=[SALE, CHEQUE, ("bounce", 0), ("bounce", 0), CHEQUE])
@example(deeds=[CHEQUE, SALE, ("allocate", 0), ("write_off", 0, 200, True), ("bounce", 0)])
@example(deeds=[SALE, ("invoice", 0, 500, 100), ("choose", 0, 700), ("note", 1, 80), ("allocate", 1)])
def test_the_books_balance_under_any_interleaving(engine: Engine, deeds: list[tuple[Any, ...]]) -> None:
    """Every deed changes the debt by what it says and by nothing else; one that is refused changes nothing."""
    with Session(engine) as session:
        world = small_town.build(session)
        for deed in deeds:
            before = owed(session, world)
            try:
                with session.begin_nested():
                    change = do(session, world, deed)
            except FieldsalesError:
                change = 0
            if change is not None:
                assert owed(session, world) == before + change
            check_books(session, [world.customers["Bakery"].id])


@given(st.lists(st.tuples(st.sampled_from(Account), st.sampled_from(Account), AMOUNT)), AMOUNT, st.integers(0, 100))
def test_no_set_of_transfers_can_be_out_of_balance(
    moves: list[tuple[Account, Account, int]], amount: int, part: int
) -> None:
    tax = amount * part // 100
    assert sum(balances([*(Transfer(*each) for each in moves), *sold(amount, tax)]).values()) == 0
    assert balances(sold(amount, tax))[Account.RECEIVABLE] == amount
    assert balances(given_back(amount, tax))[Account.CREDIT] == -amount


@pytest.mark.parametrize("model", [Posting, Allocation])
def test_what_is_in_the_ledger_can_neither_be_changed_nor_deleted(session: Session, model: Any) -> None:
    world = small_town.build(session)
    shop = world.customers["Bakery"].id
    bill(session, shop, "I-1", 500)
    pay(session, world, shop, 300)
    session.flush()
    for statement in (update(model).values(amount_minor=1), delete(model)):
        with pytest.raises(DatabaseError, match="is final"), session.begin_nested():
            session.execute(statement)
    assert session.scalar(select(func.count()).select_from(model))


def test_a_row_that_does_not_balance_is_refused_by_the_database(session: Session) -> None:
    world = small_town.build(session)
    right = {"debit": Account.CASH, "credit": Account.CREDIT, "amount_minor": 5, "cause": "payment"}
    for wrong in ({"amount_minor": 0}, {"amount_minor": -5}, {"credit": Account.CASH}):
        shop = world.customers["Bakery"].id
        told = {"entry_id": shop, "source_id": shop, "day": NOON.date(), "at": NOON, "currency": "EUR"}
        with pytest.raises(DatabaseError), session.begin_nested():
            session.add(Posting(customer_id=shop, **told, **right | wrong))
            session.flush()


def test_writers_at_the_same_time_set_no_euro_against_anything_twice(engine: Engine) -> None:
    with transaction(engine) as session:
        world = small_town.build(session)
        shops = [world.customers[name].id for name in ("Bakery", "Corner")]
        for shop in shops:
            for number in range(4):
                bill(session, shop, f"{shop}-{number}", 1000)
        session.flush()
        session.expunge_all()

    def work(seed: int) -> int:
        dice, taken = random.Random(seed), 0
        for step in range(12):
            shop, amount = dice.choice(shops), dice.randrange(1, 400)

            def once(session: Session, shop: Any = shop, amount: int = amount, step: int = step) -> int:
                pay(session, world, shop, amount, choices=[] if step % 2 else None)
                bill(session, shop, f"{seed}-{step}", amount)
                spare = session.scalars(select(Credit.id).where(Credit.customer_id == shop, Credit.left_minor > 0))
                try:
                    with session.begin_nested():
                        allocate(session, next(iter(spare)), None, by=None, now=NOON)
                except (StopIteration, NothingToAllocate):
                    pass
                return amount

            taken += insist(engine, once)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = sum(pool.map(work, range(4)))
    with reading(engine) as session:
        check_books(session, shops)
        assert session.scalar(select(func.sum(Payment.amount_minor))) == taken
        debts = sum(sum(customer_balance(session, shop, "EUR").values()) for shop in shops)
        assert debts == 8000
