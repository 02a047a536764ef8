"""Some entities only: what a client library that keeps one collection at a time asks for."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from fieldsales.catalog.models import Product
from fieldsales.customers.models import Assignment
from fieldsales.db.session import reading, transaction
from sync import feed
from sync.cursor import CursorInvalid
from sync.pull import pull
from sync.shapes import SHAPES


def everything(town, entities, limit=500, cursor=None):
    """Pull to the end; return the rows and the last cursor."""
    told, more = [], True
    while more:
        with reading(town.engine) as session:
            page = pull(session, town.anna.who.user_id, cursor, limit, entities)
        told += page.changes
        cursor, more = page.next_cursor, page.more
    return told, cursor


@pytest.mark.parametrize("limit", [1, 3, 500])
def test_the_entities_one_by_one_make_the_whole(town, limit):
    town.anna.check_in(town.customers["Bakery"])
    town.anna.deliver(town.engine)
    whole, _ = everything(town, None)
    single = [row for entity in SHAPES for row in everything(town, frozenset({entity}), limit)[0]]
    assert sorted(map(repr, single)) == sorted(map(repr, whole))


def test_a_customer_that_is_left_takes_its_visits_along_though_no_assignment_is_asked_for(town):
    visit = town.anna.check_in(town.customers["Bakery"])["data"]["visit_id"]
    town.anna.deliver(town.engine)
    visits = frozenset({"visit"})
    _, cursor = everything(town, visits)
    with transaction(town.engine) as session:
        session.get_one(Product, town.products["soap"]).price_minor = 7
        session.query(Assignment).filter_by(customer_id=town.customers["Bakery"]).update(
            {"ended_at": town.anna.now}, synchronize_session=False
        )
    told, _ = everything(town, visits, cursor=cursor)
    assert [(str(row.id), row.op) for row in told] == [(visit, "delete")]


@pytest.mark.parametrize("other", [None, frozenset({"route"}), frozenset({"visit", "route"})])
def test_a_cursor_of_some_entities_is_refused_for_others(town, other):
    """It has not seen them: going on with it would skip what they did before."""
    _, cursor = everything(town, frozenset({"visit"}))
    with reading(town.engine) as session, pytest.raises(CursorInvalid):
        pull(session, town.anna.who.user_id, cursor, entities=other)


@pytest.mark.parametrize("few", [-1, 3, 2000])
def test_much_news_comes_in_the_same_order_as_little(town, monkeypatch, few):
    """Little is sorted here and much by the database; a cursor between two pages must mean the same to both."""
    with reading(town.engine) as session:
        cursor = pull(session, town.anna.who.user_id, None).next_cursor
    visit = town.anna.check_in(town.customers["Bakery"])["data"]["visit_id"]
    town.anna.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)], visit)
    town.anna.deliver(town.engine)
    with transaction(town.engine) as session:
        session.execute(update(Product).values(price_minor=7))
        session.execute(update(Assignment).values(instruction="Smile."))
    usual = [(row.entity, row.id) for row in everything(town, None, limit=1, cursor=cursor)[0]]
    monkeypatch.setattr(feed, "FEW", few)
    assert [(row.entity, row.id) for row in everything(town, None, limit=1, cursor=cursor)[0]] == usual
    assert {entity for entity, _ in usual} >= {"product", "assignment", "visit", "order"}
