"""Two people plan one day at the same time: the second never undoes what the first stored."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, select
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.dayplans.rules import PlanOutdated
from fieldsales.dayplans.service import gather, solve, store
from fieldsales.db.session import reading, transaction
from fieldsales.drafts.rules import Draft
from fieldsales.driving.rules import Driving
from fieldsales.people.models import User
from fieldsales.planning.models import PlannedVisit, PlanStatus, Source
from fieldsales.planning.service import add_manual_visit
from routing.pool import SolverPool

TUESDAY = date(2026, 3, 3)
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DRIVING = Driving(circuity=1.3, speed_kmh=30.0, solve_seconds=0.05)


@pytest.fixture
def town(engine: Engine) -> SmallTown:
    """Anna wants to see the Bakery on Tuesday, Ben the Fish; nothing is planned yet."""
    with transaction(engine) as session:
        world = small_town.build(session)
        session.flush()
        session.expunge_all()
    by_hand(engine, world, "anna", "Bakery")
    by_hand(engine, world, "ben", "Fish")
    return world


@pytest.fixture
def drawn(engine: Engine) -> Iterator[Callable[..., Draft]]:
    """Draw Tuesday of all reps, or of some, with its routes."""
    with SolverPool(0) as pool:

        def draw(*rep_ids: uuid.UUID) -> Draft:
            with reading(engine) as session:
                draft = gather(session, TUESDAY, driving=DRIVING, now=NOW, rep_ids=rep_ids or None)
            return solve(draft, pool, DRIVING)

        yield draw


def keep(engine: Engine, draft: Draft) -> list[bool]:
    with transaction(engine) as session:
        return [rep.changed for rep in store(session, draft).reps]


def by_hand(engine: Engine, town: SmallTown, rep: str, name: str) -> None:
    with transaction(engine) as session:
        who = getattr(town, rep).id
        add_manual_visit(session, who, town.customers[name].id, TUESDAY, by=who, reason="please", now=NOW)


def share(engine: Engine, town: SmallTown, name: str, rep: str) -> None:
    with transaction(engine) as session:
        session.add(
            Assignment(customer_id=town.customers[name].id, rep_id=getattr(town, rep).id,
                       kind=AssignmentKind.KEY_ACCOUNT, assigned_at=NOW)
        )  # fmt: skip


def visits(engine: Engine) -> set[tuple[str, str]]:
    """Which rep is to visit whom on Tuesday, by login."""
    with reading(engine) as session:
        rows = session.execute(
            select(User.login, Customer.name)
            .join(PlannedVisit, PlannedVisit.rep_id == User.id)
            .join(Customer, Customer.id == PlannedVisit.customer_id)
            .where(PlannedVisit.day == TUESDAY, PlannedVisit.status == PlanStatus.PLANNED)
        )
        return {(login, name) for login, name in rows}


@pytest.mark.parametrize("planned_before", [False, True], ids=["open draft", "settled draft"])
def test_a_stale_plan_does_not_undo_a_newer_one(
    engine: Engine, town: SmallTown, drawn: Callable[..., Draft], planned_before: bool
) -> None:
    """While A searches, B gives the Grocer to Anna and stores the plan with it."""
    if planned_before:
        keep(engine, drawn())
    stale = drawn()
    share(engine, town, "Grocer", "anna")
    keep(engine, drawn())
    newer = visits(engine)
    assert ("anna", "Grocer") in newer
    with pytest.raises(PlanOutdated, match="Plan the day again"):
        keep(engine, stale)
    assert visits(engine) == newer
    assert keep(engine, drawn()) == [False, False]


def test_a_customer_given_to_a_rep_meanwhile_is_not_passed_over(
    engine: Engine, town: SmallTown, drawn: Callable[..., Draft]
) -> None:
    stale = drawn()
    share(engine, town, "Grocer", "anna")
    with pytest.raises(PlanOutdated):
        keep(engine, stale)


def test_the_second_of_two_who_plan_the_same_begins_anew_and_finds_nothing_to_do(
    engine: Engine, town: SmallTown, drawn: Callable[..., Draft]
) -> None:
    first, second = drawn(), drawn()
    assert True in keep(engine, first)
    with pytest.raises(PlanOutdated):
        keep(engine, second)
    assert keep(engine, drawn()) == [False, False]


def test_a_visit_that_another_rep_took_meanwhile_is_not_planned_twice(
    engine: Engine, town: SmallTown, drawn: Callable[..., Draft]
) -> None:
    """The Dairy is Ben's for the first time; while his day is searched for, Anna puts it on hers."""
    share(engine, town, "Dairy", "ben")
    stale = drawn(town.ben.id)
    assert any(line.customer_id == town.customers["Dairy"].id for line in stale.plans[0].lines)
    by_hand(engine, town, "anna", "Dairy")
    with pytest.raises(PlanOutdated):
        keep(engine, stale)
    assert ("ben", "Dairy") not in visits(engine)


@pytest.mark.parametrize(("sent", "other"), [("anna", "ben"), ("ben", "anna")])
def test_of_two_reps_at_one_door_the_one_sent_by_hand_stays(
    engine: Engine, town: SmallTown, drawn: Callable[..., Draft], sent: str, other: str
) -> None:
    """Both came to stand on Tuesday before that was refused; planning again heals it, whoever's line is read first."""
    share(engine, town, "Corner", "ben")
    by_hand(engine, town, sent, "Corner")
    with transaction(engine) as session:
        session.add(
            PlannedVisit(rep_id=getattr(town, other).id, customer_id=town.customers["Corner"].id, day=TUESDAY,
                         source=Source.TIER, reason="due", value=50)
        )  # fmt: skip
    keep(engine, drawn())
    assert {who for who, name in visits(engine) if name == "Corner"} == {sent}
