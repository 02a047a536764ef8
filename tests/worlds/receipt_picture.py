"""Receipts in all languages on both papers, as pictures to look at: `python tests/worlds/receipt_picture.py FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from fieldsales.escpos.rules import COLUMNS, PROFILES, escpos
from fieldsales.imprints.rules import receipt_png

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from worlds.receipts import WORDS, receipt_in

    for language in WORDS:
        for width in COLUMNS:
            data = escpos(receipt_in(language, copy=width // 80), width, PROFILES["utf8"])
            (Path(sys.argv[1]) / f"{language}-{width}.png").write_bytes(receipt_png(data, width))
