"""Two years of a real city week by week: journey plans made, days planned, visits made or missed, anomalies raised.

    .venv/bin/python -m benchmarks.replay OUTLETS.csv.gz ORDER_LINES.csv.gz [--reps 3] [--missed 0.08] [--plot out.svg]

Every four weeks the journey plans of all reps are made, over what stands; every working day is planned by the same
verbs as in service (without routes), with the orders of the days before and nothing later. Of the planned visits a
seeded share is not made. Prints by quarter:

- coverage: customers whose longest time without a visit, in the quarter, stayed within twice their cadence's period;
- adherence: visits made on the day for which the journey plan had them, of all that it had;
- spacing: how far gaps between visits are from the cadence, in the mean, in days and as a share of the period;
- own weekday: visits on the weekday on which the customer ordered most in the year before;
- driving a visit and unevenness of days, of the journey plans made in the quarter;
- anomalies raised, and how many were confirmed, then the same by kind beside the customers of whom nothing was raised
  (`benchmarks.replay_flags` says when a flag counts as confirmed).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import random
import sys
import tempfile
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from itertools import pairwise
from pathlib import Path
from statistics import fmean

from sqlalchemy import Engine

from benchmarks.replay_flags import WATCH, Flag, Sales, by_quarter, judged, print_kinds, quarter
from benchmarks.replay_table import plot, print_table
from fieldsales.candidates.queries import crew
from fieldsales.customers.models import Customer
from fieldsales.dayplans.service import gather, store
from fieldsales.db.base import new_id
from fieldsales.db.bulk import insert_rows
from fieldsales.db.engine import make_engine
from fieldsales.db.session import reading, transaction
from fieldsales.districts.service import share_customers
from fieldsales.driving.rules import Driving
from fieldsales.history.queries import buying_history
from fieldsales.history.rules import usual_weekdays
from fieldsales.journeys.queries import plan_days
from fieldsales.journeys.service import sketch_journeys, solve_journeys, store_journeys
from fieldsales.ladders.queries import ladder_on
from fieldsales.orders.models import Order, Origin
from fieldsales.people.models import Role, Territory, User, WorkPattern
from fieldsales.tiers.queries import present_tiers
from fieldsales.tiers.service import refresh_tiers
from fieldsales.visits.models import Visit
from migrations import upgrade
from routing.pool import SolverPool

WARM_UP = timedelta(days=91)
WEEKS = 4
YEAR = timedelta(days=365)


@dataclass
class Seen:
    """What happened: planned and made visits by customer, and the figures of each journey plan."""

    planned: dict[uuid.UUID, set[date]] = field(default_factory=lambda: defaultdict(set))
    made: dict[uuid.UUID, list[date]] = field(default_factory=lambda: defaultdict(list))
    period: dict[tuple[uuid.UUID, date], int] = field(default_factory=dict)
    own_day: Counter[tuple[str, bool]] = field(default_factory=Counter)
    figures: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))


def main() -> None:
    """Run, print and plot."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("outlets", type=Path)
    asked.add_argument("lines", type=Path)
    asked.add_argument("--reps", type=int, default=3)
    asked.add_argument("--missed", type=float, default=0.08)
    asked.add_argument("--plot", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'replay.sqlite3'}")
        upgrade(engine)
        began = time.monotonic()
        sales = build(engine, given.outlets, given.lines, given.reps)
        days = sorted({day for by_day in sales.values() for day in by_day})
        seen = replay(engine, days[0] + WARM_UP, days[-1], random.Random(11), given.missed)
        flags = judged(engine, sales, days[0] + WARM_UP, days[-1] - WATCH)
        rows = summarise(seen, flags)
        print_table(rows)
        print_kinds(flags, sales, days[0] + WARM_UP, days[-1] - WATCH)
        print(f"{len(sales)} outlets, {given.reps} reps, {days[0]} to {days[-1]}, in {time.monotonic() - began:.0f} s")
        if given.plot:
            plot(rows, given.plot)
        engine.dispose()


def build(engine: Engine, outlets: Path, lines: Path, reps: int) -> Sales:
    """Put outlets, their orders by day and the reps into the database; return what was sold, by customer and day."""
    amounts: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for row in _rows(lines):
        amounts[row["store"]][date.fromisoformat(row["date"])] += round(100 * float(row["dollars"]))
    facts = {row["Store"]: row for row in _rows(outlets) if row["Store"] in amounts}
    now = datetime.combine(min(min(each) for each in amounts.values()), clock(6), UTC)
    with transaction(engine) as session:
        area = Territory(code="city", name="City", time_zone="America/Chicago", region="US", currency="USD")
        session.add(area)
        session.flush()
        people = [_rep(area.id, number, now) for number in range(reps)]
        session.add_all(people)
        session.flush()
        shops = {name: _shop(area.id, name, facts.get(name, {}), now) for name in amounts}
        insert_rows(session.connection(), shops.values())
        insert_rows(session.connection(), (_order(shops[name].id, day, cents) for name in amounts
                                           for day, cents in amounts[name].items()))  # fmt: skip
        share_customers(session, [shop.id for shop in shops.values()], [rep.id for rep in people], now=now)
    return {shops[name].id: by_day for name, by_day in amounts.items()}


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as text:
        yield from csv.DictReader(text)


def _rep(area_id: uuid.UUID, number: int, now: datetime) -> User:
    rep = User(
        login=f"rep{number}", name=f"Rep {number}", role=Role.REP, territory_id=area_id, language="en", created_at=now
    )
    rep.work_pattern = WorkPattern(
        start_latitude=41.5868,
        start_longitude=-93.625,
        shift_from=clock(8),
        shift_to=clock(17),
        lunch_from=clock(12),
        lunch_to=clock(14),
        lunch_minutes=30,
    )
    return rep


def _shop(area_id: uuid.UUID, name: str, facts: Mapping[str, str], now: datetime) -> Customer:
    placed = facts.get("latitude") and facts.get("longitude")
    return Customer(
        id=new_id(),
        name=facts.get("Name", name),
        territory_id=area_id,
        latitude=float(facts["latitude"]) if placed else None,
        longitude=float(facts["longitude"]) if placed else None,
        flags=[],
        active=True,
        version=1,
        created_at=now,
        updated_at=now,
    )


def _order(customer_id: uuid.UUID, day: date, cents: int) -> Order:
    return Order(
        id=new_id(), customer_id=customer_id, origin=Origin.IMPORT, ordered_on=day, currency="USD", amount_minor=cents,
        flags=[],
    )  # fmt: skip


def replay(engine: Engine, first: date, last: date, chance: random.Random, missed: float) -> Seen:
    """Live through the days."""
    seen, monday = Seen(), first - timedelta(days=first.weekday())
    with SolverPool(2) as solver:
        week = 0
        while monday + timedelta(days=7) <= last:
            if week % WEEKS == 0:
                _make_journeys(engine, solver, monday, seen)
            for at in range(5):
                _live(engine, monday + timedelta(days=at), seen, chance, missed)
            print(f"\rweek of {monday}", end="", file=sys.stderr, flush=True)
            monday, week = monday + timedelta(days=7), week + 1
    print(file=sys.stderr)
    return seen


def _make_journeys(engine: Engine, solver: SolverPool, monday: date, seen: Seen) -> None:
    with transaction(engine) as session:
        refresh_tiers(session, monday)
    with reading(engine) as session:
        sketches = sketch_journeys(session, crew(session), monday, WEEKS, today=monday)
        history = buying_history(session, monday - YEAR, monday)
        habits = dict(zip(history.customers, usual_weekdays(history, monday - YEAR, monday), strict=True))
    sketches = solve_journeys(sketches, solver, Driving())
    for sketch in sketches:
        if sketch.figures is None:
            continue
        seen.figures[quarter(monday)].append(
            (sketch.figures.travel_s / max(1, sketch.figures.visits), sketch.figures.unevenness)
        )
        for who, days in sketch.days.items():
            for day in (monday + timedelta(days=at) for at in days):
                seen.own_day[quarter(day), habits.get(who) == day.weekday()] += habits.get(who) is not None
    with transaction(engine) as session:
        store_journeys(session, sketches, by=None, now=datetime.combine(monday, clock(5), UTC))


def _live(engine: Engine, day: date, seen: Seen, chance: random.Random, missed: float) -> None:
    """Plan a day, and make most of its visits."""
    now = datetime.combine(day, clock(14), UTC)
    with reading(engine) as session:
        draft = gather(session, day, driving=None, now=now)
        ladder, tiers = ladder_on(session, day), present_tiers(session)
        for by_customer in plan_days(session, [plan.rep.id for plan in draft.plans], day).values():
            for who, days in by_customer.items():
                if day in days:
                    seen.planned[who].add(day)
    with transaction(engine) as session:
        store(session, draft)
        for plan in draft.plans:
            for line in sorted(plan.lines, key=lambda line: line.customer_id):
                if chance.random() >= missed:
                    session.add(_visit(plan.rep.id, line.customer_id, day))
                    seen.made[line.customer_id].append(day)
                    tier = ladder.find(tiers[line.customer_id][0]) or ladder.tiers[-1]
                    seen.period[line.customer_id, day] = tier.cadence.period_days


def _visit(rep_id: uuid.UUID, customer_id: uuid.UUID, day: date) -> Visit:
    at = datetime.combine(day, clock(15), UTC)
    return Visit(id=new_id(), rep_id=rep_id, customer_id=customer_id, day=day, checked_in_at=at, flags=[])


def summarise(seen: Seen, flags: Sequence[Flag]) -> list[dict[str, float | str]]:
    """Return a row of figures for each quarter."""
    raised, confirmed = by_quarter(flags)
    gaps: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for who, days in seen.made.items():
        for before, after in pairwise(days):
            gaps[quarter(after)].append(((after - before).days, seen.period[who, before]))
    rows: list[dict[str, float | str]] = []
    for name in sorted(seen.figures):
        pairs = gaps[name]
        planned = [(who, day) for who, days in seen.planned.items() for day in days if quarter(day) == name]
        kept = sum(day in set(seen.made[who]) for who, day in planned)
        longest: dict[uuid.UUID, float] = defaultdict(float)
        for who, days in seen.made.items():
            for before, after in pairwise(days):
                if quarter(after) == name:
                    longest[who] = max(longest[who], (after - before).days / seen.period[who, before])
        rows.append(
            {
                "quarter": name,
                "visits": float(sum(quarter(day) == name for days in seen.made.values() for day in days)),
                "coverage": fmean(ratio <= 2 for ratio in longest.values()) if longest else 0.0,
                "adherence": kept / max(1, len(planned)),
                "spacing": fmean(abs(gap - period) for gap, period in pairs) if pairs else 0.0,
                "spacing_share": fmean(abs(gap - period) / period for gap, period in pairs) if pairs else 0.0,
                "own_day": seen.own_day[name, True] / max(1, seen.own_day[name, True] + seen.own_day[name, False]),
                "driving": fmean(each[0] for each in seen.figures[name]) / 60,
                "unevenness": fmean(each[1] for each in seen.figures[name]),
                "raised": float(raised[name]),
                "confirmed": float(confirmed[name]),
            }
        )
    return rows


if __name__ == "__main__":
    main()
