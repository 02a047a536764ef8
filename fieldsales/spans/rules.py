"""Days, weeks, months, quarters and years: where each begins, what it is called, and what came before a period."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(1)


class Span(StrEnum):
    """How long the pieces are that a period is cut into. Weeks begin on Monday (ISO 8601)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Compared(StrEnum):
    """What a period is compared with: the one of the same length before it, or the same days a year before."""

    PREVIOUS = "previous"
    LAST_YEAR = "last_year"


def start_of(day: date, span: Span) -> date:
    """Return the first day of the day, week, month, quarter or year that a day lies in."""
    if span is Span.DAY:
        return day
    if span is Span.WEEK:
        return day - timedelta(day.weekday())
    month = {Span.MONTH: day.month, Span.QUARTER: day.month - (day.month - 1) % 3, Span.YEAR: 1}[span]
    return date(day.year, month, 1)


def end_of(day: date, span: Span) -> date:
    """Return the last day of the piece that a day lies in."""
    if span is Span.DAY:
        return day
    if span is Span.WEEK:
        return start_of(day, span) + timedelta(6)
    months = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}[span]
    return months_after(start_of(day, span), months) - DAY


def name_of(start: date, span: Span) -> str:
    """Return what a piece is called: 2026-03-02, 2026-W10, 2026-03, 2026-Q1, 2026."""
    if span is Span.WEEK:
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02}"
    if span is Span.QUARTER:
        return f"{start.year}-Q{(start.month + 2) // 3}"
    return start.isoformat()[: {Span.DAY: 10, Span.MONTH: 7, Span.YEAR: 4}[span]]


def pieces(first: date, last: date, span: Span) -> list[tuple[date, date]]:
    """Return the pieces of a period in order, each with its first and last day within the period."""
    found, at = [], first
    while at <= last:
        end = min(end_of(at, span), last)
        found.append((at, end))
        at = end + DAY
    return found


def months_after(day: date, months: int) -> date:
    """Return the same day of another month, or that month's last day where it is shorter."""
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    following = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(day.day - 1), following - DAY)


def compared_with(first: date, last: date, compared: Compared) -> tuple[date, date]:
    """Return the period that another is compared with.

    Whole months are compared with as many whole months; other days with as many days.
    """
    whole = first.day == 1 and (last + DAY).day == 1
    if compared is Compared.LAST_YEAR:
        return months_after(first, -12), months_after(last + DAY, -12) - DAY if whole else months_after(last, -12)
    if whole:
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        return months_after(first, -months), first - DAY
    return first - (last - first) - DAY, first - DAY
