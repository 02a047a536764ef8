"""Searches that somebody waits for: begun, watched, cancelled, and never in anybody's way."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from worlds import web as webs
from worlds.route_searches import SEARCHES, events, long_one, problem
from worlds.web import Caller, Web

from api.app import create_app
from fieldsales.config import Settings
from fieldsales.db.session import transaction
from fieldsales.searches.models import RouteSearch

TUESDAY = "2026-03-03"
PATIENCE_S = 60


@pytest.fixture
def web(engine: Engine) -> Iterator[Web]:
    web = webs.build(engine, solve_seconds=0.2, solver_workers=2)
    yield web
    for process in multiprocessing.active_children():
        process.kill()
    for thread in web.app.extensions["fieldsales-searches"].threads:
        thread.join(PATIENCE_S)


def begin(caller: Caller, body: dict[str, Any], status: int = 202) -> Any:
    answer = caller.post(SEARCHES, body)
    assert answer.status_code == status, answer.text
    return answer.json


def wait_for(caller: Caller, search: Any, enough: Callable[[Any], object]) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        seen = caller.get(f"{SEARCHES}/{search['id']}").json
        if enough(seen):
            return seen
        assert time.monotonic() < deadline, seen
        time.sleep(0.1)


def is_over(seen: Any) -> bool:
    return seen["state"] not in {"waiting", "running"}


def runs(seen: Any) -> bool:
    return seen["progress"] is not None and seen["progress"]["prize"] > 0


def test_a_free_problem_is_searched_and_its_route_told(web: Web) -> None:
    search = begin(web.anna, {"problem": problem(8), "seconds": 1})
    assert search["state"] == "waiting"
    done = wait_for(web.anna, search, is_over)
    assert (done["state"], done["problem"]) == ("done", None)
    [route] = done["answer"]["routes"]
    assert (len(route["visits"]), route["rep_id"], done["answer"]["kept"]) == (8, None, False)
    progress = done["progress"]
    assert (progress["days"], progress["days_done"], progress["prize"]) == (1, 1, route["prize"])
    assert progress["bound"] >= progress["prize"]


def test_the_same_seed_finds_the_same(web: Web) -> None:
    asked = {"problem": problem(14), "seconds": 20, "seed": 3}
    found = [wait_for(web.anna, begin(web.anna, asked), is_over)["answer"] for _ in range(2)]
    assert found[0] == found[1]


def test_whoever_watches_hears_of_better_and_better_answers_and_then_of_the_end(web: Web) -> None:
    search = begin(web.anna, {"problem": problem(60), "seconds": 2})
    answer = web.anna.get(f"{SEARCHES}/{search['id']}/events")
    told = list(events(chunk.decode() for chunk in answer.response))
    assert [name for name, _ in told][-1] == "end"
    assert {name for name, _ in told[:-1]} == {"progress"}
    prizes = [each["progress"]["prize"] for _, each in told if each["progress"]]
    assert prizes == sorted(prizes)
    assert told[-1][1] == web.anna.get(f"{SEARCHES}/{search['id']}").json
    assert told[-1][1]["state"] == "done"


def test_cancelling_ends_the_process_from_whatever_web_worker(web: Web, engine: Engine) -> None:
    other = create_app(Settings(secret_key=webs.SECRET), engine=engine, clock=lambda: web.now)
    search = begin(web.anna, long_one())
    wait_for(web.anna, search, runs)
    [child] = [each for each in multiprocessing.active_children() if each.name == "route search"]
    elsewhere = Caller(other, web.anna.tokens)
    began = time.monotonic()
    assert elsewhere.delete(f"{SEARCHES}/{search['id']}").status_code == 202
    # The thread that watches over the child may be the one that hears of its end: look again instead of joining.
    while child.exitcode is None and time.monotonic() - began < PATIENCE_S:
        time.sleep(0.02)
    assert time.monotonic() - began < 5
    assert child.exitcode == -signal.SIGKILL
    assert wait_for(elsewhere, search, is_over)["state"] == "cancelled"
    again = elsewhere.delete(f"{SEARCHES}/{search['id']}")
    assert again.status_code == 202, "asking twice is no error"


def test_what_is_over_cannot_be_cancelled(web: Web) -> None:
    search = begin(web.anna, {"problem": problem(3)})
    wait_for(web.anna, search, is_over)
    answer = web.anna.delete(f"{SEARCHES}/{search['id']}")
    assert (answer.status_code, answer.json["code"]) == (409, "search.over")


def test_a_search_whose_process_died_says_so(web: Web) -> None:
    search = begin(web.anna, long_one())
    wait_for(web.anna, search, runs)
    [child] = [each for each in multiprocessing.active_children() if each.name == "route search"]
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    seen = wait_for(web.anna, search, is_over)
    assert (seen["state"], "ended without an answer" in seen["problem"]) == ("failed", True)


def test_a_search_whose_web_worker_is_gone_says_so_and_makes_room(web: Web) -> None:
    """Two of Anna's stand in the books and nobody runs them: as after kill -9."""
    with transaction(web.engine) as session:
        rows = [RouteSearch(asked_by=web.people["anna"], asked_at=web.now, beat_at=web.now, about={}) for _ in "ab"]
        session.add_all(rows)
        session.flush()
        address = f"{SEARCHES}/{rows[0].id}"
    assert web.anna.get(address).json["state"] == "waiting"
    assert begin(web.anna, {"problem": problem(3)}, 429)["code"] == "search.too_many"
    web.now += timedelta(seconds=30)
    seen = web.anna.get(address).json
    assert (seen["state"], "Ask for it again" in seen["problem"]) == ("died", True)
    [(name, told)] = events(chunk.decode() for chunk in web.anna.get(f"{address}/events").response)
    assert (name, told["state"]) == ("end", "died"), "nobody who watches hangs"
    assert web.anna.delete(address).json["code"] == "search.over"
    wait_for(web.anna, begin(web.anna, {"problem": problem(3)}), is_over)
    web.now += timedelta(days=2)
    begin(web.anna, {"problem": problem(3)})
    assert web.anna.get(address).status_code == 404, "after a day it is forgotten"


def test_nobody_starts_a_hundred_searches(web: Web) -> None:
    mine = [begin(web.anna, long_one()) for _ in range(2)]
    refused = begin(web.anna, long_one(), 429)
    assert (refused["code"], "DELETE" in refused["mend"]) == ("search.too_many", True)
    bens = begin(web.ben, {"problem": problem(3)})
    assert wait_for(web.ben, bens, lambda seen: True)["state"] in {"waiting", "running", "done"}
    assert {each["id"] for each in web.anna.get(SEARCHES).json["searches"]} == {each["id"] for each in mine}
    web.anna.delete(f"{SEARCHES}/{mine[0]['id']}")
    wait_for(web.anna, mine[0], is_over)
    assert wait_for(web.ben, bens, is_over)["state"] == "done", "it waited for a free process"
    begin(web.anna, {"problem": problem(3)})
    web.anna.delete(f"{SEARCHES}/{mine[1]['id']}")


def test_nobody_looks_into_the_searches_of_others(web: Web) -> None:
    search = begin(web.anna, {"problem": problem(3)})
    for method, path in (("GET", ""), ("GET", "/events"), ("DELETE", "")):
        answer = web.ben.ask(method, f"{SEARCHES}/{search['id']}{path}")
        assert (answer.status_code, answer.json["code"]) == (404, "search.not_found")
    assert web.ben.get(f"{SEARCHES}/{uuid.uuid4()}").status_code == 404


def test_a_teams_day_is_searched_and_kept_as_planning_would(web: Web) -> None:
    for name in ("Bakery", "Corner", "Fish"):
        rep = "ben" if name == "Fish" else "anna"
        body = {
            "customer_id": str(web.customers[name]),
            "day": TUESDAY,
            "reason": "asked",
            "rep_id": str(web.people[rep]),
        }
        assert web.max.post("/api/v1/planned-visits", body).status_code == 201
    tried = wait_for(web.sara, begin(web.sara, {"day": TUESDAY}), is_over)
    assert tried["state"] == "done", tried
    assert web.anna.get(f"/api/v1/reps/me/days/{TUESDAY}").json["stops"] == [], "nothing was kept"
    reps = {route["rep_id"] for route in tried["answer"]["routes"]}
    assert reps == {str(web.people[name]) for name in ("anna", "ben")}
    kept = wait_for(web.sara, begin(web.sara, {"day": TUESDAY, "keep": True}), is_over)
    assert (kept["state"], kept["answer"]["kept"]) == ("done", True), kept
    stops = web.anna.get(f"/api/v1/reps/me/days/{TUESDAY}").json["stops"]
    mine = next(each for each in kept["answer"]["routes"] if each["rep_id"] == str(web.people["anna"]))
    assert [each["planned"]["customer_id"] for each in stops] == [each["stop_id"] for each in mine["visits"]]
    nothing = wait_for(web.sara, begin(web.sara, {"day": TUESDAY}), is_over)
    assert (nothing["state"], nothing["answer"]["routes"]) == ("done", []), "every day has the route that answers it"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "request.invalid_fields"),
        ({"day": TUESDAY, "problem": problem(1)}, 422, "request.invalid_fields"),
        ({"problem": problem(1) | {"shift": {"opens_s": 9, "closes_s": 9}}}, 422, "request.invalid_fields"),
        ({"problem": problem(1) | {"stops": []}}, 422, "request.invalid_fields"),
        ({"problem": problem(201)}, 422, "request.invalid_fields"),
        ({"day": TUESDAY, "keep": True}, 403, "access.role"),
        ({"day": TUESDAY, "rep_ids": [str(uuid.uuid4())]}, 404, "people.not_found"),
        ({"day": "2099-03-03"}, 422, "plan.day_too_far"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(web: Web, body: dict[str, Any], status: int, code: str) -> None:
    assert begin(web.anna, body, status)["code"] == code
    assert web.anna.get(SEARCHES).json["searches"] == []


def test_a_search_that_goes_wrong_says_so(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan changed while it was searched for."""
    from api.searches import routes  # noqa: PLC0415
    from fieldsales.dayplans.rules import PlanOutdated  # noqa: PLC0415

    def refuse(*_given: Any) -> None:
        raise PlanOutdated("The day changed.", mend="Plan it again.")

    monkeypatch.setattr(routes, "store", refuse)
    seen = wait_for(web.max, begin(web.max, {"day": TUESDAY, "keep": True}), is_over)
    assert (seen["state"], seen["problem"]) == ("failed", "The day changed. Plan it again.")
