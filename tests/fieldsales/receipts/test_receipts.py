"""The pure rules of a receipt: what explains a line, and what the words are."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds.receipts import receipt_in

from fieldsales.labels.rules import LANGUAGES, UnknownLanguage, language_of, nearest_language
from fieldsales.receipts.rules import (
    Discount,
    ReceiptDisagrees,
    check_sum,
    goods_and_discounts,
    receipt_code,
    short_number,
)

STEPS = [
    {"code": "list", "price_minor": 620},
    {"code": "goods", "pieces": 24, "amount_minor": 14_880},
    {"code": "promotion", "promotion": "SPRING", "discount_bp": 500, "amount_minor": -744},
    {"code": "by_hand", "discount_bp": 250, "amount_minor": -353},
    {"code": "tax", "class": "food", "rate_bp": 1300, "amount_minor": 1792},
]


def test_steps_explain_a_line_whether_the_tax_is_on_top_or_within():
    offs = (Discount("SPRING", -744, 500), Discount("", -353, 250))
    assert goods_and_discounts(STEPS, 13_783, 1586) == (14_880, offs)  # within
    assert goods_and_discounts(STEPS, 15_575, 1792) == (14_880, offs)  # on top


def test_steps_that_do_not_explain_what_was_told_are_left_out():
    assert goods_and_discounts(STEPS, 13_000, 1586) == (13_000, ())
    assert goods_and_discounts([], 1178, None) == (1178, ())


@given(st.integers(-(10**12), 10**12), st.none() | st.integers(0, 10**9), st.lists(st.sampled_from(STEPS)))
def test_goods_less_discounts_and_tax_are_always_the_amount(amount, tax, steps):
    goods, offs = goods_and_discounts(steps, amount, tax)
    assert amount - goods - sum(each.amount_minor for each in offs) in (0, tax)


def test_lines_that_are_not_the_total_are_refused():
    receipt = receipt_in("en")
    check_sum(receipt.order_id, receipt.items, receipt.total_minor)
    check_sum(receipt.order_id, (), 5)  # history that has no lines
    with pytest.raises(ReceiptDisagrees, match="add up to 175886, its total is 175887"):
        check_sum(receipt.order_id, receipt.items, receipt.total_minor + 1)


def test_an_order_has_the_number_of_the_erp_or_the_end_of_its_id():
    order = uuid.UUID("01955601-0000-7000-8000-0123456789ab")
    assert short_number(order, "SO-17") == "SO-17"
    assert short_number(order, None) == "23456-789AB"
    assert receipt_code(order, date(2026, 3, 2), -5, "EUR").endswith("?day=2026-03-02&total_minor=-5&currency=EUR")


@pytest.mark.parametrize(
    ("language", "minor", "currency", "told"),
    [
        ("en", 123_450, "EUR", "1,234.50"),
        ("el", -123_450, "EUR", "-1.234,50"),
        ("zh", 1_234, "JPY", "1,234"),
        ("id", 1_234_567, "KWD", "1.234,567"),
    ],
)
def test_amounts_are_written_as_the_language_does(language, minor, currency, told):
    assert LANGUAGES[language].amount(minor, currency) == told


def test_every_language_has_every_word_and_no_other_is_spoken():
    words = [set(each.words) for each in LANGUAGES.values()]
    assert all(each == words[0] for each in words)
    assert all(text for each in LANGUAGES.values() for text in each.words.values())
    assert language_of("zh-Hans-CN").code == "zh"
    assert nearest_language("fr").code == nearest_language(None).code == "en"
    with pytest.raises(UnknownLanguage, match="Use one of: en, zh, el, id"):
        language_of("fr")
