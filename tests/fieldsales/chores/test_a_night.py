"""A night in the small town: everything is done that an operator once typed, once, for the right day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine, select
from worlds.chores import DAY, MONDAY_NOON, TUESDAY_MORNING, house

from fieldsales.db.session import reading, transaction
from fieldsales.jobs.models import JobState
from fieldsales.jobs.rules import JOBS
from fieldsales.people.models import Device, RefreshToken, Territory, User
from fieldsales.planning.models import PlannedVisit, Route
from fieldsales.policies.models import Policy
from fieldsales.tiers.models import TierStanding

OF_THE_NIGHT = [
    "key_accounts.end done",
    "covers.carry_out done",
    "prices.publish done",
    "tiers.refresh done",
    "anomalies.look done",
    "journeys.extend done",
    "plans.make done",
    "pay.run done",
    "tracks.erase done",
    "imports.forget done",
    "sessions.forget done",
    "jobs.forget done",
    "customers.check done",
]


def nightly(done: list[str]) -> list[str]:
    """What was done but for what comes every few minutes, and for what the room above adds; nothing of it failed."""
    assert all(each.endswith(" done") for each in done)
    return [each for each in done if each not in {"results.refresh done", "tracks.empty_held done"}]


def test_a_night_gives_tiers_and_plans_the_coming_days(engine: Engine) -> None:
    town = house(engine)
    assert nightly(town.pass_to(TUESDAY_MORNING)) == OF_THE_NIGHT
    with reading(engine) as session:
        assert set(session.scalars(select(TierStanding.day))) == {date(2026, 3, 3)}
        assert set(session.scalars(select(PlannedVisit.day))) == {date(2026, 3, 3), date(2026, 3, 4)}
        assert set(session.scalars(select(Route.day))) == {date(2026, 3, 3), date(2026, 3, 4)}
    made = next(job for job in town.jobs() if job.chore == "plans.make")
    assert made.result is not None
    assert made.result["reps"] == 2
    assert made.result["days"]["2026-03-03"]["visits"] > 0
    assert (made.zone, made.day) == ("Europe/Athens", date(2026, 3, 3))


def test_the_same_night_again_changes_nothing(engine: Engine) -> None:
    town = house(engine)
    town.pass_to(TUESDAY_MORNING)
    assert town.pass_to(TUESDAY_MORNING) == []

    def visits() -> list[tuple[object, ...]]:
        with reading(engine) as session:
            rows = session.scalars(select(PlannedVisit).order_by(PlannedVisit.id))
            return [(row.id, row.version, row.day, row.status) for row in rows]

    before = visits()
    with transaction(engine) as session:
        for job in town.jobs():
            stored = session.merge(job)
            stored.state, stored.run_at = JobState.QUEUED, town.now
    assert nightly(town.pass_to(TUESDAY_MORNING)) == OF_THE_NIGHT
    assert visits() == before
    again = next(job for job in town.jobs() if job.chore == "plans.make")
    assert again.result is not None
    assert {each["changed"] for each in again.result["days"].values()} == {0}


def test_nights_that_were_missed_are_caught_up_by_the_latest(engine: Engine) -> None:
    town = house(engine)
    assert nightly(town.pass_to(TUESDAY_MORNING + 2 * DAY)) == OF_THE_NIGHT
    tiers = next(job for job in town.jobs() if job.chore == "tiers.refresh")
    assert (tiers.day, tiers.missed) == (date(2026, 3, 5), 2)


def test_each_time_zone_has_a_night_of_its_own(engine: Engine) -> None:
    town = house(engine)
    with transaction(engine) as session:
        session.scalars(select(Territory).where(Territory.code == "south")).one().time_zone = "America/New_York"
    town.pass_to(MONDAY_NOON + timedelta(minutes=1))
    town.pass_to(TUESDAY_MORNING)
    by_then = {job.zone for job in town.jobs() if job.chore == "plans.make"}
    town.pass_to(datetime(2026, 3, 3, 8, 0, tzinfo=UTC))
    later = {job.zone: job.result for job in town.jobs() if job.chore == "plans.make"}
    assert by_then == {"Europe/Athens"}
    assert {zone: result and result["reps"] for zone, result in later.items()} == {
        "Europe/Athens": 1,
        "America/New_York": 1,
    }


def test_a_policy_says_when_the_night_is(engine: Engine) -> None:
    town = house(engine)
    body = {"times": {"plans.make": "05:30", "visits.judge": "05:30"}}
    JOBS.read(body)
    with transaction(engine) as session:
        who = session.scalars(select(User.id).limit(1)).one()
        session.add(Policy(kind="jobs", effective_from=date(2026, 3, 1), body=body, made_by=who, made_at=MONDAY_NOON))
    assert "plans.make done" not in town.pass_to(datetime(2026, 3, 3, 3, 29, tzinfo=UTC))
    assert town.pass_to(datetime(2026, 3, 3, 3, 30, tzinfo=UTC)) == ["plans.make done"]


def test_sessions_that_ended_long_ago_are_forgotten(engine: Engine) -> None:
    town = house(engine)
    with transaction(engine) as session:
        anna = session.scalars(select(User).where(User.login == "anna")).one()
        phone = Device(installation="a phone", user_id=anna.id, created_at=MONDAY_NOON, last_seen_at=MONDAY_NOON)
        session.add(phone)
        session.flush()
        for days in (40, 20):
            ended = MONDAY_NOON - days * DAY
            token = {"family_id": phone.id, "device_id": phone.id, "issued_at": ended - DAY, "expires_at": ended}
            session.add(RefreshToken(**token))
    town.pass_to(TUESDAY_MORNING)
    with reading(engine) as session:
        assert [token.expires_at for token in session.scalars(select(RefreshToken))] == [MONDAY_NOON - 20 * DAY]
