"""Credit limits: set by a manager, audited, and held against everything that is owed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.debtors import bill, pay
from worlds.small_town import NOON

from fieldsales.audit.queries import history_of
from fieldsales.credits.queries import standings
from fieldsales.credits.rules import CREDIT, CreditRefused, LimitInvalid, OverCredit, Standing, judge_credit
from fieldsales.credits.service import check_credit, set_terms
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.db.base import new_id
from fieldsales.db.desk import Desk
from fieldsales.db.session import insist, reading, transaction
from fieldsales.orders.models import Order
from fieldsales.orders.rules import Draft, Line
from fieldsales.orders.service import Taken, place_order
from fieldsales.people.models import Role
from fieldsales.people.rules import Actor


def place(session: Session, world: small_town.SmallTown, quantity: int, shop: str = "Bakery") -> Order:
    lines = (Line(world.products["rice"].id, quantity, 1188),)
    draft = Draft(new_id(), world.customers[shop].id, "EUR", lines)
    desk = Desk(session)
    order = place_order(session, draft, Taken(world.anna.id, NOON), desk)
    check_credit(desk, order, order.ordered_on, approved=())
    desk.write()
    return order


def test_what_is_owed_is_invoices_and_orders_without_one_less_money_on_account(session: Session) -> None:
    world = small_town.build(session)
    shop = world.customers["Bakery"].id
    bill(session, shop, "R-1", 5000)
    pay(session, world, shop, 700, choices=[])
    place(session, world, 2)
    set_terms(session, shop, "EUR", 10_000, None, by=None, now=NOON)
    found = standings(session, [shop], NOON.date())[shop]["EUR"]
    assert found == Standing("EUR", 10_000, 5000, 2376, 700)
    assert (found.owed_minor, found.left_minor) == (6676, 3324)


def test_an_order_may_use_all_that_is_left_and_not_a_cent_more(session: Session) -> None:
    world = small_town.build(session)
    set_terms(session, world.customers["Bakery"].id, "EUR", 2 * 1188, None, by=None, now=NOON)
    assert place(session, world, 2).flags == []
    with pytest.raises(OverCredit) as told, session.begin_nested():
        place(session, world, 1)
    assert (told.value.facts["left_minor"], told.value.facts["amount_minor"]) == (0, 1188)
    assert place(session, world, 50, "Corner").flags == []


def test_two_orders_at_the_same_time_cannot_both_take_the_last_credit(engine: Engine) -> None:
    with transaction(engine) as session:
        world = small_town.build(session)
        set_terms(session, world.customers["Bakery"].id, "EUR", 1188, None, by=None, now=NOON)
        session.flush()
        session.expunge_all()

    def work(_: int) -> bool:
        try:
            insist(engine, lambda session: place(session, world, 1))
        except OverCredit:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(6))) == 1
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 1


def test_a_limit_is_audited_and_set_only_where_one_may(session: Session) -> None:
    world = small_town.build(session)
    shop = world.customers["Bakery"].id
    boss = Actor(world.max.id, Role.MANAGER, None)
    for limit in (500, 500, 900):
        set_terms(session, shop, "EUR", limit, 14, by=boss, now=NOON)
    steps = [each.facts for each in history_of(session, ("customer", shop)) if each.action == "credit.set"]
    assert [each["after"]["limit_minor"] for each in steps] == [500, 900]
    assert steps[1]["before"] == {"limit_minor": 500, "payment_days": 14}
    with pytest.raises(LimitInvalid):
        set_terms(session, shop, "EUR", -1, None, by=boss, now=NOON)
    with pytest.raises(CustomerNotFound):
        set_terms(session, shop, "EUR", 1, None, by=Actor(new_id(), Role.MANAGER, world.south.id), now=NOON)


@pytest.mark.parametrize(("then", "error"), [("hold", OverCredit), ("refuse", CreditRefused)])
def test_a_person_may_let_an_order_over_the_limit_stand(then: str, error: type[Exception]) -> None:
    policy = CREDIT.read(dict(CREDIT.default) | {"over_limit": then})
    standing = Standing("EUR", 100, invoiced_minor=90)
    assert judge_credit(policy, standing, 10, approved=()) == ()
    with pytest.raises(error):
        judge_credit(policy, standing, 11, approved=())
    assert judge_credit(policy, standing, 11, approved={"order.over_credit"}) == ("over_credit",)
