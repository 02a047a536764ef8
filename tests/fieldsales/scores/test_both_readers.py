"""Orders read by columns are those that are read row by row."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from fieldsales.imports.writing.rules import Writing
from fieldsales.scores.reading.rules import Orders
from fieldsales.scores.service import columns_of, read_orders
from fieldsales.tabular import blocks
from fieldsales.tabular.table import examine

AS_OF = date(2026, 3, 2)
CLEAN = ("{who},{day},{amount:.2f}",)
ODD = (
    *CLEAN * 30,
    "{who} ,{day},{amount:.2f}",
    " {who},{day} 09:30,${amount:,.2f}",
    "{who},{day},({amount:.2f})",
    "{who},{day:%d.%m.%Y},{amount:.3f}",
    "{who},{day:%Y%m%d},-{amount:.1f}",
    "{who},2025-02-30,{amount:.2f}",
    "{who},2031-01-01,{amount:.2f}",
    "{who},{day},much",
    "{who},{day},1e3",
    "{who},{day},99999999999999",
    ",{day},{amount:.2f}",
    "  ,{day},{amount:.2f}",
    "new {amount:.0f},2026-03-02,{amount:.2f}",
)
BROKEN = (*ODD, "{who},{day}", "", ",,", "{who},{day},{amount:.2f},more", "{who},{day},{amount:.2f},")


def lines(forms: tuple[str, ...], many: int, seed: int) -> Iterator[str]:
    dice = random.Random(seed)
    yield "customer,date,amount"
    for _ in range(many):
        day = AS_OF - timedelta(days=dice.randrange(-20, 900))
        yield dice.choice(forms).format(who=f"C{dice.randrange(60)}", day=day, amount=dice.uniform(1, 5000))


def read(path: Path, *, quickly: bool) -> Orders:
    table = examine(path)
    return read_orders(table, columns_of(table, {}), Writing(), AS_OF, quickly=quickly)


@pytest.mark.parametrize("forms", [CLEAN, ODD, BROKEN], ids=["clean", "odd", "broken"])
@pytest.mark.parametrize("seed", [1, 2])
def test_both_ways_of_reading_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forms: tuple[str, ...], seed: int
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("\n".join(lines(forms, 3000, seed)) + "\n")
    monkeypatch.setattr(blocks, "BLOCK", 4096)
    quick, slow = read(path, quickly=True), read(path, quickly=False)
    assert (quick.names, quick.read, quick.later, quick.unread) == (slow.names, slow.read, slow.later, slow.unread)
    assert quick.bad == slow.bad
    assert quick.history is not None
    assert slow.history is not None
    for column in ("who", "day", "amount", "ordered"):
        assert np.array_equal(getattr(quick.history, column), getattr(slow.history, column)), column


def test_a_quote_that_never_closes_late_in_a_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([*lines(CLEAN, 3000, 3), 'x,"2026-01-02,5', *list(lines(CLEAN, 900, 4))[1:]]) + "\n")
    quick = read(path, quickly=True)
    assert [line for line, _ in quick.bad] == [3002]
    assert quick.read == 3901
