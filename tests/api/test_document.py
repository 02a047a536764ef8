"""docs/sync-protocol.md says how a first load is read, and which limits there are."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path

from worlds.first_load import documents_of
from worlds.web import Web

from api.packing import bodies, codings
from api.sync.schemas import ManifestSchema, PartEntrySchema, PartSchema

DOCUMENT = (Path(__file__).parents[2] / "docs" / "sync-protocol.md").read_text()
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)]
[MANIFEST] = [each for each in EXAMPLES if "parts" in each]
[PART] = [each for each in EXAMPLES if "part" in each]


def test_the_example_of_a_part_reads_as_the_document_says() -> None:
    customer, visit = "01955601-0000-7000-8000-000000000001", "0195565e-7a3c-7d22-8c11-5b6f0c3d9e21"
    assert customer in DOCUMENT
    assert documents_of(PART) == {
        ("visit", uuid.UUID(visit)): {
            "id": visit,
            "customer_id": customer,
            "day": "2026-03-02",
            "cause_code": None,
            "events": [
                {"at": "2026-03-02T12:00:00+00:00", "kind": "check_in"},
                {"at": "2026-03-02T12:25:00+00:00", "kind": "check_out"},
            ],
        }
    }


def test_the_examples_have_our_names() -> None:
    assert PART.keys() == PartSchema().fields.keys()
    assert MANIFEST.keys() == ManifestSchema().fields.keys()
    assert MANIFEST["parts"][0].keys() == PartEntrySchema().fields.keys()


def test_every_limit_that_is_told_is_described(small_web: Web) -> None:
    told = small_web.anna.get("/sync/v1").json
    names = [*told, *(name for each in told.values() if isinstance(each, dict) for name in each)]
    assert [name for name in names if f"`{name}`" not in DOCUMENT] == []


def test_its_limits_are_ours() -> None:
    assert f"more than {bodies.LARGEST_RATIO} times" in DOCUMENT
    assert f"first {bodies.FREE_BYTES // 1024} KiB" in DOCUMENT
    assert f"more than {codings.WINDOW_BYTES // 2**20} MB" in DOCUMENT
