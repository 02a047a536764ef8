"""A target divided down a tree, so that the parts of each level add up to the whole exactly.

Each level is shared out by the method of the largest remainder (Hamilton); of equal remainders the first in the tree
gets the unit. Where all weights of a level are 0 its parts are equal.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fieldsales.errors import Conflict, Invalid
from fieldsales.targets.rules import Subject
from fieldsales.taxes.rules import apportion


class DivisionInvalid(Invalid):
    """A target is divided down to something that is below it, and only a sum can be divided."""

    code = "division.invalid"
    title = "That target cannot be divided so"


class DividedAlready(Conflict):
    """The target has parts. Adjust those, with a reason and somebody's approval."""

    code = "division.there_already"
    title = "This target is divided already"


class Rule(StrEnum):
    """By what a target is divided."""

    EQUAL = "equal"
    LAST_YEAR = "last_year"
    LAST_PERIOD = "last_period"
    POTENTIAL = "potential"


class Level(StrEnum):
    """Down to what."""

    TERRITORY = "territory"
    REP = "rep"
    CUSTOMER = "customer"
    PRODUCT = "product"
    BRAND = "brand"
    CATEGORY = "category"


GOODS = (Level.PRODUCT, Level.BRAND, Level.CATEGORY)


@dataclass(frozen=True, slots=True)
class Node:
    """Somebody in the tree, or some goods of somebody, with what they weigh beside their siblings."""

    subject: Subject
    weight: int
    below: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody gets. `above` is the subject that it is a part of; `equal`: no weight was known on its level."""

    subject: Subject
    above: Subject
    value: int
    weight: int
    equal: bool


def divide(value: int, top: Node) -> Iterator[Part]:
    """Yield the parts of a value, each level before the one below it."""
    weights = [max(each.weight, 0) for each in top.below]
    equal = not any(weights)
    values = share_out(value, weights)
    for each, part, weight in zip(top.below, values, weights, strict=True):
        yield Part(each.subject, top.subject, part, weight, equal)
        yield from divide(part, each)


def share_out(value: int, weights: Sequence[int]) -> list[int]:
    """Return the parts of a value by weights, equal where all of these are 0. They add up unless there are none."""
    return apportion(value, weights if any(weights) else [1] * len(weights))


@dataclass(frozen=True, slots=True)
class Tree:
    """The territories below one, and who works in each."""

    below: Mapping[uuid.UUID, Sequence[uuid.UUID]]
    reps: Mapping[uuid.UUID, Sequence[uuid.UUID]]

    def reps_below(self, area: uuid.UUID) -> list[uuid.UUID]:
        """Return the reps of a territory and of all below it."""
        found = list(self.reps.get(area, ()))
        for each in self.below.get(area, ()):
            found += self.reps_below(each)
        return found


def grow(tree: Tree, area: uuid.UUID, of_reps: Mapping[uuid.UUID, Node], *, to_reps: bool) -> Node:
    """Return the tree below a territory; territories without any rep are left out.

    A territory weighs what its reps weigh together. With `to_reps` false it ends with territories: where reps work
    directly in one that has territories below it, they are its parts all the same, so that nothing is lost.
    """
    below = [grow(tree, each, of_reps, to_reps=to_reps) for each in tree.below.get(area, ()) if tree.reps_below(each)]
    own = [of_reps[each] for each in tree.reps.get(area, ()) if each in of_reps]
    weight = sum(each.weight for each in (*below, *own))
    keep_reps = to_reps or bool(below)
    return Node(Subject(territory_id=area), weight, (*below, *(own if keep_reps else ())))


def check_level(subject: Subject, level: Level, rule: Rule) -> None:
    """Raise `DivisionInvalid` for a level that is not below the subject, or a rule that says nothing about it."""
    order = (Level.TERRITORY, Level.REP, Level.CUSTOMER)
    if level in GOODS:
        wrong = subject.goods is not None or rule is Rule.POTENTIAL
    else:
        wrong = order.index(level) < order.index(Level(subject.kind)) or level == subject.kind == Level.CUSTOMER
        wrong = wrong or (level == subject.kind == Level.REP)
    if wrong:
        raise DivisionInvalid(
            f"A target of a {subject.kind}{' and some goods' if subject.goods else ''} is not divided by {rule} "
            f"down to each {level}.",
            mend="Choose a level below it; potential is known of customers, not of goods.",
        )


def with_goods(subject: Subject, goods: tuple[Level, str]) -> Subject:
    """Return the same subject, of some goods only."""
    level, value = goods
    return Subject(
        subject.territory_id,
        subject.rep_id,
        subject.customer_id,
        product_id=uuid.UUID(value) if level is Level.PRODUCT else None,
        brand=value if level is Level.BRAND else None,
        category=value if level is Level.CATEGORY else None,
    )


def filled(known: Mapping[uuid.UUID, int], wanted: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return a number for everybody who is wanted: who is not known gets the median of those who are, at least 1."""
    there = sorted(known[each] for each in wanted if each in known)
    usual = max(there[len(there) // 2], 1) if there else 1
    return {each: known.get(each, usual) for each in wanted}
