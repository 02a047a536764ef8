"""What comes out of a receipt printer, as a PNG picture of its dots; letters are drawn by Pillow.

A letter takes a cell of Font A, 12 dots wide, and one of Chinese, Japanese or Korean two; lines are 30 dots apart and
there are 203 dots to an inch, so that the picture is as wide as the paper prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from math import ceil

from PIL import Image, ImageDraw, ImageFont

from fieldsales.escpos.rules import COLUMNS, UnknownPrinter
from fieldsales.folios.rules import FONTS, font_file
from fieldsales.papers.rules import code_matrix
from fieldsales.printouts.rules import Mark, Row, Run, printout
from fieldsales.widths import column_width

CELL, LINE, MARGIN, SIZE = 12, 30, 16, 22
"""Dots: a column, a line, what is left blank around, and the height of letters."""
NARROW = 80
"""Per cent of the usual width of letters: most fit their cells then."""
_BLACK, _WHITE = 0, 255
_QUIET = 4


def receipt_png(data: bytes, millimetres: int) -> bytes:
    """Return ESC/POS bytes as a picture of the printed paper. Raises `NotPrintable`, `UnknownPrinter`."""
    if millimetres not in COLUMNS:
        raise UnknownPrinter(f"Paper of {millimetres} mm is not printed on.", mend="Use 58 or 80.")
    rows, wide = printout(data), COLUMNS[millimetres] * CELL
    paper = Image.new("L", (wide + 2 * MARGIN, 2 * MARGIN + sum(_height(row) for row in rows)), _WHITE)
    draw, top = ImageDraw.Draw(paper), MARGIN
    for row in rows:
        if isinstance(row, Mark):
            _mark(draw, row, top, wide)
        else:
            _text(paper, row, top)
        top += _height(row)
    found = BytesIO()
    paper.save(found, "PNG", dpi=(203, 203), optimize=True)
    return found.getvalue()


def _height(row: Row) -> int:
    return len(code_matrix(row.payload, border=_QUIET)) * row.dots if isinstance(row, Mark) else LINE


def _text(paper: Image.Image, runs: Sequence[Run], top: int) -> None:
    """Set each letter in the middle of its cells."""
    left = MARGIN
    for run in runs:
        for letter in run.text:
            room = run.columns(letter) * CELL
            if glyph := _glyph(letter, max(room, CELL), bold=run.bold):
                paper.paste(_BLACK, (left + max(0, (room - glyph.width) // 2), top), glyph)
            left += room


@cache
def _glyph(letter: str, room: int, *, bold: bool) -> Image.Image | None:
    """Return a letter as a mask of the height of a line; one that is wider than its cells is squeezed into them."""
    font = _font("cjk" if column_width(letter) == 2 else "latin", bold=bold)
    stroke = 0.7 if bold and column_width(letter) == 2 else 0.0
    used = ceil(font.getlength(letter) + 2 * stroke)
    if letter.isspace() or not used:
        return None
    drawn = Image.new("L", (used, LINE), 0)
    ImageDraw.Draw(drawn).text((stroke, LINE - 8), letter, font=font, fill=_WHITE, anchor="ls", stroke_width=stroke)
    return drawn if used <= room else drawn.resize((room, LINE), Image.Resampling.LANCZOS)


@cache
def _font(name: str, *, bold: bool) -> ImageFont.FreeTypeFont:
    package, file = next((package, file) for each, package, file in FONTS if each == name)
    font = ImageFont.truetype(str(font_file(package, file)), SIZE)
    if name == "latin":
        font.set_variation_by_axes([700 if bold else 500, NARROW])  # weight, width
    return font


def _mark(draw: ImageDraw.ImageDraw, mark: Mark, top: int, wide: int) -> None:
    matrix = code_matrix(mark.payload, border=_QUIET)
    begin = MARGIN + (wide - len(matrix) * mark.dots) // 2
    for down, row in enumerate(matrix):
        for right, dark in enumerate(row):
            if dark:
                left, above = begin + right * mark.dots, top + down * mark.dots
                draw.rectangle((left, above, left + mark.dots - 1, above + mark.dots - 1), fill=_BLACK)
