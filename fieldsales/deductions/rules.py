"""Promotions applied to the lines of an order, by the order of precedence in docs/pricing.md. Whole numbers only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fieldsales.promotions.rules import Promotion, PromotionKind
from fieldsales.taxes.rules import BASIS, apportion, half_up

Step = dict[str, Any]


@dataclass(slots=True)
class Work:
    """A line while it is being priced: what it costs so far in minor units, and which promotions touched it."""

    line: int
    product_id: str
    category: str | None
    brand: str | None
    pieces: int
    amount: int
    by_contract: bool
    steps: list[Step]
    groups: set[str] = field(default_factory=set)
    touched: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Free:
    """Goods that a promotion gives: pieces of a product, because of some lines."""

    promotion: str
    product_id: str
    pieces: int
    because_of: tuple[int, ...]


def sequence_of(promotions: Sequence[Promotion]) -> list[Promotion]:
    """Return promotions in the order in which they come: the lower priority first, then by code."""
    return sorted(promotions, key=lambda each: (each.priority, each.code))


def deduct(promotions: Sequence[Promotion], lines: Sequence[Work]) -> list[Free]:
    """Take promotions on lines off them, then find the goods that are given; order discounts are not among these.

    `lines` stand in their canonical order and are changed in place.
    """
    for each in promotions:
        if each.kind in _ON_LINES:
            _take_off(each, _open_lines(each, lines), "promotion", _ON_LINES[each.kind])
    found = []
    for each in promotions:
        if each.kind is PromotionKind.FREE_GOODS:
            found += _given(each, _open_lines(each, lines))
    return found


def deduct_from_order(promotions: Sequence[Promotion], lines: Sequence[Work]) -> None:
    """Take thresholds over the whole order off its lines, shared out to the cent by what each costs so far."""
    for each in promotions:
        if each.kind is PromotionKind.THRESHOLD:
            _take_off(each, _open_lines(each, lines), "order_promotion", _threshold)


def _open_lines(promotion: Promotion, lines: Sequence[Work]) -> list[Work]:
    wanted = promotion.products
    return [
        each
        for each in lines
        if not each.closed
        and (promotion.combinable or not each.touched)
        and (promotion.group is None or promotion.group not in each.groups)
        and (promotion.on_contracts or not each.by_contract)
        and (wanted is None or wanted.has(each.product_id, each.category, each.brand))
    ]


def _mark(promotion: Promotion, lines: Sequence[Work]) -> None:
    for each in lines:
        each.touched = True
        each.closed = each.closed or not promotion.combinable
        if promotion.group is not None:
            each.groups.add(promotion.group)


Effect = Callable[[Mapping[str, Any], Sequence[Work]], list[int]]


def _take_off(promotion: Promotion, lines: Sequence[Work], code: str, effect: Effect) -> None:
    if not lines:
        return
    for each, off in zip(lines, effect(promotion.terms, lines), strict=True):
        if off:
            each.amount -= off
            each.steps.append({"code": code, "promotion": promotion.code, "amount_minor": -off})
            _mark(promotion, [each])


def _percent(terms: Mapping[str, Any], lines: Sequence[Work]) -> list[int]:
    enough = sum(each.pieces for each in lines) >= terms.get("min_quantity", 1)
    worth = sum(each.amount for each in lines) >= terms.get("min_amount_minor", 0)
    return [half_up(each.amount * terms["discount_bp"], BASIS) if enough and worth else 0 for each in lines]


def _amount(terms: Mapping[str, Any], lines: Sequence[Work]) -> list[int]:
    if sum(each.pieces for each in lines) < terms.get("min_quantity", 1):
        return [0] * len(lines)
    off = [0] * len(lines)
    for places in _by_product(lines).values():
        amounts = [lines[at].amount for at in places]
        wanted = sum(lines[at].pieces for at in places) // terms.get("per", 1) * terms["off_minor"]
        for at, share in zip(places, apportion(min(wanted, sum(amounts)), amounts), strict=True):
            off[at] = share
    return off


def _bundle(terms: Mapping[str, Any], lines: Sequence[Work]) -> list[int]:
    places, parts = _by_product(lines), terms["parts"]
    there = [sum(lines[at].pieces for at in places.get(part["product_id"], ())) for part in parts]
    sets = min(pieces // part["quantity"] for pieces, part in zip(there, parts, strict=True))
    sets = min(sets, terms.get("most", sets))
    off = [0] * len(lines)
    if not sets:
        return off
    worth = [
        half_up(sum(lines[at].amount for at in places[part["product_id"]]) * part["quantity"] * sets, pieces)
        for pieces, part in zip(there, parts, strict=True)
    ]
    cost = sets * terms["price_minor"] if "price_minor" in terms else None
    wanted = half_up(sum(worth) * terms["discount_bp"], BASIS) if cost is None else max(0, sum(worth) - cost)
    for part, share in zip(parts, apportion(wanted, worth), strict=True):
        of_part = places[part["product_id"]]
        for at, cut in zip(of_part, apportion(share, [lines[at].amount for at in of_part]), strict=True):
            off[at] = cut
    return off


def _threshold(terms: Mapping[str, Any], lines: Sequence[Work]) -> list[int]:
    amounts = [each.amount for each in lines]
    whole = sum(amounts)
    reached = [each for each in terms["steps"] if each["min_amount_minor"] <= whole]
    if not reached:
        return [0] * len(lines)
    step = max(reached, key=lambda each: int(each["min_amount_minor"]))
    wanted = half_up(whole * step["discount_bp"], BASIS) if "discount_bp" in step else min(step["off_minor"], whole)
    return apportion(wanted, amounts)


def _given(promotion: Promotion, lines: Sequence[Work]) -> list[Free]:
    terms, given = promotion.terms, terms_product(promotion)
    heaps = _by_product(lines) if given is None else {given: list(range(len(lines)))}
    found = []
    for product_id in sorted(heaps):
        causes = [lines[at] for at in heaps[product_id]]
        times = sum(each.pieces for each in causes) // terms["buy"]
        times = min(times, terms.get("most", times))
        if times:
            numbers = tuple(sorted(each.line for each in causes))
            found.append(Free(promotion.code, product_id, times * terms["give"], numbers))
            _mark(promotion, causes)
    return found


def terms_product(promotion: Promotion) -> str | None:
    """Return the product that free goods are; None where it is the product that was bought."""
    found = promotion.terms.get("product_id")
    return None if found is None else str(found)


def _by_product(lines: Sequence[Work]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(lines):
        found[each.product_id].append(at)
    return found


_ON_LINES: Mapping[PromotionKind, Effect] = {
    PromotionKind.PERCENT: _percent,
    PromotionKind.AMOUNT: _amount,
    PromotionKind.BUNDLE: _bundle,
}
