"""Whatever is sold, paid, bounced, settled and reopened in whatever order: the books balance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.counting import TODAY, exactly, who
from worlds.debtors import bill, check_books, pay
from worlds.small_town import NOON, SmallTown

from fieldsales.allocations.service import bounce
from fieldsales.errors import FieldsalesError
from fieldsales.ledger.models import Account
from fieldsales.ledger.queries import FORMS, in_hand, owed_by_reps, trial_balance
from fieldsales.receivables.models import Method, Payment
from fieldsales.settlements.models import Settlement
from fieldsales.settlements.service import Count, count_day, discard, reopen, repay, sign

WHICH = st.integers(0, 9)
AMOUNT = st.integers(1, 5000)
DEEDS = st.one_of(
    st.tuples(st.just("sell"), WHICH, AMOUNT),
    st.tuples(st.just("pay"), AMOUNT, st.sampled_from(Method)),
    st.tuples(st.just("bounce"), WHICH),
    st.tuples(st.just("count"), WHICH, st.integers(-200, 200)),
    st.tuples(st.just("sign"), WHICH, st.booleans()),
    st.tuples(st.just("settle"), WHICH, st.integers(-200, 200)),
    st.tuples(st.just("discard"), WHICH),
    st.tuples(st.just("reopen"), WHICH),
    st.tuples(st.just("repay"), AMOUNT),
)


def nth(session: Session, model: Any, which: int) -> Any:
    found = session.scalars(select(model).order_by(model.id)).all()
    return found[which % len(found)] if found else None


def do(session: Session, world: SmallTown, deed: tuple[Any, ...]) -> None:
    shop = world.customers["Bakery"].id
    match deed:
        case ("sell", which, amount):
            bill(session, shop, f"I-{which}", amount)
        case ("pay", amount, method):
            pay(session, world, shop, amount, method=method)
        case ("bounce", which) if payment := nth(session, Payment, which):
            bounce(session, payment.id, "No money.", day=TODAY, by=None, now=NOON)
        case ("count" | "settle", which, off):
            day = TODAY - timedelta(which % 3)
            count = Count(world.anna.id, day, exactly(session, world, day, off))
            found = count_day(session, count, by=who(world.sara), now=NOON)
            for person in (world.anna, world.sara) if deed[0] == "settle" else ():
                sign(session, found.id, found.content_hash, by=who(person), now=NOON)
        case ("sign", which, rep) if found := nth(session, Settlement, which):
            sign(session, found.id, found.content_hash, by=who(world.anna if rep else world.sara), now=NOON)
        case ("discard", which) if found := nth(session, Settlement, which):
            discard(session, found.id, by=who(world.sara), now=NOON)
        case ("reopen", which) if found := nth(session, Settlement, which):
            reopen(session, found.id, "Wrong.", by=who(world.sara), now=NOON)
        case ("repay", amount):
            repay(session, world.anna.id, "EUR", amount, by=who(world.sara), now=NOON, day=TODAY)


def handed_in(session: Session) -> set[str]:
    """Return the payments of the settlements that stand, by their contents: not by the ledger."""
    standing = session.scalars(select(Settlement).where(Settlement.state == "settled"))
    return {item["payment_id"] for each in standing for item in each.content["items"]}


def check(session: Session, world: SmallTown) -> None:
    check_books(session, [world.customers["Bakery"].id])
    gone = handed_in(session)
    expected: dict[Account, int] = {}
    taken = 0
    for each in session.scalars(select(Payment)):
        taken += each.amount_minor if "bounced" not in each.flags else 0
        if str(each.id) not in gone and "bounced" not in each.flags:
            form = Account(each.method.value)
            expected[form] = expected.get(form, 0) + each.amount_minor
    assert in_hand(session, [world.anna.id], "EUR")[world.anna.id] == expected
    balance = trial_balance(session, "EUR")
    owed = owed_by_reps(session, [world.anna.id]).get(world.anna.id, {}).get("EUR", 0)
    assert owed == balance.get(Account.SHORTAGE, 0)
    places = (*FORMS, Account.TILL, Account.BANK, Account.SHORTAGE, Account.OVERAGE)
    assert sum(balance.get(each, 0) for each in places) == taken, "money is somewhere, or somebody owes it"


SALE, CHEQUE, SETTLE = ("sell", 0, 500), ("pay", 300, Method.CHEQUE), ("settle", 0, 0)


@settings(
    max_examples=25,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(deeds=st.lists(DEEDS, max_size=16))
@example(deeds=[SALE, CHEQUE, SETTLE, ("bounce", 0), ("reopen", 0), SETTLE])
@example(deeds=[CHEQUE, ("count", 0, 0), ("count", 1, 0), *[("sign", n, who) for n in (0, 1) for who in (True, False)]])
@example(deeds=[("pay", 900, Method.CASH), ("settle", 0, -100), ("repay", 60), ("reopen", 0), ("settle", 0, -70)])
@example(deeds=[CHEQUE, ("count", 0, 0), ("sign", 0, True), ("bounce", 0), ("sign", 0, False), ("discard", 0), SETTLE])
def test_the_ledger_balances_and_what_was_not_handed_in_is_in_hand(
    engine: Engine, deeds: list[tuple[Any, ...]]
) -> None:
    with Session(engine) as session:
        world = small_town.build(session)
        for deed in deeds:
            try:
                with session.begin_nested():
                    do(session, world, deed)
            except FieldsalesError:
                session.expire_all()
            check(session, world)
