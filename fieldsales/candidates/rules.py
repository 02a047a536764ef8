"""Who could be visited on a day, by which rep, why, and what the visit is worth.

One customer gives at most one candidate a day, so no two reps meet at a door, unless a manager wants the reps of a key
account to go together. A key account counts between its days only, and by its own cadence where it has one. In this
order:

1. *Key account, never seen.* A rep to whom a manager gave the customer and who has not been there yet goes at once.
2. *Due.* By the cadence of the customer's tier (`cadence.rules`). The owner goes; a key account is shared: its owner
   and the reps it was given to take turns, whoever was there longest ago first.
3. *Anomaly*, only if asked for: an open anomaly that nobody has visited since it was opened; its owner goes.

Whatever the visit is for, an open anomaly of the customer is told with it.

A visit is worth its tier's value, times the urgency of being late (1 to 4), times 2 for a key account (and a half to 2
by its priority) and 1.5 for an anomaly. What a person put on a day is not decided here: it stays, and comes before
everything else.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from fieldsales.anomalies.models import AnomalyKind
from fieldsales.cadence.rules import (
    Cadence,
    Due,
    due_after_contact,
    due_by_journey,
    due_without_contact,
    previous_working_day,
    stable_number,
)
from fieldsales.turns.rules import FACTORS, KeyAccount, going_together, own_cadence, priority_of, whose_turn

KEY_ACCOUNT_FACTOR = 2.0
ANOMALY_FACTOR = 1.5
MOST_WORDS = 500
"""How many characters a reason may have; the column of a planned visit holds no more."""

LONG_AGO = timedelta(days=180)
"""From how far back on a day is told with its year."""

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY_NAMES = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


class Why(StrEnum):
    """What made a customer a candidate; the same words as the source of a planned visit."""

    TIER = "tier"
    KEY_ACCOUNT = "key_account"
    ANOMALY = "anomaly"


@dataclass(frozen=True, slots=True)
class Rep:
    """A rep as far as the choice needs: a name for reasons, the weekdays worked (Monday is 0), and days off."""

    id: uuid.UUID
    name: str
    weekdays: tuple[int, ...]
    off: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        """Whether the rep works on a day."""
        return day.weekday() in self.weekdays and day not in self.off


@dataclass(frozen=True, slots=True)
class Shop:
    """A customer as a stop: where, when open (in which country's holidays), and for how long a visit takes."""

    id: uuid.UUID
    name: str
    latitude: float | None
    longitude: float | None
    opening_hours: str | None
    country: str | None
    service_minutes: int | None


@dataclass(frozen=True, slots=True)
class TierVisit:
    """What a tier means for a visit."""

    tier: str
    cadence: Cadence
    service_minutes: int
    value: int


@dataclass(frozen=True, slots=True)
class Contact:
    """A rep was at the customer on a day, or is planned to be on a coming one."""

    rep_id: uuid.UUID
    day: date


@dataclass(frozen=True, slots=True)
class Alarm:
    """An anomaly that is open, and since when."""

    kind: AnomalyKind
    opened_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Case:
    """One customer on the morning of a day.

    `contacts` lie before the day. `missed_since` is the first day on which a visit was planned and not made, for a
    customer without a contact. `next_planned` is the nearest day after this one on which the customer is planned.
    `weekday` is the one that the visits are kept to, `usual_weekday` the one on which the customer orders, and
    `last_order` the last day before this one on which it did, as far as the history goes back. `journey` are
    the days of the owner's journey plan, None where none covers the day.
    """

    customer_id: uuid.UUID
    tier: TierVisit
    owner: uuid.UUID | None
    key_accounts: tuple[KeyAccount, ...] = ()
    contacts: tuple[Contact, ...] = ()
    missed_since: date | None = None
    next_planned: date | None = None
    weekday: int | None = None
    usual_weekday: int | None = None
    alarm: Alarm | None = None
    last_order: date | None = None
    journey: tuple[date, ...] | None = None

    def last_seen_by(self, rep_id: uuid.UUID) -> date | None:
        """The last day on which a rep was there."""
        return max((contact.day for contact in self.contacts if contact.rep_id == rep_id), default=None)

    def on(self, day: date) -> Case:
        """The case with the key accounts that count on a day, and with their cadence where they have one."""
        accounts = tuple(each for each in self.key_accounts if each.counts_on(day))
        own = own_cadence(accounts)
        return replace(self, key_accounts=accounts, tier=replace(self.tier, cadence=own) if own else self.tier)

    @property
    def key_account_factor(self) -> float:
        """How many times its value a visit is worth to a key account of this priority."""
        return KEY_ACCOUNT_FACTOR * FACTORS[priority_of(self.key_accounts)]

    @property
    def last_contact(self) -> Contact | None:
        """The last visit of anybody."""
        return max(self.contacts, key=lambda contact: contact.day, default=None)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A visit that should be made: by whom, why, and what it is worth beside others.

    `anomaly` is what an anomaly's own visit is for; `asks_about` the one that any visit should find the cause of.
    """

    rep_id: uuid.UUID
    customer_id: uuid.UUID
    why: Why
    reason: str
    value: int
    anomaly: AnomalyKind | None = None
    asks_about: AnomalyKind | None = None


def choose_all(case: Case, day: date, crew: Sequence[Rep], *, with_anomalies: bool = False) -> tuple[Candidate, ...]:
    """Return the visits that the customer should have on a day: one, or one of each rep who goes together with others.

    Those go on a day on which all of them work, if there is any in the week.
    """
    pair = going_together(each for each in case.key_accounts if each.counts_on(day))
    if not pair:
        found = choose(case, day, crew, with_anomalies=with_anomalies)
        return (found,) if found else ()
    reps = [rep for rep in crew if rep.id in pair]
    common = frozenset(range(7)).intersection(*(rep.weekdays for rep in reps))
    if common and day.weekday() not in common:
        return ()
    found = choose(case, day, crew, with_anomalies=with_anomalies)
    if found is None:
        return ()
    going = [rep for rep in reps if day.weekday() in rep.weekdays] or [rep for rep in crew if rep.id == found.rep_id]
    return tuple(_beside(found, rep, going) for rep in going)


def choose(case: Case, day: date, crew: Sequence[Rep], *, with_anomalies: bool = False) -> Candidate | None:
    """Return the visit that the customer should have on a day, or None. `crew` are all reps who serve anybody."""
    case = case.on(day)
    serving = _serving(case, crew)
    working = [rep for rep in serving if rep.works_on(day)]
    if not working or _soon_planned(case, day):
        return None
    found = _first_meeting(case, working) or _due(case, day, serving, working)
    if found is None:
        return _alarmed(case, day, working) if with_anomalies else None
    told = f"{found.reason}; {_alarm_told(case.alarm)}" if case.alarm else found.reason
    return replace(found, reason=_shortened(told), asks_about=case.alarm.kind if case.alarm else None)


def short_day(day: date, read_on: date) -> str:
    """Return a day as a rep reads it on another: “Mon 2 Mar”, and long ago “Mon 31 Oct 2022”."""
    year = f" {day:%Y}" if read_on - day >= LONG_AGO else ""
    return f"{day:%a} {day.day} {day:%b}{year}"


def _serving(case: Case, crew: Sequence[Rep]) -> list[Rep]:
    """The owner first, then the reps the account was given to."""
    given = [account.rep_id for account in case.key_accounts]
    wanted = [case.owner, *given] if case.owner not in given else given
    known = {rep.id: rep for rep in crew}
    return [known[rep_id] for rep_id in wanted if rep_id in known]


def _soon_planned(case: Case, day: date) -> bool:
    gap = timedelta(days=case.tier.cadence.minimum_gap_days)
    return case.next_planned is not None and case.next_planned - day < gap


def _first_meeting(case: Case, working: Sequence[Rep]) -> Candidate | None:
    given = {account.rep_id: account for account in case.key_accounts}
    new = [rep for rep in working if rep.id in given and case.last_seen_by(rep.id) is None]
    if not new:
        return None
    rep = new[stable_number(case.customer_id) % len(new)]
    account = given[rep.id]
    told = f": {account.instruction}" if account.instruction else ""
    reason = f"key account, given by {account.given_by or 'a manager'}{told}; {rep.name}'s first visit"
    return Candidate(rep.id, case.customer_id, Why.KEY_ACCOUNT, reason, _worth(case, 1.0, case.key_account_factor))


def _due(case: Case, day: date, serving: Sequence[Rep], working: Sequence[Rep]) -> Candidate | None:
    due = _when_due(case, day, serving[0])
    if due is None:
        return None
    urgency = due.urgency(day, case.tier.cadence.period_days)
    reason = _why_due(case, due, day)
    if not case.key_accounts:
        return Candidate(working[0].id, case.customer_id, Why.TIER, reason, _worth(case, urgency))
    seen = {each.id: last for each in working if (last := case.last_seen_by(each.id))}
    rep = next(each for each in working if each.id == whose_turn([one.id for one in working], seen))
    together = going_together(case.key_accounts)
    reason = f"key account, {reason}{'' if together else turn_told(case, rep, serving, day)}"
    return Candidate(rep.id, case.customer_id, Why.KEY_ACCOUNT, reason, _worth(case, urgency, case.key_account_factor))


def _when_due(case: Case, day: date, rep: Rep) -> Due | None:
    cadence, contact = case.tier.cadence, case.last_contact
    if case.journey is not None:
        return due_by_journey(cadence, case.journey, contact.day if contact else None, day)
    weekday = case.weekday if case.weekday in rep.weekdays else None
    if contact is not None:
        return due_after_contact(cadence, contact.day, day, weekday)
    if case.missed_since is not None:
        return Due(case.missed_since, None)
    turns = rep.weekdays if weekday is None else (weekday,)
    return due_without_contact(cadence, case.customer_id, day, previous_working_day(day, rep.weekdays, rep.off), turns)


def _alarmed(case: Case, day: date, working: Sequence[Rep]) -> Candidate | None:
    alarm, contact = case.alarm, case.last_contact
    if alarm is None or (contact is not None and contact.day >= alarm.opened_on):
        return None
    worth = _worth(case, 1.0, ANOMALY_FACTOR)
    reason = _shortened(_alarm_told(alarm))
    return Candidate(working[0].id, case.customer_id, Why.ANOMALY, reason, worth, alarm.kind, alarm.kind)


def _alarm_told(alarm: Alarm) -> str:
    return f"{alarm_words(alarm.kind)}: {alarm.reason}"


def _beside(found: Candidate, rep: Rep, going: Sequence[Rep]) -> Candidate:
    others = ", ".join(other.name for other in going if other != rep)
    told = f"; together with {others}" if others else ""
    return replace(found, rep_id=rep.id, reason=_shortened(f"{found.reason}{told}"))


def _shortened(reason: str) -> str:
    return reason if len(reason) <= MOST_WORDS else f"{reason[: MOST_WORDS - 1]}…"


def alarm_words(kind: AnomalyKind) -> str:
    """Return the name of an anomaly as a rep reads it."""
    return str(kind).replace("_", " ")


def _why_due(case: Case, due: Due, day: date) -> str:
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
        return f"last visit {short_day(due.contact, day)}{late}"
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
    return f"; {rep.name}'s turn, {name} went {short_day(seen, day)}"


def _worth(case: Case, urgency: float, factor: float = 1.0) -> int:
    return max(1, round(case.tier.value * urgency * factor))
