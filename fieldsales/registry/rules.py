"""Every measure of results, defined once: API, console, reports, alerts and `docs/measures.md` read it here.

A measure is made of sums. Sums of a rep add up to those of the team; a ratio is the ratio of two sums, so a team's
is computed anew from the sums of its reps and never averaged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fieldsales.errors import Forbidden, Invalid
from fieldsales.people.models import Role
from fieldsales.spans.rules import Span


class MeasureUnknown(Invalid):
    """No measure has that code. `GET /api/v1/measures` and docs/measures.md list them."""

    code = "results.measure_unknown"
    title = "There is no such measure"


class DimensionUnknown(Invalid):
    """Results are not broken down by that. The message lists what they are broken down by."""

    code = "results.dimension_unknown"
    title = "Results are not broken down by that"


class NotAskable(Invalid):
    """A measure does not exist for that dimension or filter. The message says which the measure has."""

    code = "results.not_askable"
    title = "That measure cannot be asked so"


class MeasureNotForYou(Forbidden):
    """What goods cost, and what they earn, is told to managers only."""

    code = "results.not_for_you"
    title = "That measure is told to managers only"


class Dimension(StrEnum):
    """What results are broken down by, besides days, weeks, months, quarters and years (`Span`).

    `segment` and `tier` are the customer's, `category` and `brand` the product's, `territory` is the customer's own;
    `team` is the supervisor next above the rep. Everything but `rep` is as it stands today: history stays with who
    earned it.
    """

    REP = "rep"
    TEAM = "team"
    TERRITORY = "territory"
    CUSTOMER = "customer"
    SEGMENT = "segment"
    TIER = "tier"
    PRODUCT = "product"
    BRAND = "brand"
    CATEGORY = "category"


By = Dimension | Span
PEOPLE = frozenset({Dimension.REP, Dimension.TEAM})
SHOPS = frozenset({Dimension.TERRITORY, Dimension.CUSTOMER, Dimension.SEGMENT, Dimension.TIER})
GOODS = frozenset({Dimension.PRODUCT, Dimension.BRAND, Dimension.CATEGORY})
WHO = PEOPLE | SHOPS
ALL = WHO | GOODS


class Unit(StrEnum):
    """What a value counts. `money` is minor units of a currency, `share` a part of 1."""

    MONEY = "money"
    PIECES = "pieces"
    COUNT = "count"
    SHARE = "share"
    RATIO = "ratio"
    DAYS = "days"
    MINUTES = "minutes"


class Source(StrEnum):
    """The rows that sums are taken from."""

    SALES = "orders that stand, and their lines"
    CALLS = "visits, and the sales made on them"
    PAYMENTS = "payments that were taken and did not bounce"
    PLANS = "planned visits"
    COVERAGE = "assignments, and the visits of their reps"
    RANGE = "active customers, and what was sold to them"
    DELIVERIES = "deliveries that were due"
    DEBTS = "invoices, and what is left to pay of them"
    FIRSTS = "first sales of customers"


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: `part`, summed, or `part ÷ whole`, each a sum of names; one that begins with “-” is taken off.

    Attributes:
        code, title: What programs and what people call it.
        formula: The definition in words.
        unit: What a value counts; a value in `money` has a currency.
        source: The rows that its sums are taken from, and `grain` what one of them is.
        by: The dimensions that it can be asked by; spans of time are always possible.
        factor: What the ratio is multiplied by: 1/60 makes minutes of seconds.
        confidential: It is told to managers only.
        version: Raised when the definition changes.
    """

    code: str
    title: str
    formula: str
    unit: Unit
    source: Source
    grain: str
    by: frozenset[Dimension]
    part: tuple[str, ...]
    whole: tuple[str, ...] = ()
    factor: float = 1
    confidential: bool = False
    version: int = 1

    @property
    def is_money(self) -> bool:
        """Whether a value has a currency."""
        return self.unit is Unit.MONEY

    @property
    def is_ratio(self) -> bool:
        """Whether it is one sum by another."""
        return bool(self.whole)

    def value(self, sums: Mapping[str, int]) -> int | float | None:
        """Return the value of sums: whole for a plain sum; None where a ratio's whole is nothing."""
        part = total(self.part, sums)
        if not self.whole:
            return part
        whole = total(self.whole, sums)
        return part / whole * self.factor if whole > 0 else None


def total(names: Iterable[str], sums: Mapping[str, int]) -> int:
    """Return the sum of the sums of these names."""
    return sum(-sums.get(name[1:], 0) if name[0] == "-" else sums.get(name, 0) for name in names)


def require_measure(code: str) -> Measure:
    """Return the measure of a code; raise `MeasureUnknown`."""
    found = MEASURES.get(code)
    if found is None:
        raise MeasureUnknown(f"There is no measure “{code}”.", mend=f"There are {', '.join(MEASURES)}.", measure=code)
    return found


def require_by(name: str) -> By:
    """Return the dimension or span of a name; raise `DimensionUnknown`."""
    for kind in (Dimension, Span):
        if name in set(kind):
            return kind(name)
    known = ", ".join([*Dimension, *Span])
    raise DimensionUnknown(f"Results are not broken down by “{name}”.", mend=f"There are {known}.", dimension=name)


def check_askable(measure: Measure, dimensions: Iterable[By]) -> None:
    """Raise `NotAskable` unless a measure has all of some dimensions."""
    for each in dimensions:
        if isinstance(each, Dimension) and each not in measure.by:
            known = ", ".join([name for name in Dimension if name in measure.by] + list(Span))
            raise NotAskable(
                f"{measure.code} cannot be asked by {each}.",
                mend=f"It can be asked by {known}.",
                measure=measure.code,
                dimension=str(each),
            )


def check_told(measure: Measure, role: Role | None) -> None:
    """Raise `MeasureNotForYou` for a confidential measure, unless managers, admins or the operator (None) ask."""
    if measure.confidential and role not in {None, Role.MANAGER, Role.ADMIN}:
        raise MeasureNotForYou(f"{measure.code} is not told to a {role}.", mend="Ask a manager.", measure=measure.code)


def _sales(
    code: str, title: str, formula: str, unit: Unit, *part: str, whole: tuple[str, ...] = (), **more: bool
) -> Measure:
    return Measure(code, title, formula, unit, Source.SALES, "line of an order", ALL, part, whole, **more)


_CALL = (Source.CALLS, "visit", WHO)
_DUE = (Source.DELIVERIES, "line of an order that was due", ALL)

_DEFINED = (
    _sales(
        "sales_amount",
        "Sales",
        "Amounts of sales less those of returns, as charged: after discounts, tax included. Gifts do not count.",
        Unit.MONEY,
        "sold",
    ),
    _sales("net_sales", "Net sales", "Sales without the tax within them.", Unit.MONEY, "sold", "-tax"),
    _sales("quantity", "Quantity", "Pieces sold less pieces that came back.", Unit.PIECES, "pieces"),
    _sales("returns_amount", "Returns", "Amounts of goods that came back, tax included.", Unit.MONEY, "returned"),
    _sales("returns_quantity", "Returned pieces", "Pieces that came back.", Unit.PIECES, "returned_pieces"),
    _sales(
        "cost",
        "Cost of goods",
        "Pieces sold less those that came back × what the product costs us today; of products whose cost is known in "
        "the currency of the order.",
        Unit.MONEY,
        "cost",
        confidential=True,
    ),
    _sales(
        "gross_margin",
        "Gross margin",
        "Net sales − cost, over the lines whose cost is known.",
        Unit.MONEY,
        *("costed", "-cost"),
        confidential=True,
    ),
    _sales(
        "gross_margin_share",
        "Gross margin share",
        "(net sales − cost) ÷ net sales, over the lines whose cost is known.",
        Unit.SHARE,
        *("costed", "-cost"),
        whole=("costed",),
        confidential=True,
    ),
    Measure("orders", "Orders", "Sales that stand.", Unit.COUNT, Source.SALES, "order", WHO, ("orders",)),
    Measure(
        "average_order",
        "Average order",
        "Amounts of sales ÷ sales.",
        Unit.MONEY,
        *(Source.SALES, "order", WHO),
        ("sold", "returned"),
        ("orders",),
    ),
    Measure(
        "collections",
        "Collections",
        "Money taken from customers; a cheque that bounced is not.",
        Unit.MONEY,
        *(Source.PAYMENTS, "payment", WHO),
        ("paid",),
    ),
    Measure(
        "calls", "Calls", "Visits made; those that a person found fake do not count.", Unit.COUNT, *_CALL, ("calls",)
    ),
    Measure(
        "productive_calls", "Productive calls", "Visits with a sale that stands.", Unit.COUNT, *_CALL, ("productive",)
    ),
    Measure("strike_rate", "Strike rate", "Productive calls ÷ calls.", Unit.SHARE, *_CALL, ("productive",), ("calls",)),
    Measure(
        "lppc",
        "Lines per productive call",
        "Distinct SKUs sold on a call, summed over the calls ÷ productive calls.",
        Unit.RATIO,
        *_CALL,
        ("skus",),
        ("productive",),
    ),
    Measure(
        "drop_size",
        "Drop size",
        "Amounts of the sales made on calls ÷ productive calls.",
        Unit.MONEY,
        *_CALL,
        ("dropped",),
        ("productive",),
    ),
    Measure(
        "time_in_store",
        "Time in store",
        "Check-out − check-in, on average over the calls that have both.",
        Unit.MINUTES,
        *_CALL,
        ("seconds",),
        ("timed",),
        1 / 60,
    ),
    Measure(
        "pjp_adherence",
        "PJP adherence",
        "Planned visits done ÷ visits planned, on days that are over; what was left out or skipped was not planned, "
        "and what was found fake not done.",
        Unit.SHARE,
        *(Source.PLANS, "planned visit", WHO),
        ("planned_done",),
        ("planned",),
    ),
    Measure(
        "coverage",
        "Coverage",
        "Distinct customers visited by the rep whom they were assigned to ÷ customers assigned in the period.",
        Unit.SHARE,
        *(Source.COVERAGE, "customer of a rep", WHO),
        ("covered",),
        ("assigned",),
    ),
    Measure(
        "numeric_distribution",
        "Numeric distribution",
        "Active customers who bought more of it in the period than they gave back ÷ active customers. By rep and team: "
        "of those whom the rep owns.",
        Unit.SHARE,
        *(Source.RANGE, "customer", ALL),
        ("stocking",),
        ("universe",),
    ),
    Measure(
        "fill_rate",
        "Fill rate",
        "Pieces delivered ÷ pieces ordered, of orders whose promised day lies in the period.",
        Unit.SHARE,
        *_DUE,
        ("delivered",),
        ("due_pieces",),
    ),
    Measure(
        "otif",
        "On time, in full",
        "Orders delivered completely within the promised days ÷ orders due.",
        Unit.SHARE,
        *(Source.DELIVERIES, "order that was due", WHO),
        ("otif",),
        ("due",),
    ),
    Measure(
        "receivables",
        "Receivables",
        "What is left to pay of invoices at the end of the period. By rep and team: of customers whom the rep owns.",
        Unit.MONEY,
        *(Source.DEBTS, "invoice", WHO),
        ("owed",),
    ),
    Measure(
        "dso",
        "DSO",
        "Receivables at the end of the period ÷ invoices issued in it × its days, each currency by itself.",
        Unit.DAYS,
        *(Source.DEBTS, "invoice", WHO),
        ("owed_days",),
        ("invoiced",),
    ),
    Measure(
        "time_to_first_order",
        "Time to first order",
        "Days from the creation of a customer to its first sale, on average over first sales of the period.",
        Unit.DAYS,
        *(Source.FIRSTS, "customer", WHO),
        ("waited_days",),
        ("firsts",),
    ),
)
MEASURES: Mapping[str, Measure] = {each.code: each for each in _DEFINED}
"""Every measure by its code, in the order in which they are shown."""

OF_A_CURRENCY = frozenset(
    {"sold", "tax", "returned", "costed", "cost", "paid", "dropped", "owed", "owed_days", "invoiced"}
)
"""The sums that are amounts; each is kept apart by currency."""
