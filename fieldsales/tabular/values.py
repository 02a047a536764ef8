"""Numbers, dates and truths as people and systems write them.

What can be read in two ways is never guessed from one cell: `readings` of a number and of a date tell which ways of
reading fit, and only what fits all cells of a file is believed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import lru_cache

MARKS = frozenset(".,")
"""Decimal marks."""
ORDERS = frozenset({"dmy", "mdy"})
"""Orders of day and month where the year stands last."""

_SPACES = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))")
_NUMBER = {
    ".": re.compile(r"(?:\d+|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d*)?|\.\d+"),
    ",": re.compile(r"(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d*)?|,\d+"),
}
_SIGNED = re.compile(r"-([^-()]+)|([^-()]+)-|\(([^-()]+)\)")
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})(\d\d)(\d\d)|(\d{4})年(\d{1,2})月(\d{1,2})日")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)")
_NAMED_MONTH = re.compile(
    r"(\d{1,2})[-\s]([A-Za-z]{3})[a-z]*\.?[-\s](\d{4}|\d\d)|([A-Za-z]{3})[a-z]*\.?\s(\d{1,2}),?\s(\d{4})"
)
_TIME = re.compile(r"[T\s]\s*\d{1,2}:\d\d.*$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TRUE = frozenset("1 true yes y t x a active enabled open aktiv ja oui si sí ναι 是 有效 启用 啟用".split())  # noqa: SIM905
_FALSE = frozenset("0 false no n f i inactive disabled closed inaktiv nein non όχι 否 无效 停用 無效".split())  # noqa: SIM905


class BadValue(Exception):
    """A cell that cannot be read. `code` and `detail` become the fault of its row."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def number_readings(text: str) -> frozenset[str]:
    """Return the decimal marks with which a text is a number: both for `12` and `1,234`, one for `1.5`."""
    _, body = _sign_and_body(text)
    return frozenset(mark for mark in MARKS if _NUMBER[mark].fullmatch(body))


@lru_cache(maxsize=1 << 10)
def parse_number(text: str, mark: str | None) -> Decimal:
    """Read a number written with a decimal mark, thousands grouped or not, a currency sign or not.

    `-5`, `5-` and `(5)` are negative. `mark` is None where the file has given no hint; a text that means two
    different numbers is then refused. Raises `BadValue`.
    """
    sign, body = _sign_and_body(text)
    marks = [each for each in ([mark] if mark else MARKS) if _NUMBER[each].fullmatch(body)]
    values = {Decimal(_plain(body, each)) for each in marks}
    if len(values) == 1:
        return sign * values.pop()
    if values:
        raise BadValue("number.ambiguous", f"“{text}” may have a decimal or a thousands mark; say --decimal")
    raise BadValue("number.invalid", f"“{text}” is not a number" + (f" with decimal “{mark}”" if mark else ""))


def plain_minor(text: str, digits: int) -> int | None:
    """Read an amount as machines write it (`-1234.5`) in minor units; None for any other, which is no error.

    A tenth of the time of `parse_number`, for the millions of cells that are written so.
    """
    whole, _, part = text.partition(".")
    number = whole.removeprefix("-")
    if not (number.isascii() and number.isdigit() and len(part) <= digits and len(number) < 16):
        return None
    if part and not (part.isascii() and part.isdigit()):
        return None
    return int(whole + part.ljust(digits, "0"))


def _plain(body: str, mark: str) -> str:
    return body.replace("." if mark == "," else ",", "").replace(mark, ".")


def _sign_and_body(text: str) -> tuple[int, str]:
    body = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    body = "".join(letter for letter in body if unicodedata.category(letter) != "Sc").strip()
    found = _SIGNED.fullmatch(body)
    if found is None:
        return 1, _SPACES.sub("", body.removeprefix("+").strip())
    return -1, _SPACES.sub("", found[found.lastindex or 0].strip())


def parse_whole(text: str, mark: str | None) -> int:
    """Read a whole number; `12.0` is one, `1.5` is not. Raises `BadValue`."""
    value = parse_number(text, mark)
    if value != value.to_integral_value():
        raise BadValue("number.not_whole", f"“{text}” is not a whole number")
    return int(value)


def date_readings(text: str) -> frozenset[str]:
    """Return the orders of day and month with which a text is a date; both where the order does not matter."""
    return frozenset(order for order in ORDERS if _date(text, order) is not None)


@lru_cache(maxsize=1 << 13)
def parse_date(text: str, order: str | None) -> date:
    """Read the day of a date; a time of day after it is left aside.

    2021-01-04, 20210104, 4.1.2021, 04-JAN-21 and 2021年1月4日 say themselves what they are. For 04/01/2021 and
    04-01-2021 `order` decides; where it is None and both orders fit, the text is refused. Raises `BadValue`.
    """
    found = {_date(text, each) for each in ([order] if order else ORDERS)} - {None}
    if len(found) == 1 and (day := found.pop()):
        return day
    if found:
        raise BadValue("date.ambiguous", f"“{text}” may begin with the day or the month; say --dates dmy or mdy")
    raise BadValue("date.invalid", f"“{text}” is not a date" + (f" in the order {order}" if order else ""))


def _date(text: str, order: str) -> date | None:
    text = _TIME.sub("", unicodedata.normalize("NFKC", text).strip())
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (part for part in found.groups() if part and part not in "-/.")
    elif found := _YEAR_LAST.fullmatch(text):
        first, separator, second, year = found.groups()
        day, month = (first, second) if separator == "." or order == "dmy" else (second, first)
    elif (found := _NAMED_MONTH.fullmatch(text)) and (name := (found[2] or found[4]).lower()) in _MONTHS:
        day, month, year = found[1] or found[5], str(_MONTHS.index(name) + 1), found[3] or found[6]
    else:
        return None
    try:
        return date(_full_year(year), int(month), int(day))
    except ValueError:
        return None


def _full_year(year: str) -> int:
    """Give two digits their century as POSIX does: 69 to 99 are 19xx."""
    number = int(year)
    return number if len(year) == 4 else number + (1900 if number >= 69 else 2000)


def parse_truth(text: str) -> bool:
    """Read yes or no, active or inactive, in a few languages. Raises `BadValue`."""
    word = unicodedata.normalize("NFKC", text).strip().casefold()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise BadValue("truth.invalid", f"“{text}” is neither yes nor no")
