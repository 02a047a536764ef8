"""Two phones at one thing: exactly one wins, and the other is told the facts. On SQLite writers queue up anyway."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy.orm import Session
from worlds import phone as phones
from worlds.answers import codes, count, statuses
from worlds.small_town import NOON

from fieldsales.budgets.models import BudgetScope, GiftBudget
from fieldsales.budgets.rules import NewBudget
from fieldsales.budgets.service import set_budget
from fieldsales.customers.models import Assignment, AssignmentKind
from fieldsales.db.base import new_id
from fieldsales.db.session import transaction
from fieldsales.orders.models import Order
from fieldsales.people.models import User
from fieldsales.pricebooks.service import publish_books
from fieldsales.units.models import ProductUnit
from sync import push as pushing
from sync.batch import parse_batch


@pytest.fixture
def second(town):
    """Anna's other phone."""
    with transaction(town.engine) as session:
        return phones.give(session, session.get_one(User, town.anna.who.user_id), NOON, "second phone")


@pytest.fixture
def sale(town):
    """Ten soaps to the Bakery; Ben serves it as well, as a key account."""
    with transaction(town.engine) as session:
        facts = {"rep_id": town.ben.who.user_id, "customer_id": town.customers["Bakery"]}
        session.add(Assignment(**facts, kind=AssignmentKind.KEY_ACCOUNT, assigned_at=NOON))
    order = town.anna.order(town.customers["Bakery"], [(town.products["soap"], 10, 189)])["data"]["order_id"]
    assert statuses(town.anna.deliver(town.engine)) == ["applied"]
    return order


def meet(town, first, late):
    """Push for both, the late one while the first has not committed; return the results of both."""
    answers = []
    with Session(town.engine) as early:
        answers += pushing.push(early, first.who, parse_batch(first.body()), NOON).results
        other = threading.Thread(target=lambda: answers.extend(late.deliver(town.engine)))
        other.start()
        other.join(0.3)
        early.commit()
    other.join()
    first.queue.clear()
    return answers


def test_of_two_amendments_of_one_order_exactly_one_wins(town, second, sale):
    winner = town.anna.amend(sale, [(town.products["soap"], 7, 189)])
    second.amend(sale, [(town.products["soap"], 8, 189)])
    results = meet(town, town.anna, second)
    assert codes(results) == [None, "order.ended"]
    assert results[1].problem["replaced_by"] == winner["data"]["order_id"]
    assert count(town.engine, Order) == 2


def test_an_order_that_is_amended_and_cancelled_at_once_ends_once(town, second, sale):
    town.anna.cancel(sale)
    second.amend(sale, [(town.products["soap"], 8, 189)])
    assert codes(meet(town, town.anna, second)) == [None, "order.ended"]
    assert count(town.engine, Order) == 1


def test_two_reps_who_take_back_the_same_goods_at_once_take_back_no_more_than_was_sold(town, sale):
    for phone in (town.anna, town.ben):
        phone.give_back(town.customers["Bakery"], [(town.products["soap"], 6, 189)], sale)
    assert codes(meet(town, town.anna, town.ben)) == [None, "return.more_than_sold"]


def give_back_by_units(phone, town, sale, pieces, unit="each"):
    """Hand a return of version 2 in: soap at what was paid."""
    name = new_id()
    worth = pieces * 189 * (1 if unit == "each" else 5)
    line = {
        "line": 1,
        "product_id": str(town.products["soap"]),
        "unit": unit,
        "quantity": pieces,
        "amount_minor": worth,
    }
    about = {"return_id": str(name), "customer_id": str(town.customers["Bakery"]), "against_id": sale}
    data = about | {"reason": "Leaks.", "currency": "EUR", "lines": [line], "total_minor": worth}
    phone.do("return.submit", ("return", name), data, v=2)


def test_two_reps_who_take_back_at_once_in_different_units_take_back_no_more_than_was_sold(town, sale):
    with transaction(town.engine) as session:
        session.add(ProductUnit(product_id=town.products["soap"], unit="inner", pieces=5))
        session.flush()
        publish_books(session, now=NOON)
    give_back_by_units(town.anna, town, sale, 1, unit="inner")
    give_back_by_units(town.ben, town, sale, 6)
    assert codes(meet(town, town.anna, town.ben)) == [None, "return.more_than_sold"]


def test_of_two_gifts_at_once_the_second_finds_the_budget_drawn(town, sale):
    with transaction(town.engine) as session:
        days = (NOON.date(), NOON.date())
        new = NewBudget("Samples", BudgetScope.TIER, *days, most=5, tier="B")
        budget = set_budget(session, new, by=None, now=NOON).id
    for phone in (town.anna, town.ben):
        phone.gift(town.customers["Bakery"], [(town.products["soap"], 3)])
    assert codes(meet(town, town.anna, town.ben)) == [None, "gift.over_budget"]
    with transaction(town.engine) as session:
        assert session.get_one(GiftBudget, budget).used == 3


@pytest.mark.parametrize("amended_first", [True, False])
def test_a_return_that_meets_an_amendment_counts_against_what_stands_after(town, sale, amended_first):
    town.anna.amend(sale, [(town.products["soap"], 3, 189)])
    town.ben.give_back(town.customers["Bakery"], [(town.products["soap"], 6, 189)], sale)
    pair = (town.anna, town.ben) if amended_first else (town.ben, town.anna)
    assert codes(meet(town, *pair)) == [None, "return.more_than_sold" if amended_first else "order.given_back"]


def test_many_returns_from_two_reps_at_once_add_up_to_no_more_than_was_sold(town, sale):
    """Ten units are left and twelve are offered, one by one, by two phones that do not wait for each other."""
    lines, answers, start = [(town.products["soap"], 1, 189)], [], threading.Barrier(2)

    def work(phone):
        start.wait()
        for _ in range(6):
            phone.give_back(town.customers["Bakery"], lines, sale)
            answers.extend(phone.deliver(town.engine))

    threads = [threading.Thread(target=work, args=(phone,)) for phone in (town.anna, town.ben)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses(answers)) == ["applied"] * 10 + ["held"] * 2


@pytest.mark.parametrize("kind", ["payment", "note", "return", "gift"])
def test_of_two_reps_who_make_the_same_id_at_once_the_later_is_refused(town, kind):
    soap, identity = town.products["soap"], str(new_id())
    for phone, shop in ((town.anna, "Bakery"), (town.ben, "Fish")):
        customer = town.customers[shop]
        {
            "payment": lambda phone=phone, customer=customer: phone.collect(customer, 500),
            "note": lambda phone=phone, customer=customer: phone.note(customer, "Tea."),
            "return": lambda phone=phone, customer=customer: phone.give_back(customer, [(soap, 1, 189)]),
            "gift": lambda phone=phone, customer=customer: phone.gift(customer, [(soap, 1)]),
        }[kind]()
        phone.queue[0]["entity"]["id"] = phone.queue[0]["data"][f"{kind}_id"] = identity
    taken = f"{kind}.id_taken" if kind in ("payment", "note") else "order.id_taken"
    assert codes(meet(town, town.anna, town.ben)) == [None, taken]
