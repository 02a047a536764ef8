"""Debts by age and DSO against cases computed by hand: as of a day, by rep, in several currencies."""

from __future__ import annotations

import random
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.debtors import TODAY, bill, days_ago, pay
from worlds.small_town import NOON, SmallTown

from fieldsales.ageings.queries import CurrencyTotals, ageing_report, ageing_totals
from fieldsales.allocations.service import bounce
from fieldsales.customers.queries import CustomerFilter
from fieldsales.db.base import new_id
from fieldsales.db.paging import PageWanted
from fieldsales.invoices.models import Invoice
from fieldsales.ledger.models import Account, Posting
from fieldsales.ledger.queries import trial_balance
from fieldsales.people.models import Role
from fieldsales.people.rules import Actor
from fieldsales.receivables.models import Method
from fieldsales.writeoffs.service import ask_write_off, decide_write_off


@pytest.fixture
def world(session: Session) -> SmallTown:
    return small_town.build(session)


def totals(session: Session, day: date = TODAY, rep: uuid.UUID | None = None) -> dict[str, CurrencyTotals]:
    session.flush()
    found = ageing_totals(session, None, day, CustomerFilter(rep_id=rep, active=None))
    return {each.currency: each for each in found}


def told(session: Session, shop: uuid.UUID, number: str, amount: int, issued: int, due: int, **more: Any) -> None:
    """Have an invoice issued and due so many days ago."""
    filed = bill(session, shop, number, amount, issued_on=days_ago(issued), due_on=days_ago(due), **more)
    assert filed.code is None


def test_dso_and_ages_are_those_of_a_case_computed_by_hand(session: Session, world: SmallTown) -> None:
    """Sold in 90 days: 600 + 300; owed: 600 + 100 + 250 of before = 950; DSO 950 ÷ 900 × 90 = 95 days."""
    shop = world.customers["Bakery"].id
    told(session, shop, "R-1", 60_000, 10, -20)
    told(session, shop, "R-2", 30_000, 89, 59, open_minor=10_000)
    told(session, shop, "R-3", 25_000, 121, 91)
    found = totals(session)["EUR"]
    assert found.buckets == {
        "not_due": 60_000,
        "days_1_30": 0,
        "days_31_60": 10_000,
        "days_61_90": 0,
        "over_90": 25_000,
    }
    assert found.dso_days == 95.0


def test_sales_of_ninety_days_count_and_not_of_ninety_one(session: Session, world: SmallTown) -> None:
    """The period of today is today and the 89 days before."""
    shop = world.customers["Bakery"].id
    told(session, shop, "R-1", 10_000, 89, 0)
    told(session, shop, "R-2", 50_000, 90, 0)
    assert totals(session)["EUR"].dso_days == 60_000 / 10_000 * 90


def test_currencies_stand_alone(session: Session, world: SmallTown) -> None:
    shop = world.customers["Bakery"].id
    told(session, shop, "R-1", 10_000, 30, 0)
    told(session, shop, "R-2", 9_000, 30, 5, currency="USD", open_minor=3_000)
    pay(session, world, shop, 700, currency="JPY")
    found = totals(session)
    assert {name: each.dso_days for name, each in found.items()} == {"EUR": 90.0, "USD": 30.0, "JPY": None}
    assert (found["JPY"].on_account_minor, found["EUR"].on_account_minor) == (700, 0)
    rows = ageing_report(session, None, TODAY, PageWanted()).items
    assert [(each.currency, each.owed_minor) for each in rows] == [("EUR", 10_000), ("USD", 3_000)]


def test_a_day_in_the_past_knows_nothing_of_what_came_later(session: Session, world: SmallTown) -> None:
    """Invoiced 20 days ago; paid by cheque today, which bounces in 3 days; a part is written off the day after."""
    shop = world.customers["Bakery"].id
    told(session, shop, "R-1", 1_000, 20, 10)
    cheque = pay(session, world, shop, 1_000, method=Method.CHEQUE).payment
    ahead = [TODAY + timedelta(days=each) for each in range(6)]
    bounce(session, cheque.id, "No.", day=ahead[3], by=None, now=NOON + timedelta(days=3))
    sara = Actor(world.sara.id, Role.SUPERVISOR, world.town.id)
    invoice_id = session.scalars(select(Invoice.id)).one()
    asked = ask_write_off(session, invoice_id, 400, "Gone.", by=sara, now=NOON + timedelta(days=4))
    decide_write_off(session, asked.id, grant=True, reason="Seen.", by=None, now=NOON + timedelta(days=4))
    days = [days_ago(21), days_ago(20), days_ago(1), *ahead]
    owed = [sum(found["EUR"].buckets.values()) if (found := totals(session, day)) else None for day in days]
    assert owed == [None, 1_000, 1_000, 0, 0, 0, 1_000, 600, 600]
    names = [[each.owed_minor for each in ageing_report(session, None, day, PageWanted()).items] for day in days]
    assert names == [[], [1_000], [1_000], [], [], [], [1_000], [600], [600]]
    assert totals(session, days_ago(10))["EUR"].buckets["not_due"] == 1_000
    assert totals(session, days_ago(9))["EUR"].buckets["days_1_30"] == 1_000


def test_each_rep_has_the_debts_of_its_own_customers(session: Session, world: SmallTown) -> None:
    told(session, world.customers["Bakery"].id, "R-1", 10_000, 9, 0)
    told(session, world.customers["Fish"].id, "R-2", 20_000, 9, 0, open_minor=5_000)
    anna, ben = (totals(session, rep=each.id)["EUR"] for each in (world.anna, world.ben))
    assert (sum(anna.buckets.values()), anna.dso_days) == (10_000, 90.0)
    assert (sum(ben.buckets.values()), ben.dso_days) == (5_000, 22.5)
    assert sum(totals(session)["EUR"].buckets.values()) == 15_000


@pytest.mark.parametrize("seed", range(4))
def test_on_every_day_the_ages_sum_to_what_the_ledger_says_is_owed(
    session: Session, world: SmallTown, seed: int
) -> None:
    lot = random.Random(seed)
    shops = [each.id for each in world.customers.values()]
    cheques = []
    for at in range(25):
        shop, amount = lot.choice(shops), lot.randint(1, 900)
        if lot.random() < 0.5:
            told(
                session, shop, f"R-{at}", amount, ago := lot.randint(0, 40), ago - 20, open_minor=lot.randint(0, amount)
            )
        elif lot.random() < 0.6:
            cheques.append(pay(session, world, shop, amount, method=Method.CHEQUE).payment.id)
        else:
            bill(session, shop, f"G-{new_id()}", -amount, issued_on=days_ago(lot.randint(0, 40)))
    for each in cheques[:2]:
        bounce(session, each, "No.", day=TODAY + timedelta(days=2), by=None, now=NOON)
    for ago in range(-3, 45):
        day = days_ago(ago)
        books = trial_balance(session, "EUR", Posting.day <= day)
        found = totals(session, day).get("EUR")
        assert (sum(found.buckets.values()) if found else 0) == books.get(Account.RECEIVABLE, 0)
        assert (found.on_account_minor if found else 0) == -books.get(Account.CREDIT, 0)
