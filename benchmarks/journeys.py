"""How long it takes to make journey plans for a whole house, with how much memory, and how good they are.

    .venv/bin/python -m benchmarks.journeys [--customers 10000 --customers 100000] [--per-rep 500] [--weeks 4]

A seeded country on a SQLite file of its own: each rep in a district, customers in villages, of four tiers (A weekly, B
every two weeks, C every four, D every twelve), a third of them visited within their period. Prints the seconds of
reading, searching and storing, the peak memory of this process and of the largest solving process, and the mean of the
figures of all plans.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import tempfile
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from statistics import fmean
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fieldsales.candidates.queries import crew
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.db.base import new_id
from fieldsales.db.bulk import insert_rows
from fieldsales.db.engine import make_engine
from fieldsales.db.session import reading, transaction
from fieldsales.driving.rules import Driving
from fieldsales.journeys.rules import Sketch
from fieldsales.journeys.service import sketch_journeys, solve_journeys, store_journeys
from fieldsales.ladders.rules import TIERS as KIND
from fieldsales.people.models import Role, Territory, User, WorkPattern
from fieldsales.policies.service import put
from fieldsales.visits.models import Visit
from migrations import upgrade
from routing.pool import SolverPool

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
TIERS = (
    # tier, share, cadence, period, gap, minutes
    ("A", 0.04, "FREQ=WEEKLY", 7, 5, 20),
    ("B", 0.16, "FREQ=WEEKLY;INTERVAL=2", 14, 10, 15),
    ("C", 0.40, "FREQ=WEEKLY;INTERVAL=4", 28, 20, 10),
    ("D", 0.40, "FREQ=WEEKLY;INTERVAL=12", 84, 60, 5),
)
"""Some 500 visits in four weeks for a rep of 500 customers: 25 a day."""


def main() -> None:
    """Run and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--customers", type=int, action="append")
    asked.add_argument("--per-rep", type=int, default=500)
    asked.add_argument("--weeks", type=int, default=4)
    asked.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = asked.parse_args()
    for customers in given.customers or (10_000, 30_000, 100_000):
        with tempfile.TemporaryDirectory() as folder:
            engine = make_engine(f"sqlite:///{Path(folder) / 'journeys.sqlite3'}")
            upgrade(engine)
            build(engine, customers, given.per_rep)
            measure(engine, customers, given.weeks, given.workers)
            engine.dispose()


def measure(engine: Engine, customers: int, weeks: int, workers: int) -> None:
    """Make all plans twice: from nothing, and again over what stands. Print what it took."""
    for turn in ("from nothing", "made again"):
        began = time.monotonic()
        with reading(engine) as session:
            sketches = sketch_journeys(session, crew(session), TODAY + timedelta(days=7), weeks, today=TODAY)
        read = time.monotonic()
        with SolverPool(workers) as solver:
            sketches = solve_journeys(sketches, solver, Driving())
        searched = time.monotonic()
        with transaction(engine) as session:
            store_journeys(session, sketches, by=None, now=NOW)
        stored = time.monotonic()
        print(
            f"{customers:,} customers, {len(sketches)} reps, {weeks} weeks, {turn}: read {read - began:.1f} s, "
            f"searched {searched - read:.1f} s with {workers} processes, stored {stored - searched:.1f} s, "
            f"in all {stored - began:.1f} s; peak memory {_peak(resource.RUSAGE_SELF)} MiB, "
            f"of a solving process {_peak(resource.RUSAGE_CHILDREN)} MiB",
            flush=True,
        )
        print(f"  {_quality(sketches)}", flush=True)


def _peak(who: int) -> int:
    return resource.getrusage(who).ru_maxrss // 1024


def _quality(sketches: list[Sketch]) -> str:
    found = [each.figures for each in sketches if each.figures is not None]
    kept = [each.kept for each in found if each.kept is not None]
    return (
        f"{sum(each.visits for each in found):,} visits; driving a visit "
        f"{sum(each.travel_s for each in found) / sum(each.visits for each in found) / 60:.1f} min; "
        f"day {fmean(each.mean_day_s for each in found) / 3600:.2f} h, "
        f"longest {max(each.longest_day_s for each in found) / 3600:.2f} h; "
        f"unevenness {fmean(each.unevenness for each in found):.1%}; "
        f"spacing ±{fmean(each.spacing_error_days for each in found):.2f} days; "
        f"over the shift {sum(each.over_s for each in found) / 3600:.1f} h"
        + (f"; kept {fmean(kept):.1%}" if kept else "")
    )


def build(engine: Engine, customers: int, per_rep: int) -> None:
    """Put the country into the database."""
    chance = random.Random(7)
    with transaction(engine) as session:
        area = Territory(code="all", name="All", time_zone="Europe/Athens", region="GR", currency="EUR")
        session.add(area)
        session.flush()
        put(session, KIND, _ladder(), effective_from=TODAY, now=NOW)
        for index in range(max(1, customers // per_rep)):
            _district(session, chance, area, index, min(per_rep, customers))


def _ladder() -> dict[str, Any]:
    named = ("tier", "rrule", "minimum_gap_days", "service_minutes")
    tiers = [
        dict(zip(named, (tier, rrule, gap, minutes), strict=True))
        | {"revenue_share_bp": 10_000, "minimum_orders": 0, "visit_value": 10}
        for tier, _, rrule, _, gap, minutes in TIERS
    ]
    return {"by": "revenue_share", "tiers": tiers}


def _district(session: Session, chance: random.Random, area: Territory, index: int, many: int) -> None:
    latitude, longitude = 36 + 0.5 * (index % 14), 20 + 0.5 * (index // 14)
    rep = User(
        login=f"rep{index}", name=f"Rep {index}", role=Role.REP, territory_id=area.id, language="en", created_at=NOW
    )
    rep.work_pattern = WorkPattern(
        start_latitude=latitude,
        start_longitude=longitude,
        shift_from=clock(8),
        shift_to=clock(17),
        lunch_from=clock(12),
        lunch_to=clock(14),
        lunch_minutes=30,
    )
    session.add(rep)
    session.flush()
    villages = [(latitude + chance.gauss(0, 0.08), longitude + chance.gauss(0, 0.08)) for _ in range(12)]
    shops = [_shop(chance, area.id, f"{index}-{at}", *chance.choice(villages)) for at in range(many)]
    insert_rows(session.connection(), shops)
    insert_rows(
        session.connection(),
        (
            Assignment(id=new_id(), customer_id=shop.id, rep_id=rep.id, kind=AssignmentKind.OWNER, assigned_at=NOW)
            for shop in shops
        ),
    )
    seen = (shop for shop in shops if chance.random() < 0.33)
    insert_rows(session.connection(), (_visit(chance, rep.id, shop) for shop in seen))


def _shop(chance: random.Random, area: uuid.UUID, name: str, latitude: float, longitude: float) -> Customer:
    return Customer(
        id=new_id(),
        name=name,
        territory_id=area,
        latitude=latitude + chance.gauss(0, 0.008),
        longitude=longitude + chance.gauss(0, 0.008),
        opening_hours="Mo-Sa 08:00-20:00",
        tier=chance.choices([each[0] for each in TIERS], [each[1] for each in TIERS])[0],
        flags=[],
        active=True,
        version=1,
        created_at=NOW,
        updated_at=NOW,
    )


def _visit(chance: random.Random, rep_id: uuid.UUID, shop: Customer) -> Visit:
    period = next(each[3] for each in TIERS if each[0] == shop.tier)
    day = TODAY - timedelta(days=chance.randint(1, period))
    at = datetime.combine(day, clock(10), UTC)
    return Visit(id=new_id(), rep_id=rep_id, customer_id=shop.id, day=day, checked_in_at=at, flags=[])


if __name__ == "__main__":
    main()
