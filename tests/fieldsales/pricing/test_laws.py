"""Laws of pricing, for books, buyers and orders of all kinds: see tests/worlds/price_books.py."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import price_books

from fieldsales.precedence.rules import Buyer
from fieldsales.pricebooks.rules import NO_TERMS, read_book, read_terms
from fieldsales.pricing.rules import PricedOrder, Wanted, as_told, price_order
from fieldsales.promotions.rules import read_promotion
from fieldsales.taxes.rules import apportion

LOTS = st.randoms(use_true_random=False)


def drawn(lot):
    document = price_books.book(lot)
    buyer, lines = price_books.buyer(lot), price_books.lines(lot, document)
    terms = read_terms(buyer["terms"]) if buyer["terms"] else NO_TERMS
    who = Buyer(buyer["customer_id"], buyer["tier"], terms, buyer["day"])
    return read_book(document), who, [Wanted(**line) for line in lines]


@given(LOTS)
def test_nothing_is_ever_negative(lot):
    priced = price_order(*drawn(lot))
    for line in priced.lines:
        assert line.goods_minor >= 0
        assert line.discount_minor >= 0
        assert line.tax_minor >= 0
        assert line.amount_minor >= 0


@given(LOTS)
def test_the_lines_are_the_total_to_the_cent(lot):
    book, buyer, wanted = drawn(lot)
    priced = price_order(book, buyer, wanted)
    assert sum(line.amount_minor for line in priced.lines) == priced.total_minor
    assert sum(line.tax_minor for line in priced.lines) == sum(each.tax_minor for each in priced.taxes)
    on_top = 0 if book.tax_included else priced.tax_minor
    assert priced.goods_minor - priced.discount_minor + on_top == priced.total_minor
    assert priced.payable_minor == priced.total_minor + priced.rounding_minor
    assert priced.payable_minor % book.step_minor == 0
    assert 2 * abs(priced.rounding_minor) <= book.step_minor


@given(LOTS)
def test_the_steps_of_a_line_add_up_to_what_is_paid(lot):
    book, buyer, wanted = drawn(lot)
    for line in price_order(book, buyer, wanted).lines:
        if line.promotion is None:
            told = sum(step.get("amount_minor", 0) for step in line.steps if step["code"] != "tax")
            assert told + (0 if book.tax_included else line.tax_minor) == line.amount_minor


@given(LOTS, LOTS)
def test_the_order_of_the_lines_changes_nothing(lot, shuffling):
    book, buyer, wanted = drawn(lot)
    other = list(wanted)
    shuffling.shuffle(other)
    assert price_order(book, buyer, wanted) == price_order(book, buyer, other)


@given(LOTS, LOTS)
def test_numbering_the_lines_anew_only_renumbers_them(lot, shuffling):
    """Which of two lines that are alike gets the odd cent may change, not what there is of both."""
    book, buyer, wanted = drawn(lot)
    numbers = [each.line for each in wanted]
    shuffling.shuffle(numbers)
    other = [
        Wanted(number, each.product_id, each.quantity, each.unit, each.discount_bp)
        for number, each in zip(numbers, wanted, strict=True)
    ]
    assert amounts(price_order(book, buyer, wanted)) == amounts(price_order(book, buyer, other))


def amounts(priced: PricedOrder) -> Counter[tuple[object, ...]]:
    return Counter(
        (each.product_id, each.unit, each.quantity, each.amount_minor, each.tax_minor, each.promotion)
        for each in priced.lines
    )


@given(LOTS)
def test_pricing_twice_is_pricing_once(lot):
    book, buyer, wanted = drawn(lot)
    priced = price_order(book, buyer, wanted)
    again = [
        Wanted(each.line, each.product_id, each.quantity, each.unit, _by_hand(wanted, each.line))
        for each in priced.lines
        if each.promotion is None
    ]
    assert as_told(price_order(book, buyer, again)) == as_told(priced)


def _by_hand(wanted, line):
    return next(each.discount_bp for each in wanted if each.line == line)


@given(LOTS)
def test_free_goods_leave_when_their_cause_leaves(lot):
    book, buyer, wanted = drawn(lot)
    for free in [each for each in price_order(book, buyer, wanted).lines if each.promotion]:
        left = [each for each in wanted if each.line not in free.because_of]
        after = price_order(book, buyer, left).lines if left else ()
        assert not [each for each in after if (each.promotion, each.product_id) == (free.promotion, free.product_id)]


@given(LOTS)
def test_free_goods_cost_nothing_and_name_lines_that_are_there(lot):
    book, buyer, wanted = drawn(lot)
    there = {each.line for each in wanted}
    for free in [each for each in price_order(book, buyer, wanted).lines if each.promotion]:
        assert (free.amount_minor, free.tax_minor, free.discount_minor) == (0, 0, free.goods_minor)
        assert free.because_of
        assert set(free.because_of) <= there


@given(LOTS)
def test_every_promotion_that_is_drawn_is_sound(lot):
    for each in price_books.book(lot)["promotions"]:
        assert read_promotion(each).code == each["code"]


@given(st.integers(0, 10**15), st.lists(st.integers(0, 10**12), min_size=1, max_size=60))
def test_shares_add_up_and_none_is_a_cent_off(total, weights):
    shares, whole = apportion(total, weights), sum(weights)
    assert sum(shares) == (total if whole else 0)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * whole - total * weight) < max(whole, 1)


@pytest.mark.parametrize("included", [False, True])
@given(LOTS)
def test_a_line_without_a_tax_class_has_no_tax(included, lot):
    document = price_books.book(lot) | {"tax_included": included}
    for each in document["products"].values():
        each["tax_class"] = None
    buyer = price_books.buyer(lot)
    who = Buyer(buyer["customer_id"], buyer["tier"], NO_TERMS, buyer["day"])
    wanted = [Wanted(**line) for line in price_books.lines(lot, document)]
    assert price_order(read_book(document), who, wanted).tax_minor == 0
