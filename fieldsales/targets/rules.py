"""Of whom and of what a target is, and for which days."""

from __future__ import annotations

import calendar
import re
import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from fieldsales.errors import Conflict, Forbidden, Invalid, NotFound

LARGEST = 10**15
LONGEST = timedelta(days=366)
_PERIOD = re.compile(r"(\d{4})(?:-(?:(\d{2})|Q([1-4])|H([12])|W(\d{2})))?")


class TargetInvalid(Invalid):
    """A target is of one territory, rep or customer, of at most one product, brand or category, 0 or more."""

    code = "target.invalid"
    title = "That cannot be a target"


class TargetNotFound(NotFound):
    """There is no such target of somebody whom you may see."""

    code = "target.not_found"
    title = "There is no such target"


class TargetThere(Conflict):
    """There is a target of the same measure, subject and period already. Adjust that one."""

    code = "target.there_already"
    title = "There is such a target already"


class NotYourTarget(Forbidden):
    """Managers set and divide targets of the territories that they see."""

    code = "target.not_yours"
    title = "You may not set this target"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a target is about, exactly one of the first three; and of what, at most one of the last three."""

    territory_id: uuid.UUID | None = None
    rep_id: uuid.UUID | None = None
    customer_id: uuid.UUID | None = None
    product_id: uuid.UUID | None = None
    brand: str | None = None
    category: str | None = None

    def __post_init__(self) -> None:
        whose = [each for each in (self.territory_id, self.rep_id, self.customer_id) if each is not None]
        goods = [each for each in (self.product_id, self.brand, self.category) if each is not None]
        if len(whose) != 1:
            raise TargetInvalid("Whose target is it?", mend="Name one territory, rep or customer.")
        if len(goods) > 1:
            raise TargetInvalid("Of which goods is it?", mend="Name one product, brand or category, or nothing.")

    @property
    def kind(self) -> str:
        """What it is about: `territory`, `rep` or `customer`."""
        return "territory" if self.territory_id else "rep" if self.rep_id else "customer"

    @property
    def key(self) -> str:
        """One text that names all of it; two subjects with the same text are the same."""
        whose = f"{self.kind}:{self.territory_id or self.rep_id or self.customer_id}"
        goods = (("product", self.product_id), ("brand", self.brand), ("category", self.category))
        return whose + "".join(f"|{name}:{each}" for name, each in goods if each is not None)

    @property
    def goods(self) -> tuple[str, str] | None:
        """The goods as the dimension and its value; None: all."""
        goods = (("product", self.product_id), ("brand", self.brand), ("category", self.category))
        return next(((name, str(each)) for name, each in goods if each is not None), None)


def period(text: str) -> tuple[date, date]:
    """Return the first and last day of a period written 2026, 2026-H1, 2026-Q3, 2026-07 or 2026-W30 (ISO 8601).

    Raises `TargetInvalid`.
    """
    found = _PERIOD.fullmatch(text.strip().upper())
    try:
        if found is None:
            raise ValueError(text)
        year, month, quarter, half, week = (int(each) if each else None for each in found.groups())
        if year is None or not 2000 <= year <= 2099:
            raise ValueError(text)
        if week is not None:
            first = date.fromisocalendar(year, week, 1)
            return first, first + timedelta(days=6)
        begins, many = _months(month, quarter, half)
        ends = begins + many - 1
        return date(year, begins, 1), date(year, ends, calendar.monthrange(year, ends)[1])
    except ValueError:
        raise TargetInvalid(
            f"“{text}” is no period.", mend="Write 2026, 2026-H1, 2026-Q3, 2026-07 or 2026-W30.", field="period"
        ) from None


def _months(month: int | None, quarter: int | None, half: int | None) -> tuple[int, int]:
    """Return the first month and how many follow, itself counted."""
    if month is not None:
        return month, 1
    if quarter is not None:
        return 3 * quarter - 2, 3
    return (6 * half - 5, 6) if half is not None else (1, 12)


def period_name(first: date, last: date) -> str:
    """Return how a period is written; two days with a slash (ISO 8601) where it is none of the usual."""
    year = first.year
    names = [str(year), f"{year}-H{(first.month + 5) // 6}", f"{year}-Q{(first.month + 2) // 3}", f"{first:%Y-%m}"]
    week = first.isocalendar()
    names.append(f"{week.year}-W{week.week:02d}")
    return next((each for each in names if period(each) == (first, last)), f"{first}/{last}")


def check(value: int, first: date, last: date) -> None:
    """Raise `TargetInvalid` for a value or days that no target has."""
    if not 0 <= value <= LARGEST:
        raise TargetInvalid(f"{value} is no target.", mend="Give 0 or more.", field="value")
    if not first <= last < first + LONGEST:
        raise TargetInvalid(f"{first} to {last} is no period.", mend="Give at most a year.", field="period")
