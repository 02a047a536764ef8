"""What was counted against what must be there, as plain values."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fieldsales.errors import Conflict, Invalid, NotFound
from fieldsales.ledger.models import Account
from fieldsales.ledger.rules import FORMS, InHand, Transfer
from fieldsales.money import exponent
from fieldsales.policies.rules import Body, Kind

MOST = 10**15
"""The most minor units, coins or pieces that can be counted."""
HOUSE: Mapping[Account, Account] = {
    Account.CASH: Account.TILL,
    Account.CHEQUE: Account.BANK,
    Account.TRANSFER: Account.BANK,
    Account.WALLET: Account.BANK,
}
"""Where each form of money goes that a rep hands in: notes and coins into the till, all else to the bank."""


class SettlementNotFound(NotFound):
    """There is no such settlement of a rep whom you may see."""

    code = "settlement.not_found"
    title = "There is no such settlement"


class SettledBefore(Conflict):
    """That day of the rep is counted or settled. Sign or discard what was counted; reopen what is settled."""

    code = "settlement.exists"
    title = "That day has its settlement"


class SettlementClosed(Conflict):
    """The settlement is not in the state that this needs: `state` says which it is in."""

    code = "settlement.closed"
    title = "The settlement is beyond that"


class SettlementStale(Conflict):
    """Money or goods moved since the count: a cheque bounced, or a sale came late. Discard it and count again."""

    code = "settlement.stale"
    title = "What was expected has changed since the count"


class ContentDiffers(Conflict):
    """What you sign is not what was counted. Read the settlement again."""

    code = "settlement.content_differs"
    title = "You would sign something else"


class SignedBefore(Conflict):
    """That side has signed. Rep and cashier are two different persons."""

    code = "settlement.signed_before"
    title = "That side has signed"


class CountInvalid(Invalid):
    """A count below 0, of something that cannot be counted like that, or of the same thing twice."""

    code = "settlement.count_invalid"
    title = "That cannot have been counted"


class CountIncomplete(Invalid):
    """Something is expected that nobody counted: name it, with 0 where there is none."""

    code = "settlement.count_incomplete"
    title = "Not everything was counted"


class WrongMoney(Invalid):
    """Money in a currency of which the rep holds none. Count by the currencies and forms that are expected."""

    code = "settlement.wrong_currency"
    title = "No such money is expected"


class Unexplained(Invalid):
    """A difference has no note. Say of each what is known about it."""

    code = "settlement.unexplained"
    title = "A difference is not explained"


class TooMuchRepaid(Invalid):
    """A rep repays no more than is owed for shortages, and no less than one minor unit."""

    code = "settlement.repayment_invalid"
    title = "That cannot be repaid"


@dataclass(frozen=True, slots=True)
class Coins:
    """How many notes or coins of one value (minor units) there are. Raises `CountInvalid`."""

    value_minor: int
    count: int

    def __post_init__(self) -> None:
        if not (0 < self.value_minor <= MOST and 0 <= self.count <= MOST):
            raise CountInvalid(f"{self.count} pieces of {self.value_minor} cannot be.", mend="Count 0 or more.")


@dataclass(frozen=True, slots=True)
class MoneyCount:
    """Money of one form as it was counted: by its total, by `coins` (cash), or by the `payments` that are there.

    Raises `UnknownCurrency`, `CountInvalid`.
    """

    currency: str
    form: Account
    total_minor: int | None = None
    coins: tuple[Coins, ...] = ()
    payments: tuple[uuid.UUID, ...] | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        exponent(self.currency)
        ways = (self.total_minor is not None) + bool(self.coins) + (self.payments is not None)
        if self.form not in FORMS or ways != 1 or (self.coins and self.form is not Account.CASH):
            raise CountInvalid(
                f"Count {self.form} by its total, cash by its coins, or other forms by their payments.",
                mend="Choose one way.",
            )
        if self.total_minor is not None and not 0 <= self.total_minor <= MOST:
            raise CountInvalid(f"A total of {self.total_minor} cannot be.", mend="Count 0 or more (minor units).")

    def counted(self, items: Sequence[InHand]) -> int:
        """Return how much was counted, in minor units. Raises `CountInvalid` for a payment that is not expected."""
        if self.payments is not None:
            amounts = {each.source_id: each.amount_minor for each in items}
            if len({*self.payments}) < len(self.payments) or not amounts.keys() >= {*self.payments}:
                raise CountInvalid("A payment is named twice, or is not expected.", mend="Name each expected one once.")
            return sum(amounts[each] for each in self.payments)
        return (
            self.total_minor
            if self.total_minor is not None
            else sum(each.value_minor * each.count for each in self.coins)
        )


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """Of one form of money: what was expected and what was counted (minor units), and what explains a difference."""

    currency: str
    form: Account
    expected_minor: int
    counted_minor: int
    note: str | None
    coins: tuple[Coins, ...] = ()

    @property
    def difference_minor(self) -> int:
        """Counted less expected: below 0 money is missing."""
        return self.counted_minor - self.expected_minor


@dataclass(frozen=True, slots=True)
class GoodsCount:
    """How many pieces of a product were counted in the van. Raises `CountInvalid`."""

    product_id: uuid.UUID
    pieces: int
    note: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.pieces <= MOST:
            raise CountInvalid(
                f"{self.pieces} pieces cannot be.", mend="Count 0 or more.", product_id=str(self.product_id)
            )


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """Of one product: how many pieces the books have in the van, and how many were counted."""

    product_id: uuid.UUID
    expected: int
    counted: int
    note: str | None

    @property
    def difference(self) -> int:
        """Counted less expected: below 0 goods are missing."""
        return self.counted - self.expected


def money_lines(items: Sequence[InHand], counts: Sequence[MoneyCount]) -> list[MoneyLine]:
    """Return each expected form of money beside its count.

    Raises `WrongMoney`, `CountInvalid`, `CountIncomplete`, `Unexplained`.
    """
    expected: dict[tuple[str, Account], list[InHand]] = {}
    for item in items:
        expected.setdefault((item.currency, item.form), []).append(item)
    told = Counter((each.currency, each.form) for each in counts)
    if twice := [key for key, times in told.items() if times > 1]:
        raise CountInvalid(f"{twice[0][1]} in {twice[0][0]} was counted twice.", mend="Count each form once.")
    held = {currency for currency, _ in expected}
    for count in counts:
        if count.currency not in held and count.counted([]):
            raise WrongMoney(
                f"The rep holds no {count.currency}.", mend="Count what is expected.", currencies=sorted(held)
            )
    if missing := [key for key in expected if key not in told]:
        raise CountIncomplete(
            f"{missing[0][1]} in {missing[0][0]} was not counted.",
            mend="Count it, with 0 where there is none.",
            missing=[{"currency": currency, "form": str(form)} for currency, form in missing],
        )
    lines = []
    for each in counts:
        there = expected.get((each.currency, each.form), [])
        total = sum(item.amount_minor for item in there)
        lines.append(MoneyLine(each.currency, each.form, total, each.counted(there), each.note, each.coins))
    for line in lines:
        _check_note(line.difference_minor, line.note, f"{line.form} in {line.currency}")
    return sorted(lines, key=lambda line: (line.currency, FORMS.index(line.form)))


def goods_lines(expected: Mapping[uuid.UUID, int], counts: Sequence[GoodsCount]) -> list[GoodsLine]:
    """Return each product that is in the van, by the books or by the count, beside its count.

    Raises `CountInvalid`, `CountIncomplete`, `Unexplained`.
    """
    told = {each.product_id: each for each in counts}
    if len(told) < len(counts):
        raise CountInvalid("A product was counted twice.", mend="Count each product once.")
    if missing := sorted(key for key, pieces in expected.items() if pieces and key not in told):
        raise CountIncomplete(
            f"{len(missing)} products of the van were not counted.",
            mend="Count them, with 0 where there is none.",
            missing=[{"product_id": str(each)} for each in missing],
        )
    lines = [GoodsLine(key, expected.get(key, 0), each.pieces, each.note) for key, each in sorted(told.items())]
    for line in lines:
        _check_note(line.difference, line.note, f"product {line.product_id}")
    return lines


def _check_note(difference: int, note: str | None, what: str) -> None:
    if difference and not (note or "").strip():
        raise Unexplained(f"Of {what} the count differs by {difference}.", mend="Say why, as far as you know.")


def handing_in(items: Iterable[InHand]) -> list[tuple[uuid.UUID, str, Transfer]]:
    """Return what moves from the rep's hands to the house: payment, currency and transfer."""
    return [(each.source_id, each.currency, Transfer(HOUSE[each.form], each.form, each.amount_minor)) for each in items]


def differences(lines: Iterable[MoneyLine]) -> list[tuple[str, Transfer]]:
    """Return what is missing of the money handed in, which the rep owes, and what is too much; by currency."""
    found = []
    for each in lines:
        house, amount = HOUSE[each.form], abs(each.difference_minor)
        if each.difference_minor < 0:
            found.append((each.currency, Transfer(Account.SHORTAGE, house, amount)))
        elif each.difference_minor:
            found.append((each.currency, Transfer(house, Account.OVERAGE, amount)))
    return found


def reverse(transfer: Transfer) -> Transfer:
    """Return the same amount the other way round."""
    return Transfer(transfer.credit, transfer.debit, transfer.amount_minor)


def is_late(paid_on: date, day: date, settled: Iterable[date]) -> bool:
    """Tell whether money was taken on an earlier day that was settled without it: it was told too late for that."""
    return paid_on < day and any(paid_on <= each < day for each in settled)


def fingerprint(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a content as canonical JSON (keys sorted, no spaces, UTF-8)."""
    told = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SettlementPolicy:
    """Above which sum of differences (minor units by currency; none: never) a person must approve a settlement.

    Attributes:
        approval_above: Differences of money, and of goods at list price, each counted without its sign.
        goods_required: Whether the goods of a van must be counted whenever its rep settles.
    """

    approval_above: Mapping[str, int] = field(default_factory=dict)
    goods_required: bool = False

    def beyond(self, off: Mapping[str, int]) -> dict[str, int]:
        """Return the sums of differences, by currency, that a person must approve."""
        return {
            key: each for key, each in off.items() if key in self.approval_above and each > self.approval_above[key]
        }


SHAPE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["approval_above"],
    "properties": {
        "approval_above": {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Z]{3}$"},
            "additionalProperties": {"type": "integer", "minimum": 0, "maximum": MOST},
        },
        "goods": {"enum": ["optional", "required"]},
    },
}


def _parse(body: Body) -> SettlementPolicy:
    return SettlementPolicy(body["approval_above"], body.get("goods") == "required")


SETTLEMENTS = Kind(
    name="settlements",
    about="Above which difference the settlement of a rep's day needs approval, and whether goods must be counted.",
    schema=SHAPE,
    default={"approval_above": {}, "goods": "optional"},
    parse=_parse,
)
