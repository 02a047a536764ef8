"""What a printer shows, as a picture to look at: `python tests/worlds/receipt_picture.py FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont
from wcwidth import wcwidth

from fieldsales.escpos.rules import COLUMNS, PROFILES, escpos
from fieldsales.papers.rules import _FONTS, _font

CELL, ROW = 12, 30


def picture(data: bytes, millimetres: int) -> Image.Image:
    """Draw the paper cell by cell, as a printer with Font A does; wide letters take two cells."""
    from worlds.escpos_printer import printed  # noqa: PLC0415 -- the folder is put on the path below

    shown = printed(data)
    latin, cjk = (ImageFont.truetype(str(_font(package, file)), 20) for _, package, file in _FONTS)
    wide = COLUMNS[millimetres] * CELL
    code = segno.make(shown.codes[0], error="m", micro=False)
    side = len(tuple(code.matrix_iter(border=0))) * 6
    paper = Image.new("L", (wide + 40, ROW * len(shown.lines) + side + 60), 255)
    draw = ImageDraw.Draw(paper)
    draw.rectangle((19, 0, wide + 20, paper.height), outline=200)
    for row, (line, bold) in enumerate(zip(shown.lines, shown.bold, strict=True)):
        at = 20
        for letter in line:
            font = cjk if wcwidth(letter) == 2 else latin
            draw.text((at, 10 + row * ROW), letter, font=font, fill=0, stroke_width=int(bold))
            at += CELL * wcwidth(letter)
    top = 20 + ROW * len(shown.lines)
    for down, modules in enumerate(code.matrix_iter(border=0)):
        for right, dark in enumerate(modules):
            if dark:
                left = 20 + (wide - side) // 2 + right * 6
                draw.rectangle((left, top + down * 6, left + 5, top + down * 6 + 5), fill=0)
    return paper


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from worlds.receipts import WORDS, receipt_in

    for language in WORDS:
        for width in COLUMNS:
            name = Path(sys.argv[1]) / f"{language}-{width}.png"
            picture(escpos(receipt_in(language, copy=width // 80), width, PROFILES["utf8"]), width).save(name)
