"""Why a visit is due, in words that a rep reads: short, dated, and adding up for a reader who counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from fieldsales.anomalies.models import AnomalyKind
from fieldsales.cadence.rules import Due
from fieldsales.cases.rules import Alarm, Case, Rep

MOST_WORDS = 500
"""How many characters a reason may have; the column of a planned visit holds no more."""

LONG_AGO = timedelta(days=180)
"""From how far back on a day is told with its year."""

_DAY_NAMES = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def short_day(day: date, read_on: date) -> str:
    """Return a day as a rep reads it on another: “Mon 2 Mar”, and long ago “Mon 31 Oct 2022”."""
    year = f" {day:%Y}" if read_on - day >= LONG_AGO else ""
    return f"{day:%a} {day.day} {day:%b}{year}"


def alarm_told(alarm: Alarm) -> str:
    """Return an anomaly and its evidence."""
    return f"{alarm_words(alarm.kind)}: {alarm.reason}"


def shortened(reason: str) -> str:
    """Return a reason that the column of a planned visit can hold."""
    return reason if len(reason) <= MOST_WORDS else f"{reason[: MOST_WORDS - 1]}…"


def alarm_words(kind: AnomalyKind) -> str:
    """Return the name of an anomaly as a rep reads it."""
    return str(kind).replace("_", " ")


def why_due(case: Case, due: Due, day: date) -> str:
    """Return the tier, how often, and since when: “B, every 2 weeks on Mondays: last visit Mon 2 Mar”."""
    told = f"{case.tier.tier}, {_how_often(case, due)}: {_since_when(case, due, day)}"
    if case.usual_weekday == day.weekday():
        told += f", orders on {_DAY_NAMES[day.weekday()]}"
    return told


def _how_often(case: Case, due: Due) -> str:
    """The cadence, with whatever else moved the day, so that a reader who counts comes to the same day."""
    told = str(case.tier.cadence)
    if due.journey:
        told += " by the journey plan"
    if due.weekday is not None:
        told += f" on {_DAY_NAMES[due.weekday]}"
    if due.gap_days is not None:
        told += f", at least {due.gap_days} {'day' if due.gap_days == 1 else 'days'} apart"
    return told


def _since_when(case: Case, due: Due, day: date) -> str:
    if due.contact is not None:
        late = f", due since {short_day(due.since, day)}" if due.since < day else ""
        told = "planned for" if case.is_to_come(due.contact) else "last visit"
        return f"{told} {short_day(due.contact, day)}{late}"
    if case.missed_since is not None:
        return f"planned since {short_day(case.missed_since, day)} and not visited yet"
    if case.last_order is not None:
        return f"first planned visit, last order {short_day(case.last_order, day)}"
    return "first planned visit"


def turn_told(case: Case, rep: Rep, serving: Sequence[Rep], day: date) -> str:
    """Say whose turn it is among several, and who went last before: “; Ben's turn, Anna went Mon 2 Mar”."""
    others = [(seen, other.name) for other in serving if other != rep and (seen := case.last_seen_by(other.id))]
    if len(serving) < 2:
        return ""
    if not others:
        return f"; {rep.name}'s turn"
    seen, name = max(others)
    went = "goes" if case.is_to_come(seen) else "went"
    return f"; {rep.name}'s turn, {name} {went} {short_day(seen, day)}"
