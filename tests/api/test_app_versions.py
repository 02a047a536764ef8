"""Old apps are heard, and told to update in every answer before it is too late."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine
from worlds.phone import TestPhone
from worlds.web import Web
from worlds.web import build as build_web

from fieldsales.errors import BadSetting
from sync.batch import Phone


@pytest.fixture
def web(engine: Engine, tmp_path: Any) -> Web:
    """The town, whose operator wants 2.0, and will not have anything older than 1.5."""
    return build_web(engine, data_dir=tmp_path / "data", oldest_app="1.5", advised_app="2.0")


def push(web: Web, **more: Any) -> Any:
    app = TestPhone(Phone(web.people["anna"], web.anna.tokens.device_id), "phone-of-anna", web.now)
    app.check_in(web.customers["Bakery"])
    return web.anna.post("/sync/v1/mutations", app.body(**more))


@pytest.mark.parametrize(
    ("version", "status"), [("1.4.9", "update_required"), ("1.5", "update_advised"), ("2.0.1", "current")]
)
def test_an_app_is_heard_whatever_its_age_and_told_how_its_version_stands(web: Web, version: str, status: str) -> None:
    answer = push(web, app_version=version).json
    assert [each["status"] for each in answer["results"]] == ["applied"]
    told = answer["app"]
    assert (told["status"], told["oldest"], told["advised"]) == (status, "1.5", "2.0")
    assert (told["mend"] is None) == (status == "current")
    assert web.anna.get("/sync/v1/changes").json["app"] == told


def test_another_protocol_is_refused_with_those_that_are_spoken_and_nothing_is_stored(web: Web) -> None:
    refused = push(web, schema=2)
    assert (refused.status_code, refused.json["code"]) == (422, "sync.schema_unsupported")
    assert refused.json["supported"] == [1]
    assert web.anna.get("/sync/v1/changes").json["app"]["status"] == "current", "no push has told a version yet"


def test_a_policy_that_makes_no_sense_is_refused_at_the_start(engine: Engine) -> None:
    with pytest.raises(BadSetting, match="FIELDSALES_OLDEST_APP"):
        build_web(engine, oldest_app="the newest")
