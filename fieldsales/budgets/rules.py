"""Which budgets a gift draws from, and whether they have room for it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from fieldsales.budgets.models import BudgetScope, GiftBudget
from fieldsales.errors import Invalid, NeedsDecision, NotFound
from fieldsales.money import exponent

OVER_BUDGET = "over_gift_budget"
MOST = 10**15


class GiftOverBudget(NeedsDecision):
    """The gift is over a budget of gifts, or over what the rep may give in the month. It is kept; a person decides."""

    code = "gift.over_budget"
    title = "The gift is over the budget"


class BudgetInvalid(Invalid):
    """A budget is of one rep, territory or tier, from a day to a later one, and of 0 or more."""

    code = "gift_budget.invalid"
    title = "That budget cannot be"


class BudgetNotFound(NotFound):
    """There is no such budget in your territories."""

    code = "gift_budget.not_found"
    title = "There is no such budget"


@dataclass(frozen=True, slots=True)
class NewBudget:
    """A budget as somebody wants it. `most` is in minor units of a currency, or in pieces without one."""

    name: str
    scope: BudgetScope
    from_on: date
    until_on: date
    most: int
    currency: str | None = None
    rep_id: uuid.UUID | None = None
    territory_id: uuid.UUID | None = None
    tier: str | None = None

    def __post_init__(self) -> None:
        if self.currency is not None:
            exponent(self.currency)
        wanted = {
            BudgetScope.REP: "rep_id",
            BudgetScope.TEAM: "territory_id",
            BudgetScope.TERRITORY: "territory_id",
            BudgetScope.TIER: "tier",
        }[self.scope]
        told = {name for name in ("rep_id", "territory_id", "tier") if getattr(self, name) is not None}
        if told != {wanted}:
            raise BudgetInvalid(f"A budget of a {self.scope} has a {wanted}, and that alone.", mend=f"Give {wanted}.")
        if self.from_on > self.until_on or not 0 <= self.most <= MOST or not self.name.strip():
            raise BudgetInvalid("A budget has a name, begins before it ends, and is of 0 or more.", mend="Mend it.")


@dataclass(frozen=True, slots=True)
class Gift:
    """What a gift draws by: who gives it, at whose territory, to a customer of which territory and tier, what.

    `rep_areas` and `customer_areas` are the territories of both with all above them.
    """

    rep_id: uuid.UUID
    rep_areas: Collection[uuid.UUID]
    customer_areas: Collection[uuid.UUID]
    tier: str | None
    currency: str
    worth_minor: int
    pieces: int

    def draws_from(self, budget: GiftBudget) -> bool:
        """Tell whether a budget of the day bounds this gift."""
        mine = {
            BudgetScope.REP: budget.rep_id == self.rep_id,
            BudgetScope.TEAM: budget.territory_id in self.rep_areas,
            BudgetScope.TERRITORY: budget.territory_id in self.customer_areas,
            BudgetScope.TIER: budget.tier == self.tier,
        }[budget.scope]
        return mine and budget.currency in (None, self.currency)

    def amount_of(self, budget: GiftBudget) -> int:
        """Return what the gift draws from a budget: minor units, or pieces."""
        return self.pieces if budget.currency is None else self.worth_minor


def over(budgets: Iterable[GiftBudget], gift: Gift) -> list[GiftBudget]:
    """Return the budgets that have no room for a gift."""
    return [each for each in budgets if each.used + gift.amount_of(each) > each.most]


def told(budget: GiftBudget, gift: Gift, drawn: Iterable[tuple[str, int]]) -> dict[str, Any]:
    """Return a budget as a person decides by it; `drawn` says who has drawn how much."""
    return {
        "budget_id": str(budget.id),
        "name": budget.name,
        "scope": str(budget.scope),
        "until_on": budget.until_on.isoformat(),
        "currency": budget.currency,
        "most": budget.most,
        "used": budget.used,
        "left": budget.most - budget.used,
        "wanted": gift.amount_of(budget),
        "drawn_by": [{"rep": rep, "amount": amount} for rep, amount in drawn],
    }
