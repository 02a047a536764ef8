"""What is done before the reps wake up: tiers, anomalies, journey plans, visit plans and their routes."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from fieldsales.accounts.service import end_expired
from fieldsales.anomalies.service import detect
from fieldsales.candidates.queries import as_rep, crew
from fieldsales.chores.chore import Context, Result
from fieldsales.dayplans.rules import PlanOutdated
from fieldsales.dayplans.service import DayPlanned, gather, prepare, solve, store
from fieldsales.driving.service import driving_of
from fieldsales.journeys.queries import ending_by, with_a_journey
from fieldsales.journeys.rules import FEWEST_WEEKS
from fieldsales.journeys.service import sketch_journeys, solve_journeys, store_journeys
from fieldsales.people.models import User
from fieldsales.pricebooks.service import publish_books
from fieldsales.tiers.service import refresh_tiers
from routing.pool import SolverPool

GOES_ON = timedelta(days=14)
"""A journey plan that ends within this gets its next weeks."""
PLAN_TRIES = 3
"""How often a day is planned anew because others changed it while its routes were searched for."""


def refresh_all_tiers(context: Context) -> Result:
    """Give every customer its tier as of the morning of the day."""
    with context.transaction() as session:
        return {"moved": refresh_tiers(session, context.day)}


def look_for_anomalies(context: Context) -> Result:
    """Open, refresh and close anomalies as of the morning of the day."""
    with context.transaction() as session:
        found = detect(session, context.day)
    return {"opened": found.opened, "closed": found.closed, "open": found.open}


def end_key_accounts(context: Context) -> Result:
    """End the key accounts whose last day is over."""
    with context.transaction() as session:
        return {"ended": end_expired(session, context.now())}


def publish_prices(context: Context) -> Result:
    """Publish the price books in which something changed."""
    with context.transaction() as session:
        return {"published": len(publish_books(session, now=context.now()))}


def extend_journeys(context: Context) -> Result:
    """Make the next weeks of the journey plans that end soon; reps who never had one are left to people.

    Each plan is a unit, the next one begins where it ends.
    """
    with context.reading() as session:
        reps = with_a_journey(session, _crew_of(session, context.zone))
        soon = ending_by(session, reps, context.day + GOES_ON)
        if not soon:
            return {"made": 0}
        begins = context.day + timedelta(days=7 - context.day.weekday())
        sketches = sketch_journeys(session, soon, begins, FEWEST_WEEKS, today=context.day)
    with SolverPool(context.settings.solver_workers) as solver:
        solved = solve_journeys(sketches, solver, driving_of(context.settings), progress=context.progress)
    made = 0
    for sketch in solved:
        with context.transaction() as session:
            made += len(store_journeys(session, [sketch], by=None, now=context.now()))
    return {"made": made}


def plan_coming_days(context: Context) -> Result:
    """Plan and route the day that begins, and the next working day after it. Each day is a unit.

    A rep's day that has begun is left as it is.
    """
    with context.reading() as session:
        reps = _crew_of(session, context.zone)
        days = coming_days(reps, context.day)
    told: dict[str, object] = {}
    for number, day in enumerate(days):
        context.progress(number, len(days), str(day))
        done = _plan(context, day, reps)
        told[str(day)] = {
            "visits": sum(rep.visits for rep in done.reps),
            "left_out": sum(rep.left_out for rep in done.reps),
            "changed": sum(rep.changed for rep in done.reps),
        }
    return {"reps": len(reps), "days": told}


def coming_days(reps: list[User], today: date) -> list[date]:
    """Return today if any of the reps works then, and the next day after it on which any does."""
    worked = {weekday for rep in reps for weekday in as_rep(rep).weekdays}
    ahead = [day for day in (today + timedelta(days=number) for number in range(8)) if day.weekday() in worked]
    return ahead[: 2 if ahead[:1] == [today] else 1]


def _plan(context: Context, day: date, reps: list[User]) -> DayPlanned:
    for _ in range(PLAN_TRIES - 1):
        try:
            return _plan_once(context, day, reps)
        except PlanOutdated:
            continue
    return _plan_once(context, day, reps)


def _plan_once(context: Context, day: date, reps: list[User]) -> DayPlanned:
    driving, rep_ids = driving_of(context.settings), [rep.id for rep in reps]
    with context.reading() as session:
        draft = gather(session, day, driving=driving, now=context.now(), rep_ids=rep_ids)
    with SolverPool(context.settings.solver_workers) as solver:
        draft = solve(draft, solver, driving)
    with context.transaction() as session:
        done = store(session, draft)
    with context.transaction() as session:
        prepare(session, day, rep_ids, now=context.now())
    return done


def _crew_of(session: Session, zone: str) -> list[User]:
    return [rep for rep in crew(session) if rep.territory and rep.territory.time_zone == zone]
