"""Reading by blocks says the same as reading row by row, or declines."""

from __future__ import annotations

import gzip
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from fieldsales.tabular.blocks import NotPlain, Texts, blocks
from fieldsales.tabular.table import examine
from fieldsales.tabular.values import plain_minor

HEADER = "customer,date,amount,note\n"


def by_blocks(path: Path, size: int = 64) -> list[tuple[int, list[str]]]:
    """All rows with their lines, however the blocks come."""
    found: list[tuple[int, list[str]]] = []
    for block in blocks(examine(path), range(4), size):
        if block.columns is None:
            found += [(row.line, row.cells) for row in block.rows()]
        else:
            columns = [column.some(np.arange(block.length)) for column in block.columns]
            found += [(block.line + at, list(cells)) for at, cells in enumerate(zip(*columns, strict=True))]
    return found


def by_rows(path: Path) -> list[tuple[int, list[str]]]:
    with examine(path).open() as table:
        return [(row.line, row.cells) for row in table.rows()]


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "".join(f"C{at},2025-01-02,{at}.50,\n" for at in range(50)),
        "\ufeff" + HEADER + "Ä,2025-01-02,1.00,NA\nnull,NULL,nan,\n,,1,\n",
        HEADER.replace(",", ";") + "a b ; x;1,5; y\n" * 9,
        HEADER + '"a, b",2025-01-02,"1",""\r\nc,d,e,f\r\n' * 9,
        HEADER + "a,b,c,d\n" * 9 + "a,b\n" + "a,b,c,d\n" * 9 + "\n,,,\n a,b,c,d,\na,b,c,d,e\n" + "x,b,c,d",
    ],
    ids=["plain", "nothing is null", "semicolons", "quoted", "faults and blank lines"],
)
@pytest.mark.parametrize("packed", [False, True])
def test_cells_and_lines_are_those_of_reading_row_by_row(tmp_path: Path, text: str, packed: bool) -> None:
    path = tmp_path / ("o.csv.gz" if packed else "o.csv")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    assert by_blocks(path) == by_rows(path)


@pytest.mark.parametrize(
    "text",
    [
        HEADER + 'a,b,c,"never closed\n' + "a,b,c,d\n" * 9,
        HEADER + 'a,b,c,"two\nlines"\n',
        HEADER + 'a,b,c,"said ""yes"""\n',
        HEADER + 'a,b,c,"closed" too early\n',
        HEADER + 'a,b,5" pipe,d\n',
        HEADER + 'a,b,"c,"d,"e\n',
        HEADER + "a,b,c,d\ra,b,c,d\r",
        HEADER + "a,b,c,d\0\n",
        "sep=,\n" + HEADER + "a,b,c,d\n",
        "\n" + HEADER + "a,b,c,d\n",
        HEADER.strip() + ",line,reason\na,b,c,d,7,number.invalid: no\n",
    ],
)
def test_what_is_not_plain_is_declined(tmp_path: Path, text: str) -> None:
    (tmp_path / "o.csv").write_bytes(text.encode())
    with pytest.raises(NotPlain):
        by_blocks(tmp_path / "o.csv")


def test_other_encodings_are_declined(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_bytes((HEADER + "客户,2025-01-02,1,店\n" * 9).encode("gb18030"))
    with pytest.raises(NotPlain):
        by_blocks(tmp_path / "o.csv")


def test_amounts_are_those_of_reading_cell_by_cell() -> None:
    cells = ["".join(letters) for length in range(6) for letters in product("-.05", repeat=length)]
    cells += ["1e5", "+5", " 5", "5 ", "inf", "nan", "1,5", "٥", "9" * 13 + ".99", "9" * 15, "9" * 16, "00012.3"]
    amounts, plain = Texts(pa.array(cells)).minor(".", 2)
    for text, amount, told in zip(cells, amounts.tolist(), plain.tolist(), strict=True):
        long = len(text.partition(".")[0]) > 13
        assert (amount if told else None) == (None if long else plain_minor(text, 2)), text


def test_the_longest_amounts_are_exact() -> None:
    cells = [
        f"{sign}{whole}.{cent:02}" for sign in ("", "-") for whole in range(10**13 - 40, 10**13) for cent in range(100)
    ]
    amounts, plain = Texts(pa.array(cells)).minor(".", 2)
    assert plain.all()
    assert amounts.tolist() == [int(text.replace(".", "")) for text in cells]


def test_a_decimal_comma_is_read_where_it_is_said() -> None:
    amounts, plain = Texts(pa.array(["-1,5", "1.5", "12"])).minor(",", 2)
    assert amounts[plain].tolist() == [-150, 1200]
    assert plain.tolist() == [True, False, True]
