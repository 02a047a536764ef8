"""Holding a share of anomalies out, so that what visits achieve can be told from what happens anyway.

When a customer's buying changes, lots are drawn: a small share of such customers gets no visit for it until some weeks
have passed. The lot is a salted hash of the customer and the day. It is the same however often it is drawn, nobody can
steer it, and it has nothing to do with how much the customer buys, so both groups would have done alike on average.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil, sqrt
from statistics import NormalDist

from fieldsales.money import exponent
from fieldsales.policies.rules import Body, Kind

WHOLE = 10_000
"""Basis points of everything."""

SHAPE = {
    "type": "object",
    "properties": {
        "share_bp": {"type": "integer", "minimum": 0, "maximum": 5000},
        "days": {"type": "integer", "minimum": 7, "maximum": 90},
        "most_at_risk_minor": {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Z]{3}$"},
            "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1},
        },
        "salt": {"type": "string", "minLength": 1, "maxLength": 40},
    },
    "required": ["share_bp"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Holdout:
    """What a manager sets. By default nothing is held out.

    Attributes:
        share_bp: How many of 10,000 customers whose buying changes are held out.
        days: For how long they get no visit for it.
        most_at_risk_minor: The money at risk a month up to which a customer may be held out, by currency; where any is
            named, customers of other currencies are never held out. Empty: no bound.
        salt: Another salt is another draw.
    """

    share_bp: int = 0
    days: int = 28
    most_at_risk_minor: Mapping[str, int] = field(default_factory=dict)
    salt: str = "fieldsales"


@dataclass(frozen=True, slots=True)
class Lot:
    """What came of a draw: held out or not, with which share in force, until when (the first day after).

    `share_bp` is None for an anomaly that only joins the draw of an earlier one of its customer.
    """

    held_out: bool
    until: date | None
    share_bp: int | None = None


NO_LOT = Lot(held_out=False, until=None)


@dataclass(frozen=True, slots=True)
class Opening:
    """A customer whose buying has changed: the most money at risk of its anomalies, and whether it is a key account."""

    customer_id: uuid.UUID
    at_risk_minor: int
    currency: str
    key_account: bool


def draw(holdout: Holdout, opening: Opening, day: date) -> Lot:
    """Draw the lot of a customer on the day when its buying changed; `NO_LOT` for one who takes no part."""
    if not takes_part(holdout, opening):
        return NO_LOT
    held = lot_number(holdout.salt, opening.customer_id, day) * WHOLE < holdout.share_bp
    return Lot(held, day + timedelta(days=holdout.days), holdout.share_bp)


def takes_part(holdout: Holdout, opening: Opening) -> bool:
    """Tell whether lots are drawn for a customer: never for a key account, or where too much is at stake."""
    if not 0 < holdout.share_bp < WHOLE or opening.key_account:
        return False
    bounds = holdout.most_at_risk_minor
    return not bounds or opening.at_risk_minor <= bounds.get(opening.currency, -1)


def parse(body: Body) -> Holdout:
    """Return what a document says; raise `UnknownCurrency`."""
    for currency in body.get("most_at_risk_minor", {}):
        exponent(currency)
    return Holdout(**body)


HOLDOUT = Kind(
    name="holdout",
    about="The share of anomalies to which nobody is sent for some weeks, so that it shows what visits achieve.",
    schema=SHAPE,
    default={"share_bp": 0},
    parse=parse,
)


def lot_number(salt: str, customer_id: uuid.UUID, day: date) -> float:
    """Return a number in [0, 1) that is as good as drawn, and always the same for a customer and a day."""
    digest = hashlib.sha256(f"{salt}/{customer_id}/{day}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


def episodes_needed(without: float, effect: float, share_bp: int, power: float = 0.8) -> int:
    """Return how many episodes, both groups together, show an effect on a share with 95 % confidence.

    `without` is the share of customers who order again without a visit, `effect` what visits add to it, `power` the
    chance to see it. J. L. Fleiss, B. Levin, M. C. Paik, "Statistical Methods for Rates and Proportions", 3rd ed.
    (2003), section 4, for groups of unequal size and without their correction for continuity.
    """
    held = share_bp / WHOLE
    visited, split = without + effect, 1 / held + 1 / (1 - held)
    mean = (1 - held) * visited + held * without
    normal = NormalDist()
    sure = normal.inv_cdf(0.975) * sqrt(mean * (1 - mean) * split)
    seen = normal.inv_cdf(power) * sqrt(without * (1 - without) / held + visited * (1 - visited) / (1 - held))
    return ceil(((sure + seen) / effect) ** 2)
