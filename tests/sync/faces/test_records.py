"""What was done is read off from how a record differs from what the phone had from us."""

from __future__ import annotations

import copy
import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.faces.records import Reading, read
from sync.shapes import SHAPES

ID = str(uuid.uuid4())
PHOTO = {"id": str(uuid.uuid4()), "kind": "shelf", "sha256": "ab" * 32, "size_bytes": 9, "content_type": "image/png"}
VISIT = {"id": ID, "customer_id": "c", "checked_in_at": "11:00", "check_in_position": {"lat": 1, "lon": 2}}
ORDER = {"id": ID, "customer_id": "c", "currency": "EUR", "lines": [{"product_id": "p", "quantity": 1}]}
CUSTOMER = {"id": ID, "name": "Bakery", "phone": None, "latitude": 1.0, "longitude": 2.0, "tier": "A", "version": 3}


def types(reading: Reading) -> list[str]:
    return [deed.type for deed in reading.deeds]


@pytest.mark.parametrize(
    ("entity", "record", "was", "told", "whole"),
    [
        ("visit", VISIT, None, ["visit.check_in"], True),
        ("visit", {"id": ID, "customer_id": "c"}, None, ["visit.check_in"], True),
        ("visit", {"id": ID, "checked_out_at": "12:00"}, None, ["visit.check_out"], True),
        ("visit", VISIT | {"checked_out_at": "12:00"}, None, ["visit.check_in", "visit.check_out"], True),
        ("visit", VISIT | {"checked_out_at": "12:00"}, VISIT, ["visit.check_out"], True),
        ("visit", VISIT | {"summary": "Good.", "cause_code": "x"}, VISIT, ["visit.summarize"], True),
        ("visit", VISIT | {"checked_in_at": "10:00"}, VISIT, [], False),
        ("visit", VISIT | {"customer_id": "d"}, VISIT, [], False),
        ("visit", VISIT | {"photos": [PHOTO]}, VISIT, ["photo.attach"], True),
        ("visit", VISIT | {"photos": [PHOTO]}, VISIT | {"photos": [PHOTO]}, [], True),
        ("visit", VISIT | {"photos": []}, VISIT | {"photos": [PHOTO]}, [], False),
        ("visit", VISIT | {"photos": [PHOTO | {"kind": "door"}]}, VISIT | {"photos": [PHOTO]}, [], False),
        ("visit", VISIT | {"photos": [{"id": []}]}, VISIT | {"photos": [{"id": {}}]}, ["photo.attach"], False),
        ("order", ORDER, None, ["order.submit"], True),
        ("order", ORDER | {"kind": "return"}, None, ["return.submit"], True),
        ("order", ORDER | {"kind": "gift"}, None, ["gift.submit"], True),
        ("order", ORDER | {"amends_id": "o"}, None, ["order.amend"], True),
        ("order", ORDER | {"kind": "loan"}, None, [], False),
        ("order", ORDER | {"state": "cancelled", "reason": "r"}, ORDER, ["order.cancel"], True),
        ("order", ORDER | {"state": "cancelled", "lines": []}, ORDER, ["order.cancel"], False),
        ("order", ORDER | {"lines": []}, ORDER, [], False),
        ("order", ORDER, {"id": ID, "_deleted": True}, ["order.submit"], True),
        ("payment", {"id": ID, "amount_minor": 1}, None, ["payment.collect"], True),
        ("payment", {"id": ID, "amount_minor": 2}, {"id": ID, "amount_minor": 1}, [], False),
        ("note", {"id": ID, "text": "t"}, None, ["note.add"], True),
        ("customer", CUSTOMER, None, ["customer.propose"], True),
        ("customer", CUSTOMER | {"phone": "1"}, CUSTOMER, ["customer.update"], True),
        ("customer", CUSTOMER | {"phone": "1", "tier": "B"}, CUSTOMER, ["customer.update"], False),
        ("customer", CUSTOMER | {"tier": "B"}, CUSTOMER, [], False),
        ("product", {"id": ID}, None, [], False),
        ("note", {"id": ID, "text": "t", "_deleted": True}, {"id": ID, "text": "t"}, [], False),
        ("note", {"id": ID, "text": "t", "_deleted": True}, None, [], True),
    ],
)
def test_a_record_tells_what_was_done(entity, record, was, told, whole):
    reading = read(entity, record, was)
    assert (types(reading), reading.whole) == (told, whole)


def test_an_edit_names_what_the_phone_had_and_in_which_version():
    (deed,) = read("customer", CUSTOMER | {"phone": "1", "latitude": 5.0}, CUSTOMER).deeds
    assert deed.base_version == 3
    assert deed.data["fields"] == {
        "phone": {"now": "1", "was": None},
        "position": {"now": {"lat": 5.0, "lon": 2.0}, "was": {"lat": 1.0, "lon": 2.0}},
    }


def test_a_summary_that_grew_tells_only_what_was_added():
    (deed,) = read("visit", VISIT | {"summary": "Good. More."}, VISIT | {"summary": "Good."}).deeds
    assert deed.data["summary"] == "More."


PRICED = {"line_no": 1, "product_id": "p", "unit": "case", "unit_quantity": 2, "quantity": 24, "amount_minor": 9}


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"basis": {"book": "b"}}, "order.submit"),
        ({"basis": {"book": "b"}, "amends_id": "o"}, "order.amend"),
        ({"kind": "return", "reason": "r"}, "return.submit"),
    ],
)
def test_an_order_that_names_its_price_book_or_units_is_told_in_version_2(more, kind):
    (deed,) = read("order", ORDER | {"lines": [PRICED], "amount_minor": 9} | more, None).deeds
    assert (deed.type, deed.v, deed.data["total_minor"]) == (kind, 2, 9)
    [line] = deed.data["lines"]
    assert line == {"line": 1, "product_id": "p", "unit": "case", "quantity": 2, "amount_minor": 9}


def test_no_line_of_an_order_is_dropped_though_it_makes_no_sense():
    (deed,) = read("order", ORDER | {"lines": [{"product_id": "p"}, "q", None]}, None).deeds
    assert deed.data["lines"] == [{"product_id": "p"}, "q", None]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def records(entity):
    shape = SHAPES[entity]
    names = [column.key for column in shape.columns[1:]] + [children.name for children in shape.children]
    return st.dictionaries(st.sampled_from([*names, "_deleted"]), values).map(lambda told: {"id": ID} | told)


@given(st.data())
def test_any_record_can_be_read_and_tells_the_same_each_time(data):
    entity = data.draw(st.sampled_from(sorted(SHAPES)))
    record = data.draw(records(entity))
    was = data.draw(st.none() | records(entity))
    once, again = read(entity, record, was), read(entity, copy.deepcopy(record), json.loads(json.dumps(was)))
    assert [deed.id for deed in once.deeds] == [deed.id for deed in again.deeds]
    assert read(entity, record, record) == Reading()
