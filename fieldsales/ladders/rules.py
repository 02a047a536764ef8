"""The tiers there are: a ladder that a manager edits as a policy of the kind `tiers`.

A ladder says by what its lines are drawn, and lists its tiers, the best first: the line of each, the order days that it
asks for, how often and for how long its customers are visited, and what such a visit is worth. `tiers.rules` tells how
customers are put on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from fieldsales.cadence.rules import Cadence
from fieldsales.errors import Invalid
from fieldsales.policies.rules import Body, Kind


class BadTierPolicy(Invalid):
    """Tiers whose lines fall back, or of which none takes everybody."""

    code = "tiers.policy_invalid"
    title = "The tiers do not fit together"


class By(StrEnum):
    """What the lines between tiers are drawn by."""

    REVENUE_SHARE = "revenue_share"
    CUSTOMER_SHARE = "customer_share"
    SCORE = "score"


LINES = {
    By.REVENUE_SHARE: "revenue_share_bp",
    By.CUSTOMER_SHARE: "customer_share_bp",
    By.SCORE: "minimum_score",
}
"""The field of a tier that holds its line. Shares rise from tier to tier and scores fall."""


@dataclass(frozen=True, slots=True)
class TierRule:
    """The part of a tier that says who belongs to it: its line, and a floor of orders.

    `line` is a share in basis points, or a score from 0 to 100.
    """

    tier: str
    line: float
    minimum_orders: int


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier: who belongs to it, how often and for how many minutes it is visited, and what a visit is worth."""

    tier: str
    line: float
    minimum_orders: int
    rrule: str
    minimum_gap_days: int
    service_minutes: int
    visit_value: int

    @property
    def rule(self) -> TierRule:
        """Who belongs to it."""
        return TierRule(self.tier, self.line, self.minimum_orders)

    @property
    def cadence(self) -> Cadence:
        """How often it is visited."""
        return Cadence(self.rrule, self.minimum_gap_days)

    @property
    def visits_a_week(self) -> float:
        """How many visits its cadence makes in a mean week."""
        return 7 / self.cadence.period_days


@dataclass(frozen=True, slots=True)
class Ladder:
    """All tiers, the best first, and what their lines are drawn by. Raises `BadTierPolicy`, `CadenceNotUnderstood`."""

    by: By
    tiers: tuple[Tier, ...]

    def __post_init__(self) -> None:
        names = [tier.tier for tier in self.tiers]
        if len(set(names)) < len(names):
            raise BadTierPolicy("Two tiers have the same name.", mend="Give each its own.", tiers=names)
        check_rules(self.rules, self.by)
        for tier in self.tiers:
            tier.cadence  # noqa: B018 -- raises for a broken one

    @property
    def rules(self) -> list[TierRule]:
        """Who belongs to each tier."""
        return [tier.rule for tier in self.tiers]

    def find(self, name: str | None) -> Tier | None:
        """Return the tier of a name, or None."""
        return next((tier for tier in self.tiers if tier.tier == name), None)


def check_rules(rules: Sequence[TierRule], by: By = By.REVENUE_SHARE) -> None:
    """Raise `BadTierPolicy` unless the tiers, the best first, fit together and the last takes everybody."""
    if not rules:
        raise BadTierPolicy("There are no tiers.", mend="Add at least one tier.")
    for better, worse in pairwise(rules):
        if by is By.SCORE and worse.line > better.line:
            raise BadTierPolicy(
                f"Tier {worse.tier} asks for a score of {worse.line:g}, tier {better.tier} above for {better.line:g}.",
                mend="Let the scores fall from tier to tier.",
            )
        if by is not By.SCORE and worse.line < better.line:
            raise BadTierPolicy(
                f"Tier {worse.tier} ends at {worse.line / 100:g} % of {_of(by)}, before tier {better.tier} "
                f"at {better.line / 100:g} %.",
                mend="Let the shares rise from tier to tier.",
            )
    if rules[-1].minimum_orders > 0:
        raise BadTierPolicy(
            f"The last tier, {rules[-1].tier}, asks for orders, so customers without any have no tier.",
            mend="Set its minimum_orders to 0.",
        )


def read_ladder(body: Body) -> Ladder:
    """Return the ladder of a document that has the shape of `TIERS`. Raises `BadTierPolicy`, `CadenceNotUnderstood`."""
    by = By(body.get("by", By.REVENUE_SHARE))
    for tier in body["tiers"]:
        if [name for name in LINES.values() if name in tier] != [LINES[by]]:
            raise BadTierPolicy(
                f"The lines are drawn by {by}, but tier {tier['tier']} does not have {LINES[by]} alone.",
                mend=f"Give each tier {LINES[by]}, and none of the others.",
                tier=tier["tier"],
            )
    return Ladder(by, tuple(_read_tier(tier, LINES[by]) for tier in body["tiers"]))


def _read_tier(tier: Body, line: str) -> Tier:
    whole = ("minimum_orders", "minimum_gap_days", "service_minutes", "visit_value")
    return Tier(
        tier=tier["tier"], line=float(tier[line]), rrule=tier["rrule"], **{name: int(tier[name]) for name in whole}
    )


def _of(by: By) -> str:
    return "revenue" if by is By.REVENUE_SHARE else "customers"


def _whole(least: int, most: int, about: str) -> Body:
    return {"type": "integer", "minimum": least, "maximum": most, "description": about}


_TIER = {
    "type": "object",
    "additionalProperties": False,
    "required": ["tier", "minimum_orders", "rrule", "minimum_gap_days", "service_minutes", "visit_value"],
    "properties": {
        "tier": {"type": "string", "minLength": 1, "maxLength": 8},
        "revenue_share_bp": _whole(0, 10_000, "those above it stand for less of all revenue than this, basis points"),
        "customer_share_bp": _whole(0, 10_000, "those above it are less than this of those who buy, basis points"),
        "minimum_score": {"type": "number", "minimum": 0, "maximum": 100, "description": "the least value score"},
        "minimum_orders": _whole(0, 366, "order days in the last 365 days"),
        "rrule": {"type": "string", "minLength": 1, "maxLength": 120, "description": "RFC 5545"},
        "minimum_gap_days": _whole(1, 366, "days between two visits, at least"),
        "service_minutes": _whole(1, 600, "how long a visit takes"),
        "visit_value": _whole(1, 1_000_000, "what a visit is worth beside others"),
    },
}

DEFAULT_TIERS = (
    # tier, share, orders, cadence, gap, minutes, value
    ("A", 8000, 12, "FREQ=WEEKLY", 5, 30, 100),
    ("B", 9500, 6, "FREQ=WEEKLY", 5, 20, 50),
    ("C", 10000, 1, "FREQ=WEEKLY;INTERVAL=2", 10, 15, 25),
    ("D", 10000, 0, "FREQ=WEEKLY;INTERVAL=8", 40, 10, 10),
)
"""Pareto's classes: A brings the first 80 % of revenue, B the next 15 %, C the rest, D bought nothing for a year.

A and B are both weekly: what sets them apart is the time in the shop, and who is left out first. Whole weeks, so that a
customer keeps the weekday.
"""

_FIELDS = (
    *("tier", "revenue_share_bp", "minimum_orders", "rrule", "minimum_gap_days", "service_minutes"),
    "visit_value",
)

TIERS = Kind(
    name="tiers",
    about="Which tiers there are, who belongs to each, how often they are visited, and what a visit is worth.",
    schema={
        "type": "object",
        "additionalProperties": False,
        "required": ["tiers"],
        "properties": {
            "by": {"enum": [str(by) for by in By], "description": "what the lines between tiers are drawn by"},
            "tiers": {"type": "array", "minItems": 1, "maxItems": 26, "items": _TIER},
        },
    },
    default={
        "by": str(By.REVENUE_SHARE),
        "tiers": [dict(zip(_FIELDS, tier, strict=True)) for tier in DEFAULT_TIERS],
    },
    parse=read_ladder,
)
