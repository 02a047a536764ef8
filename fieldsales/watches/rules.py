"""When a reading is a reason to alert somebody, and how that is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from fieldsales.errors import Forbidden, Invalid, NotFound
from fieldsales.readings.rules import Reading


class WatchInvalid(Invalid):
    """A rule has a measure, a condition that fits it, an owner and a day of review within two years."""

    code = "alert_rule.invalid"
    title = "That cannot be a rule"


class WatchNotFound(NotFound):
    """There is no such rule in your territories, or it has ended."""

    code = "alert_rule.not_found"
    title = "There is no such rule"


class NotYourWatch(Forbidden):
    """A rule over all territories is made by somebody who sees all of them."""

    code = "alert_rule.not_yours"
    title = "You may not make this rule"


class Grain(StrEnum):
    """Whom it is looked at for: the territory (or house) as a whole, or each of those below it."""

    WHOLE = "whole"
    TERRITORY = "territory"
    REP = "rep"
    CUSTOMER = "customer"
    PRODUCT = "product"


class Window(StrEnum):
    """Which days a reading is of. `last_days` are whole days up to yesterday."""

    LAST_DAYS = "last_days"
    TODAY = "today"
    MONTH_TO_DATE = "month_to_date"
    LAST_MONTH = "last_month"


class Kind(StrEnum):
    """What is a reason. `target`: the projected end of a target is below a share of it."""

    THRESHOLD = "threshold"
    CHANGE = "change"
    ABSENCE = "absence"
    TARGET = "target"


OPS: Mapping[Kind, tuple[str | None, ...]] = {
    Kind.THRESHOLD: ("below", "above"),
    Kind.CHANGE: ("falls", "rises"),
    Kind.ABSENCE: (None,),
    Kind.TARGET: (None,),
}
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Condition:
    """A reason to alert.

    `value` is the threshold; of a change how much it falls or rises, and of a target which share of it is enough, in
    basis points. `least` is what the former period must have had, so that small numbers are not noise.
    """

    kind: Kind
    op: str | None = None
    value: int | None = None
    least: int | None = None

    def __post_init__(self) -> None:
        if self.op not in OPS[self.kind]:
            known = ", ".join(str(each) for each in OPS[self.kind])
            raise WatchInvalid(f"A {self.kind} does not go {self.op}.", mend=f"It goes {known}.", field="op")
        if (self.value is None) != (self.kind is Kind.ABSENCE):
            raise WatchInvalid("The value is missing, or is too much.", mend="All but an absence need one.")
        if self.kind in (Kind.CHANGE, Kind.TARGET) and self.value is not None and self.value <= 0:
            raise WatchInvalid(f"{self.value} basis points say nothing.", mend="Give more than 0.", field="value")

    @property
    def needs_before(self) -> bool:
        """Whether the former period is looked at."""
        return self.kind is Kind.CHANGE or (self.kind is Kind.ABSENCE and self.least is not None)


@dataclass(frozen=True, slots=True)
class Finding:
    """A reading that is a reason; `changed_bp` is how much it changed against before, if that is known."""

    value: int | None
    before: int | None
    changed_bp: int | None


def judge(condition: Condition, reading: Reading) -> Finding | None:
    """Return why a reading is a reason to alert, or None. What cannot be divided by nothing is no reason by itself."""
    value, before = reading.value, reading.before
    changed = round(((value or 0) - before) * 10_000 / before) if before is not None and before > 0 else None
    found = Finding(value, before, changed)
    if condition.kind is Kind.ABSENCE:
        absent = value is None or value <= 0
        return found if absent and (condition.least is None or (before or 0) >= condition.least) else None
    wanted = condition.value or 0
    if condition.kind is Kind.CHANGE:
        if changed is None or (before or 0) < (condition.least or 0):
            return None
        return found if (changed <= -wanted if condition.op == "falls" else changed >= wanted) else None
    if value is None:
        return None
    return found if (value > wanted if condition.op == "above" else value < wanted) else None


def window_days(window: Window, days: int | None, today: date) -> tuple[date, date]:
    """Return the first and the last day of a window as of today."""
    yesterday = today - timedelta(days=1)
    if window is Window.TODAY:
        return today, today
    if window is Window.MONTH_TO_DATE:
        return today.replace(day=1), today
    if window is Window.LAST_MONTH:
        ends = today.replace(day=1) - timedelta(days=1)
        return ends.replace(day=1), ends
    return today - timedelta(days=days or 1), yesterday


def check_window(window: Window, days: int | None) -> None:
    """Raise `WatchInvalid` for a window of no days, or days of another one."""
    if (window is Window.LAST_DAYS) != (days is not None) or (days is not None and not 1 <= days <= MOST_DAYS):
        raise WatchInvalid("Of how many days?", mend=f"Give 1 to {MOST_DAYS} with last_days, none otherwise.")


WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "below": "below {value}",
        "above": "above {value}",
        "falls": "falls by {share} or more",
        "rises": "rises by {share} or more",
        "absence": "nothing at all",
        "target": "projected end below {share} of the target",
        "changed": "{sign}{share} against {period}",
        "gone": "nothing came",
        "title": "{name}: {measure} {value} ({threshold})",
        "target_title": "{name}: {measure} is going to end at {share} of its target",
        "review": "The rule “{name}” was to be reviewed on {day}",
    },
    "zh": {
        "below": "低于 {value}",
        "above": "高于 {value}",
        "falls": "下降 {share} 或以上",
        "rises": "上升 {share} 或以上",
        "absence": "完全没有",
        "target": "预计完成低于目标的 {share}",
        "changed": "较 {period} {sign}{share}",
        "gone": "没有任何数据",
        "title": "{name}:{measure} {value}({threshold})",
        "target_title": "{name}:{measure} 预计完成目标的 {share}",
        "review": "规则“{name}”应于 {day} 复核",
    },
}
"""How findings are said in each language."""


def words(language: str) -> Mapping[str, str]:
    """Return the words of a language, English for one that we do not speak."""
    return WORDS.get(language, WORDS["en"])


def share(basis_points: int) -> str:
    """Return basis points as a percentage."""
    return f"{basis_points / 100:,.1f} %"
