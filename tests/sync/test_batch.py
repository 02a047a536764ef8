"""A batch whose envelope is wrong is refused whole, and says why."""

from __future__ import annotations

import pytest
from worlds.small_town import NOON

from sync.batch import BatchInvalid, BatchTooLarge, SchemaUnsupported, parse_batch


def body(**more):
    sent = {"wall": NOON.isoformat(), "mono_ms": 5, "boot_id": "one"}
    return {"device_id": "d", "app_version": "1", "schema": 1, "sent": sent, "mutations": []} | more


def test_an_empty_batch_is_a_batch():
    parsed = parse_batch(body())
    assert (parsed.mutations, parsed.cursor, parsed.want_changes) == ((), None, False)
    assert parsed.sent.wall == NOON


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        "text",
        {},
        body(extra=1),
        body(device_id=""),
        body(mutations=None),
        body(mutations={}),
        body(want_changes=1),
        body(schema="1"),
        body(sent={"wall": NOON.isoformat(), "mono_ms": -1, "boot_id": "one"}),
        body(sent={"wall": "2026-03-02T12:00:00", "mono_ms": 5, "boot_id": "one"}),
        body(sent={"wall": NOON.isoformat(), "mono_ms": 5}),
    ],
)
def test_a_wrong_envelope_says_where(wrong):
    with pytest.raises(BatchInvalid) as refused:
        parse_batch(wrong)
    assert refused.value.facts["fields"]


@pytest.mark.parametrize("later", [body(schema=2), {"schema": 2, "of": "another shape"}])
def test_another_protocol_is_not_guessed_at(later):
    with pytest.raises(SchemaUnsupported) as refused:
        parse_batch(later)
    assert refused.value.facts["supported"] == [1]


def test_what_is_in_the_mutations_is_no_matter_of_the_batch_but_their_number_is():
    assert len(parse_batch(body(mutations=[None] * 500)).mutations) == 500
    with pytest.raises(BatchTooLarge) as refused:
        parse_batch(body(mutations=[None] * 501))
    assert refused.value.facts["most"] == 500
