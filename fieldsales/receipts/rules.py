"""A receipt as a document, made from the facts of an order by a pure rule. How it looks is for others to say."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fieldsales.errors import NeedsDecision


class ReceiptDisagrees(NeedsDecision):
    """The lines of the order do not add up to its total, so that no receipt may be given. Ask whoever imported it."""

    code = "receipt.disagrees"
    title = "The order's lines are not its total"


@dataclass(frozen=True, slots=True)
class Party:
    """Who sells or buys, with what stands under the name. `number` is what the ERP calls it, or the tax number."""

    name: str
    address: tuple[str, ...] = ()
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Discount:
    """A step that took something off a line: what it is called, its share in basis points if it has one, minor units.

    `amount_minor` is 0 or less.
    """

    name: str
    amount_minor: int
    share_bp: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A line: so many of a `unit` at a price for one of that unit. Minor units; `tax_minor` is within the amount.

    `pieces` is how many pieces that is, `goods_minor` quantity × price but for rounding. Goods, discounts and the tax
    that prices leave out (`tax_added_minor`) are the amount. `free` goods cost nothing; a return's quantities and
    amounts are negative. `rate_bp` is the tax rate in basis points, None where none was told.
    """

    number: int
    name: str
    sku: str
    unit: str
    quantity: int
    pieces: int
    price_minor: int
    goods_minor: int
    amount_minor: int
    tax_minor: int | None
    discounts: tuple[Discount, ...] = ()
    free: bool = False
    condition: str | None = None
    rate_bp: int | None = None

    @property
    def title(self) -> str:
        """What the paper calls it: two sizes of one name differ by their number."""
        return f"{self.sku} {self.name}" + (f" ({self.condition})" if self.condition else "")

    @property
    def tax_added_minor(self) -> int:
        """The tax that comes on top of goods less discounts; 0 where prices include it."""
        return self.amount_minor - self.goods_minor - sum(each.amount_minor for each in self.discounts)


@dataclass(frozen=True, slots=True)
class Paid:
    """Money taken in the visit of the order: how, how much (minor units), and what the paper calls it."""

    method: str
    amount_minor: int
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class TaxRow:
    """What is taxed at one rate (basis points): the amount without the tax, and the tax, in minor units."""

    rate_bp: int
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Debt:
    """What the customer owed by the ledger before this order and its payments, and after them, in minor units.

    Below 0 the customer has money with us.
    """

    before_minor: int
    after_minor: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that a receipt says, in one language, in one currency. Amounts are minor units.

    `total_minor` is the sum of the items, `balance_minor` the total less `payments`: above 0 the customer still owes
    it for this order, below 0 more was paid. `state` is placed, amended or cancelled; `copy` counts reprints (0: the
    original). `qr` is what the code on it says: `receipt_code`.
    """

    order_id: uuid.UUID
    kind: str
    state: str
    number: str
    day: date
    time: str | None
    language: str
    currency: str
    seller: Party
    customer: Party
    rep: str | None
    items: tuple[Item, ...]
    tax_minor: int | None
    total_minor: int
    payments: tuple[Paid, ...]
    qr: str
    against: str | None = None
    reason: str | None = None
    copy: int = 0
    debt: Debt | None = None

    @property
    def taxes(self) -> tuple[TaxRow, ...]:
        """The tax by rate, the highest first; empty where the rates do not explain the tax of the order."""
        return taxes_of(self.items, self.tax_minor)

    @property
    def paid_minor(self) -> int:
        """What was paid in the visit."""
        return sum(each.amount_minor for each in self.payments)

    @property
    def balance_minor(self) -> int:
        """What is left to pay of this order."""
        return self.total_minor - self.paid_minor


def taxes_of(items: Sequence[Item], tax_minor: int | None) -> tuple[TaxRow, ...]:
    """Return the tax of items by rate, the highest first; nothing where it is not the tax of the order."""
    if not tax_minor or any(each.rate_bp is None and each.tax_minor for each in items):
        return ()
    found: dict[int, tuple[int, int]] = {}
    for each in items:
        net, tax = found.get(each.rate_bp or 0, (0, 0))
        own = each.tax_minor or 0
        found[each.rate_bp or 0] = (net + each.amount_minor - own, tax + own)
    rows = [TaxRow(rate, *sums) for rate, sums in sorted(found.items(), reverse=True) if any(sums)]
    return tuple(rows) if sum(each.tax_minor for each in rows) == tax_minor else ()


def rate_of(steps: Sequence[dict[str, object]]) -> int | None:
    """Return the tax rate in the steps of a line, in basis points; None where no step tells of a tax."""
    rates = [step.get("rate_bp") for step in steps if step.get("code") == "tax"]
    return rates[0] if rates and isinstance(rates[0], int) else None


def check_sum(order_id: uuid.UUID, items: Sequence[Item], total_minor: int) -> None:
    """Raise `ReceiptDisagrees` unless the items, if there are any, add up to the total."""
    whole = sum(each.amount_minor for each in items)
    if items and whole != total_minor:
        raise ReceiptDisagrees(
            f"The lines of order {order_id} add up to {whole}, its total is {total_minor} (minor units).",
            mend="Import the order again.",
            order_id=str(order_id),
            lines_minor=whole,
            total_minor=total_minor,
        )


def short_number(order_id: uuid.UUID, reference: str | None) -> str:
    """Return the number that people read: the ERP's, else the last 10 hex digits of the id in groups."""
    if reference:
        return reference
    tail = order_id.hex[-10:].upper()
    return f"{tail[:5]}-{tail[5:]}"


def receipt_code(order_id: uuid.UUID, day: date, total_minor: int, currency: str) -> str:
    """Return what the QR code says: a URN with the order, its day and total, for the cashier's scanner."""
    told = urlencode({"day": day.isoformat(), "total_minor": total_minor, "currency": currency})
    return f"urn:fieldsales:order:{order_id}?{told}"


def goods_and_discounts(
    steps: Sequence[dict[str, object]], amount_minor: int, tax_minor: int | None
) -> tuple[int, tuple[Discount, ...]]:
    """Return what the goods of a line cost and what came off, out of its steps (docs/pricing.md).

    Where the steps do not explain the amount, because it was told otherwise, the goods are the amount.
    """
    goods = sum(_amount(step) for step in steps if step.get("code") == "goods")
    off = tuple(
        Discount(_name(step), _amount(step), share if isinstance(share := step.get("discount_bp"), int) else None)
        for step in steps
        if step.get("code") not in ("goods", "tax") and _amount(step) < 0
    )
    left = amount_minor - goods - sum(each.amount_minor for each in off)
    return (goods, off) if goods and left in (0, tax_minor) else (amount_minor, ())


def _amount(step: dict[str, object]) -> int:
    found = step.get("amount_minor")
    return found if isinstance(found, int) else 0


def _name(step: dict[str, object]) -> str:
    return str(step.get("promotion") or step.get("reference") or "")
