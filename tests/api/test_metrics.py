"""What an operator's monitoring reads, and the operator at the terminal."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, text
from worlds.phone import TestPhone
from worlds.web import Web
from worlds.web import build as build_web

from api.command import main
from fieldsales.cli.context import Context
from fieldsales.config import Settings
from fieldsales.db.session import transaction
from sync.batch import Phone

TOKEN = "what only the monitoring knows"


@pytest.fixture
def web(engine: Engine, tmp_path: Any) -> Web:
    """The town, whose monitoring has a token."""
    return build_web(engine, data_dir=tmp_path / "data", metrics_token=TOKEN)


def gauges(web: Web) -> dict[tuple[str, str], float]:
    """What monitoring reads, by name and status."""
    answer = web.app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    return {
        (sample.name.removeprefix("fieldsales_sync_"), sample.labels.get("status", "")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def push(web: Web) -> None:
    """Anna checks in, and takes an order at a price that nobody gives."""
    app = TestPhone(Phone(web.people["anna"], web.anna.tokens.device_id), "phone-of-anna", web.now)
    app.check_in(web.customers["Bakery"])
    app.order(web.customers["Bakery"], [(web.products["coffee"], 1, 9999)])
    assert web.anna.post("/sync/v1/mutations", app.body()).status_code == 200


def test_the_gauges_tell_what_was_received_and_what_waits(web: Web) -> None:
    push(web)
    web.now += timedelta(hours=3)
    found = gauges(web)
    assert found["mutations_last_day", "applied"] == found["mutations_last_day", "held"] == 1
    assert (found["mutations_under_review", "held"], found["mutations_under_review", "applied"]) == (1, 0)
    assert (found["review_oldest_seconds", ""], found["devices_seen_last_day", ""]) == (3 * 3600, 1)
    assert (found["uploads_unfinished", ""], found["horizon_stall_seconds", ""]) == (0, 0)
    web.now += timedelta(days=2)
    later = gauges(web)
    assert (later["mutations_last_day", "applied"], later["devices_seen_last_day", ""]) == (0, 0)
    assert later["mutations_under_review", "held"] == 1


def test_an_open_write_transaction_shows_as_a_stall_of_the_horizon(web: Web) -> None:
    push(web)
    with transaction(web.engine) as slow:
        slow.execute(text("UPDATE device SET name = 'slow'"))
        time.sleep(0.2)
        if web.engine.dialect.name == "postgresql":
            with transaction(web.engine) as quick:
                quick.execute(text("UPDATE product SET brand = 'quick'"))
            found = gauges(web)
            assert found["horizon_lag_transactions", ""] >= 1
            assert 0.2 <= found["horizon_stall_seconds", ""] < 60
        else:
            found = gauges(web)
            assert found["horizon_lag_transactions", ""] == found["horizon_stall_seconds", ""] == 0
    assert gauges(web)["horizon_stall_seconds", ""] == 0


def test_only_the_monitoring_and_admins_may_read_them(web: Web) -> None:
    client = web.app.test_client()
    assert web.root.get("/metrics").status_code == 200
    assert web.max.get("/metrics").json["code"] == "access.role"
    assert client.get("/metrics").json["code"] == "auth.token_missing"
    assert client.get("/metrics", headers={"Authorization": "Bearer guess"}).status_code == 401


def test_without_a_token_of_its_own_an_empty_one_opens_nothing(engine: Engine) -> None:
    client = build_web(engine).app.test_client()
    for sent in ("Bearer ", "Bearer", ""):
        assert client.get("/metrics", headers={"Authorization": sent}).status_code == 401


@pytest.mark.parametrize(
    ("command", "words"), [("status", ["Under review", "1 held"]), ("review", ["Bakery", "Anna", "order.price"])]
)
def test_the_terminal_tells_the_same(web: Web, command: str, words: list[str]) -> None:
    push(web)
    url = web.engine.url.render_as_string(hide_password=False)
    told = CliRunner().invoke(main, ["sync", command], obj=Context(Settings(database_url=url)))
    assert told.exit_code == 0, told.output
    assert all(word in told.output for word in words), told.output


def test_a_review_in_the_terminal_tells_whole_ids_and_all_of_it_as_json(web: Web) -> None:
    push(web)
    context = Context(Settings(database_url=web.engine.url.render_as_string(hide_password=False)))
    told = CliRunner().invoke(main, ["sync", "review", "--json"], obj=context).output
    [held] = [each for each in map(json.loads, told.splitlines()) if each["problem"]]
    assert held["problem"]["code"] == "order.price_out_of_band"
    assert held["payload"]["id"] == held["id"]
    context.console.width = 60
    assert held["id"] in CliRunner().invoke(main, ["sync", "review"], obj=context).output
