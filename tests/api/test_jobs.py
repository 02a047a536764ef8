"""Jobs over HTTP: how the house fares, and a hand for it; for those who see all of it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from worlds import web as webs
from worlds.web import Web

from fieldsales.audit.models import AuditEntry
from fieldsales.chores.worker import Worker
from fieldsales.config import Settings
from fieldsales.db.session import reading, transaction
from fieldsales.jobs.models import Job, JobState

JOBS = "/api/v1/jobs"
CHORES = JOBS + "/chores"


@pytest.fixture
def web(engine: Engine) -> Web:
    """The town on either database; a worker has looked once."""
    found = webs.build(engine, metrics_token="a token for monitoring")
    worker_of(found).work_off()
    return found


def worker_of(web: Web) -> Worker:
    return Worker(web.engine, Settings(solver_workers=0, solve_seconds=0.1), clock=lambda: web.now)


def chore(web: Web, code: str) -> dict[str, object]:
    return next(each for each in web.max.get(CHORES).json["chores"] if each["code"] == code)


def break_off(web: Web) -> uuid.UUID:
    """Let the night fail for good; return its job."""
    web.now += timedelta(days=1)
    worker_of(web).plan()
    with transaction(web.engine) as session:
        job = session.scalars(select(Job).where(Job.chore == "plans.make")).one()
        job.state, job.attempts, job.error = JobState.FAILED, 8, "The roads are closed."
        job.started_at = job.finished_at = web.now
        return job.id


def test_a_manager_sees_when_each_comes_and_how_it_went(web: Web) -> None:
    before = chore(web, "plans.make")
    assert before["schedule"] == {"kind": "daily", "at": "02:30"}
    assert before["zones"] == ["Europe/Athens"]
    assert before["next_at"] == "2026-03-03T00:30:00+00:00"
    assert (before["last"], before["failed"]) == (None, 0)
    web.now += timedelta(days=1)
    worker_of(web).work_off()
    after = chore(web, "plans.make")
    assert after["last"] is not None
    assert (after["last"]["state"], after["last"]["day"]) == ("done", "2026-03-03")  # type: ignore[index]
    assert after["last"]["duration_s"] >= 0  # type: ignore[index]
    assert after["last_done"] == after["last"]


def test_what_failed_is_told_with_its_error_and_tried_again(web: Web) -> None:
    job_id = break_off(web)
    assert chore(web, "plans.make")["failed"] == 1
    (failed,) = web.max.get(JOBS, state="failed").json["items"]
    assert (failed["id"], failed["error"]) == (str(job_id), "The roads are closed.")
    again = web.max.post(f"{JOBS}/{job_id}/retry")
    assert (again.status_code, again.json["state"]) == (202, "queued")
    worker_of(web).work_off()
    assert web.max.get(f"{JOBS}/{job_id}").json["state"] == "done"
    assert chore(web, "plans.make")["failed"] == 0
    refused = web.max.post(f"{JOBS}/{job_id}/retry")
    assert (refused.status_code, refused.json["code"]) == (409, "job.not_over")


def test_something_is_done_now_because_a_manager_asks(web: Web) -> None:
    asked = web.max.post(CHORES + "/tiers.refresh/run")
    assert asked.status_code == 202
    (job,) = asked.json["jobs"]
    assert (job["asked"], job["state"]) == (True, "queued")
    worker_of(web).work_off()
    done = web.max.get(f"{JOBS}/{job['id']}").json
    assert done["state"] == "done"
    assert "moved" in done["result"]
    with reading(web.engine) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "job.ask")).one()
        assert entry.actor_id == web.people["max"]


def test_what_rests_does_not_come_until_it_is_resumed(web: Web) -> None:
    assert web.max.post(CHORES + "/plans.make/pause").status_code == 204
    assert chore(web, "plans.make")["paused_at"] is not None
    web.now += timedelta(days=1)
    worker_of(web).work_off()
    assert web.max.get(JOBS, chore="plans.make").json["items"] == []
    assert web.max.post(CHORES + "/plans.make/resume").status_code == 204
    worker_of(web).work_off()
    assert [job["state"] for job in web.max.get(JOBS, chore="plans.make").json["items"]] == ["done"]


def test_what_is_not_there_is_told_by_name(web: Web) -> None:
    unknown = web.max.post(CHORES + "/dishes.wash/run")
    assert (unknown.status_code, unknown.json["code"]) == (404, "job.chore_unknown")
    assert web.max.get(f"{JOBS}/{uuid.uuid4()}").json["code"] == "job.not_found"


def test_only_who_sees_all_territories_may_look(web: Web) -> None:
    assert web.sara.get(CHORES).status_code == 403
    assert web.anna.post(CHORES + "/plans.make/run").status_code == 403
    assert web.root.get(CHORES).status_code == 200


def test_pages_go_on_where_the_last_ended(web: Web) -> None:
    web.now += timedelta(days=1)
    worker_of(web).work_off()
    whole = [job["id"] for job in web.max.get(JOBS, limit=100).json["items"]]
    page = web.max.get(JOBS, limit=4).json
    seen = [job["id"] for job in page["items"]]
    while page["next"]:
        page = web.max.get(JOBS, limit=4, after=page["next"]).json
        seen += [job["id"] for job in page["items"]]
    assert len(whole) > 8
    assert seen == whole


def test_monitoring_reads_failures_and_ages(web: Web) -> None:
    break_off(web)
    told = web.app.test_client().get("/metrics", headers={"Authorization": "Bearer a token for monitoring"}).text
    assert 'fieldsales_job_failed{chore="plans.make"} 1.0' in told
    assert 'fieldsales_job_overdue_seconds{chore="tiers.refresh"} 45000.0' in told
    worker_of(web).work_off()
    told = web.app.test_client().get("/metrics", headers={"Authorization": "Bearer a token for monitoring"}).text
    assert 'fieldsales_job_overdue_seconds{chore="tiers.refresh"} 0.0' in told
    assert 'fieldsales_job_last_success_timestamp_seconds{chore="tiers.refresh"} 1.7725392e+09' in told


def test_health_says_whether_the_work_is_done(web: Web) -> None:
    client = web.app.test_client()
    assert client.get("/health/jobs").json == {"status": "done"}
    break_off(web)
    behind = client.get("/health/jobs")
    assert (behind.status_code, behind.json["code"]) == (503, "job.behind")
    assert "plans.make" in behind.json["detail"]
    assert "tiers.refresh" in behind.json["detail"]
