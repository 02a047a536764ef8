"""docs/sync-protocol.md says what the code does."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import fields
from pathlib import Path

import pytest

from fieldsales.errors import FieldsalesError
from fieldsales.orders import rules as order_rules
from fieldsales.photos import rules as photo_rules
from fieldsales.privacy import rules as privacy_rules
from fieldsales.receivables import rules as receivable_rules
from fieldsales.summaries import rules as summary_rules
from fieldsales.tracks import rules as track_rules
from fieldsales.visits import rules as visit_rules
from sync import batch, bootstrap, files, parts, push, queries, stream, timing, uploads
from sync.envelope import open_envelope
from sync.faces import handover
from sync.handlers.registry import HANDLERS
from sync.outcomes import ItemResult
from sync.pull import ChangeRow, Page
from sync.review import service as review
from sync.shapes import SHAPES

DOCUMENT = (Path(__file__).parents[2] / "docs" / "sync-protocol.md").read_text()
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)]
BATCH, ANSWER, EDIT, CHANGES, MANIFEST, PART = EXAMPLES


def test_the_example_of_a_batch_is_one():
    parsed = batch.parse_batch(BATCH)
    opened = open_envelope(0, parsed.mutations[0], uuid.uuid4())
    assert opened.problem is None
    handler = HANDLERS[opened.type, opened.v]
    assert handler.schema.validate(opened.payload["data"]) == {}
    assert opened.payload["data"][handler.entity[1]] == opened.payload["entity"]["id"]


def test_the_example_of_an_edit_is_one():
    assert HANDLERS["customer.update", 1].schema.validate(EDIT) == {}


def test_the_examples_of_answers_have_our_names():
    assert set(ANSWER["results"][0]) < {each.name for each in fields(ItemResult)}
    assert set(ANSWER["changes"]) == set(CHANGES) == {each.name for each in fields(Page)}
    assert all(set(each) == {name.name for name in fields(ChangeRow)} for each in CHANGES["changes"])


@pytest.mark.parametrize(("kind", "version"), HANDLERS)
def test_every_type_of_mutation_is_described_with_all_its_fields(kind, version):
    until = r"(?=\n\n\*\*`|\n\n#|\n\nAll of them)"
    about = re.search(rf"\*\*`{re.escape(kind)}` v{version}\*\*.*?{until}", DOCUMENT, re.DOTALL)
    assert about
    told = [field.data_key or name for name, field in HANDLERS[kind, version].schema.fields.items()]
    missing = [name for name in told if f"`{name}`" not in about[0]]
    assert missing == []


@pytest.mark.parametrize("entity", SHAPES)
def test_every_document_is_described_with_all_its_fields(entity):
    row = re.search(rf"^\| `{entity}` \| (.*) \|$", DOCUMENT, re.MULTILINE)
    assert row
    shape = SHAPES[entity]
    names = [column.key for column in shape.columns[1:]]
    for children in shape.children:
        names += [children.name, *(column.key for column in children.columns)]
    assert [name for name in names if not re.search(rf"\b{name}\b", row[1])] == []


def test_every_flag_is_described():
    flags = {
        value
        for module in (
            photo_rules,
            visit_rules,
            order_rules,
            receivable_rules,
            summary_rules,
            track_rules,
            privacy_rules,
            timing,
        )
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and re.fullmatch(r"[a-z_]+", value)
    }
    assert len(flags) > 12
    assert [flag for flag in flags if f"`{flag}`" not in DOCUMENT] == []


def test_every_code_that_it_names_exists():
    def kinds(of):
        return {of, *(found for each in of.__subclasses__() for found in kinds(each))}

    assert uploads.Corrupt.code in DOCUMENT
    assert parts.UploadBusy.code in DOCUMENT
    assert push.IdTaken.code in DOCUMENT
    assert queries.MutationUnknown.code in DOCUMENT
    assert handover.SendAgain.code in DOCUMENT
    assert stream.StreamsFull.code in DOCUMENT
    assert bootstrap.PartUnknown.code in DOCUMENT
    assert review.Discarded.code in DOCUMENT
    about = "sync|mutation|upload|order|return|gift|payment|note|track|visit|photo"
    named = set(re.findall(rf"`((?:{about})\.[a-z_]+)`", DOCUMENT))
    known = {kind.code for kind in kinds(FieldsalesError)} | {kind for kind, _ in HANDLERS}
    assert named - known == set()


def test_its_limits_are_ours():
    assert f"at most {batch.MOST_MUTATIONS};" in DOCUMENT
    assert f"worse than {visit_rules.COARSE_M:.0f} m" in DOCUMENT
    assert f"more than {visit_rules.FAR_M:.0f} m" in DOCUMENT
    assert f"more than {timing.BELATED.days} days" in DOCUMENT
    assert f"at most {files.MOST_UNFINISHED} unfinished" in DOCUMENT
    assert f"rested for {files.LIFE.total_seconds() / 3600:.0f} hours" in DOCUMENT
    assert f"within {order_rules.BAND_BP / 100:.0f} %" in DOCUMENT
