"""What earns, and the lines of pay slips that come of it, as plain values.

A source is an order, a return that names no sale, or money that was set against an invoice.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class SourceKind(StrEnum):
    """Where an entry comes from."""

    ORDER = "order"
    RETURN = "return"
    PAYMENT = "payment"
    CORRECTION = "correction"


class EntryKind(StrEnum):
    """Earned; taken back for goods that came back (or orders called off), or for want of payment; corrected."""

    EARNED = "earned"
    RETURNED = "returned"
    UNPAID = "unpaid"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Article:
    """A product as rules choose it; texts are case-folded. The cost is its present one, for one piece."""

    sku: str
    brand: str
    category: str
    cost_minor: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a source. `left` of its `units` still stand; amounts are of all units, without tax.

    `units` are below 0 for what came back. Money is one line of as many units as it has minor units.
    """

    line_no: int
    units: int
    left: int
    net_minor: int
    article: Article | None = None
    price_minor: int = 0
    list_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Something that earns. `weights` say who by it, `sellers` who by money where a rule pays the seller.

    `standing` is False for an order that ended. `unpaid_minor` of `claimed_minor` is late beyond the scheme's days.
    `because` are the returns and invoices behind `left` and `unpaid_minor`.
    """

    kind: SourceKind
    id: uuid.UUID
    day: date
    customer_id: uuid.UUID
    weights: tuple[tuple[uuid.UUID, int], ...]
    lines: tuple[Line, ...]
    tier: str = ""
    segment: str = ""
    channel: str = ""
    sellers: tuple[tuple[uuid.UUID, int], ...] = ()
    standing: bool = True
    unpaid_minor: int = 0
    claimed_minor: int = 0
    because: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What a rep's share of one line came to: `units` stood then, of `net_minor`; `rate` where the line has its own."""

    line_no: int
    units: int
    net_minor: int
    cost_minor: int | None
    basis: int
    rate: int | None = None
    amount_minor: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a pay slip. `weight` of `of` is the rep's share; `origin` the earlier entry that is taken back."""

    rep_id: uuid.UUID
    rule: str
    kind: EntryKind
    source_kind: SourceKind
    source_id: uuid.UUID
    day: date
    customer_id: uuid.UUID | None
    basis: int
    amount_minor: int
    weight: int = 1
    of: int = 1
    parts: tuple[Part, ...] = ()
    because: tuple[dict[str, Any], ...] = ()
    origin: uuid.UUID | None = None
