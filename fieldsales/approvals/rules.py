"""Who decides what: the policy `approvals`, and when a request is granted. Nothing approves itself."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from fieldsales.approvals.models import ApprovalKind, ApprovalState
from fieldsales.catalog.rules import BASIS
from fieldsales.errors import Conflict, Forbidden, Invalid
from fieldsales.people.models import Role
from fieldsales.policies.rules import Body, Kind

KINDS: Mapping[str, ApprovalKind] = {
    "order.over_credit": ApprovalKind.OVER_CREDIT,
    "order.discount_beyond_policy": ApprovalKind.DISCOUNT,
    "order.price_out_of_band": ApprovalKind.STALE_PRICE,
    "gift.over_budget": ApprovalKind.GIFT,
    "return.more_than_sold": ApprovalKind.RETURN,
    "return.free_goods_kept": ApprovalKind.RETURN,
}
"""Codes for which a held mutation asks for approval."""


class ApprovalClosed(Conflict):
    """The request was decided, or nothing is left to decide. Read what became of it."""

    code = "approval.closed"
    title = "This request is decided"


class ApprovalExpired(Conflict):
    """Nobody decided in time. The work is kept: retry it under review, or ask again, with the facts of today."""

    code = "approval.expired"
    title = "This request has expired"


class OwnRequest(Forbidden):
    """Nobody approves what they asked for themselves. Ask somebody else."""

    code = "approval.own_request"
    title = "This is your own request"


class VotedBefore(Conflict):
    """The second of two persons must be another one."""

    code = "approval.voted_before"
    title = "You have decided about it already"


class AmountInvalid(Invalid):
    """No more can be written off than is open of an invoice, and no less than one minor unit."""

    code = "write_off.invalid"
    title = "That cannot be written off"


@dataclass(frozen=True, slots=True)
class Approving:
    """From which amount on (minor units by currency) two persons must agree, and after how many hours it expires."""

    two_persons: Mapping[str, int]
    expires_hours: int

    def needed(self, currency: str, amount_minor: int) -> int:
        """Return how many persons must agree to an amount: two above the threshold of its currency."""
        threshold = self.two_persons.get(currency)
        return 2 if threshold is not None and amount_minor > threshold else 1


@dataclass(frozen=True, slots=True)
class Said:
    """What one person said."""

    by: uuid.UUID | None
    grant: bool


def verdict(votes: Iterable[Said], needed: int) -> ApprovalState:
    """Return what votes make of a request: one refusal ends it, and as many different persons as needed grant it."""
    votes = list(votes)
    if not all(each.grant for each in votes):
        return ApprovalState.REFUSED
    return ApprovalState.GRANTED if len({each.by for each in votes}) >= needed else ApprovalState.OPEN


def check_may_vote(votes: Iterable[Said], asked_by: uuid.UUID, by: uuid.UUID | None) -> None:
    """Raise `OwnRequest` or `VotedBefore`."""
    if by == asked_by:
        raise OwnRequest("Nobody approves what they asked for.", mend="Ask somebody else.")
    if any(each.by == by for each in votes):
        raise VotedBefore("You have decided about it already.", mend="Another person must decide, too.")


def kinds_of(problem: Mapping[str, Any]) -> list[ApprovalKind]:
    """Return what a held mutation asks approval for, by the codes in its problem; empty: nothing."""
    breaches = problem.get("breaches")
    codes = [problem.get("code"), *(each.get("code") for each in breaches or () if isinstance(each, Mapping))]
    return list(dict.fromkeys(KINDS[str(code)] for code in codes if code in KINDS))


@dataclass(frozen=True, slots=True)
class Sold:
    """A line as it would stand: what is charged without tax, and what the goods cost us (None: unknown)."""

    net_minor: int
    cost_minor: int | None


def margin(lines: Collection[Sold]) -> dict[str, Any]:
    """Return the gross margin of lines whose cost is known: (net sales − cost) ÷ net sales, in basis points."""
    known = [(each.net_minor, each.cost_minor) for each in lines if each.cost_minor is not None]
    net, cost = sum(one for one, _ in known), sum(other for _, other in known)
    bp = round(Fraction((net - cost) * BASIS, net)) if net else None
    return {"net_minor": net, "cost_minor": cost, "margin_bp": bp, "lines_without_cost": len(lines) - len(known)}


def facts_for(role: Role, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that somebody is told: what goods cost us is for those who decide, not for the rep who asked."""
    return {name: told for name, told in facts.items() if role is not Role.REP or name != "margin"}


def is_over(expires_at: datetime, now: datetime) -> bool:
    """Tell whether the time to decide is over."""
    return now >= expires_at


SHAPE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["two_persons_above", "expires_hours"],
    "properties": {
        "two_persons_above": {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Z]{3}$"},
            "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 10**15},
        },
        "expires_hours": {"type": "integer", "minimum": 1, "maximum": 8760},
    },
}


def _parse(body: Body) -> Approving:
    return Approving(body["two_persons_above"], body["expires_hours"])


APPROVALS = Kind(
    name="approvals",
    about="Above which amounts two persons must agree, and for how many hours a request waits.",
    schema=SHAPE,
    default={"two_persons_above": {}, "expires_hours": 168},
    parse=_parse,
)
