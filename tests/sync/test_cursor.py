"""A cursor comes back whole or is refused."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.changes.models import Scope
from sync.cursor import Cursor, CursorInvalid, Position, parse_cursor

numbers = st.integers(0, 2**62)
positions = st.builds(Position, st.sampled_from(Scope), st.uuids(), st.sampled_from(["visit", "route"]), st.uuids())
names = st.none() | st.frozensets(st.sampled_from(["visit", "route", "order"]))
resting = st.builds(Cursor, st.uuids(), st.uuids(), numbers, only=names)
spans = st.tuples(numbers, numbers).map(sorted)
paging = st.builds(
    lambda epoch, user_id, span, after, only: Cursor(epoch, user_id, *span, after, only),
    st.uuids(),
    st.uuids(),
    spans,
    positions,
    names,
)


@given(resting | paging)
def test_a_cursor_survives_the_phone(cursor):
    assert parse_cursor(cursor.text()) == cursor
    assert len(cursor.text()) < 300


@given(resting | paging, st.integers(0, 200), st.sampled_from("abcXYZ019-_"))
def test_a_cursor_with_one_wrong_sign_is_refused(cursor, place, sign):
    text = cursor.text()
    place %= len(text) - 1  # the very last sign of base64 may carry unused bits
    garbled = text[:place] + sign + text[place + 1 :]
    if garbled != text:
        with pytest.raises(CursorInvalid):
            parse_cursor(garbled)


@given(st.text(max_size=300) | st.binary(max_size=90).map(lambda raw: raw.hex()))
def test_any_other_text_is_refused(text):
    with pytest.raises(CursorInvalid):
        parse_cursor(text)


def test_an_older_servers_cursor_of_another_shape_is_refused():
    cursor = Cursor(uuid.uuid4(), uuid.uuid4(), 5).text()
    with pytest.raises(CursorInvalid):
        parse_cursor(cursor[:-4])


@pytest.mark.parametrize("since", [-1, -(2**70), 2**63, 2**70, 1.5, True, "5", None])
def test_a_forged_number_is_refused(since):
    """Anybody can compute the check, so it vouches for nothing."""
    with pytest.raises(CursorInvalid):
        parse_cursor(Cursor(uuid.uuid4(), uuid.uuid4(), since).text())


@pytest.mark.parametrize("horizon", [4, -1, 2**63, 7.0, True])
def test_a_forged_end_of_a_pull_is_refused(horizon):
    after = Position(Scope.ORG, uuid.uuid4(), "visit", uuid.uuid4())
    with pytest.raises(CursorInvalid):
        parse_cursor(Cursor(uuid.uuid4(), uuid.uuid4(), 5, horizon, after).text())
