"""`fieldsales plan` and `fieldsales customers share`, as an operator meets them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from sqlalchemy import Engine, func, select
from worlds import small_town

from fieldsales.cli.context import Context
from fieldsales.cli.customers import customers
from fieldsales.cli.plans import parse_day, plan
from fieldsales.config import Settings
from fieldsales.customers.models import Assignment, Customer
from fieldsales.db.session import reading, transaction
from fieldsales.districts.service import RepNamedTwice
from fieldsales.orders.models import Order, Origin
from fieldsales.people.models import User
from fieldsales.people.queries import PersonNotFound
from fieldsales.planning.models import PlannedVisit, Route

DAY = date(2026, 3, 3)
"""A Tuesday."""

Run = Callable[..., tuple[Result, str]]


@pytest.fixture
def run(sqlite_engine: Engine) -> Iterator[Run]:
    """Run a command over a town whose customers all order weekly; return the result and what was printed."""
    with transaction(sqlite_engine) as session:
        world = small_town.build(session)
        for customer in world.customers.values():
            for week in range(1, 30):
                order = Order(customer_id=customer.id, origin=Origin.IMPORT, ordered_on=DAY - timedelta(days=7 * week))
                order.currency, order.amount_minor = "EUR", 10_000
                session.add(order)
    contexts = []

    def invoke(command: object, *words: str, width: int = 140) -> tuple[Result, str]:
        told = io.StringIO()
        settings = Settings(database_url=str(sqlite_engine.url), solver_workers=0, solve_seconds=0.05)
        context = Context(settings, Console(file=told, width=width, highlight=False))
        contexts.append(context)
        result = CliRunner().invoke(command, list(words), obj=context)  # type: ignore[arg-type]
        return result, told.getvalue()

    yield invoke
    for context in contexts:
        context.close()


def planned(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(PlannedVisit)) or 0


def test_the_plan_is_printed_as_a_table_with_reasons_and_a_total(run: Run, sqlite_engine: Engine) -> None:
    """All order on Tuesdays, so that Tuesday has somebody to visit."""
    result, told = run(plan, "2026-03-03")
    assert result.exit_code == 0
    assert "Anna, Tuesday 3 March 2026 (Europe/Athens)" in told
    for column in ("customer", "why", "arrive", "wait", "visit", "leave", "km"):
        assert column in told
    assert "first planned visit" in told
    assert "last order Tue 24 Feb" in told
    assert " km, " in told
    assert "Tue 3 Mar 2026: 2 reps" in told
    assert planned(sqlite_engine) > 0


def test_a_narrow_terminal_keeps_the_columns_that_matter(run: Run) -> None:
    _, told = run(plan, "2026-03-03", width=80)
    [header] = {line for line in told.splitlines() if line.strip().startswith("#")}
    assert header.split() == ["#", "customer", "why", "arrive", "wait", "km"]
    assert all(len(line) <= 80 for line in told.splitlines() if line.strip()[:1].isdigit())


def test_a_second_run_says_that_nothing_changed(run: Run) -> None:
    run(plan, "2026-03-03")
    _, told = run(plan, "2026-03-03", "--quiet")
    assert "Unchanged: every rep's day stands as it was." in told
    assert "arrive" not in told


def test_a_dry_run_prints_and_keeps_nothing(run: Run, sqlite_engine: Engine) -> None:
    result, told = run(plan, "2026-03-03", "--dry-run")
    assert (result.exit_code, planned(sqlite_engine)) == (0, 0)
    assert "arrive" in told
    assert "Dry run: nothing was kept." in told


def test_one_rep_may_be_planned_alone_and_without_a_route(run: Run, sqlite_engine: Engine) -> None:
    _, told = run(plan, "2026-03-03", "--rep", "anna", "--no-route")
    assert "1 reps" not in told
    assert "Ben" not in told
    with reading(sqlite_engine) as session:
        assert session.scalars(select(Route)).all() == []
        assert len(set(session.scalars(select(PlannedVisit.rep_id)))) == 1


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("someday",), "is not a date such as 2026-03-02"),
        (("2026-03-03", "--rep", "max"), "is not an active rep"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_an_example(run: Run, words: tuple[str, ...], wrong: str) -> None:
    result, _ = run(plan, *words)
    assert result.exit_code == 2
    assert wrong in result.output


def test_sunday_says_that_nobody_works(run: Run) -> None:
    _, told = run(plan, "2026-03-08")
    assert "Anna: does not work on Sundays." in told


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("today", date(2026, 3, 7)),
        ("tomorrow", date(2026, 3, 8)),
        ("next", date(2026, 3, 9)),
        ("2026-01-02", date(2026, 1, 2)),
    ],
)
def test_words_for_days_are_read_on_the_reps_calendar(run: Run, sqlite_engine: Engine, word: str, day: date) -> None:
    """At 23:00 UTC on Friday it is Saturday in Athens; the next working day is Monday."""
    with reading(sqlite_engine) as session:
        assert parse_day(session, word, None, datetime(2026, 3, 6, 23, 0, tzinfo=UTC)) == day


def test_sharing_gives_every_customer_one_owner(run: Run, sqlite_engine: Engine) -> None:
    result, told = run(customers, "share", "--reps", "anna,ben")
    assert result.exit_code == 0
    assert "6 customers" in told
    assert "1 without a position" in told
    with reading(sqlite_engine) as session:
        owned = select(Assignment.customer_id).where(Assignment.ended_at.is_(None))
        assert len(session.scalars(owned).all()) == 6


def test_sharing_may_be_tried_and_narrowed(run: Run, sqlite_engine: Engine) -> None:
    with transaction(sqlite_engine) as session:
        before = {(each.customer_id, each.rep_id) for each in session.scalars(select(Assignment))}
        session.scalars(select(Customer).where(Customer.name == "Fish")).one().city = "Patras"
    assert "1 customer," in run(customers, "share", "--reps", "anna", "--city", "patras", "--dry-run")[1]
    assert run(customers, "share", "--reps", "anna", "--unowned")[0].exit_code == 2
    assert "3 customers" in run(customers, "share", "--reps", "anna", "--territory", "north", "--dry-run")[1]
    with reading(sqlite_engine) as session:
        assert {(each.customer_id, each.rep_id) for each in session.scalars(select(Assignment))} == before


def test_a_login_that_nobody_has_is_told_with_where_to_look(run: Run) -> None:
    result, _ = run(plan, "2026-03-03", "--rep", "annn")
    assert isinstance(result.exception, PersonNotFound)
    assert str(result.exception) == "Nobody logs in as “annn”. See: fieldsales people list"


def test_next_is_refused_for_a_rep_who_works_on_no_day(run: Run, sqlite_engine: Engine) -> None:
    with transaction(sqlite_engine) as session:
        session.scalars(select(User).where(User.login == "anna")).one().work_pattern = None
    result, _ = run(plan, "next", "--rep", "anna")
    assert result.exit_code == 2
    assert "Anna works on no day." in result.output
    assert run(plan, "next")[0].exit_code == 0, "Ben works"


@pytest.mark.parametrize(
    ("newest", "told"),
    [
        ("2026-01-02", None),
        ("2026-01-01", "The newest order is of 2026-01-01, 61 days before: "),
        ("2024-03-04", "The newest order is of 2024-03-04, 729 days before: "),
        ("2021-10-31", "The newest order is of 2021-10-31, 4 years before: tiers and anomalies rest on old orders."),
    ],
)
def test_a_plan_on_old_orders_says_so(run: Run, sqlite_engine: Engine, newest: str, told: str | None) -> None:
    with transaction(sqlite_engine) as session:
        for order in session.scalars(select(Order)):
            order.ordered_on = date.fromisoformat(newest)
    _, printed = run(plan, "2026-03-03", "--quiet", "--dry-run")
    assert ("The newest order" in printed) == (told is not None)
    assert (told or "") in printed


def test_a_first_tier_is_not_told_as_a_change(run: Run, sqlite_engine: Engine) -> None:
    with transaction(sqlite_engine) as session:
        for customer in session.scalars(select(Customer)):
            customer.tier = None
    assert "6 customers got their tier. Anomalies" in run(plan, "2026-03-03", "--quiet")[1]
    assert "0 customers changed tier. Anomalies" in run(plan, "2026-03-03", "--quiet")[1]


def test_a_rep_named_twice_gets_nothing_twice(run: Run) -> None:
    result, _ = run(customers, "share", "--reps", "anna, Anna")
    assert isinstance(result.exception, RepNamedTwice)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("--city", "Nowhere"),
            "No customer matches --city Nowhere. Cities with most customers: Patras (5), Argos (1).",
        ),
        (("--territory", "north", "--unowned"), "No customer matches --territory north --unowned."),
    ],
)
def test_sharing_nobody_says_what_there_is(run: Run, sqlite_engine: Engine, words: tuple[str, ...], told: str) -> None:
    with transaction(sqlite_engine) as session:
        for customer in session.scalars(select(Customer)):
            customer.city = "Argos" if customer.name == "Fish" else "Patras"
    result, _ = run(customers, "share", "--reps", "anna", *words)
    assert result.exit_code == 2
    assert told in result.output


def test_sharing_tells_the_work_and_who_was_passed_over(run: Run, sqlite_engine: Engine) -> None:
    """All are of tier B: 20 minutes every two weeks, so 3 customers are 1.5 visits and 30 minutes a week."""
    _, told = run(customers, "share", "--reps", "anna,ben", "--dry-run")
    assert "visits a week" in told
    [anna] = [line for line in told.splitlines() if "Anna" in line]
    assert [cell.strip() for cell in anna.strip("│ ").split("│")] == ["Anna", "3", "1.5", "30"]
    assert "inactive" not in told
    with transaction(sqlite_engine) as session:
        for customer in session.scalars(select(Customer)):
            customer.tier, customer.active = None, customer.name != "Fish"
    _, told = run(customers, "share", "--reps", "anna,ben")
    assert "visits a week" not in told
    assert "5 customers" in told
    assert "Passed over: 1 inactive customer." in told
