"""What a rep may give away in a month: the policy `gifts`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from fieldsales.budgets.rules import GiftOverBudget
from fieldsales.policies.rules import Body, Kind


@dataclass(frozen=True, slots=True)
class GiftPolicy:
    """What each rep may give away in a calendar month, in minor units by currency; no entry: any amount."""

    monthly: Mapping[str, int]


def judge_gift(
    policy: GiftPolicy, currency: str, given_minor: int, worth_minor: int, *, approved: Collection[str]
) -> bool:
    """Tell whether a gift is over the budget of its month; raise `GiftOverBudget` unless a person approved it."""
    budget = policy.monthly.get(currency)
    if budget is None or given_minor + worth_minor <= budget:
        return False
    if GiftOverBudget.code not in approved:
        raise GiftOverBudget(
            f"The gift is worth {worth_minor} {currency} (minor units); {given_minor} of the month's {budget} are "
            "given away already.",
            mend="The gift is kept; a person decides.",
            budget_minor=budget,
            given_minor=given_minor,
            worth_minor=worth_minor,
        )
    return True


SHAPE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["monthly_budget"],
    "properties": {
        "monthly_budget": {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Z]{3}$"},
            "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 10**12},
        }
    },
}


def _parse(body: Body) -> GiftPolicy:
    return GiftPolicy(body["monthly_budget"])


GIFTS = Kind(
    name="gifts",
    about="What each rep may give away in a calendar month, by currency at our own prices.",
    schema=SHAPE,
    default={"monthly_budget": {}},
    parse=_parse,
)
