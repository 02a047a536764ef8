"""The quick way through a batch and the careful one give the same answers and leave the same rows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds.random_work import RandomWork
from worlds.small_town import NOON

from fieldsales.db.base import Base
from fieldsales.db.session import transaction
from fieldsales.planning.models import PlannedVisit, Source
from sync import push as pushing
from sync import quick
from sync.batch import parse_batch

TABLES = (
    "mutation",
    "mutation_wait",
    "visit",
    "visit_event",
    "sales_order",
    "order_line",
    "photo",
    "planned_visit",
    "note",
    "change",
    "device",
    "payment",
    "credit",
    "approval",
)
MADE_HERE = {("visit_event", "id"), ("change", "tx"), ("approval", "id"), ("approval", "facts")}
"""What is another one each time; the facts of a request are as of the end of a batch, or as of its own place there."""


def told(value: Any) -> Any:
    """Return an answer without the id that the server makes for an event."""
    if isinstance(value, dict):
        return {key: told(each) for key, each in value.items() if key != "event_id"}
    return value


def nameless(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Leave out which request for approval a change is about: its id is made here."""
    return row | {"entity_id": None} if table == "change" and row["entity"] == "approval" else row


def rows(session: Session) -> dict[str, list[str]]:
    found = {}
    for name in TABLES:
        table = Base.metadata.tables[name]
        columns = [column for column in table.columns if (name, column.name) not in MADE_HERE]
        there = session.execute(select(*columns)).mappings()
        found[name] = sorted(str([told(value) for value in nameless(name, dict(row)).values()]) for row in there)
    return found


def go(town, bodies, settle_at_once):
    """Push batches in one transaction that is taken back; return the answers and the rows."""
    with Session(town.engine) as session, pytest.MonkeyPatch.context() as patch:
        patch.setattr(pushing, "settle_at_once", settle_at_once)
        answers = []
        for body, now in bodies:
            for each in pushing.push(session, town.anna.who, parse_batch(body), now).results:
                answers.append((each.id, each.status, each.flags, told(each.result), each.problem, each.replayed))
        session.flush()
        return answers, rows(session)


def plan(town):
    """Plan two visits of Anna's for today."""
    with transaction(town.engine) as session:
        for shop in ("Bakery", "Corner"):
            facts = {"rep_id": town.anna.who.user_id, "customer_id": town.customers[shop], "day": NOON.date()}
            session.add(PlannedVisit(**facts, source=Source.MANUAL, reason="Because.", value=1))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_both_ways_lead_to_the_same(town, seed):
    if not hasattr(town, "planned"):
        plan(town)
        town.planned = True
    town.anna.now, town.anna.booted = NOON, None  # of the day that is planned
    work, bodies = RandomWork(town, seed), []
    for _ in range(3):
        bodies.append((town.anna.body(work.batch()), town.anna.now))
    assert go(town, bodies, surely) == go(town, bodies, never)


def surely(session, mutations, now):
    """Go the quick way, and say so if it was not gone to the end, but where a person is to be told all reasons."""
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quick.log, "info", lambda text, *facts: said.append(text % facts))
        done = quick.settle_at_once(session, mutations, now)
    assert done or "a person must decide" in said[-1], said
    return done


def never(session, mutations, now):
    """Go the careful way."""
    return False
