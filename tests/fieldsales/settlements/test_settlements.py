"""What a rep hands in is counted, signed by two, posted, and reversed only by a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from worlds import small_town, stocked_town
from worlds.counting import TODAY, counted, exactly, settled, who
from worlds.debtors import bill, check_books, pay
from worlds.small_town import NOON
from worlds.stocked_town import put

from fieldsales.allocations.service import bounce, take_payment
from fieldsales.approvals.models import Approval, ApprovalState
from fieldsales.db.base import new_id
from fieldsales.ledger.models import Account
from fieldsales.ledger.queries import in_hand, owed_by_reps, trial_balance
from fieldsales.policies.models import Policy
from fieldsales.receivables.models import Method
from fieldsales.receivables.rules import Receipt
from fieldsales.settlements import rules
from fieldsales.settlements.models import SettlementState
from fieldsales.settlements.queries import is_intact
from fieldsales.settlements.rules import Coins, GoodsCount, MoneyCount
from fieldsales.settlements.service import Count, count_day, decide_settlement, discard, reopen, repay, sign
from fieldsales.stock.models import StockCause
from fieldsales.stock.queries import on_hand
from fieldsales.stock.rules import Entry, Leg
from fieldsales.stock.service import move
from fieldsales.visits.service import Call


@pytest.fixture
def world(session):
    return small_town.build(session)


def books(session):
    session.flush()
    return {key: amount for key, amount in trial_balance(session, "EUR").items() if amount}


def hands(session, world):
    return in_hand(session, [world.anna.id], "EUR")[world.anna.id]


def test_a_day_that_balances_moves_each_form_of_money_to_the_house(session, world):
    shop = world.customers["Bakery"].id
    bill(session, shop, "I-1", 9000)
    for amount, method in ((2000, Method.CASH), (3000, Method.CHEQUE), (1000, Method.WALLET)):
        pay(session, world, shop, amount, method=method)
    found = settled(session, world)
    assert (found.state, len(found.content["items"])) == (SettlementState.SETTLED, 3)
    assert hands(session, world) == {}
    held = books(session)
    assert (held[Account.TILL], held[Account.BANK]) == (2000, 4000)
    check_books(session, [shop])


def test_what_is_missing_is_owed_by_the_rep_until_it_is_made_good(session, world):
    pay(session, world, world.customers["Bakery"].id, 2000)
    settled(session, world, off=-300)
    assert owed_by_reps(session, [world.anna.id]) == {world.anna.id: {"EUR": 300}}
    with pytest.raises(rules.TooMuchRepaid):
        repay(session, world.anna.id, "EUR", 301, by=who(world.sara), now=NOON, day=TODAY)
    assert repay(session, world.anna.id, "EUR", 300, by=who(world.sara), now=NOON, day=TODAY) == 0
    assert books(session)[Account.TILL] == 2000
    assert Account.SHORTAGE not in books(session)


def test_what_is_too_much_is_an_overage_and_no_ones_debt(session, world):
    pay(session, world, world.customers["Bakery"].id, 2000)
    settled(session, world, off=50)
    assert (books(session)[Account.TILL], books(session)[Account.OVERAGE]) == (2050, -50)
    assert (hands(session, world), owed_by_reps(session, [world.anna.id])) == ({}, {})


def test_cash_is_counted_by_its_coins_and_cheques_by_their_pieces(session, world):
    shop = world.customers["Bakery"].id
    pay(session, world, shop, 2350)
    first, other = (pay(session, world, shop, amount, method=Method.CHEQUE).payment for amount in (500, 700))
    money = (
        MoneyCount("EUR", Account.CASH, coins=(Coins(1000, 2), Coins(50, 7))),
        MoneyCount("EUR", Account.CHEQUE, payments=(other.id,), note=f"{first.id} was left at the shop."),
    )
    found = counted(session, world, money=money)
    told = {each["form"]: (each["expected_minor"], each["counted_minor"]) for each in found.content["money"]}
    assert told == {"cash": (2350, 2350), "cheque": (1200, 700)}


def test_counts_that_cannot_be_are_refused_with_nothing_written(session, world):
    pay(session, world, world.customers["Bakery"].id, 2000)
    cash = {"currency": "EUR", "form": Account.CASH}
    for make in (
        lambda: MoneyCount(**cash, total_minor=-1),
        lambda: Coins(100, -1),
        lambda: GoodsCount(new_id(), -1),
        lambda: MoneyCount("EUR", Account.RECEIVABLE, total_minor=1),
        lambda: MoneyCount(**cash),
        lambda: counted(session, world, money=(MoneyCount(**cash, total_minor=2000),) * 2),
        lambda: counted(session, world, money=(MoneyCount(**cash, payments=(new_id(),)),)),
        lambda: counted(session, world, TODAY + timedelta(2)),
        lambda: counted(session, world, goods=()),
    ):
        with pytest.raises(rules.CountInvalid):
            make()
    exact = MoneyCount(**cash, total_minor=2000)
    wrong = (
        (rules.WrongMoney, (exact, MoneyCount("USD", Account.CASH, total_minor=5))),
        (rules.CountIncomplete, (MoneyCount("EUR", Account.CHEQUE, total_minor=0),)),
        (rules.Unexplained, (MoneyCount(**cash, total_minor=1999),)),
    )
    for error, money in wrong:
        with pytest.raises(error):
            counted(session, world, money=money)
    assert settled(session, world).state is SettlementState.SETTLED


def test_a_day_is_settled_once(session, world):
    pay(session, world, world.customers["Bakery"].id, 2000)
    found = counted(session, world)
    for _ in range(2):
        with pytest.raises(rules.SettledBefore):
            counted(session, world)
        if found.state is SettlementState.COUNTED:
            for each in (world.anna, world.sara):
                sign(session, found.id, found.content_hash, by=who(each), now=NOON)
    with pytest.raises(rules.SettlementClosed):
        discard(session, found.id, by=who(world.sara), now=NOON)


def test_two_persons_sign_for_the_content_that_they_saw(session, world):
    pay(session, world, world.customers["Bakery"].id, 2000)
    found = counted(session, world)
    with pytest.raises(rules.ContentDiffers):
        sign(session, found.id, "0" * 64, by=who(world.anna), now=NOON)
    sign(session, found.id, found.content_hash, by=who(world.sara), now=NOON)
    for signer in (world.sara, world.max):
        with pytest.raises(rules.SignedBefore):
            sign(session, found.id, found.content_hash, by=who(signer), now=NOON)
    with pytest.raises(rules.SettlementNotFound):
        sign(session, found.id, found.content_hash, by=who(world.ben), now=NOON)
    assert found.state is SettlementState.COUNTED
    sign(session, found.id, found.content_hash, by=who(world.anna), now=NOON)
    assert (found.state, is_intact(found)) == (SettlementState.SETTLED, True)


def test_what_was_signed_cannot_be_changed(session, world):
    pay(session, world, world.customers["Bakery"].id, 2000)
    found = settled(session, world)
    for statement in (
        "UPDATE settlement SET content_hash = '" + "0" * 64 + "'",
        "UPDATE settlement SET content = '{}'",
        "UPDATE settlement_signature SET party = 'rep'",
        "DELETE FROM settlement_signature",
    ):
        with pytest.raises(DatabaseError, match="is final"), session.begin_nested():
            session.execute(text(statement))
    session.refresh(found)
    assert is_intact(found)
    found.content = found.content | {"day": "2026-01-01"}
    assert not is_intact(found)


def test_a_cheque_that_bounces_after_the_count_makes_it_stale(session, world):
    cheque = pay(session, world, world.customers["Bakery"].id, 2000, method=Method.CHEQUE).payment
    found = counted(session, world)
    sign(session, found.id, found.content_hash, by=who(world.anna), now=NOON)
    bounce(session, cheque.id, "No money.", day=TODAY, by=None, now=NOON)
    with pytest.raises(rules.SettlementStale), session.begin_nested():
        sign(session, found.id, found.content_hash, by=who(world.sara), now=NOON)
    discard(session, found.id, by=who(world.sara), now=NOON)
    assert settled(session, world).content["items"] == []


def test_a_cheque_that_bounces_after_it_was_handed_in_is_the_banks_loss_of_it(session, world):
    shop = world.customers["Bakery"].id
    bill(session, shop, "I-1", 2000)
    cheque = pay(session, world, shop, 2000, method=Method.CHEQUE).payment
    found = settled(session, world)
    bounce(session, cheque.id, "No money.", day=TODAY, by=None, now=NOON)
    assert (hands(session, world), Account.BANK in books(session)) == ({}, False)
    reopen(session, found.id, "Counted by the wrong person.", by=who(world.sara), now=NOON)
    assert (hands(session, world), Account.BANK in books(session)) == ({}, False)
    check_books(session, [shop])


def test_a_settlement_is_reopened_by_an_entry_that_reverses_it(session, world):
    pay(session, world, world.customers["Bakery"].id, 2000)
    found = settled(session, world, off=-300)
    reopen(session, found.id, "A note stuck to another.", by=who(world.sara), now=NOON)
    assert (found.state, found.reopen_entry_id) != (SettlementState.SETTLED, None)
    assert (hands(session, world), owed_by_reps(session, [world.anna.id])) == (
        {Account.CASH: 2000},
        {world.anna.id: {}},
    )
    with pytest.raises(rules.SettlementClosed):
        reopen(session, found.id, "Once more.", by=who(world.sara), now=NOON)
    again = settled(session, world)
    assert (again.id != found.id, books(session)[Account.TILL]) == (True, 2000)


def test_money_that_is_told_late_lands_in_the_next_settlement_and_is_told_so(session, world):
    shop = world.customers["Bakery"].id
    pay(session, world, shop, 2000)
    settled(session, world)
    at = NOON - timedelta(hours=3)
    late = take_payment(
        session, Receipt(new_id(), shop, Method.CASH, "EUR", 700), Call(world.anna.id, at, NOON), None
    ).payment
    with pytest.raises(rules.SettledBefore):
        counted(session, world)
    tomorrow = TODAY + timedelta(1)
    count = Count(world.anna.id, tomorrow, exactly(session, world, tomorrow))
    next_one = count_day(session, count, by=who(world.sara), now=NOON + timedelta(1))
    [item] = next_one.content["items"]
    assert (item["payment_id"], item["late"], item["paid_on"]) == (str(late.id), True, TODAY.isoformat())


def test_a_difference_above_the_policy_waits_for_somebody_who_did_not_sign(session, world):
    body = {"approval_above": {"EUR": 100}}
    session.add(Policy(kind="settlements", effective_from=TODAY, body=body, note="Test.", made_at=NOON))
    shop = world.customers["Bakery"].id
    pay(session, world, shop, 2000)
    found = settled(session, world, off=-101)
    [approval] = session.query(Approval).all()
    assert (found.state, approval.kind, approval.amount_minor) == (SettlementState.WAITING, "settlement", 101)
    assert hands(session, world) == {Account.CASH: 2000}
    with pytest.raises(rules.SignedBefore):
        decide_settlement(session, approval.id, grant=True, reason=None, by=who(world.sara), now=NOON)
    decide_settlement(session, approval.id, grant=True, reason="Known.", by=who(world.max), now=NOON)
    assert (found.state, owed_by_reps(session, [world.anna.id])[world.anna.id]) == (
        SettlementState.SETTLED,
        {"EUR": 101},
    )


def test_a_refused_difference_is_counted_anew_and_one_within_the_policy_asks_nobody(session, world):
    body = {"approval_above": {"EUR": 100}}
    session.add(Policy(kind="settlements", effective_from=TODAY, body=body, note="Test.", made_at=NOON))
    pay(session, world, world.customers["Bakery"].id, 2000)
    found = settled(session, world, off=-101)
    [approval] = session.query(Approval).all()
    decide_settlement(session, approval.id, grant=False, reason="Count again.", by=who(world.max), now=NOON)
    assert (found.state, approval.state) == (SettlementState.DISCARDED, ApprovalState.REFUSED)
    assert settled(session, world, off=-100).state is SettlementState.SETTLED


def test_the_goods_of_the_van_are_brought_to_what_was_counted(session):
    there = stocked_town.build(session)
    town, milk, bread = there.town, *list(there.town.products.values())[:2]
    for product in (milk, bread):
        put(session, there.van, product.id, 10)
    with pytest.raises(rules.CountIncomplete):
        counted(session, town, goods=(GoodsCount(milk.id, 10),))
    goods = (GoodsCount(milk.id, 8, "Two broke."), GoodsCount(bread.id, 10))
    found = settled(session, town, goods=goods)
    assert on_hand(session, there.van.id) == {milk.id: 8, bread.id: 10}
    assert [each["difference"] for each in found.content["goods"]["lines"] if each["sku"] == milk.sku] == [-2]
    early = NOON - timedelta(hours=1)
    sold = Leg(milk.id, 1, from_id=there.van.id)
    move(session, Entry(StockCause.SALE, early, TODAY, (sold,), below_zero=True))
    assert on_hand(session, there.van.id)[milk.id] == 8, "a sale before the count was in it already"


def test_goods_that_move_between_the_count_and_the_signatures_make_it_stale(session):
    there = stocked_town.build(session)
    product = next(iter(there.town.products.values()))
    put(session, there.van, product.id, 10)
    found = counted(session, there.town, goods=(GoodsCount(product.id, 10),))
    sign(session, found.id, found.content_hash, by=who(there.town.anna), now=NOON)
    put(session, there.van, product.id, 1)
    with pytest.raises(rules.SettlementStale):
        sign(session, found.id, found.content_hash, by=who(there.town.sara), now=NOON)
