"""Taking goods back in the units in which they were sold, at what was paid for them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session, lazyload

from fieldsales.clock import local_day
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState, Origin
from fieldsales.orders.queries import given_back, standing_in_place_of
from fieldsales.orders.rules import PRICE_DIFFERS, summed
from fieldsales.orders.service import OrderTaken, PriceOutOfBand, Taken, WrongCurrency, check_visit
from fieldsales.precedence.rules import Buyer
from fieldsales.pricebooks.rules import PriceBook
from fieldsales.pricing.queries import buyer_at, current_book, former_book, former_terms
from fieldsales.pricing.rules import UnknownProduct, Wanted, price_order
from fieldsales.refunds.queries import free_pieces_back
from fieldsales.refunds.rules import (
    FREE_GOODS_KEPT,
    Back,
    BackLine,
    FreeGoodsKept,
    Worth,
    beyond_worth,
    kept_free,
    tax_within,
    worth_of,
)
from fieldsales.returns.rules import beyond_sold
from fieldsales.returns.service import MoreThanSold, NotThatSale
from fieldsales.sales.service import basis_in_books
from fieldsales.taxes.rules import half_up
from fieldsales.units.rules import pieces_in
from fieldsales.visits.queries import Standing, standing_of
from fieldsales.visits.rules import merged, standing_flags


@dataclass(frozen=True, slots=True)
class _Judged:
    """What comes back in pieces, what it is worth, and the flags."""

    pieces: tuple[int, ...]
    worth: Mapping[uuid.UUID, Worth]
    flags: tuple[str, ...]


def refund(session: Session, back: Back, taken: Taken) -> Order:
    """Take goods back in any unit; the order that is stored has negative quantities and amounts.

    Against an order: at what was paid for a piece of the product, all discounts counted, and no more than is left of
    it, in pieces and in money. Otherwise at what the price book asks for it today, within the band. Raises
    `CustomerNotFound`, `OrderNotFound` (it may yet come), `OrderTaken`, `VisitUnknown`, `VisitTaken`, `WrongCurrency`,
    `UnknownProduct`, `WrongUnit`, `BookNotFound`, `NotThatSale`, and where a person must decide `MoreThanSold`,
    `PriceOutOfBand` or `FreeGoodsKept`.
    """
    standing = standing_of(session, taken.rep_id, back.customer_id, taken.at)
    if standing is None:
        raise CustomerNotFound(f"There is no customer {back.customer_id}.", customer_id=str(back.customer_id))
    if session.get(Order, back.order_id, options=[lazyload("*")]) is not None:
        raise OrderTaken("The id stands for another order.", mend="Give each return an id of its own.")
    check_visit(session, back, taken)
    sale = _sale(session, back)
    judged = _against(session, back, sale, taken) if sale is not None else _free(session, back, taken, standing)
    order = _entry(back, taken, standing, judged)
    session.add(order)
    session.flush()
    return order


def _sale(session: Session, back: Back) -> Order | None:
    if back.against_id is None:
        return None
    sale = standing_in_place_of(session, back.against_id)
    if sale.customer_id != back.customer_id or sale.kind is not OrderKind.SALE:
        raise NotThatSale("The order is another customer's, or no sale.", mend="Name the customer's own, or none.")
    if sale.currency != back.currency:
        raise WrongCurrency(
            f"The goods were sold in {sale.currency}, the return is in {back.currency}.",
            mend="Give money back in the currency in which it was paid.",
        )
    return sale


def _against(session: Session, back: Back, sale: Order, taken: Taken) -> _Judged:
    """Judge a return by the order that the goods were bought with, by its own price book where it had one."""
    basis = basis_in_books(sale)
    book = former_book(session, sale.currency, basis.book) if basis else None
    pieces = _pieces(book or current_book(session, back.currency, taken.at), back.lines)
    lines = sale.lines if sale.state is OrderState.PLACED else []
    worth = worth_of(
        (each.product_id, Worth(each.quantity, each.amount_minor, each.tax_minor or 0))
        for each in lines
        if each.promotion is None
    )
    flags = _check_band(back, pieces, worth, approved=taken.approved)
    if MoreThanSold.code not in taken.approved:
        _check_left(session, back, pieces, sale, lines)
    kept = _kept(session, back, pieces, sale, book) if lines and book is not None else []
    if kept and FreeGoodsKept.code not in taken.approved:
        raise FreeGoodsKept(
            f"{kept[0]['pieces']} pieces of {kept[0]['product_id']} were free by {kept[0]['promotion']}, and stay.",
            mend="Take them back too, or let a supervisor decide.",
            kept=kept,
        )
    return _Judged(pieces, worth, (*flags, FREE_GOODS_KEPT) if kept else flags)


def _free(session: Session, back: Back, taken: Taken, standing: Standing) -> _Judged:
    """Judge a return of goods whose order nobody knows by what they cost today."""
    book = current_book(session, back.currency, taken.at)
    pieces = _pieces(book, back.lines)
    day = local_day(taken.at, standing.time_zone)
    buyer = buyer_at(session, back.customer_id, standing.customer.tier, back.currency, (day, taken.at))
    wanted = [Wanted(each.line, str(each.product_id), each.quantity, each.unit) for each in back.lines]
    ours = [each for each in price_order(book, buyer, wanted).lines if each.promotion is None]
    worth = worth_of(
        (uuid.UUID(each.product_id), Worth(each.pieces, each.amount_minor, each.tax_minor)) for each in ours
    )
    return _Judged(pieces, worth, _check_band(back, pieces, worth, approved=taken.approved))


def _pieces(book: PriceBook, lines: Sequence[BackLine]) -> tuple[int, ...]:
    found = []
    for each in lines:
        item = book.items.get(str(each.product_id))
        if item is None:
            where = {"line": each.line, "product_id": str(each.product_id)}
            raise UnknownProduct(f"Line {each.line}: there is no product {each.product_id}.", mend="Pull.", **where)
        found.append(pieces_in(item.sku, item.units, each.unit, each.quantity))
    return tuple(found)


def _check_band(
    back: Back, pieces: Sequence[int], worth: Mapping[uuid.UUID, Worth], *, approved: Collection[str]
) -> tuple[str, ...]:
    far = beyond_worth(back.lines, pieces, worth)
    if far and PriceOutOfBand.code not in approved:
        raise PriceOutOfBand(
            f"For line {far[0]['line']} {far[0]['told_minor']} would be given, it is worth {far[0]['ours_minor']} "
            f"{back.currency} (minor units).",
            mend="The return is kept; a supervisor decides.",
            lines=far,
        )
    same = all(
        each.amount_minor == (worth[each.product_id].of(count)[0] if each.product_id in worth else 0)
        for each, count in zip(back.lines, pieces, strict=True)
        if each.amount_minor
    )
    return () if same else (PRICE_DIFFERS,)


def _check_left(session: Session, back: Back, pieces: Sequence[int], sale: Order, sold: Sequence[OrderLine]) -> None:
    beyond = beyond_sold(
        summed((each.product_id, count, each.amount_minor) for each, count in zip(back.lines, pieces, strict=True)),
        summed((each.product_id, each.quantity, each.amount_minor) for each in sold),
        given_back(session, sale),
    )
    if beyond:
        first = beyond[0]
        raise MoreThanSold(
            f"{first['units']} pieces of {first['product_id']} for {first['amount_minor']} {back.currency} (minor "
            f"units) would come back; left are {first['units_left']} for {first['amount_left_minor']}.",
            mend="The return is kept; a supervisor decides.",
            products=beyond,
        )


def _kept(session: Session, back: Back, pieces: Sequence[int], sale: Order, book: PriceBook) -> list[dict[str, object]]:
    """Return the free goods that stay without a cause: what is left is priced again by the order's own versions."""
    given = Counter({(each.promotion, str(each.product_id)): each.quantity for each in sale.lines if each.promotion})
    basis = basis_in_books(sale)
    if not given or basis is None:
        return []
    free = free_pieces_back(session, sale)
    gone = Counter({str(each): found.units for each, found in given_back(session, sale).items()})
    for each, count in zip(back.lines, pieces, strict=True):
        gone[str(each.product_id)] += count
        free[str(each.product_id)] += 0 if each.amount_minor else count
    gone.subtract(free)
    left = []
    for line in sorted((each for each in sale.lines if each.promotion is None), key=lambda each: each.line_no):
        less = min(gone[str(line.product_id)], line.quantity)
        gone[str(line.product_id)] -= less
        if line.quantity > less:
            left.append(Wanted(line.line_no, str(line.product_id), line.quantity - less))
    terms = former_terms(session, sale.customer_id, basis.terms)
    due: Counter[tuple[str, str]] = Counter()
    if left and terms is not None:
        buyer = Buyer(str(sale.customer_id), basis.tier, terms, basis.day.isoformat())
        priced = price_order(book, buyer, left)
        due.update({(each.promotion, each.product_id): each.pieces for each in priced.lines if each.promotion})
    return kept_free({(str(one), other): count for (one, other), count in given.items()}, due, free)


def _entry(back: Back, taken: Taken, standing: Standing, judged: _Judged) -> Order:
    """Return the entry of a return, its figures turned round."""
    pairs = list(zip(back.lines, judged.pieces, strict=True))
    lines = [_line(each, count, judged.worth.get(each.product_id, Worth(1, 0, 0))) for each, count in pairs]
    return Order(
        id=back.order_id,
        customer_id=back.customer_id,
        rep_id=taken.rep_id,
        visit_id=back.visit_id,
        kind=OrderKind.RETURN,
        origin=Origin.FIELD,
        ordered_on=local_day(taken.at, standing.time_zone),
        ordered_at=taken.at,
        currency=back.currency,
        amount_minor=-back.total_minor,
        tax_minor=sum(each.tax_minor or 0 for each in lines),
        against_id=back.against_id,
        reason=back.reason,
        flags=merged(
            [*taken.flags],
            *standing_flags(active=standing.customer.active, served=standing.served),
            *judged.flags,
        ),
        lines=lines,
    )


def _line(told: BackLine, pieces: int, worth: Worth) -> OrderLine:
    ours, _ = worth.of(pieces)
    return OrderLine(
        line_no=told.line,
        product_id=told.product_id,
        quantity=-pieces,
        unit_price_minor=half_up(told.amount_minor, pieces),
        amount_minor=-told.amount_minor,
        computed_price_minor=half_up(ours, pieces) if told.amount_minor else 0,
        price_rule="as_sold" if ours == told.amount_minor else "as_told",
        condition=told.condition,
        unit=told.unit,
        unit_quantity=-told.quantity,
        tax_minor=-tax_within(told.amount_minor, worth),
    )
