"""What an order costs, line by line with every step: the order of precedence of docs/pricing.md.

Values in, values out, whole minor units only. The same book, terms, tier and day give the same answer on any machine,
and the order of the lines changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fieldsales.deductions.rules import Free, Step, Work, deduct, deduct_from_order
from fieldsales.errors import Invalid
from fieldsales.precedence.rules import Buyer, UnitPrice, unit_price
from fieldsales.pricebooks.rules import Item, PriceBook
from fieldsales.taxes.rules import BASIS, ClassTax, apportion, half_up, tax_on
from fieldsales.units.rules import EACH, MOST_PIECES, WrongUnit, pieces_in

LARGEST = 2**53 - 1
"""The largest amount that every phone can keep exactly."""
MOST_LINES = 500


class UnknownProduct(Invalid):
    """The price book does not have that product: it is not sold, or not in the order's currency."""

    code = "order.unknown_product"
    title = "That product is not in the price book"


class QuantityInvalid(Invalid):
    """A quantity is a whole number of units above 0. What comes back is a return, an order of its own."""

    code = "order.quantity_invalid"
    title = "That quantity cannot be ordered"


class LinesInvalid(Invalid):
    """An order has 1 to 500 lines, each with a number of its own, and discounts of 0 to 100 %."""

    code = "order.lines_invalid"
    title = "The lines of the order cannot be"


class AmountTooLarge(Invalid):
    """The order costs more than every phone can count exactly (2^53 - 1 minor units). Split it into several."""

    code = "order.amount_too_large"
    title = "The order is too large"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line as it was asked for: so much of a unit of a product, less a discount given by hand (basis points)."""

    line: int
    product_id: str
    quantity: int
    unit: str = EACH
    discount_bp: int = 0


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its price. `price_minor` is for `per` pieces; all amounts are in minor units.

    `goods_minor` is pieces × price, `discount_minor` what came off, `amount_minor` what is paid, tax included,
    `tax_minor` the tax in it. `promotion` and `because_of` (lines) are set where goods are free. `steps` explain it.
    """

    line: int
    product_id: str
    unit: str
    quantity: int
    pieces: int
    price_minor: int
    per: int
    goods_minor: int
    discount_minor: int
    amount_minor: int
    tax_minor: int
    steps: tuple[Step, ...]
    promotion: str | None = None
    because_of: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PricedOrder:
    """An order with its prices. `total_minor` is the sum of what the lines say is paid.

    `payable_minor` is the total rounded to what can be paid in the currency, `rounding_minor` the difference.
    """

    book: str
    terms: str | None
    tier: str | None
    day: str
    currency: str
    lines: tuple[PricedLine, ...]
    goods_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    rounding_minor: int
    payable_minor: int
    taxes: tuple[ClassTax, ...]


def price_order(book: PriceBook, buyer: Buyer, wanted: Sequence[Wanted]) -> PricedOrder:
    """Return what an order costs.

    Raises `LinesInvalid`, `UnknownProduct`, `QuantityInvalid`, `WrongUnit`, `AmountTooLarge`, each naming the line.
    """
    asked = sorted(wanted, key=lambda each: (each.product_id, each.unit, each.quantity, each.discount_bp, each.line))
    pieces = _pieces(book, asked)
    totals: dict[str, int] = defaultdict(int)
    for each, count in zip(asked, pieces, strict=True):
        totals[each.product_id] += count
    prices = {product_id: unit_price(book, buyer, product_id, total) for product_id, total in totals.items()}
    works = [
        _work(book.items[each.product_id], each, count, prices[each.product_id])
        for each, count in zip(asked, pieces, strict=True)
    ]
    goods = [each.amount for each in works]
    if sum(goods) * 2 > LARGEST:  # a tax of 100 % would still fit
        raise AmountTooLarge("The order costs more than can be counted exactly.", mend="Split it.")
    promotions = [each for each in book.promotions if each.open_to(buyer.customer_id, buyer.tier, buyer.day)]
    free = deduct(promotions, works)
    for each, work in zip(asked, works, strict=True):
        _by_hand(each, work)
    deduct_from_order(promotions, works)
    taxes, on_line = _taxes(book, works)
    lines = [
        _line(each, works[at], prices[each.product_id], goods[at], on_line[at], included=book.tax_included)
        for at, each in enumerate(asked)
    ]
    lines.sort(key=lambda each: each.line)
    lines += _free_lines(book, free, max(each.line for each in asked))
    return _summed(book, buyer, lines, taxes)


def _pieces(book: PriceBook, asked: Sequence[Wanted]) -> list[int]:
    if not 1 <= len(asked) <= MOST_LINES or len({each.line for each in asked}) != len(asked):
        raise LinesInvalid(
            f"An order of {len(asked)} lines, or two with the same number, cannot be.",
            mend=f"Send 1 to {MOST_LINES} lines, numbered differently.",
        )
    return [_pieces_of(book, each) for each in asked]


def _pieces_of(book: PriceBook, asked: Wanted) -> int:
    item = book.items.get(asked.product_id)
    where = {"line": asked.line, "product_id": asked.product_id}
    if item is None:
        raise UnknownProduct(
            f"Line {asked.line}: the price book in {book.currency} has no product {asked.product_id}.",
            mend="Pull the latest price book, or order it in its own currency.",
            **where,
        )
    if not 0 <= asked.discount_bp <= BASIS:
        raise LinesInvalid(f"Line {asked.line}: a discount of {asked.discount_bp} cannot be.", mend="Give 0 to 10000.")
    if asked.quantity <= 0:
        raise QuantityInvalid(
            f"Line {asked.line}: {asked.quantity} of {item.sku} cannot be ordered.",
            mend="Order 1 or more; what comes back is a return.",
            **where,
        )
    try:
        found = pieces_in(item.sku, item.units, asked.unit, asked.quantity)
    except WrongUnit as wrong:
        wrong.facts |= where
        raise
    if found > MOST_PIECES:
        raise QuantityInvalid(f"Line {asked.line}: {found:,} pieces are too many.", mend="Split the order.", **where)
    return found


def _work(item: Item, asked: Wanted, pieces: int, price: UnitPrice) -> Work:
    amount = half_up(pieces * price.minor, price.per)
    return Work(
        asked.line,
        asked.product_id,
        item.category,
        item.brand,
        pieces,
        amount,
        price.by_contract,
        [*price.steps, {"code": "goods", "pieces": pieces, "amount_minor": amount}],
    )


def _line(asked: Wanted, work: Work, price: UnitPrice, goods: int, tax: int, *, included: bool) -> PricedLine:
    return PricedLine(
        line=asked.line,
        product_id=asked.product_id,
        unit=asked.unit,
        quantity=asked.quantity,
        pieces=work.pieces,
        price_minor=price.minor,
        per=price.per,
        goods_minor=goods,
        discount_minor=goods - work.amount,
        amount_minor=work.amount + (0 if included else tax),
        tax_minor=tax,
        steps=tuple(work.steps),
    )


def _by_hand(asked: Wanted, work: Work) -> None:
    off = half_up(work.amount * asked.discount_bp, BASIS)
    if off:
        work.amount -= off
        work.steps.append({"code": "by_hand", "discount_bp": asked.discount_bp, "amount_minor": -off})


def _taxes(book: PriceBook, works: Sequence[Work]) -> tuple[tuple[ClassTax, ...], list[int]]:
    """Return the tax of each class over its lines (EN 16931, BR-CO-17), and each line's share of it."""
    of_class: dict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(works):
        tax_class = book.items[each.product_id].tax_class
        if tax_class is not None:
            of_class[tax_class].append(at)
    found, on_line = [], [0] * len(works)
    for tax_class in sorted(of_class):
        places, rate = of_class[tax_class], book.tax_rates[tax_class]
        amounts = [works[at].amount for at in places]
        tax = tax_on(sum(amounts), rate, included=book.tax_included)
        base = sum(amounts) - (tax if book.tax_included else 0)
        found.append(ClassTax(tax_class, rate, base, tax))
        for at, share in zip(places, apportion(tax, amounts), strict=True):
            on_line[at] = share
            works[at].steps.append({"code": "tax", "class": tax_class, "rate_bp": rate, "amount_minor": share})
    return tuple(found), on_line


def _free_lines(book: PriceBook, free: Iterable[Free], last: int) -> Iterable[PricedLine]:
    for each in free:
        item = book.items.get(each.product_id)
        if item is None:
            continue
        last += 1
        if each.pieces > MOST_PIECES:
            raise QuantityInvalid(f"{each.promotion} gives {each.pieces:,} pieces.", mend="Split the order.")
        worth = each.pieces * item.price_minor
        yield PricedLine(
            line=last,
            product_id=each.product_id,
            unit=EACH,
            quantity=each.pieces,
            pieces=each.pieces,
            price_minor=item.price_minor,
            per=1,
            goods_minor=worth,
            discount_minor=worth,
            amount_minor=0,
            tax_minor=0,
            steps=(
                {"code": "list", "price_minor": item.price_minor},
                {"code": "free", "promotion": each.promotion, "amount_minor": -worth},
            ),
            promotion=each.promotion,
            because_of=each.because_of,
        )


def _summed(book: PriceBook, buyer: Buyer, lines: Sequence[PricedLine], taxes: tuple[ClassTax, ...]) -> PricedOrder:
    total = sum(each.amount_minor for each in lines)
    payable = half_up(total, book.step_minor) * book.step_minor
    return PricedOrder(
        book=book.version,
        terms=buyer.terms.version,
        tier=buyer.tier,
        day=buyer.day,
        currency=book.currency,
        lines=tuple(lines),
        goods_minor=sum(each.goods_minor for each in lines),
        discount_minor=sum(each.discount_minor for each in lines),
        tax_minor=sum(each.tax_minor for each in lines),
        total_minor=total,
        rounding_minor=payable - total,
        payable_minor=payable,
        taxes=taxes,
    )


def as_told(value: PricedOrder) -> dict[str, Any]:
    """Return a priced order as JSON has it (docs/pricing.md)."""
    names = PricedOrder.__slots__
    told = {name: getattr(value, name) for name in names if name not in ("lines", "taxes")}
    told["lines"] = [{name: getattr(each, name) for name in PricedLine.__slots__} for each in value.lines]
    told["taxes"] = [{name: getattr(each, name) for name in ClassTax.__slots__} for each in value.taxes]
    for line in told["lines"]:
        line["steps"], line["because_of"] = list(line["steps"]), list(line["because_of"])
    return told
