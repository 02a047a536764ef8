"""A team's day in short tells the same as in full; one rep's day, a customer's notes and visits are told alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from worlds import web as webs
from worlds.phone import TestPhone
from worlds.web import Web

from fieldsales.db.session import transaction
from fieldsales.integrity.service import judge_due
from sync.batch import Phone

TUESDAY = date(2026, 3, 3)
FIGURES = ("planned", "visited", "unplanned", "missed", "to_do", "left_out", "skipped", "orders", "order_values")


@pytest.fixture
def worked(engine: Engine) -> Web:
    """Anna visits the bakery on a planned Tuesday, sells there, and takes a note."""
    web = webs.build(engine, solve_seconds=0.1, solver_workers=0)
    path = f"/api/v1/reps/{web.people['anna']}/days/{TUESDAY}/visits"
    wanted = {"customer_id": str(web.customers["Bakery"]), "reason": "Asked for it."}
    assert web.sara.post(path, wanted).status_code == 201
    assert web.max.post("/api/v1/plans/generate", {"day": str(TUESDAY)}).status_code == 200
    web.now = web.now.replace(day=3, hour=9)
    app = TestPhone(Phone(web.people["anna"], web.anna.tokens.device_id), "phone-of-anna", web.now)
    visit = app.check_in(web.customers["Bakery"])["data"]["visit_id"]
    app.order(web.customers["Bakery"], [(web.products["coffee"], 2, 620)], visit)
    app.note(web.customers["Bakery"], "Wants the winter display.", visit)
    app.check_out(visit)
    told = web.anna.post("/sync/v1/mutations", app.body()).json["results"]
    assert {each["status"] for each in told} == {"applied"}
    return web


def as_dicts(board: dict[str, Any], rep: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(board["columns"], row, strict=True)) for row in rep["stops"]]


def test_the_board_tells_the_figures_and_stops_of_the_team_day(worked: Web) -> None:
    full = worked.sara.get(f"/api/v1/team/days/{TUESDAY}").json
    board = worked.sara.get(f"/api/v1/team/days/{TUESDAY}/board").json
    assert [rep["rep"] for rep in board["reps"]] == [rep["rep"] for rep in full["reps"]]
    for short, whole in zip(board["reps"], full["reps"], strict=True):
        assert {name: short[name] for name in FIGURES} == {name: whole[name] for name in FIGURES}
        assert short["last_position"] == whole["last_position"]
        rows = as_dicts(board, short)
        assert [(row["planned_visit_id"], row["customer_name"], row["status"], row["version"]) for row in rows] == [
            (each["planned"]["id"], each["customer_name"], each["planned"]["status"], each["planned"]["version"])
            for each in whole["stops"]
        ]
        assert [row["visited"] for row in rows] == [each["made"] is not None for each in whole["stops"]]
    [bakery] = [row for rep in board["reps"] for row in as_dicts(board, rep) if row["customer_name"] == "Bakery"]
    assert bakery["checked_in_at"].startswith("2026-03-03T")
    assert bakery["arrival_at"].endswith("Z")


def test_reps_may_not_see_the_board(worked: Web) -> None:
    assert worked.anna.get(f"/api/v1/team/days/{TUESDAY}/board").status_code == 403


def test_one_reps_day_is_told_alone(worked: Web) -> None:
    path = f"/api/v1/team/days/{TUESDAY}"
    whole = worked.sara.get(path).json
    anna = next(rep for rep in whole["reps"] if rep["rep"]["login"] == "anna")
    assert worked.sara.get(path, rep_id=anna["rep"]["id"]).json["reps"] == [anna]
    assert worked.sara.get(path, rep_id="nobody").status_code == 422
    nobody = worked.customers["Bakery"]
    assert worked.sara.get(path, rep_id=nobody).status_code == 404


def test_a_customers_notes_are_told_with_who_made_them(worked: Web) -> None:
    bakery, fish = (worked.customers[name] for name in ("Bakery", "Fish"))
    [note] = worked.sara.get(f"/api/v1/customers/{bakery}/notes").json["notes"]
    assert (note["rep"], note["text"]) == ("Anna", "Wants the winter display.")
    assert worked.sara.get(f"/api/v1/customers/{fish}/notes").json["notes"] == []
    assert worked.anna.get(f"/api/v1/customers/{fish}/notes").status_code == 404


def test_visits_are_found_by_customer_and_days(worked: Web) -> None:
    with transaction(worked.engine) as session:
        judge_due(session, worked.now)
    bakery, fish = (worked.customers[name] for name in ("Bakery", "Fish"))

    def found(**query: object) -> int:
        return len(worked.sara.get("/api/v1/visits", **query).json["items"])

    assert (found(customer_id=bakery), found(customer_id=fish)) == (1, 0)
    assert found(since="2026-03-03", until="2026-03-03") == 1
    assert (found(since="2026-03-04"), found(until="2026-03-02")) == (0, 0)
