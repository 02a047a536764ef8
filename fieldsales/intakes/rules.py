"""What a handed-over file may be, what it seems to be, and when work on it counts as dead."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from fieldsales.errors import Conflict, FieldsalesError, Invalid, NotFound
from fieldsales.imports.columns.rules import Match, propose_columns
from fieldsales.imports.models import ImportKind
from fieldsales.imports.service import FIELDS
from fieldsales.imports.tally.rules import Reason, Sink, Tally
from fieldsales.intakes.models import IntakeState
from fieldsales.tabular.faults import LOST, Fault

OPEN = frozenset({IntakeState.WAITING, IntakeState.RUNNING})
MOST_OF_ONE = 20
"""How many files one person may have handed over that are still kept."""
MOST_OPEN = 4
"""How many files may wait or be worked on at once, for all."""
LOST_S = 20.0
"""Work of which nothing was heard for so many seconds died: it gives a sign of life twice a second."""
SHOWN = 200
"""How many rejected rows a report shows; the rejects file holds all."""
_LONGEST_CELL = 200
_OPTION = re.compile(r"--([a-z][a-z-]*)")
_UNREADABLE = re.compile("[\0\ud800-\udfff]")


class IntakeNotFound(NotFound):
    """There is no such file, somebody else handed it over, or its time was up. Hand it over again."""

    code = "import.not_found"
    title = "There is no such file"


class IntakeTooLarge(Invalid):
    """The file has more bytes than this server takes. Pack it with gzip, split it, or import it in the terminal."""

    code = "import.too_large"
    title = "The file is too large"
    status = 413


class OtherFile(Conflict):
    """Another file was handed over under that id. Make a new id for each file."""

    code = "import.other_file"
    title = "That id names another file"


class IntakeBusy(Conflict):
    """The file waits or is worked on. Wait for it, or cancel that."""

    code = "import.busy"
    title = "The file is being worked on"


class IntakeIdle(Conflict):
    """Nothing works on the file, so there is nothing to cancel."""

    code = "import.idle"
    title = "Nothing works on the file"


class NoRejects(NotFound):
    """No row of the file was rejected, or it was not read yet."""

    code = "import.no_rejects"
    title = "There are no rejects"


class TooManyIntakes(FieldsalesError):
    """You handed over as many files as are kept for one person, or all have as many under way as may be."""

    code = "import.too_many"
    title = "Too many files"
    status = 429


class IntakeOvertaken(Conflict):
    """Work on the file ended otherwise meanwhile (cancelled, or begun again): what was done is undone."""

    code = "import.overtaken"
    title = "Work on the file ended meanwhile"


@dataclass(frozen=True, slots=True)
class Asked:
    """How somebody wants a file imported.

    `columns` name the column of a field, "" for none; `saved` those of a saved mapping; `options` are those that the
    terminal knows too: encoding, delimiter, sheet, decimal, dates, system, territory, currency.
    """

    kind: ImportKind
    columns: Mapping[str, str] = field(default_factory=dict)
    saved: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    save_as: str | None = None

    def told(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self) | {"kind": str(self.kind)}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Asked:
        """Return what was kept."""
        return cls(**{**told, "kind": ImportKind(told["kind"])})

    @property
    def reading(self) -> dict[str, str | None]:
        """How the file is to be read, as `examine` takes it."""
        return {name: self.options.get(name) for name in ("encoding", "delimiter", "sheet")}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a file could be: the columns that would fill the fields, and the fields that lack one."""

    kind: ImportKind
    matches: tuple[Match, ...]
    missing: tuple[str, ...]


def propose(columns: Sequence[str]) -> list[Proposal]:
    """Return what a file with such a header could be, the likeliest first: all that is needed, then most columns."""
    found = [_proposal(kind, columns) for kind in (ImportKind.ORDERS, ImportKind.PRODUCTS, ImportKind.CUSTOMERS)]
    return sorted(found, key=lambda each: (len(each.missing), -len(each.matches)))


def _proposal(kind: ImportKind, columns: Sequence[str]) -> Proposal:
    matches = propose_columns(FIELDS[kind], columns, {}, {})
    filled = {match.field for match in matches}
    missing = [each.name for each in FIELDS[kind] if each.required and each.name not in filled]
    if kind is ImportKind.ORDERS:
        missing += lacking_of_orders(filled)
    return Proposal(kind, matches, tuple(missing))


def lacking_of_orders(filled: set[str]) -> list[str]:
    """Return the fields that lines or totals lack."""
    lacking = []
    if "product" in filled and "quantity" not in filled:
        lacking.append("quantity")
    if not filled & ({"amount", "unit_price"} if "product" in filled else {"amount"}):
        lacking.append("amount")
    return lacking


def column_of(fault: Fault, cells: Sequence[str], positions: Mapping[str, int]) -> str | None:
    """Return the field that a fault is about: the code says so, or the cell that the sentence quotes."""
    subject = fault.code.partition(".")[0]
    if subject in positions:
        return subject
    if subject == "position":
        return next((name for name in ("latitude", "longitude") if name in fault.detail and name in positions), None)
    if subject == "row":
        return None
    quoted = [name for name, at in positions.items() if at < len(cells) and cells[at] and cells[at] in fault.detail]
    return max(quoted, key=lambda name: len(cells[positions[name]]), default=None)


class Showing:
    """Hands rejected rows on, and keeps the first of them to be shown with column and cell."""

    def __init__(self, sink: Sink, positions: Mapping[str, int]) -> None:
        self.shown: list[dict[str, Any]] = []
        self._sink = sink
        self._positions = positions

    def add(self, line: int, cells: Sequence[str], fault: Fault) -> None:
        """Take one row."""
        self._sink.add(line, cells, fault)
        if len(self.shown) < SHOWN:
            name = column_of(fault, cells, self._positions)
            cell = legible(cells[self._positions[name]])[:_LONGEST_CELL] if name else None
            detail = without_options(legible(fault.detail))
            self.shown.append({"line": line, "code": fault.code, "detail": detail, "field": name, "cell": cell})


def legible(text: str) -> str:
    """Return a text that every database and every JSON library takes, with what is none replaced."""
    return _UNREADABLE.sub(LOST, text)


def without_options(text: str) -> str:
    """Return a sentence for the terminal with the names of its options as words: “dates” for `--dates`."""
    return _OPTION.sub(r"“\1”", text)


def report_of(tally: Tally, shown: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """Return what became of the rows of a file as data."""
    counts = {name: getattr(tally, name) for name in ("things", "read", "new", "changed", "unchanged", "lines")}
    reasons = {"rejected": _reasons(tally.rejected), "flagged": _reasons(tally.flagged)}
    return {**counts, "rejects": tally.rejects, **reasons, "shown": list(shown), **more}


def _reasons(reasons: Mapping[str, Reason]) -> list[dict[str, Any]]:
    ordered = sorted(reasons.items(), key=lambda each: -each[1].count)
    return [{"code": code, "count": each.count, "lines": each.lines} for code, each in ordered]
