"""What an order on credit is judged by: the policy `credit`, the customer's limit and what it owes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fieldsales.errors import Invalid, NeedsDecision
from fieldsales.policies.rules import Body, Kind
from fieldsales.selling.rules import Then

OVER_CREDIT = "over_credit"


class OverCredit(NeedsDecision):
    """With the order the customer would owe more than its limit. The order is kept; a person decides."""

    code = "order.over_credit"
    title = "The order is over the credit limit"


class CreditRefused(Invalid):
    """The policy `credit` refuses orders over the limit. What was sent is stored all the same."""

    code = "order.credit_refused"
    title = "The policy refuses orders over the credit limit"


class LimitInvalid(Invalid):
    """A credit limit or a number of days that cannot be."""

    code = "credit.invalid"
    title = "That cannot be a credit limit"


class Invoicing(StrEnum):
    """Where invoices come from: another system's feed, each order as it is taken, or each delivery of one."""

    BY_IMPORT = "by_import"
    AT_SUBMIT = "at_submit"
    AT_DELIVERY = "at_delivery"


class OnAccount(StrEnum):
    """When money on account pays: when somebody says so, or by itself, what is due first at the front."""

    BY_CHOICE = "by_choice"
    OLDEST_FIRST = "oldest_first"


@dataclass(frozen=True, slots=True)
class CreditPolicy:
    """The switches as they stand. Orders of the last `uninvoiced_days` without an invoice count as owed."""

    invoicing: Invoicing
    over_limit: Then
    payment_days: int
    uninvoiced_days: int
    on_account: OnAccount = OnAccount.BY_CHOICE


@dataclass(frozen=True, slots=True)
class Standing:
    """What a customer owes in one currency, and how much it may (None: any amount); minor units.

    `invoiced_minor` is open on invoices, `ordered_minor` was ordered and not invoiced yet, `on_account_minor` is paid
    and not set against anything.
    """

    currency: str
    limit_minor: int | None
    invoiced_minor: int = 0
    ordered_minor: int = 0
    on_account_minor: int = 0

    @property
    def owed_minor(self) -> int:
        """What counts against the limit; below 0 the customer has money with us."""
        return self.invoiced_minor + self.ordered_minor - self.on_account_minor

    @property
    def left_minor(self) -> int | None:
        """How much more it may owe; below 0 it is over already, None: no limit."""
        return None if self.limit_minor is None else self.limit_minor - self.owed_minor

    def told(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "currency": self.currency,
            "limit_minor": self.limit_minor,
            "invoiced_minor": self.invoiced_minor,
            "ordered_minor": self.ordered_minor,
            "on_account_minor": self.on_account_minor,
            "owed_minor": self.owed_minor,
            "left_minor": self.left_minor,
        }


def judge_credit(
    policy: CreditPolicy, standing: Standing, amount_minor: int, *, approved: Collection[str]
) -> tuple[str, ...]:
    """Return the flags of an order of an amount. Raises `OverCredit` or `CreditRefused` as the policy says."""
    left = standing.left_minor
    if policy.over_limit is Then.OFF or left is None or amount_minor <= max(left, 0):
        return ()
    told = (
        f"The order of {amount_minor} {standing.currency} (minor units) is over the credit left, {left}; the limit is "
        f"{standing.limit_minor}, owed are {standing.owed_minor}."
    )
    let = OverCredit.code in approved
    facts = standing.told() | {"amount_minor": amount_minor}
    if policy.over_limit is Then.REFUSE and not let:
        raise CreditRefused(told, mend="Collect money first, or order less.", **facts)
    if policy.over_limit is Then.HOLD and not let:
        raise OverCredit(told, mend="The order is kept; a person decides.", **facts)
    return (OVER_CREDIT,)


_DAYS = {"type": "integer", "minimum": 0, "maximum": 365}
SHAPE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["invoicing", "over_limit"],
    "properties": {
        "invoicing": {"enum": [each.value for each in Invoicing]},
        "over_limit": {"enum": [each.value for each in Then]},
        "payment_days": _DAYS,
        "uninvoiced_days": _DAYS,
        "on_account": {"enum": [each.value for each in OnAccount]},
    },
}


def _parse(body: Body) -> CreditPolicy:
    return CreditPolicy(
        invoicing=Invoicing(body["invoicing"]),
        over_limit=Then(body["over_limit"]),
        payment_days=body.get("payment_days", 30),
        uninvoiced_days=body.get("uninvoiced_days", 30),
        on_account=OnAccount(body.get("on_account", OnAccount.BY_CHOICE)),
    )


CREDIT = Kind(
    name="credit",
    about="Where invoices come from, the days to pay, what money on account pays, and orders over a credit limit.",
    schema=SHAPE,
    default={"invoicing": "by_import", "over_limit": "hold", "payment_days": 30, "uninvoiced_days": 30},
    parse=_parse,
)
