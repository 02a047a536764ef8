"""What reps earn, as plain values: the rules of a scheme, and their arithmetic, exact to the cent.

Rates are whole numbers: basis points of money (`rate_bp`, 250 is 2.5 %), or minor units for a thousand pieces
(`minor_per_1000`, 5000 is 5 cents a piece). There are no floats: amounts are exact fractions until they are rounded
once, half away from zero, and shared out by the largest remainder, so that parts add up to their whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

BASIS = 10_000
MILLI = 1000
"""Pieces are counted in thousandths, so that one piece can be shared by several reps."""


class Basis(StrEnum):
    """What is paid for."""

    AMOUNT = "amount"
    QUANTITY = "quantity"
    MARGIN = "margin"
    COLLECTIONS = "collections"
    UNIT_PRICE = "unit_price"


class Split(StrEnum):
    """Who earns by an order of a key account: who took it, all its reps alike, or all by weight."""

    TAKER = "taker"
    EQUAL = "equal"
    WEIGHTS = "weights"


@dataclass(frozen=True, slots=True)
class Only:
    """Which sales a rule is about; an empty list means all. Names are those of the catalogue, case does not matter."""

    products: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()

    @property
    def of_products(self) -> bool:
        """Whether it asks what was sold, not only to whom."""
        return bool(self.products or self.brands or self.categories)


@dataclass(frozen=True, slots=True)
class Step:
    """From how much on a rate holds."""

    least: int
    rate: int


@dataclass(frozen=True, slots=True)
class Accelerator:
    """What lies beyond `least` (or beyond so many basis points of the target) earns `times_bp` ÷ 10,000 as much."""

    times_bp: int
    least: int | None = None
    of_target_bp: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of earning.

    `steps` begin at 0; a rule with one rate has one step. `marginal`: each part of the basis earns at the rate of its
    own step; otherwise all of it earns at the rate of the last step reached. `by_target`: steps are basis points of
    the rep's target. For unit prices a step is chosen line by line, by the price of a piece, or (`by_list`) by it in
    basis points of our list price.
    """

    name: str
    basis: Basis
    steps: tuple[Step, ...]
    only: Only = Only()
    but: Only = Only()
    marginal: bool = True
    by_target: bool = False
    by_list: bool = False
    usual_target: int | None = None
    targets: Mapping[str, int] = field(default_factory=dict)
    accelerator: Accelerator | None = None
    cap_minor: int | None = None
    by_seller: bool = False

    def target_of(self, login: str) -> int | None:
        """Return what a rep is to reach."""
        return self.targets.get(login, self.usual_target)


@dataclass(frozen=True, slots=True)
class Scheme:
    """How reps are paid. `reps` None: all. `unpaid_days` None: what is not paid is not clawed back."""

    currency: str
    rules: tuple[Rule, ...]
    reps: frozenset[str] | None = None
    cap_minor: int | None = None
    split: Split = Split.TAKER
    weights: Mapping[str, int] = field(default_factory=dict)
    taker_bp: int = 0
    claw_back_returns: bool = True
    unpaid_days: int | None = None

    def pays(self, login: str) -> bool:
        """Tell whether a rep is paid by it."""
        return self.reps is None or login in self.reps


@dataclass(frozen=True, slots=True)
class Path:
    """How a rep's basis became money by one rule: read from the top, it is the sum that a person does on paper.

    `exact` is what the steps give, `sped_up` what the accelerator adds, `capped` what is left under the rule's own cap,
    `paid` what is left under the scheme's. `multiplier` times the basis of a line is what that line earned.
    """

    basis: int
    target: int | None
    reached: tuple[tuple[Step, int], ...]
    exact: Fraction
    sped_up: Fraction
    capped: Fraction
    paid: Fraction
    multiplier: Fraction


def half_up(value: Fraction) -> int:
    """Round to a whole number, halves away from zero."""
    size = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return size if value >= 0 else -size


def apportion(parts: Sequence[int], whole: int, denominator: int = 1) -> list[int]:
    """Return `parts` ÷ `denominator` in whole numbers that add up to `whole`: the largest remainders are rounded up.

    Of equal remainders the first goes first. `whole` must be a rounding of the sum. This is Hamilton's method.
    """
    pairs = [divmod(each, denominator) for each in parts]
    found = [floor for floor, _ in pairs]
    left = whole - sum(found)
    if left:
        order = sorted(range(len(parts)), key=lambda at: (-pairs[at][1], at))
        for at in order[:left]:
            found[at] += 1
    return found


def share(amount: int, weights: Sequence[int], turn: int = 0) -> list[int]:
    """Return an amount shared by weights in whole numbers that add up to it.

    `turn` says who is first among equals: it differs from line to line, so that the odd cent is not always the same
    rep's. Weights that are all 0 count as equal.
    """
    weights = weights if any(weights) else [1] * len(weights)
    many = len(weights)
    order = [(at + turn) % many for at in range(many)]
    parts = apportion([amount * weights[at] for at in order], amount, sum(weights))
    found = [0] * many
    for at, part in zip(order, parts, strict=True):
        found[at] = part
    return found


def evaluate(rule: Rule, basis: int, login: str) -> Path:
    """Return what a rep's whole basis earns by a rule that has steps or one rate, before the scheme's cap.

    A basis below 0 (more came back than was sold) earns at the first rate, without accelerator or cap.
    """
    unit = Fraction(1, MILLI * MILLI if rule.basis is Basis.QUANTITY else BASIS)
    target = rule.target_of(login)
    steps = _in_basis(rule, target)
    if basis <= 0:
        exact = basis * steps[0].rate * unit
        return Path(basis, target, ((steps[0], basis),), exact, Fraction(0), exact, exact, steps[0].rate * unit)
    reached = _reached(rule, steps, basis)
    exact = sum((part * step.rate for step, part in reached), 0) * unit
    sped_up = _sped_up(rule, steps, basis, target) * unit
    capped = exact + sped_up if rule.cap_minor is None else min(exact + sped_up, Fraction(rule.cap_minor))
    return Path(basis, target, reached, exact, sped_up, capped, capped, capped / basis)


def evaluate_lines(rule: Rule, lines: Sequence[tuple[int, int]], login: str) -> Path:
    """Return what lines (basis, rate) earn where each has a rate of its own, as by unit price."""
    basis = sum(each for each, _ in lines)
    by_rate: dict[int, int] = {}
    for part, rate in lines:
        by_rate[rate] = by_rate.get(rate, 0) + part
    steps = {step.rate: step for step in reversed(rule.steps)}
    reached = tuple((steps[rate], part) for rate, part in sorted(by_rate.items()))
    exact = Fraction(sum(part * rate for rate, part in by_rate.items()), BASIS)
    capped = exact if rule.cap_minor is None else min(exact, Fraction(rule.cap_minor))
    scale = capped / exact if exact else Fraction(1)
    return Path(basis, rule.target_of(login), reached, exact, Fraction(0), capped, capped, scale)


def step_at(steps: Sequence[Step], value: int) -> Step:
    """Return the last step that a value reaches; the first one for a value below it."""
    found = steps[0]
    for step in steps:
        if step.least > value:
            break
        found = step
    return found


def cap_scale(paths: Sequence[Path], cap_minor: int | None) -> Fraction:
    """Return by what everything is multiplied so that a rep stays under the cap of the scheme."""
    total = sum((each.capped for each in paths), Fraction(0))
    return Fraction(cap_minor) / total if cap_minor is not None and total > cap_minor else Fraction(1)


def _in_basis(rule: Rule, target: int | None) -> tuple[Step, ...]:
    """The steps in units of the basis; those of a target are rounded up to whole ones."""
    scale = MILLI if rule.basis is Basis.QUANTITY else 1
    if not rule.by_target or target is None:
        return tuple(Step(step.least * scale, step.rate) for step in rule.steps)
    return tuple(Step(-(-step.least * target * scale // BASIS), step.rate) for step in rule.steps)


def _reached(rule: Rule, steps: Sequence[Step], basis: int) -> tuple[tuple[Step, int], ...]:
    if not rule.marginal:
        return ((step_at(steps, basis), basis),)
    ends = [*(after.least for _, after in pairwise(steps)), basis]
    parts = ((step, min(basis, end) - step.least) for step, end in zip(steps, ends, strict=True))
    return tuple((step, part) for step, part in parts if part > 0)


def _sped_up(rule: Rule, steps: Sequence[Step], basis: int, target: int | None) -> Fraction:
    """What the accelerator adds: the part beyond its threshold earns `times_bp` instead of once."""
    speed = rule.accelerator
    if speed is None:
        return Fraction(0)
    scale = MILLI if rule.basis is Basis.QUANTITY else 1
    least = (speed.least or 0) * scale
    if speed.of_target_bp is not None and target is not None:
        least = -(-speed.of_target_bp * target * scale // BASIS)
    if basis <= least:
        return Fraction(0)
    if rule.marginal:
        below = sum(part * step.rate for step, part in _reached(rule, steps, least)) if least else 0
        beyond = sum(part * step.rate for step, part in _reached(rule, steps, basis)) - below
    else:
        beyond = (basis - least) * step_at(steps, basis).rate
    return Fraction(beyond * (speed.times_bp - BASIS), BASIS)
