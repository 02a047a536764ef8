"""Files that are not what they claim: each is refused before any row is believed, with a word on how to mend it."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest

from fieldsales.errors import FieldsalesError
from fieldsales.tabular import packing
from fieldsales.tabular.table import examine


def workbook() -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["code", "name"])
    book.active.append(["1", "Kiosk"])
    book.save(content)
    return content.getvalue()


def zipped(**members: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return content.getvalue()


TABLE = b"code,name\n1,Kiosk\n2,Shop\n"


@pytest.mark.parametrize(
    ("name", "content", "code", "says"),
    [
        ("shops.csv", b"", "file.not_a_table", "is empty"),
        ("shops.csv", b"\xef\xbb\xbf\r\n \r\n", "file.not_a_table", "is empty"),
        ("shops.csv", b"code,name\n", "file.not_a_table", "a header and no rows"),
        ("shops.csv", b"code,name\n\n,\n", "file.not_a_table", "a header and no rows"),
        ("shops.csv", b"code,name,code\n1,2,3\n", "file.header", "two columns “code”"),
        ("shops.csv", b'code,"name\n1,2\n', "file.header", "never closed"),
        ("shops.csv", b"%PDF-1.7\n" + TABLE, "file.not_a_table", "a PDF document"),
        ("shops.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "file.not_a_table", "binary data"),
        ("shops.csv", os.urandom(50_000), "file.not_a_table", "binary data"),
        ("shops.csv", b'{"code": 1}\n', "file.not_a_table", "a JSON document"),
        ("shops.csv", b"<!DOCTYPE html><html></html>", "file.not_a_table", "a web page"),
        ("shops.csv", workbook(), "file.not_a_table", "an Excel workbook. Rename it to end in .xlsx"),
        ("shops.csv", gzip.compress(TABLE), "file.not_a_table", "compressed with gzip. Rename it"),
        ("shops.csv.gz", TABLE, "file.not_a_table", "named .gz but is not compressed with gzip"),
        ("shops.csv.gz", gzip.compress(TABLE * 999)[:-9], "file.damaged", "cut off before its end"),
        ("shops.csv.gz", gzip.compress(TABLE)[:-8] + b"\0" * 8, "file.damaged", "its packing is broken"),
        ("shops.csv.gz", gzip.compress(b""), "file.not_a_table", "is empty"),
        ("shops.csv.gz", gzip.compress(workbook()), "file.not_a_table", "holds a zip archive"),
        ("shops.xlsx", TABLE, "file.not_a_table", "named .xlsx but is not an Excel workbook"),
        ("shops.xlsx", zipped(readme="hello"), "file.not_a_table", "a zip archive"),
        ("shops.xlsx", workbook()[:-300], "file.damaged", "has no end"),
        ("shops.xlsx", zipped(**{"[Content_Types].xml": "<", "xl/workbook.xml": ""}), "file.damaged", "no workbook"),
        ("shops.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file.not_a_table", "old .xls"),
        ("shops.csv", "code,name\n1,Café\n2,Müller\n".encode("cp1252"), "file.encoding", "not UTF-8"),
        ("shops.csv", b"code,name\n1," + b"x" * 3_000_000, "file.not_a_table", "a line of more than"),
    ],
    ids=lambda value: "content" if isinstance(value, bytes) else value,
)
def test_a_file_that_lies_is_refused(tmp_path: Path, name, content, code, says):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FieldsalesError) as refused:
        examine(path)
    assert refused.value.code == code
    assert says in str(refused.value)
    assert refused.value.mend


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path):
    with pytest.raises(FieldsalesError, match=r"does not exist") as missing:
        examine(tmp_path / "none.csv")
    assert missing.value.code == "file.missing"
    with pytest.raises(FieldsalesError, match=r"is a folder"):
        examine(tmp_path)


def test_a_gzip_bomb_is_refused_before_it_is_unpacked_whole(tmp_path: Path):
    path = tmp_path / "bomb.csv.gz"
    line = b"code,name\n" + b"0," + b"0" * 1000 + b"\n"
    with gzip.open(path, "wb") as packed:
        for _ in range(packing.HARMLESS // (1 << 20) + 8):
            packed.write(line * ((1 << 20) // len(line)))
    with pytest.raises(FieldsalesError) as refused:
        examine(path)
    assert refused.value.code == "file.too_big"


def test_a_workbook_bomb_is_refused_without_unpacking_it(tmp_path: Path):
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(workbook())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros", b"\0" * (packing.HARMLESS + 1))
    with pytest.raises(FieldsalesError) as refused:
        examine(path)
    assert refused.value.code == "file.too_big"


@pytest.mark.parametrize("options", [{"encoding": "klingon"}, {"encoding": "rot13"}, {"delimiter": ";;"}])
def test_an_impossible_option_is_refused(tmp_path: Path, options):
    path = tmp_path / "shops.csv"
    path.write_bytes(TABLE)
    with pytest.raises(FieldsalesError):
        examine(path, **options)
