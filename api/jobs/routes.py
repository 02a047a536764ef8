"""Jobs: what the house does by itself, how it fares, and a hand for it."""

from __future__ import annotations

import uuid
from dataclasses import fields
from typing import Any

from api.database import session
from api.guard import BOSSES, actor
from api.jobs.schemas import AskedJobsSchema, ChoresSchema, JobPageSchema, JobSchema, JobsQuery
from api.openapi import Resource
from api.settings import now
from fieldsales.chores.overview import Standing, ask_for_chore, require_chore, standings
from fieldsales.db.paging import Page
from fieldsales.jobs import service
from fieldsales.jobs.models import Job
from fieldsales.jobs.queries import JobsWanted, duration_s, job_page, require_job

jobs = Resource("jobs", __name__, url_prefix="/api/v1/jobs", description="What the house does by itself")


@jobs.on("GET", "", roles=BOSSES, query=JobsQuery, gives=JobPageSchema, problems=[403])
def list_jobs(query: dict[str, Any]) -> Page[dict[str, Any]]:
    """Jobs, what was due last first; by chore and state"""
    service.check_may_manage(session(), actor())
    page = query.pop("page")
    found = job_page(session(), JobsWanted(**query), page)
    return Page([_told(job) for job in found.items], found.next)


@jobs.on("GET", "/chores", roles=BOSSES, gives=ChoresSchema, problems=[403])
def list_chores() -> dict[str, Any]:
    """Everything that is done by itself: when it comes, how it last went, what failed"""
    service.check_may_manage(session(), actor())
    return {"chores": [_told_standing(each) for each in standings(session(), now())]}


@jobs.on("POST", "/chores/<string:code>/run", roles=BOSSES, gives=AskedJobsSchema, status=202, problems=[403, 404])
def run_chore(code: str) -> dict[str, Any]:
    """Have something done now, in every time zone that has its own; a worker begins within seconds"""
    service.check_may_manage(session(), actor())
    return {"jobs": [_told(job) for job in ask_for_chore(session(), code, by=actor(), now=now())]}


@jobs.on("POST", "/chores/<string:code>/pause", roles=BOSSES, status=204, problems=[403, 404])
def pause_chore(code: str) -> None:
    """Let something rest: nothing of it begins by itself"""
    service.check_may_manage(session(), actor())
    service.pause(session(), require_chore(code).code, by=actor(), now=now())


@jobs.on("POST", "/chores/<string:code>/resume", roles=BOSSES, status=204, problems=[403, 404])
def resume_chore(code: str) -> None:
    """Let it go on; what it missed is caught up"""
    service.check_may_manage(session(), actor())
    service.resume(session(), require_chore(code).code, by=actor(), now=now())


@jobs.on("GET", "/<uuid:job_id>", roles=BOSSES, gives=JobSchema, problems=[403, 404])
def read_job(job_id: uuid.UUID) -> dict[str, Any]:
    """How a job stands"""
    service.check_may_manage(session(), actor())
    return _told(require_job(session(), job_id))


@jobs.on("POST", "/<uuid:job_id>/retry", roles=BOSSES, gives=JobSchema, status=202, problems=[403, 404, 409])
def retry_job(job_id: uuid.UUID) -> dict[str, Any]:
    """Try a job again that failed"""
    service.check_may_manage(session(), actor())
    return _told(service.retry(session(), job_id, by=actor(), now=now()))


def _told(job: Job) -> dict[str, Any]:
    return {name: getattr(job, name, None) for name in JobSchema().fields} | {"duration_s": duration_s(job, now())}


def _told_standing(standing: Standing) -> dict[str, Any]:
    told = {each.name: getattr(standing, each.name) for each in fields(standing)}
    for name in ("last", "last_done"):
        told[name] = _told(told[name]) if told[name] else None
    return told | {"schedule": standing.schedule.as_json()}
