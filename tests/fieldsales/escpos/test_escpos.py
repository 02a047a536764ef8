"""What a printer shows of a receipt: read back from the very bytes that it is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.escpos_printer import columns_of, printed
from worlds.receipts import any_receipt, receipt_in

from fieldsales.escpos.rules import COLUMNS, PROFILES, UnknownPrinter, escpos, paper_of, profile_of
from fieldsales.labels.rules import LANGUAGES
from fieldsales.slips.rules import Line, slip
from fieldsales.widths import width_of, wrap

PRINTERS = st.tuples(st.sampled_from(sorted(COLUMNS)), st.sampled_from(sorted(PROFILES)))


def shown(receipt, paper, printer):
    return printed(escpos(receipt, paper, PROFILES[printer]))


@settings(max_examples=40)
@given(any_receipt(), PRINTERS)
def test_no_line_is_wider_than_the_paper(receipt, printer):
    paper, name = printer
    for line in shown(receipt, *printer).lines:
        assert columns_of(line, name) <= COLUMNS[paper], repr(line)


@settings(max_examples=40)
@given(any_receipt(), PRINTERS)
def test_every_amount_stands_whole_at_the_right_edge(receipt, printer):
    paper, name = printer
    lines = shown(receipt, *printer).lines
    language = LANGUAGES[receipt.language]
    plain = [language.amount(each.goods_minor, receipt.currency) for each in receipt.items]
    offs = [language.amount(off.amount_minor, receipt.currency) for each in receipt.items for off in each.discounts]
    paid = [language.amount(each.amount_minor, receipt.currency, named=True) for each in receipt.payments]
    total = language.amount(receipt.total_minor, receipt.currency, named=True)
    full = [line for line in lines if columns_of(line, name) == COLUMNS[paper]]
    for amount in [*plain, *offs, *paid, total]:
        assert any(line.endswith(" " + amount) for line in full), amount


@settings(max_examples=40)
@given(any_receipt(), PRINTERS)
def test_a_name_cannot_command_the_printer(receipt, printer):
    """Control characters in names would cut the paper or open the drawer; the printer of the tests knows no others."""
    found = shown(receipt, *printer)
    assert found.codes == [receipt.qr]
    assert found.cut


@settings(max_examples=40)
@given(any_receipt(), PRINTERS)
def test_a_copy_says_so_and_an_original_does_not(receipt, printer):
    word = PROFILES[printer[1]].draw(LANGUAGES[receipt.language].words["copy"])
    told = [line for line in shown(receipt, *printer).lines if f"*** {word} {receipt.copy} ***" in line]
    assert bool(told) == bool(receipt.copy)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("paper", sorted(COLUMNS))
def test_the_lines_that_are_printed_add_up_to_the_total(language, paper):
    receipt = receipt_in(language)
    lines = shown(receipt, paper, "utf8").lines
    marks = LANGUAGES[language]
    rules = [at for at, line in enumerate(lines) if set(line) == {"-"}]
    whole = 0
    for line in lines[rules[0] + 1 : rules[1]]:
        last = line.split(" ")[-1].replace(marks.thousands, "").replace(marks.decimal, "")
        if last.lstrip("-").isdigit() and columns_of(line, "utf-8") == COLUMNS[paper]:
            whole += int(last)
    assert whole == receipt.total_minor


def test_a_receipt_of_58_mm_in_full():
    assert shown(receipt_in("el", copy=1), 58, "epson").lines == RECEIPT.strip("\n").split("\n")


RECEIPT = """
      Εμπορική Λιμένος ΑΕ
         Quay 1, 26 221
        ΑΦΜ EL123456789
            Απόδειξη
      *** ΑΝΤΙΓΡΑΦΟ 1 ***
Αρ.                  56789-A1B2C
Ημερομηνία      2026-03-02 14:05
Πωλητής: Anna
Πελάτης: Καφενείο «Η Γωνία»
12 Main Street
--------------------------------
coffee Ελληνικός καφές σκούρο
καβούρδισμα 500 γρ
 20 κιβώτιο x 74,40     1.488,00
  Έκπτωση SPRING 5%       -74,40
  Φόρος                   339,26
water Νερό μεταλλικό
 12 τεμ x 0,50              6,00
water Νερό μεταλλικό
 2 τεμ                    δωρεάν
--------------------------------
Φόρος εντός           339,26 EUR
 Φόρος 24% / 1.413,60     339,26
 Φόρος 0% / 6,00            0,00
Σύνολο              1.758,86 EUR
Πληρωμή μετρητά     1.000,00 EUR
Πληρωμή επιταγή No. 7 500,00 EUR
Υπόλοιπο              258,86 EUR

          Ευχαριστούμε
"""


@pytest.mark.parametrize(
    ("printer", "text", "drawn"),
    [
        ("epson", "Café Ελλάδα 5 €", "Café Ελλάδα 5 €"),
        ("epson", "Łódź", "Łódź"),
        ("epson", "咖啡", "????"),
        ("gb18030", "咖啡 Café €", "咖啡 Café €"),
        ("gb18030", "Καφές", "Καφεσ"),
        ("gb18030", "ñ", "n"),
        ("utf8", "咖啡 Ελλάδα Łódź", "咖啡 Ελλάδα Łódź"),
    ],
)
def test_a_letter_that_a_printer_lacks_loses_its_accent_or_becomes_a_question_mark(printer, text, drawn):
    profile = PROFILES[printer]
    assert profile.draw(text) == drawn
    assert printed(b"\x1b@" + profile.setup + profile.encode(profile.draw(text)) + b"\n").lines == [drawn]


def test_chinese_letters_are_two_columns_wide_and_greek_ones_are_so_in_gb18030():
    assert PROFILES["utf8"].width("咖") == PROFILES["gb18030"].width("咖") == 2
    assert (PROFILES["utf8"].width("α"), PROFILES["epson"].width("α"), PROFILES["gb18030"].width("α")) == (1, 1, 2)


@settings(max_examples=200)
@given(st.text(st.sampled_from("abc 咖啡，αβ"), max_size=60), st.integers(2, 20))
def test_wrapping_loses_nothing_but_spaces(text, columns):
    lines = wrap(text, columns)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(columns_of(line, "utf-8") <= columns for line in lines)


def test_words_stay_whole_where_they_fit():
    assert wrap("Ground coffee, dark roast", 14) == ["Ground coffee,", "dark roast"]


def test_an_unknown_printer_or_paper_is_refused():
    with pytest.raises(UnknownPrinter, match="Use one of: epson, gb18030, utf8"):
        profile_of("laser")
    with pytest.raises(UnknownPrinter, match="Use 58 or 80"):
        paper_of(76, PROFILES["epson"])


@pytest.mark.parametrize("number", ["SO-" + "2026" * 19, "号" * 40, "W" * 80])
@pytest.mark.parametrize("millimetres", sorted(COLUMNS))
@pytest.mark.parametrize("name", sorted(PROFILES))
def test_a_number_that_is_wider_than_the_paper_is_broken_and_whole(number, millimetres, name):
    paper = paper_of(millimetres, profile_of(name))
    receipt = replace(receipt_in("en"), number=number, against=number)
    lines = [each.text for each in slip(receipt, paper) if isinstance(each, Line)]
    assert max(width_of(each, paper.width) for each in lines) <= paper.columns
    assert "".join(lines).replace(" ", "").count(paper.draw(number)) == 2
