"""openapi.json tells phones the shapes of their work, and leaves room for fields to come."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from worlds.web import Web

from sync.handlers.registry import HANDLERS
from sync.models import Status

PAGE = (Path(__file__).parents[2] / "docs" / "sync-examples.md").read_text()
BATCHES = [
    json.loads(block.split("\n```", 1)[0])
    for block in PAGE.split("```json\n")[1:]
    if block.startswith('{\n  "device_id"')
]
ROUTES = ["/sync/v1/mutations", "/sync/v1/hand-in"]


@pytest.fixture
def document(small_web: Web) -> dict[str, Any]:
    """What the server tells of itself."""
    found: dict[str, Any] = small_web.app.test_client().get("/openapi.json").json
    return found


def body(document: dict[str, Any], route: str) -> dict[str, Any]:
    """The schema of a body, which can stand alone."""
    found = document["paths"][route]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return found | {"components": document["components"]}


def accepts(schema: dict[str, Any], batch: dict[str, Any]) -> bool:
    """Whether a batch has the shape that was told. OpenAPI 3.0 writes null in its own way, which is left out here."""
    return bool(jsonschema.Draft4Validator(schema).is_valid(batch))


@pytest.mark.parametrize("route", ROUTES)
def test_each_type_of_mutation_has_its_data(document: dict[str, Any], route: str) -> None:
    schema = body(document, route)
    shapes = schema["allOf"][1]["properties"]["mutations"]["items"]
    names = [each["$ref"].rsplit("/", 1)[1] for each in shapes["oneOf"]]
    told = [document["components"]["schemas"][name]["properties"] for name in names]
    assert [(each["type"]["enum"], each["v"]["enum"]) for each in told] == [([kind], [v]) for kind, v in HANDLERS]
    assert shapes["discriminator"]["mapping"].keys() == {kind for kind, _ in HANDLERS}
    assert {each.rsplit("/", 1)[1] for each in shapes["discriminator"]["mapping"].values()} <= set(names)


def test_the_examples_fit_and_a_mutation_without_its_data_does_not(document: dict[str, Any]) -> None:
    schema = body(document, ROUTES[0])
    [call] = [each for each in BATCHES if [one["seq"] for one in each["mutations"]] == [1, 2, 3, 4, 5, 6]]
    assert accepts(schema, call)
    for name in call["mutations"][3]["data"].keys() - {"visit_id", "reference"}:
        broken = json.loads(json.dumps(call))
        del broken["mutations"][3]["data"][name]
        assert not accepts(schema, broken), name


def test_a_status_is_one_of_ours(document: dict[str, Any]) -> None:
    told = document["components"]["schemas"]["Outcome"]["properties"]["status"]["enum"]
    assert set(told) == {*(each.value for each in Status), "retry"}


def test_only_what_is_taken_is_closed(document: dict[str, Any]) -> None:
    """Phones must ignore what they do not know, and so must code that was generated for them."""
    schemas = document["components"]["schemas"]
    assert all("additionalProperties" not in schemas[name] for name in ("Outcome", "Pushed", "Changes", "Change"))
    assert schemas["Mutations"]["additionalProperties"] is False
    assert schemas["NoteAddV1"]["additionalProperties"] is False


def test_another_schema_than_ours_is_told(document: dict[str, Any]) -> None:
    assert all("422" in document["paths"][route]["post"]["responses"] for route in ROUTES)


def test_no_body_of_ours_is_open(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    bodies = [
        operation["requestBody"]["content"]["application/json"]["schema"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method != "parameters" and "application/json" in operation.get("requestBody", {}).get("content", {})
    ]
    names = [each["$ref"].rsplit("/", 1)[1] for each in bodies if "$ref" in each]
    assert len(names) > 10
    assert [name for name in names if "additionalProperties" not in schemas[name]] == []
