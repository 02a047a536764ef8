"""However a file is damaged, reading it tells a person what to do, or costs rows; it never fails in our own code."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldsales.errors import FieldsalesError
from fieldsales.tabular.table import examine

TEXT = ("code;name;price\n" + "".join(f'{n};"Shop ""{n}"" né 店";{n},5\n' for n in range(40))).encode()


def workbook() -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    for number in range(30):
        book.active.append([number, f"name {number}", number / 7])
    book.save(content)
    return content.getvalue()


WHOLE = {"in.csv": TEXT, "in.csv.gz": gzip.compress(TEXT, mtime=0), "in.xlsx": workbook()}
DAMAGE = st.tuples(
    st.floats(0, 1, exclude_max=True),
    st.integers(0, 200),
    st.binary(max_size=5) | st.sampled_from([b'"', b"\0", b"\n", b"\r", b";", b"\xff\xfe", b"\xef\xbb\xbf"]),
)


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=st.lists(DAMAGE, min_size=1, max_size=8))
def test_a_damaged_file_is_explained_or_read(tmp_path: Path, name: str, damage):
    """Each piece of damage overwrites some bytes somewhere with others."""
    content = bytearray(WHOLE[name])
    for where, length, put in damage:
        at = int(where * len(content))
        content[at : at + length] = put
    path = tmp_path / name
    path.write_bytes(content)
    try:
        with examine(path).open() as table:
            assert all(row.line > 0 for row in table.rows())
    except FieldsalesError as error:
        refused = error
    else:
        return
    assert str(path) in str(refused)
    assert refused.mend


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_a_text_that_breaks_off_in_the_middle_of_a_character_is_explained(tmp_path: Path, mark: bytes):
    """Seen when a byte order mark of UTF-16 stands before an odd number of bytes."""
    path = tmp_path / "odd.csv"
    path.write_bytes(mark + "code,name\n1,Kiosk\n".encode("utf-16-le" if mark == b"\xff\xfe" else "utf-16-be") + b"\n")
    with pytest.raises(FieldsalesError, match="middle of a character") as refused:
        examine(path)
    assert refused.value.code == "file.damaged"
