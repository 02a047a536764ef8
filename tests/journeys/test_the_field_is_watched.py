"""A journey: a supervisor watches the field while it happens, over two workers, and misses nothing when cut off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from worlds.served_town import listening

from api.app import create_app
from api.sync.stream import end_streams
from fieldsales.config import Settings
from fieldsales.db.base import new_id
from fieldsales.db.session import transaction
from fieldsales.people.models import User

PATH = "/api/v1/events"
Event = tuple[str, str | None, dict[str, Any]]


@pytest.fixture
def worker(town: Any, tmp_path: Path) -> Iterator[str]:
    """A second server process of the same town, as far as one process can tell: nothing but the database is shared."""
    settings = Settings(
        data_dir=tmp_path / "data",
        secret_key="a secret that only the tests of the served town know",
        solver_workers=0,
        stream_seconds=20.0,
    )
    app = create_app(settings, engine=town.engine, clock=town.clock)
    with listening(app) as base:
        try:
            yield base
        finally:
            end_streams(app)


def watch(base: str, token: str, last: str | None = None) -> Iterator[Event]:
    """Listen, and give each event's name, id and facts."""
    headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": last} if last else {})
    with requests.get(base + PATH, headers=headers, stream=True, timeout=15) as answer:
        assert answer.status_code == 200, answer.text
        fields: dict[str, str] = {}
        for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "event" in fields:
                yield fields["event"], fields.get("id"), json.loads(fields["data"])
                fields = {}


def shop_of(phone: Any, name: str) -> Any:
    return next(each for each in phone.all("customer") if each["name"] == name)


def work(phone: Any, shop: Any) -> None:
    """Check in, sell, and send it."""
    visit = phone.check_in(shop)
    product = next(each for each in phone.all("product") if each["sku"] == "rice")
    phone.order(visit, shop, [(product, 1)])
    phone.send()


def test_a_check_in_at_one_worker_is_told_at_another_within_seconds(town: Any, worker: str) -> None:
    anna, sara = town.phone("anna"), town.desk("sara")
    told = watch(worker, sara.token)
    assert next(told)[0] == "resync", "who begins to watch reads the day first"
    work(anna, shop_of(anna, "Bakery"))
    first, second = next(told), next(told)
    assert {first[0], second[0]} == {"visit", "order"}
    visit = first[2] if first[0] == "visit" else second[2]
    assert (visit["customer_name"], visit["rep_name"], visit["checked_out_at"]) == ("Bakery", "Anna", None)
    told.close()


def test_who_was_cut_off_goes_on_at_any_worker_without_a_gap(town: Any, worker: str) -> None:
    anna, sara = town.phone("anna"), town.desk("sara")
    told = watch(worker, sara.token)
    _, mark, _ = next(told)
    told.close()
    work(anna, shop_of(anna, "Bakery"))
    again = watch(town.base, sara.token, mark)
    found = [next(again), next(again)]
    again.close()
    assert {each[0] for each in found} == {"visit", "order"}
    assert [each[1] is None for each in found] == [True, False], "only a whole batch moves the mark"


def test_a_mark_of_another_database_means_to_read_anew(town: Any) -> None:
    sara = town.desk("sara")
    told = watch(town.base, sara.token, f"{new_id().hex}-7")
    assert next(told)[0] == "resync"
    told.close()


def test_a_supervisor_hears_nothing_of_another_territory(town: Any) -> None:
    with transaction(town.engine) as session:
        session.get_one(User, town.world.sara.id).territory_id = town.world.north.id
    ben, sara, boss = town.phone("ben"), town.desk("sara"), town.desk("max")
    his = ben.all("customer")[0]
    at_sara, at_boss = watch(town.base, sara.token), watch(town.base, boss.token)
    mark = next(at_sara)[1]
    next(at_boss)
    work(ben, his)
    assert next(at_boss)[2]["rep_name"] == "Ben"
    at_boss.close()
    at_sara.close()
    anna = town.phone("anna")
    work(anna, shop_of(anna, "Bakery"))
    again = watch(town.base, sara.token, mark)
    assert {next(again)[2]["rep_name"], next(again)[2]["rep_name"]} == {"Anna"}
    again.close()


def test_a_position_is_told_once_and_then_only_the_next(town: Any) -> None:
    anna, sara = town.phone("anna"), town.desk("sara")
    told = watch(town.base, sara.token)
    next(told)
    for latitude in (38.25, 38.26):
        anna.track([{"ago_ms": 0, "lat": latitude, "lon": 21.73, "accuracy_m": 9.0}])
        anna.send()
        what, _, facts = next(told)
        assert (what, facts["latitude"], facts["rep_id"]) == ("position", latitude, str(town.world.anna.id))
        town.clock.pass_minutes(1)
    told.close()


def test_a_rep_may_not_watch(town: Any) -> None:
    anna = town.phone("anna")
    assert anna.call("GET", PATH).status_code == 403


def test_a_page_that_is_loaded_anew_again_and_again_watches_on(town: Any) -> None:
    sara = town.desk("sara")
    loads = [watch(town.base, sara.token) for _ in range(6)]
    for load in loads:
        assert next(load)[0] == "resync"
    assert [next(load)[0] for load in loads[:2]] == ["elsewhere"] * 2, "the oldest streams make room"
    for load in loads:
        load.close()
