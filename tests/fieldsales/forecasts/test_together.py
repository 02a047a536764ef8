"""Targets that are alike are asked about together, and told as if each were asked about alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.resulting import paid, sold, visited
from worlds.small_town import NOON, SmallTown

from fieldsales.forecasts.queries import progress_of
from fieldsales.people.models import Role
from fieldsales.people.service import add_person
from fieldsales.readings.queries import Wanted, reading_of
from fieldsales.registry.rules import MEASURES, Dimension
from fieldsales.targets.models import Target
from fieldsales.targets.queries import only_of, readings_of
from fieldsales.targets.rules import Subject
from fieldsales.targets.service import set_target

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
TODAY = date(2026, 3, 10)
NOW = NOON + timedelta(days=8)


@pytest.fixture
def town(session: Session) -> SmallTown:
    """Both reps sold, visited and were paid, this month and in the three months before."""
    town = small_town.build(session)
    for at, product in enumerate(town.products.values()):
        product.brand = ("Sol", "Luna")[at % 2]
    for year, month in ((2025, 12), (2026, 1), (2026, 2), (2026, 3)):
        for day, rep, shop in ((3, town.anna, "Bakery"), (4, town.ben, "Fish"), (6, town.anna, "Corner")):
            on = date(year, month, day)
            visit = visited(session, town, shop, on, rep=rep)
            sold(session, town, day, month, day=on, rep=rep, shop=shop, visit_id=visit.id)
            paid(session, town, shop, 100 * day, on, rep=rep)
    return town


def subjects(session: Session, town: SmallTown, by: Dimension) -> list[Subject]:
    """All of a dimension, and one of whom there is nothing."""
    if by is Dimension.REP:
        idle = add_person(session, login="carl", name="Carl", role=Role.REP, territory_id=town.north.id, now=NOON)
        return [Subject(rep_id=each.id) for each in (town.anna, town.ben, idle)]
    if by is Dimension.CUSTOMER:
        return [Subject(customer_id=each.id) for each in town.customers.values()]
    if by is Dimension.PRODUCT:
        return [Subject(territory_id=town.town.id, product_id=each.id) for each in town.products.values()]
    brands = {each.brand for each in town.products.values() if each.brand} | {"Nobody's"}
    return [Subject(rep_id=town.anna.id, brand=each) for each in sorted(brands)]


@pytest.mark.parametrize("by", [Dimension.REP, Dimension.CUSTOMER, Dimension.PRODUCT, Dimension.BRAND])
def test_every_measure_of_many_is_what_it_is_of_each(session: Session, town: SmallTown, by: Dimension) -> None:
    every = subjects(session, town, by)
    needed = {Dimension.REP, by} if by is Dimension.BRAND else {by}
    needed |= {Dimension.TERRITORY} if by is Dimension.PRODUCT else set()
    seen = 0
    for code, measure in MEASURES.items():
        if not needed <= measure.by:
            continue
        wanted = Wanted(code, MARCH, "EUR" if measure.is_money else None, NOW)
        found = readings_of(session, wanted, every)
        assert found == {each: reading_of(session, wanted, only_of(each)) for each in every}, code
        seen += any(found.values())
    assert seen > 3


def targets(session: Session, found: list[Subject]) -> list[Target]:
    return [
        set_target(session, each, "sales_amount", 100_000, MARCH, currency="EUR", by=None, now=NOON) for each in found
    ]


@pytest.mark.parametrize("by", [Dimension.REP, Dimension.CUSTOMER, Dimension.PRODUCT, Dimension.BRAND])
def test_progress_and_projected_end_of_many_are_those_of_each(session: Session, town: SmallTown, by: Dimension) -> None:
    made = targets(session, subjects(session, town, by))
    together = progress_of(session, made, TODAY, NOW)
    assert together == [each for one in made for each in progress_of(session, [one], TODAY, NOW)]
    assert [each.target for each in together] == made
    assert any(each.forecast.method == "usual_shape" for each in together)


def test_six_targets_take_no_more_questions_than_two(session: Session, town: SmallTown) -> None:
    made = targets(session, subjects(session, town, Dimension.CUSTOMER))
    progress_of(session, made, TODAY, NOW)
    assert asked(session, made) == asked(session, made[:2])


def asked(session: Session, made: list[Target]) -> int:
    told: list[str] = []
    engine = session.get_bind()

    def note(*args: Any) -> None:
        told.append(args[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        progress_of(session, made, TODAY, NOW)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(told)
