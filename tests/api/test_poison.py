"""One record that nobody can read never stands in the way of its neighbours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse
from worlds.small_town import NOON
from worlds.web import Web

from api.payload import flatten

STAMP = {"wall": NOON.isoformat(), "mono_ms": 5, "boot_id": "one"}


def note(web: Web, number: int, text: str = '"Fine."') -> str:
    """Return a note as JSON, its text as it is given."""
    note_id = f"019cae57-e800-7100-8000-{number:012d}"
    customer_id = web.customers["Bakery"]
    return (
        f'{{"id": "019cae57-e800-7000-8000-{number:012d}", "seq": {number}, "type": "note.add", "v": 1, '
        f'"at": {json.dumps(STAMP)}, "entity": {{"type": "note", "id": "{note_id}"}}, '
        f'"data": {{"note_id": "{note_id}", "customer_id": "{customer_id}", "text": {text}}}}}'
    )


def push(web: Web, *mutations: str, **envelope: Any) -> TestResponse:
    told = {"device_id": "phone-of-anna", "app_version": "1", "schema": 1, "sent": STAMP} | envelope
    body = json.dumps(told)[:-1] + f', "mutations": [{", ".join(mutations)}]}}'
    return web.anna.ask("POST", "/sync/v1/mutations", data=body, content_type="application/json")


@pytest.mark.parametrize(
    "poison", ["9" * 5000, "-" + "9" * 20_000, "[" * 2000 + "]" * 2000, '{"a":' * 3000 + "1" + "}" * 3000, "1e400"]
)
def test_a_value_that_python_cannot_read_spoils_only_its_own_mutation(web: Web, poison: str) -> None:
    for replayed in (False, True):
        answer = push(web, note(web, 1), note(web, 2, poison), note(web, 3))
        assert [each["status"] for each in answer.json["results"]] == ["applied", "rejected", "applied"]
        assert answer.json["results"][1]["problem"]["code"] == "mutation.malformed"
        assert [each["replayed"] for each in answer.json["results"]] == [replayed] * 3


@pytest.mark.parametrize(
    "envelope",
    [
        {"app_version": "1\x00"},
        {"app_version": "\ud800"},
        {"sent": STAMP | {"boot_id": "b\x00"}},
        {"cursor": "\udfff"},
        {"queued": 2**31},
    ],
)
def test_an_envelope_that_no_database_keeps_is_refused_plainly(web: Web, envelope: dict[str, Any]) -> None:
    answer = push(web, note(web, 1), **envelope)
    assert (answer.status_code, answer.json["code"]) == (422, "sync.batch_invalid")


def test_watermelons_word_of_itself_is_looked_at_too(web: Web) -> None:
    answer = web.anna.post("/sync/v1/watermelon", {"changes": {}, "meta": {"app_version": "1\x00"}})
    assert (answer.status_code, answer.json["code"]) == (422, "sync.changes_invalid")


def test_only_what_is_too_deep_becomes_text() -> None:
    told = b'{"a": [1, "]}\\"[", {"b": [2, [3]]}], "c": "\xc3\xa9"}'
    assert flatten(told) == told
    assert json.loads(flatten(told, 3)) == {"a": [1, ']}"[', {"b": "[2, [3]]"}], "c": "é"}
    assert json.loads(flatten(told, 1)) == {"a": '[1, "]}\\"[", {"b": [2, [3]]}]', "c": "é"}
