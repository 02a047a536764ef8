"""Which accounts an event moves money between, as plain values.

Double entry in the form of transfers: each names the account that is debited and the one that is credited, so that no
set of them can be out of balance (Pacioli, Summa de arithmetica, 1494; a debit raises what is owed to us or held).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from fieldsales.ledger.models import Account

FORMS = (Account.CASH, Account.TRANSFER, Account.CHEQUE, Account.WALLET)
"""The forms of money in a rep's hands."""


@dataclass(frozen=True, slots=True)
class InHand:
    """What a rep holds of one payment (minor units): it was taken, did not bounce, and was not handed in."""

    source_id: uuid.UUID
    currency: str
    form: Account
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """An amount in minor units, above 0, from the account credited to the account debited."""

    debit: Account
    credit: Account
    amount_minor: int


def sold(amount_minor: int, tax_minor: int) -> tuple[Transfer, ...]:
    """Return what an invoice moves; `tax_minor` is within the amount."""
    return _some(
        Transfer(Account.RECEIVABLE, Account.SALES, amount_minor - tax_minor),
        Transfer(Account.RECEIVABLE, Account.TAX, tax_minor),
    )


def taken_off(amount_minor: int, tax_minor: int) -> tuple[Transfer, ...]:
    """Return what takes an invoice out of the books that `sold` put there."""
    return tuple(Transfer(each.credit, each.debit, each.amount_minor) for each in sold(amount_minor, tax_minor))


def given_back(amount_minor: int, tax_minor: int) -> tuple[Transfer, ...]:
    """Return what a credit note moves: it becomes money on account."""
    return _some(
        Transfer(Account.RETURNS, Account.CREDIT, amount_minor - tax_minor),
        Transfer(Account.TAX, Account.CREDIT, tax_minor),
    )


def moved(debit: Account, credit: Account, amount_minor: int) -> tuple[Transfer, ...]:
    """Return one transfer."""
    return _some(Transfer(debit, credit, amount_minor))


def balances(transfers: Iterable[Transfer]) -> dict[Account, int]:
    """Return debits less credits of each account that anything moved in; their sum is 0."""
    found: dict[Account, int] = defaultdict(int)
    for each in transfers:
        found[each.debit] += each.amount_minor
        found[each.credit] -= each.amount_minor
    return dict(found)


def _some(*transfers: Transfer) -> tuple[Transfer, ...]:
    return tuple(each for each in transfers if each.amount_minor)
