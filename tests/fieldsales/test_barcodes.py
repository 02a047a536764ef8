"""Barcodes survive spreadsheets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from fieldsales.barcodes import BadBarcode, gln, gtin


@pytest.mark.parametrize(
    ("left", "whole"),
    [
        ("88004022723", "088004022723"),
        ("088004022723", "088004022723"),
        ("88004022723.0", "088004022723"),
        ("721059002622", "721059002622"),
        ("400203940", "000400203940"),
        ("10086816101923", "10086816101923"),
        ("5 449000 000996", "5449000000996"),
        ("96385074", "96385074"),
    ],
)
def test_a_barcode_is_text_with_its_zeros_put_back(left, whole):
    assert gtin(left) == whole


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("721059002623", "check digit of “721059002623” is 3, it should be 2"),
        ("979986", "6 digits"),
        ("123456789012345", "15 digits"),
        ("8.8004E+10", "is no barcode"),
        ("٨٨٠٠٤٠٢٢٧٢٣", "is no barcode"),
        ("000000000000", "all zeros"),
        ("", "is no barcode"),
    ],
)
def test_what_is_no_barcode_says_why(text, says):
    with pytest.raises(BadBarcode, match=says):
        gtin(text)


@given(st.sampled_from([8, 12, 13, 14]), st.integers(10**6, 10**13 - 1))
def test_any_barcode_that_lost_its_zeros_is_the_same_article_again(length, number):
    """Whatever length is restored, the article is the same: GTINs compare as 14 digits."""
    body = str(number)[: length - 1].zfill(length - 1)
    whole = body + ean.calc_check_digit(body)
    left = whole.lstrip("0")
    if len(left) >= 7:
        assert gtin(left).zfill(14) == whole.zfill(14)


@given(st.integers(10**11, 10**12 - 1), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number, place, by):
    body = str(number)[:11]
    whole = body + ean.calc_check_digit(body)
    wrong = whole[:place] + str((int(whole[place]) + by) % 10) + whole[place + 1 :]
    with pytest.raises(BadBarcode):
        gtin(wrong)


def test_a_gln_has_thirteen_digits():
    assert gln("4012345000009") == "4012345000009"
    with pytest.raises(BadBarcode):
        gln("4012345000008")
    with pytest.raises(BadBarcode):
        gln("96385074")
