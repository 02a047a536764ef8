"""The short cut through marshmallow gives what marshmallow gives, or is not taken."""

from __future__ import annotations

import copy
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields, post_load
from worlds.phone import THERE

from fieldsales.db.base import new_id
from sync.batch import BatchSchema
from sync.envelope import MutationSchema
from sync.handlers.registry import HANDLERS
from sync.shortcut import Unsure, shortcut
from sync.wire import Strict

STAMP = {"wall": "2026-03-02T14:00:00+02:00", "mono_ms": 10, "boot_id": "b"}
ONE = str(new_id())
WELL_FORMED: list[tuple[Any, dict[str, Any]]] = [
    (
        MutationSchema(),
        {
            "id": ONE,
            "seq": 1,
            "type": "visit.check_in",
            "v": 1,
            "at": STAMP,
            "entity": {"type": "visit", "id": ONE},
            "base_version": None,
            "after": [ONE],
            "data": {"visit_id": ONE},
        },
    ),
    (
        BatchSchema(),
        {
            "device_id": "d",
            "app_version": "1",
            "schema": 1,
            "sent": STAMP,
            "mutations": [None, 1],
            "want_changes": True,
        },
    ),
    (HANDLERS["visit.check_in", 1].schema, {"visit_id": ONE, "customer_id": ONE, "position": THERE}),
    (HANDLERS["visit.check_out", 1].schema, {"visit_id": ONE, "position": THERE, "summary": "All fine."}),
    (
        HANDLERS["order.submit", 1].schema,
        {
            "order_id": ONE,
            "visit_id": None,
            "customer_id": ONE,
            "currency": "EUR",
            "lines": [{"product_id": ONE, "quantity": 2, "unit_price_minor": 589}],
            "total_minor": 1178,
        },
    ),
    (
        HANDLERS["photo.attach", 1].schema,
        {
            "photo_id": ONE,
            "visit_id": ONE,
            "kind": "shelf",
            "sha256": "ab" * 32,
            "size_bytes": 9,
            "content_type": "image/png",
            "taken_at": STAMP["wall"],
        },
    ),
]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from([ONE, ONE.upper(), f"{{{ONE}}}", "1", "8.0", 8.0, [], {}, [None], "2026-03-02T14:00:00", b"x"]),
    st.lists(st.sampled_from([ONE, None, 1]), max_size=2),
    st.builds(lambda: uuid.UUID(ONE)),
)


def by_schema(schema: Any, value: Any) -> Any:
    """Return what marshmallow makes of a value, with its types: 1 is not True."""
    try:
        return repr(schema.load(value))
    except ValidationError:
        return "refused"


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path to everything inside a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for key, one in inner for each in places(one, (*path, key)))]


@st.composite
def spoilt(draw: Any) -> tuple[Any, Any]:
    """Draw a schema, and a value for it of which up to three things were changed, taken away or added."""
    schema, value = draw(st.sampled_from(WELL_FORMED))
    told: Any = {"root": copy.deepcopy(value)}
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from([each for each in places(told) if each]))
        holder = told
        for key in path[:-1]:
            holder = holder[key]
        change = draw(st.sampled_from(["odd", "odd", "gone", "extra"]))
        if change == "odd":
            holder[path[-1]] = draw(ODD)
        elif change == "extra" and isinstance(holder[path[-1]], dict):
            holder[path[-1]]["extra"] = 1
        elif change == "gone" and len(path) > 1:
            del holder[path[-1]]
    return schema, told["root"]


@given(spoilt())
def test_what_is_taken_the_short_way_is_what_the_schema_gives(case: tuple[Any, Any]) -> None:
    schema, value = case
    try:
        found = repr(shortcut(schema)(copy.deepcopy(value)))
    except Unsure:
        return
    assert found == by_schema(schema, value)


@pytest.mark.parametrize(("schema", "value"), WELL_FORMED)
def test_what_is_well_formed_is_taken_the_short_way(schema: Any, value: Any) -> None:
    assert shortcut(schema)(value) == schema.load(value)


class Hooked(Strict):
    """A schema that does something of its own after loading."""

    name = fields.String()

    @post_load
    def shout(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Shout."""
        return {"name": data["name"].upper()}


def test_a_schema_with_hooks_of_its_own_is_never_passed_by() -> None:
    with pytest.raises(Unsure):
        shortcut(Hooked())({"name": "anna"})
