"""A receipt as PDF: its letters are found again, its pages are looked at in docs/receipts.md."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace

import pytest
from worlds.receipts import WORDS, receipt_in

from fieldsales.papers.rules import receipt_pdf
from fieldsales.receipts.rules import Item


def streams(pdf: bytes) -> list[bytes]:
    """The unpacked streams of a file."""
    found = []
    for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, flags=re.DOTALL):
        try:
            found.append(zlib.decompress(raw))
        except zlib.error:
            found.append(raw)
    return found


def letters_of(pdf: bytes) -> set[str]:
    """The letters that the fonts in a file are for, as its ToUnicode maps say."""
    found = set()
    for stream in streams(pdf):
        if b"beginbfchar" in stream or b"beginbfrange" in stream:
            found |= {chr(int(code, 16)) for _, code in re.findall(rb"<([0-9A-F]+)> <([0-9A-F]{4})>", stream)}
    return found


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


@pytest.mark.parametrize("language", sorted(WORDS))
def test_every_letter_of_the_receipt_is_in_a_font_of_the_file(language: str) -> None:
    pdf = receipt_pdf(receipt_in(language))
    assert {letter for text in WORDS[language] for letter in text if letter != " "} <= letters_of(pdf)


def test_the_same_receipt_is_the_same_file() -> None:
    assert receipt_pdf(receipt_in("en")) == receipt_pdf(receipt_in("en"))
    assert receipt_pdf(receipt_in("en")) != receipt_pdf(receipt_in("en", copy=1))


def test_a_long_order_goes_on_over_pages_and_a_long_name_wraps() -> None:
    receipt = receipt_in("en")
    name = "A name that is long enough to be wrapped on any paper, " * 4
    items = tuple(Item(number, name, "sku", "each", 1, 1, 5, 5, 5, 0) for number in range(1, 101))
    pdf = receipt_pdf(replace(receipt, items=items, total_minor=500))
    assert pages_of(receipt_pdf(receipt)) == 1
    assert 5 < pages_of(pdf) < 20


def test_letters_that_no_font_has_do_no_harm() -> None:
    receipt = receipt_in("en")
    item = replace(receipt.items[0], name="אבג \x1b\x00 🍎 \U0001f469\u200d\U0001f467")
    assert receipt_pdf(replace(receipt, items=(item,))).startswith(b"%PDF-")
