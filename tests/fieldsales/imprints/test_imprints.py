"""A picture of a receipt is as wide as the paper, shows every letter in its cells, and has a code that scans."""

from __future__ import annotations

from io import BytesIO

import pytest
import segno
from hypothesis import given, settings
from PIL import Image, ImageChops
from worlds.escpos_printer import printed
from worlds.receipts import WORDS, any_receipt, receipt_in

from fieldsales.escpos.rules import COLUMNS, PROFILES, UnknownPrinter, escpos
from fieldsales.imprints.rules import CELL, LINE, MARGIN, receipt_png
from fieldsales.printouts.rules import Mark, NotPrintable, printout

BOTH = pytest.mark.parametrize("millimetres", sorted(COLUMNS))


def drawn(data: bytes, millimetres: int) -> Image.Image:
    return Image.open(BytesIO(receipt_png(data, millimetres)))


@BOTH
@pytest.mark.parametrize("language", sorted(WORDS))
@pytest.mark.parametrize("printer", sorted(PROFILES))
def test_nothing_is_drawn_beside_the_paper_and_each_line_with_letters_has_ink(
    language: str, printer: str, millimetres: int
) -> None:
    data = escpos(receipt_in(language), millimetres, PROFILES[printer])
    paper = drawn(data, millimetres)
    wide = COLUMNS[millimetres] * CELL
    assert paper.width == wide + 2 * MARGIN
    ink = ImageChops.invert(paper).getbbox()
    assert ink is not None
    assert ink[0] >= MARGIN
    assert ink[2] <= MARGIN + wide
    at = MARGIN
    for row in printout(data):
        if isinstance(row, Mark):
            break
        line = ImageChops.invert(paper.crop((0, at, paper.width, at + LINE))).getbbox()
        assert (line is not None) == bool("".join(run.text for run in row).strip())
        at += LINE


@BOTH
def test_amounts_end_at_the_right_edge(millimetres: int) -> None:
    """The last cell of the line of the total has ink: its currency's last letter."""
    data = escpos(receipt_in("zh"), millimetres, PROFILES["gb18030"])
    paper = drawn(data, millimetres)
    rows = ["".join(run.text for run in row) if not isinstance(row, Mark) else "" for row in printout(data)]
    at = MARGIN + LINE * next(number for number, text in enumerate(rows) if text.startswith("合计"))
    edge = MARGIN + COLUMNS[millimetres] * CELL
    assert ImageChops.invert(paper.crop((edge - CELL, at, edge, at + LINE))).getbbox() is not None


@BOTH
def test_the_code_in_the_picture_is_the_code_of_the_receipt(millimetres: int) -> None:
    receipt = receipt_in("en")
    data = escpos(receipt, millimetres, PROFILES["utf8"])
    paper, rows = drawn(data, millimetres), printout(data)
    wanted = [
        [bool(dark) for dark in row] for row in segno.make(receipt.qr, error="m", micro=False).matrix_iter(border=4)
    ]
    [(before, mark)] = [(at, row) for at, row in enumerate(rows) if isinstance(row, Mark)]
    top, side = MARGIN + before * LINE, len(wanted) * mark.dots
    left = MARGIN + (COLUMNS[millimetres] * CELL - side) // 2
    left, top = left + mark.dots // 2, top + mark.dots // 2
    shown = [
        [paper.getpixel((left + x * mark.dots, top + y * mark.dots)) < 128 for x in range(len(wanted))]
        for y in range(len(wanted))
    ]
    assert shown == wanted


@settings(max_examples=40, deadline=None)
@given(any_receipt())
def test_what_is_drawn_says_what_another_reader_of_the_bytes_reads(receipt: object) -> None:
    for profile in PROFILES.values():
        data = escpos(receipt, 58, profile)  # type: ignore[arg-type]
        shown = printed(data)
        rows = printout(data)
        lines = ["".join(run.text for run in row) for row in rows if not isinstance(row, Mark)]
        assert lines == shown.lines
        assert [row.payload for row in rows if isinstance(row, Mark)] == shown.codes


def test_bytes_that_no_printer_of_ours_takes_are_refused() -> None:
    for wrong in (b"\x1b@\x1bp\x00", b"\x07", b"\x1d(k\xff", b"\x1bt\x63"):
        with pytest.raises(NotPrintable):
            receipt_png(wrong, 58)
    with pytest.raises(UnknownPrinter):
        receipt_png(b"\x1b@", 72)
