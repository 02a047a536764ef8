"""Which invoices money is set against, by choice or oldest first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from fieldsales.errors import Conflict, Invalid, NotFound
from fieldsales.invoices.rules import Open, oldest_first

MORE_THAN_DEBT = "more_than_debt"
CHOICE_NOT_FOLLOWED = "choice_not_followed"
BOUNCED = "bounced"


class NothingToAllocate(Conflict):
    """Nothing is left of that money, or no invoice is open that it could pay."""

    code = "allocation.nothing_left"
    title = "There is nothing to allocate"


class ChoiceBeyond(Invalid):
    """More is set against an invoice than is open of it, or more than is left of the money. Choose less."""

    code = "allocation.beyond"
    title = "More is allocated than there is"


class CreditNotFound(NotFound):
    """There is no such money on account of a customer whom you may see."""

    code = "payment.not_found"
    title = "There is no such money on account"


class NoCheque(Invalid):
    """Only a cheque can bounce."""

    code = "payment.no_cheque"
    title = "That was no cheque"


class BouncedBefore(Conflict):
    """The cheque bounced already; its amount was taken back then."""

    code = "payment.bounced"
    title = "That cheque bounced already"


@dataclass(frozen=True, slots=True)
class Choice:
    """An amount in minor units that is to pay one invoice."""

    invoice_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Spread:
    """What pays which invoice, and whether every choice could be followed."""

    parts: tuple[tuple[uuid.UUID, int], ...]
    followed: bool = True

    @property
    def amount_minor(self) -> int:
        """All of it."""
        return sum(amount for _, amount in self.parts)


def spread(amount_minor: int, debts: Sequence[Open], choices: Sequence[Choice] | None) -> Spread:
    """Return what an amount pays of which invoice: as chosen as far as that goes, or oldest first for None."""
    if choices is None:
        return Spread(tuple(oldest_first(amount_minor, debts)))
    left = {each.invoice_id: each.open_minor for each in debts}
    parts, followed = [], True
    for each in choices:
        paid = max(0, min(each.amount_minor, left.get(each.invoice_id, 0), amount_minor))
        followed = followed and paid == each.amount_minor
        if paid:
            left[each.invoice_id] -= paid
            amount_minor -= paid
            parts.append((each.invoice_id, paid))
    return Spread(tuple(parts), followed)
