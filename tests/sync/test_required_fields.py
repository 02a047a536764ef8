"""docs/sync-protocol.md tells required fields from optional ones as the schemas do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from marshmallow import Schema

from sync.batch import BatchSchema, StampSchema
from sync.envelope import EntitySchema, MutationSchema
from sync.handlers.customers import PlaceEditSchema, PlaceSchema, TextEditSchema
from sync.handlers.gifts import GivenLineSchema
from sync.handlers.orders import LineSchema
from sync.handlers.registry import HANDLERS
from sync.handlers.returns import ReturnedLineSchema
from sync.handlers.tracks import PointSchema
from sync.handlers.visits import PositionSchema

DOCUMENT = (Path(__file__).parents[2] / "docs" / "sync-protocol.md").read_text()
ROWS: dict[str, Schema] = {
    "the batch": BatchSchema(),
    "a stamp: `sent`, `at`": StampSchema(),
    "a mutation": MutationSchema(),
    "`entity`": EntitySchema(),
    "`position` of a visit": PositionSchema(),
    "`position` of a customer": PlaceSchema(),
    "`lines` of an order, each": LineSchema(),
    "`lines` of a return, each": ReturnedLineSchema(),
    "`lines` of a gift, each": GivenLineSchema(),
    "`points`, each": PointSchema(),
    "`fields` of an edit, each": TextEditSchema(),
} | {f"`{kind}` v{version}": handler.schema for (kind, version), handler in HANDLERS.items()}


@pytest.mark.parametrize("what", ROWS)
def test_required_and_optional_fields_are_told_apart(what: str) -> None:
    row = re.search(rf"^\| {re.escape(what)} \| (.*) \| (.*) \|$", DOCUMENT, re.MULTILINE)
    assert row, what
    told = [field.data_key or name for name, field in ROWS[what].fields.items() if field.required]
    free = [field.data_key or name for name, field in ROWS[what].fields.items() if not field.required]
    nullable = {
        field.data_key or name for name, field in ROWS[what].fields.items() if field.required and field.allow_none
    }
    assert set(re.findall(r"`(\w+)`", row[1])) == set(told)
    assert set(re.findall(r"`(\w+)` or null", row[1])) == nullable
    assert set(re.findall(r"`(\w+)`", row[2])) == set(free)


def test_a_place_is_edited_as_a_text_is() -> None:
    assert PlaceEditSchema().fields.keys() == TextEditSchema().fields.keys()
