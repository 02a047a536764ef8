"""Two people tap at the same moment: every customer is visited once all the same."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

from sqlalchemy import Engine, select
from worlds import small_town

from fieldsales.accounts.rules import Terms
from fieldsales.accounts.service import assign
from fieldsales.customers.queries import CustomerFilter
from fieldsales.db.session import transaction
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit
from fieldsales.rounds.service import plan_round
from fieldsales.selections.rules import CustomerChoice, Selection
from fieldsales.selections.service import plan_selection

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DAYS = (date(2026, 3, 3), date(2026, 3, 4))


def test_two_taps_at_once_plan_every_customer_once(engine: Engine) -> None:
    with transaction(engine) as session:
        town = small_town.build(session)
        bosses = [Actor(each.id, each.role, each.territory_id) for each in (town.max, town.sara)]
    start = Barrier(2)

    def tap(by: Actor) -> dict[str, int]:
        start.wait()
        with transaction(engine) as session:
            return plan_selection(
                session, Selection(customers=CustomerChoice(CustomerFilter())), by=by, now=NOW, days=DAYS
            ).counts

    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(tap, bosses))
    assert sorted(counts, key=str) == [{"planned": 6}, {"there": 6}]


def test_two_reps_who_plan_at_once_never_meet_at_a_door(engine: Engine) -> None:
    with transaction(engine) as session:
        town = small_town.build(session)
        ids = [town.customers[name].id for name in ("Bakery", "Fish", "Dairy", "Grocer")]
        assign(session, ids, [town.anna.id, town.ben.id], Terms(), now=NOW)
        reps = [Actor(each.id, each.role, each.territory_id) for each in (town.anna, town.ben)]
    start = Barrier(2)

    def plan(by: Actor) -> dict[str, int]:
        start.wait()
        with transaction(engine) as session:
            return plan_round(session, by.user_id, by=by, now=NOW, days=DAYS).counts

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(plan, reps)) == [{"planned": 4}, {"planned": 4}]
    with transaction(engine) as session:
        doors = Counter((each.customer_id, each.day) for each in session.scalars(select(PlannedVisit)))
    assert set(doors.values()) == {1}
