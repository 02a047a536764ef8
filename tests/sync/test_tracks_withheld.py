"""What of a phone's positions may be kept: told in the outcome, and kept in one place only."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select
from worlds import phone_town
from worlds.small_town import NOON
from worlds.tracked_town import agree, points

from fieldsales.db.base import new_id
from fieldsales.db.session import reading, transaction
from fieldsales.policies.models import Policy
from sync.forgetting import forget_held
from sync.models import Mutation

HERE = {"lat": 38.24, "lon": 21.72}
HOUR = 3600 * 1000


@pytest.fixture
def town(engine: Engine) -> phone_town.PhoneTown:
    """The small town with two phones and the built-in policy, on either database."""
    found = phone_town.build(engine)
    with transaction(engine) as session:
        session.execute(delete(Policy).where(Policy.kind == "tracking"))
    return found


def told(result: Any) -> tuple[int, int, int, tuple[str, ...]]:
    return result.result["new"], result.result["without_consent"], result.result["off_shift"], tuple(result.flags)


def test_without_consent_nothing_is_kept_and_visits_go_on(town):
    town.anna.track([HERE | {"ago_ms": 0, "mock": True}, HERE | {"ago_ms": 1000}])
    town.anna.check_in(town.customers["Bakery"])
    track, visit = town.anna.deliver(town.engine)
    assert (track.status, visit.status) == ("applied", "applied")
    assert told(track) == (0, 2, 0, ("points_without_consent",)), "of what is not kept nothing else is told"
    assert points(town.engine) == []


def test_what_is_out_for_either_reason_is_counted_by_reason(town):
    agree(town.engine, "anna", NOON - timedelta(hours=2))
    town.anna.track([HERE | {"ago_ms": ago} for ago in (0, HOUR, 3 * HOUR, -4 * HOUR)])
    [result] = town.anna.deliver(town.engine)
    assert told(result) == (2, 1, 1, ("points_without_consent", "points_off_shift"))
    assert result.result["points"] == 4
    assert [each.at for each in points(town.engine)] == [NOON - timedelta(hours=1), NOON]


def test_the_books_keep_no_positions_of_a_settled_track(town):
    agree(town.engine, "anna", NOON - timedelta(hours=2))
    town.anna.track([HERE | {"ago_ms": 0}, HERE | {"ago_ms": -4 * HOUR}])
    town.anna.track([HERE | {"ago_ms": "never"}])
    applied, rejected = town.anna.send(town.engine).results
    assert (applied.status, rejected.status) == ("applied", "rejected")
    with reading(town.engine) as session:
        for row in session.scalars(select(Mutation)):
            assert row.payload["data"]["points"] == []
            assert "38.24" not in str(row.payload) + str(row.outcome)
    assert [each.replayed for each in town.anna.send(town.engine).results] == [True, True], "known again all the same"


def test_a_track_that_waits_keeps_its_positions_until_it_is_done(town):
    agree(town.engine, "anna", NOON - timedelta(hours=2))
    before = town.anna.check_in(town.customers["Bakery"])
    town.anna.track([HERE | {"ago_ms": 0}], after=[before["id"]])
    visit, track = town.anna.queue
    town.anna.queue[:] = [track]
    [held] = town.anna.send(town.engine).results
    assert held.status == "held"
    with reading(town.engine) as session:
        assert len(session.scalars(select(Mutation)).one().payload["data"]["points"]) == 1
    town.anna.queue[:] = [visit]
    town.anna.send(town.engine)
    assert len(points(town.engine)) == 1
    with reading(town.engine) as session:
        found = select(Mutation.payload).where(Mutation.type == "track.points")
        assert session.scalars(found).one()["data"]["points"] == []


def test_a_rep_answers_without_a_network_and_it_holds_from_that_moment(town):
    answer_id = new_id()
    told = {"answer_id": str(answer_id), "agree": True, "version": "1", "language": "en"}
    town.anna.do("tracking.answer", ("tracking_answer", answer_id), told)
    town.anna.wait(10)
    town.anna.track([HERE | {"ago_ms": ago} for ago in (0, 599_000, 601_000)])
    town.anna.do("tracking.answer", ("tracking_answer", answer_id), told | {"agree": False})
    town.anna.do("tracking.answer", ("tracking_answer", answer_id), told | {"version": "0"})
    town.anna.track([HERE | {"ago_ms": 1}])
    agreed, track, withdrawn, old, after = town.anna.deliver(town.engine)
    assert agreed.result == {"agreed": True, "version": "1", "since": NOON.isoformat()}
    assert (track.result["new"], track.result["without_consent"]) == (2, 1)
    assert not withdrawn.result["agreed"]
    assert old.problem["code"] == "tracking.text_changed"
    assert after.result["without_consent"] == 1
    assert len(points(town.engine)) == 2, "what was kept stays until it is erased"


def test_a_track_that_nobody_decides_about_is_emptied_in_time(town):
    agree(town.engine, "anna", NOON - timedelta(hours=2))
    first = town.anna.track([HERE | {"ago_ms": 0}], after=[str(new_id())])
    town.anna.send(town.engine)
    for days, emptied in ((90, 0), (91, 1), (92, 0)):
        with transaction(town.engine) as session:
            assert forget_held(session, NOON + timedelta(days=days)) == emptied
    with reading(town.engine) as session:
        found = session.get_one(Mutation, uuid.UUID(first["id"]))
        assert (found.status, found.payload["data"]["points"]) == ("held", [])
