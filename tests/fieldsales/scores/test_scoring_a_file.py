"""`fieldsales anomalies score`, as a newcomer uses it on an export of orders."""

from __future__ import annotations

import csv
import gzip
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from worlds.buyers import TODAY, Rows, crowd, every

from fieldsales.cli.main import main

GONE = {"gone": list(every(7, since=728, until=36))}


def export(buyers: dict[str, Rows], *, header: str = "customer,date,amount", delimiter: str = ",") -> str:
    """An export of orders, amounts in whole units."""
    lines = [f"{name},{day},{amount / 100:.2f}" for name, orders in buyers.items() for day, amount in orders]
    return "\n".join([header, *lines]).replace(",", delimiter) + "\n"


def run(file: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["anomalies", "score", str(file), "--as-of", TODAY.isoformat(), *options])


def scores(told: str) -> dict[str, dict[str, str]]:
    return {row["customer"]: row for row in csv.DictReader(StringIO(told))}


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(export(crowd(40) | GONE))
    return path


def test_the_likeliest_to_stay_away_come_first_with_evidence(orders: Path) -> None:
    told = run(orders)
    found = scores(told.stdout)
    assert (told.exit_code, len(found), next(iter(found))) == (0, 41, "gone")
    assert float(found["gone"]["p_silent"]) > 0.9
    assert float(found["steady 3"]["p_silent"]) < 0.05
    assert found["gone"]["evidence"].startswith("orders every 7 ± 0 days, last 42 days ago; ")
    assert "chance of such a gap if still active" in found["gone"]["evidence"]


def test_a_plunge_is_told_with_its_evidence(tmp_path: Path) -> None:
    fallen = [*every(7, since=728, until=29), *every(7, since=28, amount=3_000)]
    rare = [*every(7, since=728, until=64), *every(28, since=57)]
    (tmp_path / "o.csv").write_text(export(crowd(40) | {"fallen": fallen, "rare": rare}))
    found = scores(run(tmp_path / "o.csv").stdout)
    assert float(found["fallen"]["p_amount_plunge"]) > 0.9
    assert "of what 30 days usually bring" in found["fallen"]["evidence"]
    assert float(found["rare"]["p_count_plunge"]) > 0.9
    assert "orders fewer than usual" in found["rare"]["evidence"]


@pytest.mark.parametrize("horizon", ["7", "365"])
def test_the_horizon_is_how_far_it_looks(orders: Path, horizon: str) -> None:
    plain, other = (scores(run(orders, *more).stdout) for more in ((), ("--horizon", horizon)))
    chance, there = float(plain["gone"]["p_silent"]), float(other["gone"]["p_silent"])
    assert there >= chance if horizon == "7" else there <= chance


def test_packed_files_other_marks_and_other_headers_are_read(tmp_path: Path) -> None:
    plain, packed = tmp_path / "plain.csv", tmp_path / "orders.csv.gz"
    plain.write_text(export(crowd(40) | GONE))
    text = "\ufeff" + export(crowd(40) | GONE, header="Kundennr,Datum,Betrag", delimiter=";").replace(".", ",")
    packed.write_bytes(gzip.compress(text.encode()))
    assert run(packed).stdout == run(plain).stdout


def test_what_came_later_changes_nothing(orders: Path) -> None:
    before = run(orders).stdout
    with orders.open("a") as file:
        file.write(f"gone,{TODAY},500.00\ngone,{TODAY + timedelta(days=9)},500.00\n")
    told = run(orders)
    assert told.stdout == before
    assert "2 rows of 2026-03-02 or later are left aside" in told.stderr


def test_rows_of_one_customer_and_day_are_one_order_day_and_returns_are_none(orders: Path) -> None:
    before = scores(run(orders).stdout)["gone"]
    text = orders.read_text()
    orders.write_text(text + "".join(line + "\n" for line in text.splitlines() if line.startswith("gone")))
    twice = scores(run(orders).stdout)["gone"]
    with orders.open("a") as file:
        file.write(f"gone,{TODAY - timedelta(days=3)},-20.00\n")
    returned = scores(run(orders).stdout)["gone"]
    assert twice["p_silent"] == before["p_silent"] == returned["p_silent"]


def test_rows_that_cannot_be_read_are_told_with_line_and_reason(orders: Path) -> None:
    with orders.open("a") as file:
        file.write("x,2026-13-45,5\nx,2026-01-05,five\n,2026-01-05,5\n")
    last = len(orders.read_text().splitlines())
    told = run(orders)
    assert told.exit_code == 0
    assert "3 rows cannot be read" in told.stderr
    assert f"line {last - 2}: date.invalid" in told.stderr
    assert f"line {last - 1}: number.invalid" in told.stderr
    assert f"line {last}: customer.missing" in told.stderr


def test_a_formula_among_the_names_does_not_come_out_as_one(orders: Path) -> None:
    with orders.open("a") as file:
        file.write(f"=1+1,{TODAY - timedelta(days=30)},5\n")
    assert "'=1+1" in run(orders).stdout


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a,b,c\n1,2,3\n", "import.column_missing"),
        ("customer,date,amount\nx,2030-01-01,5\n", "scores.nothing"),
        ("customer,date,amount\nx,never,5\n", "scores.nothing"),
        ("customer,date,amount\n", "file.not_a_table"),
        ("", "file.not_a_table"),
        ("customer,date,amount\nx,03/04/2025,5\ny,04/03/2025,6\n", "import.ambiguous"),
    ],
)
def test_what_cannot_be_scored_is_told_in_one_line(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "o.csv").write_text(text)
    told = run(tmp_path / "o.csv")
    assert (told.exit_code, told.stdout) == (2, "")
    assert f"[{code}]" in told.stderr


def test_it_goes_to_a_file_when_asked(orders: Path, tmp_path: Path) -> None:
    printed = run(orders).stdout
    told = run(orders, "--out", str(tmp_path / "scores.csv"))
    assert told.stdout == ""
    assert (tmp_path / "scores.csv").read_text() == printed
