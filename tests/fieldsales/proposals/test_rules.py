"""An edit made offline meets what others changed meanwhile; two names above one door."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.proposals.rules import UNTOLD, Edit, Loser, same_shop, weigh

VALUES = st.sampled_from([None, "a", "b", "c"])
BASES = st.one_of(st.none(), st.integers(0, 5))


def test_a_field_that_nobody_else_touched_is_set() -> None:
    weighed = weigh([Edit("phone", "+302")], {"phone": "+301"}, {"phone": 3}, base_version=3)
    assert (weighed.applied, weighed.kept) == ({"phone": "+302"}, {})


def test_a_field_that_changed_here_meanwhile_stays_and_the_loser_is_kept() -> None:
    weighed = weigh([Edit("phone", "+302")], {"phone": "+303"}, {"phone": 4}, base_version=3)
    assert (weighed.applied, weighed.kept) == ({}, {"phone": Loser("+302", "+303")})


def test_both_sides_wanting_the_same_is_no_conflict() -> None:
    assert weigh([Edit("city", "Rio")], {"city": "Rio"}, {"city": 9}, base_version=1).unchanged == ("city",)


def test_what_the_phone_held_counts_more_than_the_version_it_names() -> None:
    """Changed here and changed back: nothing stands in the way."""
    weighed = weigh([Edit("city", "Rio", was="Patras")], {"city": "Patras"}, {"city": 9}, base_version=1)
    assert weighed.applied == {"city": "Rio"}


def test_without_a_word_of_what_was_held_only_a_blank_is_filled() -> None:
    weighed = weigh([Edit("city", "Rio"), Edit("name", "New")], {"city": None, "name": "Old"}, {}, base_version=None)
    assert (weighed.applied, list(weighed.kept)) == ({"city": "Rio"}, ["name"])


@given(st.data())
def test_each_field_has_one_fate_and_nothing_is_overwritten_unseen(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from("pqrs"), unique=True))
    ours = {name: data.draw(VALUES) for name in names}
    changed = {name: data.draw(st.integers(1, 5)) for name in names if data.draw(st.booleans())}
    base = data.draw(BASES)
    edits = [Edit(name, data.draw(VALUES), data.draw(st.one_of(st.just(UNTOLD), VALUES))) for name in names]
    weighed = weigh(edits, ours, changed, base)
    assert sorted([*weighed.applied, *weighed.unchanged, *weighed.kept]) == sorted(names)
    for edit in edits:
        here = ours[edit.field]
        if edit.field in weighed.applied:
            saw_it = edit.was == here if edit.was is not UNTOLD else (
                here is None if base is None else changed.get(edit.field, 0) <= base
            )  # fmt: skip
            assert saw_it
        elif edit.field in weighed.kept:
            assert weighed.kept[edit.field] == Loser(edit.now, here)
        else:
            assert edit.now == here


@given(st.data())
def test_of_two_phones_editing_the_same_version_the_second_loses_only_what_both_touched(data: st.DataObject) -> None:
    ours = {"p": "a", "q": "a"}
    first = {name: data.draw(VALUES) for name in data.draw(st.sets(st.sampled_from("pq")))}
    second = {name: data.draw(VALUES) for name in data.draw(st.sets(st.sampled_from("pq")))}
    won = weigh([Edit(*each) for each in first.items()], ours, {}, 1).applied
    met = weigh([Edit(*each) for each in second.items()], ours | won, dict.fromkeys(won, 2), 1)
    assert met.kept.keys() == {name for name, value in second.items() if name in won and value != won[name]}


@pytest.mark.parametrize(
    ("name", "other", "metres", "same_phone", "one"),
    [
        ("Bakery Papadopoulos", "PAPADOPOULOS Bakery", 20, False, True),
        ("Bakery Papadopoulos", "Papadopulos bakery", 20, False, True),
        ("Bakery Papadopoulos", "Bakery Papadopoulos", 2000, False, False),
        ("Bakery Papadopoulos", "Fish Nikos", 5, False, False),
        ("Bakery Papadopoulos", "Fish Nikos", None, True, True),
        ("永和便利店", "永和便利店", 30, False, True),
        ("永和便利店", "大华超市", 30, False, False),
    ],
)
def test_two_shops_may_be_one(name: str, other: str, metres: float | None, same_phone: bool, one: bool) -> None:
    assert same_shop(name, other, metres, same_phone=same_phone) is one
