"""Whatever is sent, the API answers as its OpenAPI document says, and never with a fault of its own."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from sqlalchemy import Engine
from worlds import web as webs
from worlds.web import Web

pytestmark = pytest.mark.slow
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]


@pytest.fixture
def fuzzed(engine: Engine, tmp_path: Any) -> Web:
    """The town, for strangers to try."""
    return webs.build(
        engine,
        data_dir=tmp_path / "data",
        solve_seconds=0.05,
        solver_workers=0,
        login_rate="100000 per minute",
        stream_seconds=0.0,
    )


FEW = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_no_request_is_answered_with_a_fault_of_ours(fuzzed: Web) -> None:
    """Half of the ids in addresses are of things that exist, so that more than the 404s is tried."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", fuzzed.app)
    close(schema.raw_schema["components"]["schemas"])
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @FEW
        @given(case=operation.as_strategy())
        def attempt(case: Any) -> None:
            make_real(case, fuzzed)
            token = fuzzed.log_in("root", uuid.uuid4().hex).tokens.access_token
            # Called without a server, Schemathesis says that it takes gzip and does not unpack it.
            headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
            case.call_and_validate(headers=headers, checks=CHECKS)

        attempt()
        tried += 1
    assert tried > 40


def close(schemas: dict[str, Any]) -> None:
    """Let no answer have a field that is not told, although a client must be ready for more."""
    for each in schemas.values():
        if each.get("properties"):
            each.setdefault("additionalProperties", False)


def make_real(case: Any, web: Web) -> None:
    """Let some ids be of things that exist."""
    chance = random.Random(repr(case.path_parameters) + repr(case.body))
    real = {
        "customer_id": web.customers["Bakery"],
        "rep_id": web.people["anna"],
        "person_id": web.people["ben"],
        "device_id": web.ben.tokens.device_id,
    }
    for name in (case.path_parameters or {}).keys() & real.keys():
        if chance.random() < 0.5:
            case.path_parameters[name] = str(real[name])
