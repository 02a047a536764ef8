"""What orders would cost under other prices."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fieldsales.errors import Invalid
from fieldsales.precedence.rules import Buyer
from fieldsales.pricebooks.rules import PriceBook
from fieldsales.pricing.rules import Wanted, price_order
from fieldsales.promotions.rules import Promotion

MOST_TRIED = 1000
"""Over how many former orders a change of prices is tried at most."""
MOST_TOLD = 20


class TooManyOrders(Invalid):
    """A trial looks at 1 to 1,000 of the last orders."""

    code = "price_trial.too_many"
    title = "A trial cannot look at so many orders"


@dataclass(frozen=True, slots=True)
class Case:
    """A former order as it would be asked for today; `paid_minor` is what it came to then."""

    order_id: uuid.UUID
    buyer: Buyer
    wanted: tuple[Wanted, ...]
    paid_minor: int


@dataclass(frozen=True, slots=True)
class Change:
    """An order that would cost something else, in minor units, or bring other free goods (pieces)."""

    order_id: uuid.UUID
    customer_id: str
    before_minor: int
    after_minor: int
    free_before: int
    free_after: int


@dataclass(frozen=True, slots=True)
class Trial:
    """Former orders priced by the prices of today, and by those that are tried.

    `orders` were looked at; `changes` are the largest of those `changed`. Amounts are sums in minor units.
    """

    orders: int
    changed: int
    before_minor: int
    after_minor: int
    free_before: int
    free_after: int
    changes: tuple[Change, ...]


def with_promotion(book: PriceBook, promotion: Promotion) -> PriceBook:
    """Return a book with one promotion more, or another in the place of that of its code."""
    others = [each for each in book.promotions if each.code != promotion.code]
    ordered = sorted([*others, promotion], key=lambda each: (each.priority, each.code))
    return replace(book, promotions=tuple(ordered))


def compare(cases: Sequence[tuple[Case, Case]], books: tuple[PriceBook, PriceBook]) -> Trial:
    """Return what becomes of orders: each case as it is by the first book, and as it would be by the second."""
    found = [_change(now, then, books) for now, then in cases]
    moved = [each for each in found if (each.before_minor, each.free_before) != (each.after_minor, each.free_after)]
    moved.sort(key=lambda each: (-abs(each.after_minor - each.before_minor), str(each.order_id)))
    return Trial(
        orders=len(found),
        changed=len(moved),
        before_minor=sum(each.before_minor for each in found),
        after_minor=sum(each.after_minor for each in found),
        free_before=sum(each.free_before for each in found),
        free_after=sum(each.free_after for each in found),
        changes=tuple(moved[:MOST_TOLD]),
    )


def _change(now: Case, then: Case, books: tuple[PriceBook, PriceBook]) -> Change:
    before, after = price_order(books[0], now.buyer, now.wanted), price_order(books[1], then.buyer, then.wanted)
    free = [sum(line.pieces for line in each.lines if line.promotion) for each in (before, after)]
    return Change(now.order_id, now.buyer.customer_id, before.total_minor, after.total_minor, free[0], free[1])
