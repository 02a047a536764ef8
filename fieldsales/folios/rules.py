"""Pages of a PDF: fonts for any script, lines, rows and tables; the only user of `fpdf`.

The fonts come from packages of their own, and only the letters that are used go into the file: Noto Sans, and Noto
Sans CJK for what that lacks.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace

from fieldsales.widths import printable

logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells of every table that it leaves out
FONTS = (
    ("latin", "fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf"),
    ("cjk", "cvttf_NotoSansCJK_Regular", "NotoSansCJKtc-Regular.otf"),
)
_CHINESE = "\u2e80"
"""From here on Unicode has Chinese, Japanese and Korean; that font takes a second to read."""
_WIDE, _PRICE, _AMOUNT = 100.0, 40.0, 40.0
"""The columns of `row` in mm: name, quantity × price, amount."""
_GREY, _SHADE, _RULE, _BLACK = (90, 98, 110), (236, 240, 243), (205, 212, 219), (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, and where it leads to."""

    text: str
    link: str = ""


class Page(FPDF):
    """A4 pages with the fonts."""

    def __init__(self, *, chinese: bool) -> None:
        super().__init__()
        self.set_margin(15)
        for name, package, file in FONTS if chinese else FONTS[:1]:
            self.add_font(name, fname=font_file(package, file))
        self.set_font("latin", size=10)
        if chinese:
            self.set_fallback_fonts(["cjk"])
        self.add_page()

    def about(self, title: str, language: str, day: date) -> None:
        """Say what the file is. It is as old as its day, so that the same content always gives the same bytes."""
        self.set_creation_date(datetime.combine(day, time(), tzinfo=UTC))
        self.set_title(title)
        self.set_lang(language)

    def sized(self, size: float) -> None:
        """Write on in a size. Said twice: after letters of the second font the size of the first is not told again."""
        self.set_font("latin", size=size + 1)
        self.set_font("latin", size=size)

    def line_of(self, text: str, *, size: float = 10, align: str = "L", grey: bool = False) -> None:
        """Write a text over the whole width, in as many lines as it takes."""
        self.sized(size)
        self.set_text_color(*(_GREY if grey else _BLACK))
        self.multi_cell(0, size * 0.55, printable(text), align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_text_color(*_BLACK)

    def row(self, name: str, middle: str, amount: str, *, size: float = 10) -> None:
        """Write a row: a name that wraps, and at its foot what it came to, never broken."""
        self.sized(size)
        height = size * 0.55
        tall: Any = self.multi_cell(_WIDE, height, printable(name), dry_run=True, output="HEIGHT")
        if self.will_page_break(tall):
            self.add_page()
        self.multi_cell(_WIDE, height, printable(name), align="L", new_x=XPos.RIGHT, new_y=YPos.LAST)
        self.sized(size)
        self.cell(_PRICE, height, printable(middle), align="R")
        self.sized(size)
        self.cell(_AMOUNT, height, printable(amount), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def table_of(
        self,
        head: Sequence[str],
        rows: Iterable[Sequence[Cell]],
        *,
        widths: Sequence[int],
        aligns: Sequence[str],
        size: float = 8.5,
    ) -> None:
        """Draw a table over the whole width; its head stands on each page that it reaches. `aligns` are L, C or R."""
        self.sized(size)
        self.set_draw_color(*_RULE)
        with self.table(
            col_widths=tuple(widths),
            text_align=tuple(aligns),
            line_height=size * 0.58,
            padding=(0.6, 1),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(emphasis="", color=_GREY, fill_color=_SHADE),
        ) as table:
            top = table.row()
            for text in head:
                top.cell(printable(text))
            for row in rows:
                line = table.row()
                for cell in row:
                    line.cell(printable(cell.text), link=cell.link or None)
        self.set_draw_color(*_BLACK)
        self.ln(4)

    def room_for(self, height: float) -> None:
        """Go on to the next page unless so many mm are left on this one."""
        if self.will_page_break(height):
            self.add_page()

    def across(self) -> None:
        """Draw a line across the page."""
        self.ln(1.5)
        self.line(self.l_margin, self.y, self.w - self.r_margin, self.y)
        self.ln(1.5)


def is_chinese(texts: Iterable[str]) -> bool:
    """Tell whether the second font is needed."""
    return any(letter >= _CHINESE for text in texts for letter in text)


def font_file(package: str, file: str) -> Path:
    """Return where a package has a font; raise `ModuleNotFoundError`."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"The package {package}, which has a font, is not installed.")
    return Path(found.origin).parent / file
