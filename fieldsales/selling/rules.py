"""What must be done, or not be passed, before an order stands: switches that a manager sets as the policy `selling`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from fieldsales.errors import Invalid, NeedsDecision
from fieldsales.policies.rules import Body, Kind

SALE, EXCHANGE = "sale", "exchange"
KINDS = (SALE, EXCHANGE, "delivery", "van", "later")
"""Kinds of sale that may have a minimum of their own: of an exchange it is what is given; the others say whence."""


class Then(StrEnum):
    """What happens to an order that breaks a rule: nothing, a flag, a person decides, or it is refused."""

    OFF = "off"
    FLAG = "flag"
    HOLD = "hold"
    REFUSE = "refuse"


class CheckInNeeded(NeedsDecision):
    """The order was taken without a check-in before it. It is kept; a person decides."""

    code = "order.check_in_needed"
    title = "There was no check-in before the order"


class PhotoNeeded(NeedsDecision):
    """The order was taken in a visit without a photo. It is kept; a person decides."""

    code = "order.photo_needed"
    title = "There was no photo before the order"


class AfterCheckOut(NeedsDecision):
    """The order was taken after the check-out of its visit. It is kept; a person decides."""

    code = "order.after_check_out"
    title = "The visit was over before the order"


class BelowMinimum(NeedsDecision):
    """The order is worth less than the policy asks for. It is kept; a person decides."""

    code = "order.below_minimum"
    title = "The order is below the minimum"


class DiscountBeyondPolicy(NeedsDecision):
    """The rep gave more discount than the policy allows. The order is kept; a person decides."""

    code = "order.discount_beyond_policy"
    title = "The discount is beyond the policy"


class AgainstPolicy(Invalid):
    """The policy `selling` refuses the order; `breaches` name what is missing. What was sent is stored all the same."""

    code = "order.against_policy"
    title = "The policy refuses the order"


_HELD: Mapping[str, type[NeedsDecision]] = {
    each.code: each for each in (CheckInNeeded, PhotoNeeded, AfterCheckOut, BelowMinimum, DiscountBeyondPolicy)
}


@dataclass(frozen=True, slots=True)
class Selling:
    """The switches as they stand. `minimum` is by currency in minor units, `most_discount_bp` of a line.

    `minimum_of` has the minimum of a kind of sale where that is another one, by currency; no entry there: none.
    """

    check_in: Then
    photo: Then
    after_check_out: Then
    minimum_then: Then
    minimum: Mapping[str, int]
    minimum_of: Mapping[str, Mapping[str, int]]
    discount_then: Then
    most_discount_bp: int

    def least(self, kind: str, currency: str) -> int:
        """Return the least that a sale of a kind must be worth, in minor units."""
        return self.minimum_of.get(kind, self.minimum).get(currency, 0)


@dataclass(frozen=True, slots=True)
class Sale:
    """What is judged of an order. Without a visit, or where one is amended, `checked_in_at` and the rest are None."""

    at: datetime
    currency: str
    amount_minor: int
    discount_bp: int
    checked_in_at: datetime | None = None
    checked_out_at: datetime | None = None
    photos: int = 0
    amends: bool = False
    kind: str = SALE


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that an order breaks: its code, what is missing in one sentence, and what is to happen."""

    code: str
    why: str
    then: Then

    @property
    def flag(self) -> str:
        """The code as a flag on the order."""
        return self.code.removeprefix("order.")


def breaches(policy: Selling, sale: Sale) -> list[Breach]:
    """Return the rules that an order breaks and that are not switched off."""
    came, left = sale.checked_in_at, sale.checked_out_at
    least = policy.least(sale.kind, sale.currency)
    found = [
        (
            CheckInNeeded.code,
            "A check-in before the order is missing",
            policy.check_in,
            not sale.amends and (came is None or came > sale.at),
        ),
        (
            PhotoNeeded.code,
            "A photo of the visit is missing",
            policy.photo,
            not sale.amends and sale.photos == 0,
        ),
        (
            AfterCheckOut.code,
            f"The visit was over at {left:%H:%M} UTC, the order is of {sale.at:%H:%M}" if left else "",
            policy.after_check_out,
            not sale.amends and left is not None and left < sale.at,
        ),
        (
            BelowMinimum.code,
            f"The order is worth {sale.amount_minor}, at least {least} {sale.currency} (minor units) is asked for",
            policy.minimum_then,
            sale.amount_minor < least,
        ),
        (
            DiscountBeyondPolicy.code,
            f"A line has a discount of {sale.discount_bp} basis points, {policy.most_discount_bp} are allowed",
            policy.discount_then,
            sale.discount_bp > policy.most_discount_bp,
        ),
    ]
    return [Breach(code, why, then) for code, why, then, broken in found if broken and then is not Then.OFF]


def judge_sale(policy: Selling, sale: Sale, *, approved: Collection[str] = ()) -> tuple[str, ...]:
    """Return what an order is flagged with.

    Raises `AgainstPolicy` where a switch refuses it, and the error of the first switch that holds it unless its code is
    among those that a person has `approved`; `breaches` has all of them.
    """
    found = breaches(policy, sale)
    told = {"breaches": [{"code": each.code, "why": each.why} for each in found]}
    for each in found:
        if each.then is Then.REFUSE:
            raise AgainstPolicy(f"{each.why}.", mend="Take the order again as the policy asks.", **told)
    for each in found:
        if each.then is Then.HOLD and each.code not in approved:
            raise _HELD[each.code](f"{each.why}.", mend="The order is kept; a supervisor decides.", **told)
    return tuple(each.flag for each in found)


_THEN = {"enum": [each.value for each in Then]}
_AMOUNTS: dict[str, Any] = {
    "type": "object",
    "propertyNames": {"pattern": "^[A-Z]{3}$"},
    "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 10**12},
}
SHAPE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["check_in", "photo", "after_check_out"],
    "properties": {
        "check_in": _THEN,
        "photo": _THEN,
        "after_check_out": _THEN,
        "minimum_order": {
            "type": "object",
            "required": ["then", "amounts"],
            "additionalProperties": False,
            "properties": {
                "then": _THEN,
                "amounts": _AMOUNTS,
                "by_kind": {
                    "type": "object",
                    "propertyNames": {"enum": [*KINDS]},
                    "additionalProperties": _AMOUNTS,
                },
            },
        },
        "most_discount": {
            "type": "object",
            "required": ["then", "discount_bp"],
            "additionalProperties": False,
            "properties": {"then": _THEN, "discount_bp": {"type": "integer", "minimum": 0, "maximum": 10_000}},
        },
    },
}


def _parse(body: Body) -> Selling:
    least, most = body.get("minimum_order", {}), body.get("most_discount", {})
    return Selling(
        check_in=Then(body["check_in"]),
        photo=Then(body["photo"]),
        after_check_out=Then(body["after_check_out"]),
        minimum_then=Then(least.get("then", Then.OFF)),
        minimum=least.get("amounts", {}),
        minimum_of=least.get("by_kind", {}),
        discount_then=Then(most.get("then", Then.OFF)),
        most_discount_bp=most.get("discount_bp", 10_000),
    )


SELLING = Kind(
    name="selling",
    about="What must come before an order, how small it may be, and how much discount a rep may give.",
    schema=SHAPE,
    default={"check_in": "off", "photo": "off", "after_check_out": "hold"},
    parse=_parse,
)
