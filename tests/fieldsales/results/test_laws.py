"""What holds of results whatever was done, and in whatever order it was summed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from worlds import small_town
from worlds.counting import who
from worlds.resulting import SUMS, asked, random_deeds, refreshed, sold, visited

from fieldsales.cuts.rules import Only
from fieldsales.orders.models import OrderState
from fieldsales.registry.rules import ALL, MEASURES, SHOPS, Dimension, NotAskable
from fieldsales.results.rules import PeriodWrong, QuestionWrong
from fieldsales.rollups.models import DirtyDay, SaleDay
from fieldsales.rollups.rules import gaps, split
from fieldsales.spans.rules import Span

SPRING = (date(2026, 2, 22), date(2026, 4, 20))
FEW = settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(seed=st.integers(0, 10**6))
def test_the_rows_of_any_dimension_add_up_to_the_total(session, seed):
    with session.begin_nested() as point:
        town = small_town.build(session)
        random_deeds(session, town, seed)
        for by in (*Dimension, *Span):
            names = tuple(name for name in SUMS if by not in ALL or by in MEASURES[name].by)
            found = asked(session, *names, by=(by,), days=SPRING)
            rows = [sum(column) for column in zip(*(row.values for row in found.rows), strict=True)]
            assert [tuple(rows)] == [row.values for row in found.totals], by
        point.rollback()


@FEW
@given(seed=st.integers(0, 10**6), share=st.integers(0, 8))
def test_kept_sums_say_what_the_deeds_say_whenever_they_were_refreshed(session, seed, share):
    names = (*SUMS, "lppc", "drop_size", "strike_rate", "time_in_store", "coverage", "gross_margin_share")
    shapes = (("rep",), ("customer", "month"), ("team", "week"), ("tier", "quarter"), ())
    with session.begin_nested() as point:
        town = small_town.build(session)
        random_deeds(session, town, seed, share)
        refreshed(session)
        random_deeds(session, town, seed + 1, 8 - share)
        by_product = (("product",), ("brand", "rep", "month"), ("category", "customer"), ("product", "day"))
        questions = [(names, by) for by in shapes] + [(SUMS[:7], by) for by in by_product]
        questions += [(("numeric_distribution",), by) for by in (("product",), ("product", "month"), ("segment",))]
        before = [asked(session, *told, by=by, days=SPRING) for told, by in questions]
        refreshed(session)
        assert session.scalar(select(func.count()).select_from(DirtyDay)) == 0
        after = [asked(session, *told, by=by, days=SPRING) for told, by in questions]
        point.rollback()
    assert before == after
    assert any(answer.rows for answer in after)


def test_a_day_is_marked_by_whatever_changes_its_sums(session):
    town = small_town.build(session)
    visit = visited(session, town, "Bakery", date(2026, 3, 2))
    order = sold(session, town, 2, day=date(2026, 3, 3), visit_id=visit.id)
    refreshed(session)

    def marked() -> set[int]:
        session.flush()
        found = {day.day for day in session.scalars(select(DirtyDay.day))}
        session.execute(delete(DirtyDay))
        return found

    assert marked() == set()
    order.state = OrderState.CANCELLED
    assert marked() == {2, 3}
    order.ordered_on = date(2026, 3, 5)
    assert marked() == {2, 3, 5}
    visit.day = date(2026, 3, 9)
    assert marked() == {2, 9}
    session.delete(order.lines[0])
    session.flush()
    session.expire(order)
    assert marked() >= {5}
    session.delete(order)
    assert marked() >= {5, 9}


def test_refreshing_again_changes_nothing(session):
    town = small_town.build(session)
    random_deeds(session, town, 5)
    refreshed(session)
    rows = session.execute(select(SaleDay.__table__)).all()
    session.add(DirtyDay(day=date(2026, 3, 2), tx=77))
    refreshed(session)
    assert session.execute(select(SaleDay.__table__)).all() == rows
    assert rows


@given(
    st.sets(st.integers(0, 99)).map(lambda days: {date(2026, 1, 1) + timedelta(day) for day in days}),
    st.integers(0, 60),
    st.integers(0, 60),
    st.sampled_from([Span.DAY, Span.MONTH]),
)
def test_every_day_is_read_once_and_no_dirty_one_from_kept_sums(dirty, start, length, span):
    first = date(2026, 1, 1) + timedelta(start)
    last = first + timedelta(length)
    kept, anew = split(first, last, dirty, span)

    def days(stretches: list[tuple[date, date]]) -> list[date]:
        return [one + timedelta(at) for one, other in stretches for at in range((other - one).days + 1)]

    assert sorted(days(kept) + days(anew)) == [first + timedelta(at) for at in range(length + 1)]
    assert not dirty & set(days(kept))
    assert gaps(first, last, kept) == anew


def test_what_cannot_be_asked_says_what_can(session):
    with pytest.raises(NotAskable, match=r"strike_rate cannot be asked by product\. It can be asked by rep, team"):
        asked(session, "strike_rate", by=("product",))
    with pytest.raises(QuestionWrong):
        asked(session, "calls", by=("month", "year"))
    with pytest.raises(PeriodWrong):
        asked(session, "calls", days=(date(2026, 3, 2), date(2026, 3, 1)))
    with pytest.raises(PeriodWrong):
        asked(session, "calls", by=("day",), days=(date(2025, 1, 1), date(2026, 3, 1)))


def test_every_measure_answers_by_every_dimension_that_it_names(session):
    town = small_town.build(session)
    random_deeds(session, town, 3)
    refreshed(session)
    random_deeds(session, town, 4)
    for by in Dimension:
        codes = [code for code, measure in MEASURES.items() if by in measure.by]
        for keys in ((by,), (by, Span.MONTH)):
            found = asked(session, *codes, by=keys, days=SPRING, actor=who(town.max))
            assert len(found.totals) == 1
            told = {code for at, code in enumerate(codes) if any(row.values[at] for row in found.rows)}
            assert {"sales_amount", "numeric_distribution"} <= told, keys


def test_shops_and_reps_are_what_a_question_is_narrowed_to(session):
    town = small_town.build(session)
    random_deeds(session, town, 9, 30)
    everything = {row.keys[0].id: row.values for row in asked(session, "sales_amount", by=("rep",)).rows}
    for rep in (town.anna, town.ben):
        [row] = asked(session, "sales_amount", only=Only(reps=(rep.id,))).totals
        assert row.values == everything[str(rep.id)]
    for dimension in SHOPS:
        rows = asked(session, "sales_amount", by=(dimension,)).rows
        some = {
            Dimension.CUSTOMER: Only(customers=(town.customers["Bakery"].id,)),
            Dimension.TERRITORY: Only(territory=town.north.id),
            Dimension.SEGMENT: Only(segment="shop"),
            Dimension.TIER: Only(tier="B"),
        }[dimension]
        wanted = {Dimension.CUSTOMER: "Bakery", Dimension.TERRITORY: "North"}.get(dimension)
        expected = sum(row.values[0] for row in rows if wanted in (None, row.keys[0].name))
        assert sum(row.values[0] for row in asked(session, "sales_amount", only=some).totals) == expected
