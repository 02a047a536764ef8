"""When a report is due, and of which day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from fieldsales.clock import at_second, local_day, second_of_day
from fieldsales.errors import Conflict, Forbidden, Invalid, NotFound
from fieldsales.headlines.rules import WORDS

_WEEK = 7
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
EVERY_WORKDAY = "MO,TU,WE,TH,FR"


class SubscriptionNotFound(NotFound):
    """There is no such subscription to a report, or it is somebody's whom you may not see."""

    code = "report.subscription_not_found"
    title = "There is no such subscription"


class NotForReps(Forbidden):
    """Reports of a team are for those who lead it. A rep's own day is in the app."""

    code = "report.not_for_reps"
    title = "Reports of a team are for those who lead it"


class SubscribedAlready(Conflict):
    """The person has this report at that time already. End that subscription first, or choose another time."""

    code = "report.subscribed_already"
    title = "That report is subscribed to already"


class NoSuchLanguage(Invalid):
    """Reports are written in English (en) and Chinese (zh)."""

    code = "report.unknown_language"
    title = "Reports are not written in that language"


class Covers(StrEnum):
    """Of which day a report is: the day on which it is sent, or the one before."""

    SAME_DAY = "same_day"
    DAY_BEFORE = "day_before"


def usual_cover(sends_at: time) -> Covers:
    """Return of which day a report is by default: before noon of the day before, later of the same."""
    return Covers.DAY_BEFORE if sends_at < time(12) else Covers.SAME_DAY


def covered(due_on: date, covers: Covers) -> date:
    """Return the day that a report is of."""
    return due_on - timedelta(days=1) if covers is Covers.DAY_BEFORE else due_on


def due_moment(due_on: date, sends_at: time, time_zone: str) -> datetime:
    """Return when a report is due on a day."""
    return at_second(due_on, second_of_day(sends_at), time_zone)


def latest_due(sends_at: time, weekdays: str, time_zone: str, since: datetime, now: datetime) -> date | None:
    """Return the latest day on which a report was due after `since`, up to now; None if there was none.

    Whoever was away sends the latest and not all that were missed: a report of last week helps nobody.
    """
    today, wanted = local_day(now, time_zone), set(weekdays.split(","))
    for back in range(_WEEK + 1):
        day = today - timedelta(days=back)
        if WEEKDAYS[day.weekday()] in wanted and since < due_moment(day, sends_at, time_zone) <= now:
            return day
    return None


def check_language(language: str) -> str:
    """Return a language that reports are written in; raise `NoSuchLanguage`."""
    found = language.replace("_", "-").partition("-")[0].lower()
    if found not in WORDS:
        raise NoSuchLanguage(f"“{language}” is no language of reports.", mend=f"Use one of: {', '.join(WORDS)}.")
    return found
