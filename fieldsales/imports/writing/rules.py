"""How numbers and dates are written in a file: told from many cells, because one can often be read in two ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from fieldsales.errors import Invalid
from fieldsales.tabular.values import BadValue, date_readings, number_readings, parse_date, parse_number


class AmbiguousWriting(Invalid):
    """The numbers or the dates of a file can all be read in two ways."""

    code = "import.ambiguous"
    title = "The file can be read in two ways"


@dataclass(frozen=True, slots=True)
class Writing:
    """How a file writes numbers and dates: its decimal mark, and its order of day and month, as far as known."""

    mark: str | None = None
    order: str | None = None


class Clues:
    """What the cells seen so far tell about the writing of a file. One odd cell is outvoted by the others."""

    def __init__(self, given: Writing) -> None:
        self._given = given
        self._marks: Counter[str] = Counter()
        self._orders: Counter[str] = Counter()
        self._doubtful: dict[str, str] = {}

    def see_number(self, text: str) -> None:
        """Take a number into account."""
        readings = number_readings(text)
        if len(readings) == 1:
            self._marks.update(readings)
        elif _is_doubtful(parse_number, text):
            self._doubtful["decimal"] = text

    def see_date(self, text: str) -> None:
        """Take a date into account."""
        readings = date_readings(text)
        if len(readings) == 1:
            self._orders.update(readings)
        elif _is_doubtful(parse_date, text):
            self._doubtful["dates"] = text

    def writing(self) -> Writing:
        """Return what is known by now."""
        mark = self._given.mark or next((mark for mark, _ in self._marks.most_common(1)), None)
        order = self._given.order or next((order for order, _ in self._orders.most_common(1)), None)
        return Writing(mark, order)

    def doubts(self) -> dict[str, str]:
        """Return a cell that can still be read in two ways, by the option that would decide it."""
        known = self.writing()
        settled = {"decimal": known.mark, "dates": known.order}
        return {option: text for option, text in self._doubtful.items() if settled[option] is None}

    def settled(self) -> Writing:
        """Return how the file is written, once all of it was seen. Raises `AmbiguousWriting`."""
        for option, text in self.doubts().items():
            choices = "point or comma" if option == "decimal" else "dmy or mdy"
            raise AmbiguousWriting(
                f"“{text}”, and every other cell like it, can be read in two ways.",
                mend=f"Say --{option} {choices.replace(' or ', f' or --{option} ')}.",
                found=text,
            )
        return self.writing()


def _is_doubtful(parse: Callable[[str, str | None], object], text: str) -> bool:
    try:
        parse(text, None)
    except BadValue as refused:
        return refused.code.endswith(".ambiguous")
    return False
