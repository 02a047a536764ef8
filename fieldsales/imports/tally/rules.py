"""What became of the rows of a file: counted while they pass, with the reasons and where to look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from fieldsales.tabular.faults import Fault, Row

EXAMPLES = 5


class Sink(Protocol):
    """Where rejected rows go."""

    def add(self, line: int, cells: Sequence[str], fault: Fault) -> None:
        """Keep one row with its line number and the reason."""


@dataclass(slots=True)
class Reason:
    """How often something was found, and the first lines where."""

    count: int = 0
    lines: list[int] = field(default_factory=list)

    def note(self, line: int) -> None:
        """Count one more."""
        self.count += 1
        if len(self.lines) < EXAMPLES:
            self.lines.append(line)


@dataclass(slots=True)
class Tally:
    """Counts of one import.

    `read` counts rows; `new`, `changed` and `unchanged` count `things` (customers, products, orders), which for
    order lines are fewer than rows. `rejected` and `flagged` count rows by the code of the reason; what is flagged
    was imported all the same.
    """

    things: str
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    lines: int = 0
    rejected: dict[str, Reason] = field(default_factory=dict)
    flagged: dict[str, Reason] = field(default_factory=dict)

    def reject(self, row: Row, fault: Fault, sink: Sink) -> None:
        """Count a row that is not imported and hand it to the rejects."""
        self.rejected.setdefault(fault.code, Reason()).note(row.line)
        sink.add(row.line, row.cells, fault)

    def flag(self, line: int, code: str) -> None:
        """Count something about a row that somebody should know."""
        self.flagged.setdefault(code, Reason()).note(line)

    @property
    def rejects(self) -> int:
        """How many rows were rejected."""
        return sum(reason.count for reason in self.rejected.values())

    @property
    def changes_nothing(self) -> bool:
        """Whether the import left everything as it was."""
        return not (self.new or self.changed)

    def as_facts(self) -> dict[str, Any]:
        """Return the counts as data."""
        return asdict(self)
