"""Searches for routes that somebody waits for: asked for, watched, cancelled."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, request
from sqlalchemy import Engine

from api.afterwards import afterwards
from api.database import db, session
from api.faults import RoleNotAllowed
from api.guard import EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.planner import planner
from api.searches.runner import Task, searches
from api.searches.schemas import RouteSearchesSchema, RouteSearchSchema, SearchEventsSchema, SearchWantedSchema
from api.settings import clock, now
from api.sync.stream import check_still_logged_in, streams_of
from fieldsales.clock import Clock
from fieldsales.dayplans.service import gather, solved, store, wanting
from fieldsales.db.session import reading, transaction
from fieldsales.errors import FieldsalesError
from fieldsales.people.queries import require_reps_in_scope
from fieldsales.people.rules import Actor
from fieldsales.searches.queries import SearchTold, search_of, searches_of, told
from fieldsales.searches.rules import OPEN
from fieldsales.searches.service import ask, ask_to_stop, check_room
from routing.budget import Budget
from routing.child import Job
from routing.problem import DayProblem
from routing.route import DayRoute
from sync.stream import QUIET_S, Streams

POLL_S = 0.3
ALIVE = ": still here\n\n"
_EVENTS = "text/event-stream"

route_searches = Resource(
    "route_searches", __name__, url_prefix="/api/v1/route-searches", description="Searches that somebody waits for"
)


@route_searches.on(
    "POST",
    "",
    roles=EVERYBODY,
    takes=SearchWantedSchema,
    gives=RouteSearchSchema,
    status=202,
    problems=[403, 404, 409, 422, 429, 503],
    example={"day": "2026-03-03", "seconds": 5},
)
def begin_search(body: dict[str, Any]) -> SearchTold:
    """Begin a search for routes

    It runs in a process of its own and keeps nobody waiting: watch it at `…/{id}` or `…/{id}/events`, end it with
    DELETE. Of one person two may be open at a time.
    """
    if body["keep"] and actor().role not in LEADERS:
        raise RoleNotAllowed("Only leaders keep plans.", mend="Leave out “keep”.", role=str(actor().role))
    with reading(db.engine) as snapshot:
        check_room(snapshot, actor(), now())
    task = _free_task(body) if "problem" in body else _day_task(body)
    about = {name: str(body[name]) for name in ("day", "seed", "seconds") if body.get(name) is not None}
    search = ask(session(), actor(), about | {"keep": body["keep"]}, now())
    runner, search_id = searches(), search.id
    afterwards(lambda: runner.run(search_id, task))
    return told(search, now())


@route_searches.on("GET", "", roles=EVERYBODY, gives=RouteSearchesSchema)
def list_searches() -> dict[str, Any]:
    """My searches

    Those that are open, and those of the last day.
    """
    return {"searches": searches_of(session(), actor(), now())}


@route_searches.on("GET", "/<uuid:search_id>", roles=EVERYBODY, gives=RouteSearchSchema, problems=[404])
def read_search(search_id: uuid.UUID) -> SearchTold:
    """How a search stands"""
    return search_of(session(), actor(), search_id, now())


@route_searches.on(
    "GET",
    "/<uuid:search_id>/events",
    roles=EVERYBODY,
    gives=SearchEventsSchema,
    media_type=_EVENTS,
    problems=[404, 429, 503],
)
def watch_search(search_id: uuid.UUID) -> Response:
    """Watch a search

    Server-sent events: `progress` whenever a better answer was found, at last `end`, each with the search as JSON.
    Comments are signs of life. The stream ends with the search, or after some minutes: open it again then.
    """
    who = actor()
    search_of(session(), who, search_id, now())
    streams = streams_of(current_app)
    streams.check_room(who.user_id)
    watching = _watch(streams, _Watched(db.engine, who, search_id, clock()))
    return Response(watching if request.method == "GET" else (), mimetype=_EVENTS, headers={"X-Accel-Buffering": "no"})


@route_searches.on("DELETE", "/<uuid:search_id>", roles=EVERYBODY, status=202, problems=[404, 409])
def cancel_search(search_id: uuid.UUID) -> None:
    """Cancel a search

    Its process is ended within a second, wherever it runs.
    """
    ask_to_stop(session(), actor(), search_id, now())


def _free_task(body: dict[str, Any]) -> Task:
    return Task(_job([body["problem"]], body), (None,))


def _day_task(body: dict[str, Any]) -> Task:
    """What planning would search for, read now; what is kept is looked at once more by `store`."""
    plans, engine = planner(), db.engine
    with reading(engine) as snapshot:
        rep_ids = [rep.id for rep in require_reps_in_scope(snapshot, actor(), body["rep_ids"])]
        draft = gather(snapshot, body["day"], driving=plans.driving, now=now(), rep_ids=rep_ids)
    reps = tuple(str(plan.rep.id) for plan in draft.plans if plan.problem is not None and not plan.settled)

    def keep(routes: list[DayRoute]) -> None:
        with transaction(engine) as writing:
            store(writing, solved(draft, routes))

    return Task(_job(wanting(draft), body), reps, keep if body["keep"] else None)


def _job(problems: list[DayProblem], body: dict[str, Any]) -> Job:
    driving = planner().driving
    usual = driving.budget
    budget = Budget(body["seconds"] or usual.seconds, usual.patience, usual.wait_weight)
    return Job(tuple((day, driving.travel.matrix(day.points())) for day in problems), budget, body["seed"])


@dataclass(frozen=True, slots=True)
class _Watched:
    """A search that somebody watches."""

    engine: Engine
    who: Actor
    id: uuid.UUID
    clock: Clock

    def look(self) -> dict[str, Any]:
        """How it stands; raises if the person may not look any more."""
        with reading(self.engine) as snapshot:
            check_still_logged_in(snapshot, self.who)
            found: dict[str, Any] = RouteSearchSchema().dump(search_of(snapshot, self.who, self.id, self.clock()))
        return found


def _watch(streams: Streams, watched: _Watched) -> Iterator[str]:
    """Tell what is new, until the search is over, the server stops, or the time of a stream is up."""
    with streams.place(watched.who.user_id) as seat, suppress(FieldsalesError):
        began = told_at = time.monotonic()
        last: object = None
        while seat and time.monotonic() - began < streams.life_s:
            seen = watched.look()
            news, is_over = (seen["state"], seen["progress"]), seen["state"] not in OPEN
            if is_over or news != last:
                yield f"event: {'end' if is_over else 'progress'}\ndata: {json.dumps(seen, ensure_ascii=False)}\n\n"
                last, told_at = news, time.monotonic()
            elif time.monotonic() - told_at >= QUIET_S:
                yield ALIVE
                told_at = time.monotonic()
            if is_over or streams.wait(POLL_S):
                return
