"""What is asked of results, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from fieldsales.cuts.rules import Only
from fieldsales.errors import Invalid
from fieldsales.registry.rules import By, Dimension, Measure, require_by, require_measure
from fieldsales.spans.rules import Compared, Span, pieces

__all__ = ["Answer", "Key", "Measure", "Only", "Question", "Row", "question"]
MOST_DAYS = 366 * 10
MOST_PIECES = 400
Value = int | float | None


class PeriodWrong(Invalid):
    """A question is of a first and a last day, both included, at most ten years, in at most 400 pieces."""

    code = "results.period_wrong"
    title = "That period cannot be asked about"


class QuestionWrong(Invalid):
    """A question names a measure at least, each measure and each dimension once, and one span of time at most."""

    code = "results.question_wrong"
    title = "That is no question"


@dataclass(frozen=True, slots=True)
class Question:
    """Measures, broken down by dimensions, of the days `first` to `last`, both included.

    `compared` asks for the same of another period beside it. `top` leaves the rows with the most of the first measure,
    and the totals are of all rows all the same.
    """

    measures: tuple[str, ...]
    first: date
    last: date
    by: tuple[By, ...] = ()
    only: Only = field(default_factory=Only)
    compared: Compared | None = None
    top: int | None = None

    @property
    def span(self) -> Span | None:
        """The pieces that the period is cut into, if it is."""
        return next((each for each in self.by if isinstance(each, Span)), None)

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """What it is broken down by, besides time."""
        return tuple(each for each in self.by if isinstance(each, Dimension))


@dataclass(frozen=True, slots=True)
class Key:
    """What a row is about in one dimension: the id of a row (or the text itself, or None for none), and its name."""

    id: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """The values of the measures, in the order in which they were asked; None where there is nothing to divide by.

    `keys` are in the order of the question's dimensions. Amounts are of `currency`, which is None where there are none;
    what has no currency (calls) stands the same beside each. `before` has the values of the compared period.
    """

    keys: tuple[Key, ...]
    currency: str | None
    values: tuple[Value, ...]
    before: tuple[Value, ...] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows by keys, and for each currency the totals, computed from all sums and not from the rows."""

    question: Question
    measures: tuple[Measure, ...]
    rows: tuple[Row, ...]
    totals: tuple[Row, ...]
    before_first: date | None = None
    before_last: date | None = None


def check_question(question: Question) -> None:
    """Raise `QuestionWrong` or `PeriodWrong` for what cannot be asked, whatever the measures."""
    named = (*question.measures, *question.by)
    spans = [each for each in question.by if isinstance(each, Span)]
    if not question.measures or len(set(named)) < len(named) or len(spans) > 1:
        raise QuestionWrong(
            f"{', '.join(named) or 'Nothing'} cannot be asked.",
            mend="Name a measure at least, each measure and dimension once, and one span of time at most.",
        )
    first, last = question.first, question.last
    if not 0 <= (last - first).days < MOST_DAYS:
        raise PeriodWrong(
            f"{first} to {last} cannot be asked about.", mend="Give the first day first, ten years at most."
        )
    if spans and len(pieces(first, last, spans[0])) > MOST_PIECES:
        raise PeriodWrong(
            f"{first} to {last} has more than {MOST_PIECES} times a {spans[0]}.",
            mend="Ask for longer pieces, or fewer.",
        )


def question(
    measures: tuple[str, ...],
    first: date,
    last: date,
    by: tuple[str, ...] = (),
    *,
    only: Only | None = None,
    compared: str | None = None,
    top: int | None = None,
) -> Question:
    """Return a question of names; raise `MeasureUnknown`, `DimensionUnknown`."""
    for each in measures:
        require_measure(each)
    keys = tuple(require_by(each) for each in by)
    return Question(measures, first, last, keys, only or Only(), Compared(compared) if compared else None, top)
