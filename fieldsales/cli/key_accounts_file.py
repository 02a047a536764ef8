"""Key accounts in a file: who gets which customer, on what terms, a row each."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click
from sqlalchemy.orm import Session

from fieldsales.accounts.rules import Terms
from fieldsales.cli.lookup import find_customer, find_rep
from fieldsales.errors import FieldsalesError
from fieldsales.tabular.table import examine

COLUMNS = ("customer", "reps", "priority", "rrule", "minimum_gap_days", "from", "until", "together", "instruction")
_NEEDED = ("customer", "reps")
_YES, _NO = frozenset({"yes", "y", "true", "1"}), frozenset({"", "no", "n", "false", "0"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row of the file as it is meant."""

    line: int
    customer_id: uuid.UUID
    customer: str
    reps: Mapping[uuid.UUID, str]
    terms: Terms


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that cannot be used, and why."""

    line: int
    why: str


def read_key_accounts(session: Session, path: Path) -> Iterator[Wanted | Unread]:
    """Yield what each row of a CSV or XLSX file says. Raises what `examine` raises, and `click.UsageError`."""
    file = examine(path)
    names = [column.strip().lower().replace(" ", "_") for column in file.columns]
    missing = [name for name in _NEEDED if name not in names]
    strange = [name for name in names if name not in COLUMNS]
    if missing or strange:
        told = f"no column {', '.join(missing)}" if missing else f"unknown columns {', '.join(strange)}"
        raise click.UsageError(f"{path} has {told}. Columns are: {', '.join(COLUMNS)}.")
    with file.open() as table:
        for row in table.rows():
            if row.fault is not None:
                yield Unread(row.line, row.fault.detail)
                continue
            try:
                yield _wanted(session, row.line, dict(zip(names, (cell.strip() for cell in row.cells), strict=True)))
            except (FieldsalesError, click.BadParameter, ValueError) as wrong:
                yield Unread(row.line, wrong.message if isinstance(wrong, click.BadParameter) else str(wrong))


def _wanted(session: Session, line: int, cells: Mapping[str, str]) -> Wanted:
    customer = find_customer(session, cells["customer"])
    logins = cells["reps"].replace(",", " ").replace(";", " ").split()
    if not logins:
        raise click.BadParameter("no rep is named")
    reps = [find_rep(session, login) for login in logins]
    terms = Terms(
        instruction=cells.get("instruction") or None,
        priority=_whole(cells, "priority") or 3,
        rrule=cells.get("rrule") or None,
        minimum_gap_days=_whole(cells, "minimum_gap_days"),
        from_on=_day(cells, "from"),
        until_on=_day(cells, "until"),
        together=_flag(cells, "together"),
    )
    return Wanted(line, customer.id, customer.name, {rep.id: rep.login for rep in reps}, terms)


def _whole(cells: Mapping[str, str], name: str) -> int | None:
    text = cells.get(name, "")
    if text and not text.isdigit():
        raise click.BadParameter(f"{name} “{text}” is no whole number")
    return int(text) if text else None


def _day(cells: Mapping[str, str], name: str) -> date | None:
    text = cells.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise click.BadParameter(f"{name} “{text}” is no day such as 2026-03-02") from None


def _flag(cells: Mapping[str, str], name: str) -> bool:
    text = cells.get(name, "").lower()
    if text not in _YES | _NO:
        raise click.BadParameter(f"{name} “{text}” is neither yes nor no")
    return text in _YES
