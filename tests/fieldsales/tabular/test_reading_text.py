"""Delimited text in the shapes that other systems write."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldsales.tabular.faults import Row
from fieldsales.tabular.table import TableFile, examine


def rows_of(file: TableFile) -> list[Row]:
    with file.open() as table:
        return list(table.rows())


def good(file: TableFile) -> list[list[str]]:
    return [row.cells for row in rows_of(file) if row.fault is None]


def faults(file: TableFile) -> list[tuple[int, str]]:
    return [(row.line, row.fault.code) for row in rows_of(file) if row.fault]


@pytest.fixture
def written(tmp_path: Path):
    """Write bytes or text to a file and examine it."""

    def write(content: str | bytes, name: str = "shops.csv", **options: str) -> TableFile:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return examine(path, **options)

    return write


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_splits_the_lines_evenly(written, delimiter):
    lines = [["code", "name", "amount"], ["1", "Kiosk A", "1 200"], ["2", "Kiosk B", "3 400"]]
    file = written("\n".join(delimiter.join(line) for line in lines))
    assert file.delimiter == delimiter
    assert good(file) == lines[1:]


def test_decimal_commas_do_not_make_a_semicolon_file_a_comma_file(written):
    file = written("code;price,net;city\n1;1,50;Bonn, Rhein\n2;2,75;Köln\n")
    assert file.delimiter == ";"
    assert file.columns == ("code", "price,net", "city")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "代码,名称\n1,Καφέ “Πάτρα”\n"),
        ("utf-8-sig", "code,name\n1,Café Ñandú\n"),
        ("gb18030", "客户编号,客户名称\n1,永辉超市有限公司\n2,小王烟酒\n"),
        ("gb18030", "code,name\n1,好又多\n"),
        ("big5", "客戶編號,客戶名稱\n1,統一企業股份有限公司\n2,金門高粱酒\n"),
        ("cp950", "code,name\n1,頂好超市€\n"),
        ("utf-16", "code\tname\n1\tKäse\n"),
    ],
)
def test_the_encoding_is_recognised(written, encoding, text):
    file = written(text.encode(encoding))
    read = [list(file.columns), *good(file)]
    assert read == [line.replace("\t", ",").split(",") for line in text.splitlines()]
    assert faults(file) == []


def test_an_encoding_is_recognised_though_its_first_letter_comes_after_a_long_ascii_part(written):
    ascii_part = "code,name\n" + "".join(f"{n},shop {n}\n" for n in range(100_000))
    file = written((ascii_part + "x,広州天河城百货商场有限公司\n").encode("gb18030"))
    assert file.encoding == "gb18030"
    assert rows_of(file)[-1].cells == ["x", "広州天河城百货商场有限公司"]


def test_an_encoding_given_by_hand_is_believed(written):
    file = written("code,name\n1,Åre\n".encode("cp1252"), encoding="cp1252")
    assert good(file) == [["1", "Åre"]]


def test_gzip_is_unpacked_on_the_way(written):
    assert good(written(gzip.compress(b"code,name\n1,Kiosk\n"), "shops.csv.gz")) == [["1", "Kiosk"]]


def test_quotes_line_breaks_and_blank_lines_are_read_as_rfc_4180_has_them(written):
    file = written('\ncode,name\r\n1,"Ann ""the"" Shop,\r\nupstairs"\r\n\r\n,\r\n2,12" pizza\r\n')
    assert [(row.line, row.cells) for row in rows_of(file)] == [
        (3, ["1", 'Ann "the" Shop,\r\nupstairs']),
        (7, ["2", '12" pizza']),
    ]


def test_excels_sep_hint_names_the_delimiter_and_is_no_header(written):
    file = written("sep=|\ncode|a,b\n1|2,5\n")
    assert file.columns == ("code", "a,b")
    assert [(row.line, row.cells) for row in rows_of(file)] == [(3, ["1", "2,5"])]


def test_rows_of_another_width_are_faulty_and_cost_nobody_else(written):
    file = written("a,b,c\n1,2,3\n1,2\n1,2,3,4\n4,5,6\n")
    assert good(file) == [["1", "2", "3"], ["4", "5", "6"]]
    assert faults(file) == [(3, "row.too_few_fields"), (4, "row.too_many_fields")]


def test_blank_fields_beyond_the_header_say_nothing(written):
    file = written("a,b\n1,2,\n3,4,,\n5,6, \n")
    assert good(file) == [["1", "2"], ["3", "4"]]
    assert faults(file) == [(4, "row.too_many_fields")]


@pytest.mark.parametrize(
    "after",
    [
        "",
        '9,"Late ""quoted"" Shop",z\n',
        '9,"",z\n10,"x",y\n',
        '9,Bob,"z"\n',
    ],
)
def test_an_unclosed_quote_costs_its_own_row_only(written, after):
    """The row is given up wherever the next quote of the file comes, or if none comes."""
    many = "".join(f"{n},Shop {n},x\n" for n in range(3, 900))
    file = written(f'code,name,city\n1,Kiosk,x\n2,"Unclosed,x\n{many}{after}')
    assert faults(file) == [(3, "row.quote")]
    assert len(good(file)) == 898 + after.count("\n")


def test_an_endless_field_costs_its_row(written):
    file = written(f'code,name\n1,"{"x" * 200_000}"\n2,"Ann"\n')
    assert faults(file) == [(2, "row.quote")]
    assert good(file) == [["2", "Ann"]]


def test_text_after_a_closing_quote_is_a_fault_of_that_row(written):
    file = written('code,name\n1,"Joe "the man" Smith"\n2,Ann\n')
    assert faults(file) == [(2, "row.quote")]
    assert good(file) == [["2", "Ann"]]


def test_a_few_nul_bytes_cost_their_rows(written):
    file = written("code,name\n1,Kiosk\n2,Ki\0osk\n3,Shop\n" + "4,more text\n" * 50)
    assert faults(file) == [(3, "row.nul")]


def test_bytes_that_are_no_text_cost_their_rows(written):
    lines = [f"{n},Καφέ {n}".encode() for n in range(20)]
    lines[7] = "7,Café".encode("cp1252")
    file = written(b"code,name\n" + b"\n".join(lines))
    assert faults(file) == [(9, "row.undecodable")]
    assert len(good(file)) == 19


LETTERS = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\r\n\t\",;'")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(*[st.text(LETTERS, max_size=12)] * 3),
        min_size=1,
        max_size=30,
    ),
    st.sampled_from([",", ";", "\t"]),
)
def test_whatever_a_csv_writer_wrote_is_read_back(tmp_path, table, delimiter):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(["a", "b", "c"])
    writer.writerows([("x", *row[1:]) for row in table])
    path = tmp_path / "written.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    assert good(examine(path, delimiter=delimiter)) == [["x", *row[1:]] for row in table]


def test_reading_tells_how_far_it_has_come(written):
    file = written("code,name\n" + "1,Kiosk\n" * 200_000)
    with file.open() as table:
        rows = table.rows()
        next(rows)
        early = table.position
        for _ in rows:
            pass
        assert 0 < early < file.size / 2
        assert table.position == file.size
