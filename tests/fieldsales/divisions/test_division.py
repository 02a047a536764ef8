"""Laws of dividing: each level adds up exactly, whatever the tree and the weights."""

from __future__ import annotations

import uuid
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.adjustments.rules import AdjustmentInvalid, Carry, Held, adjusted
from fieldsales.divisions.rules import (
    DivisionInvalid,
    Level,
    Node,
    Part,
    Rule,
    Tree,
    check_level,
    divide,
    filled,
    grow,
    share_out,
)
from fieldsales.targets.rules import Subject

values = st.integers(0, 10**12)
weights = st.integers(-5, 10**9)


def area(number: int) -> Subject:
    return Subject(territory_id=uuid.UUID(int=number))


@st.composite
def trees(draw: st.DrawFn) -> Node:
    """Territories in territories, each weighing whatever it does."""
    count = iter(range(1, 10_000))

    def node(depth: int) -> Node:
        many = draw(st.integers(0, 4)) if depth else 0
        return Node(area(next(count)), draw(weights), tuple(node(depth - 1) for _ in range(many)))

    return Node(area(next(count)), 1, tuple(node(3) for _ in range(draw(st.integers(1, 5)))))


def by_whole(parts: list[Part]) -> dict[Subject, list[Part]]:
    found = defaultdict(list)
    for each in parts:
        found[each.above].append(each)
    return found


@given(values, trees())
def test_the_parts_of_every_level_add_up_to_the_whole(value: int, top: Node) -> None:
    parts = list(divide(value, top))
    wholes = {top.subject: value} | {each.subject: each.value for each in parts}
    for above, below in by_whole(parts).items():
        assert sum(each.value for each in below) == wholes[above]
        assert all(each.value >= 0 for each in below)


@given(values, trees())
def test_no_part_is_further_from_its_share_than_one_unit(value: int, top: Node) -> None:
    for below in by_whole(list(divide(value, top))).values():
        whole, weighed = sum(each.value for each in below), sum(each.weight for each in below)
        for each in below:
            share = whole * each.weight / weighed if weighed else whole / len(below)
            assert abs(each.value - share) < 1 + share * 1e-9
            assert each.equal is (weighed == 0)


def test_three_reps_share_a_hundred_by_their_sales() -> None:
    assert share_out(100, [1, 1, 1]) == [34, 33, 33]
    assert share_out(100, [0, 0]) == [50, 50]
    assert share_out(1000, [615, 0, 385]) == [615, 0, 385]


def test_a_territory_weighs_what_its_reps_weigh_and_an_empty_one_is_left_out() -> None:
    town, north, south, empty = (uuid.UUID(int=each) for each in range(4))
    anna, ben, zoe = (uuid.UUID(int=each) for each in range(10, 13))
    tree = Tree({town: [north, south, empty]}, {north: [anna], south: [ben], town: [zoe]})
    nodes = {each: Node(Subject(rep_id=each), 3) for each in (anna, ben, zoe)}
    top = grow(tree, town, nodes, to_reps=True)
    assert [each.subject for each in top.below] == [
        Subject(territory_id=north),
        Subject(territory_id=south),
        Subject(rep_id=zoe),
    ]
    assert (top.weight, [each.weight for each in top.below]) == (9, [3, 3, 3])
    ends = grow(tree, town, nodes, to_reps=False)
    assert [each.below for each in ends.below] == [(), (), ()]
    assert ends.weight == 9


@pytest.mark.parametrize(
    ("subject", "level", "rule"),
    [
        (Subject(rep_id=uuid.UUID(int=1)), Level.TERRITORY, Rule.EQUAL),
        (Subject(rep_id=uuid.UUID(int=1)), Level.REP, Rule.EQUAL),
        (Subject(customer_id=uuid.UUID(int=1)), Level.CUSTOMER, Rule.EQUAL),
        (Subject(rep_id=uuid.UUID(int=1), brand="Sol"), Level.BRAND, Rule.EQUAL),
        (Subject(rep_id=uuid.UUID(int=1)), Level.BRAND, Rule.POTENTIAL),
    ],
)
def test_a_target_is_divided_downwards_only(subject: Subject, level: Level, rule: Rule) -> None:
    with pytest.raises(DivisionInvalid):
        check_level(subject, level, rule)


def test_who_is_not_known_gets_the_usual_potential() -> None:
    one, two, three, four = (uuid.UUID(int=each) for each in range(4))
    assert filled({one: 10, two: 90, three: 50}, [one, two, three, four])[four] == 50
    assert filled({}, [one]) == {one: 1}


@st.composite
def divided(draw: st.DrawFn) -> dict[uuid.UUID, Held]:
    """A tree of targets that was divided, so that it adds up."""
    top, value = draw(trees()), draw(values)
    found = {top.subject.territory_id: Held(value, None)}
    for part in divide(value, top):
        found[part.subject.territory_id] = Held(part.value, part.above.territory_id)
    return found  # type: ignore[return-value]


@given(divided(), st.data(), values, st.sampled_from(Carry))
def test_after_an_adjustment_every_level_still_adds_up(
    tree: dict[uuid.UUID, Held], data: st.DataObject, value: int, carry: Carry
) -> None:
    target = data.draw(st.sampled_from(sorted(tree)))
    try:
        changes = adjusted(tree, target, value, carry)
    except AdjustmentInvalid:
        others = [each for each, held in tree.items() if held.parent == tree[target].parent and each != target]
        assert carry is Carry.SIBLINGS
        assert not others or tree[tree[target].parent].value < value  # type: ignore[index]
        return
    now = {each: changes.get(each, held.value) for each, held in tree.items()}
    assert now[target] == value
    assert all(each >= 0 for each in now.values())
    for above in {held.parent for held in tree.values() if held.parent is not None}:
        assert sum(now[each] for each, held in tree.items() if held.parent == above) == now[above]
    top = next(each for each, held in tree.items() if held.parent is None)
    assert carry is Carry.ABOVE or target == top or now[top] == tree[top].value
