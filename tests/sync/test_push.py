"""Each mutation is done once, answered the same for ever, and none spoils its neighbours."""

from __future__ import annotations

from sqlalchemy import func, select

from fieldsales.db.session import reading


def count(engine, model):
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(model))


def test_a_day_at_one_customer_is_applied(town):
    visit = town.anna.check_in(town.customers["Bakery"])["data"]["visit_id"]
    town.anna.wait(10)
    town.anna.order(town.customers["Bakery"], [(town.products["coffee"], 2, 589)], visit)
    town.anna.photo(visit)
    town.anna.wait(5)
    town.anna.check_out(visit)
    results = town.anna.deliver(town.engine)
    assert [each.status for each in results] == ["applied"] * 4, results
