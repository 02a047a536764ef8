"""What became of the rows of a feed."""

from __future__ import annotations

from dataclasses import dataclass

from fieldsales.debts.rules import Fate


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of one row; `problem` says why it was refused, with `code`."""

    reference: str
    fate: Fate
    code: str | None = None
    problem: str | None = None
