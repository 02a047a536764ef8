"""Chores for tests: a house in the small town with its own clock, and chores that do what a test wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from worlds import small_town

from fieldsales.chores.chore import Chore, Context, Result
from fieldsales.chores.registry import CHORES
from fieldsales.chores.worker import Worker
from fieldsales.config import Settings
from fieldsales.db.session import reading, transaction
from fieldsales.jobs.models import Job
from fieldsales.jobs.rules import Daily
from fieldsales.orders.models import Order, Origin

MONDAY_NOON = small_town.NOON
TUESDAY_MORNING = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class House:
    """The small town, what the time is there, and a worker for it."""

    engine: Engine
    chores: Sequence[Chore] = field(default_factory=lambda: CHORES)
    now: datetime = MONDAY_NOON
    settings: Settings = field(default_factory=lambda: Settings(solver_workers=0, solve_seconds=0.1))

    def worker(self, name: str = "a worker") -> Worker:
        """Another pair of hands."""
        return Worker(self.engine, self.settings, self.chores, lambda: self.now, name)

    def pass_to(self, moment: datetime) -> list[str]:
        """Let time pass and the worker look once; return what became of what it did."""
        self.now = moment
        return [f"{each.chore} {each.state}" for each in self.worker().work_off()]

    def jobs(self) -> list[Job]:
        """All jobs, in the order in which they were due."""
        with reading(self.engine) as session:
            return list(session.scalars(select(Job).order_by(Job.due_at, Job.rank, Job.id)))


def house(engine: Engine, *chores: Chore, now: datetime = MONDAY_NOON) -> House:
    """Build the town, and let the worker look a first time, so that what comes is due from now on."""
    with transaction(engine) as session:
        _order_weekly(session, small_town.build(session), now.date())
    found = House(engine, chores or CHORES)
    assert found.pass_to(now) == []
    return found


def _order_weekly(session: Session, town: small_town.SmallTown, today: date) -> None:
    """Let each shop have ordered every week, two weeks ago for the last time: so that somebody is due each day."""
    for customer in town.customers.values():
        for week in range(2, 30):
            day = today - timedelta(days=7 * week)
            order = {"ordered_on": day, "currency": "EUR", "amount_minor": 10_000}
            session.add(Order(customer_id=customer.id, origin=Origin.IMPORT, **order))


def nightly(run: Callable[[Context], Result], code: str = "test.chore", **options: object) -> Chore:
    """Return a chore that is done at two in the morning."""
    return Chore(code, "A test", Daily(time(2)), run, **options)  # type: ignore[arg-type]
