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
    Due,
    due_after_contact,
    due_by_journey,
    due_without_contact,
    previous_working_day,
    stable_number,
)
from fieldsales.cases.rules import Case, Rep
from fieldsales.turns.rules import going_together, whose_turn
from fieldsales.wording.rules import alarm_told, shortened, turn_told, why_due

ANOMALY_FACTOR = 1.5
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Why(StrEnum):
    """What made a customer a candidate; the same words as the source of a planned visit."""

    TIER = "tier"
    KEY_ACCOUNT = "key_account"
    ANOMALY = "anomaly"


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
    told = f"{found.reason}; {alarm_told(case.alarm)}" if case.alarm else found.reason
    return replace(found, reason=shortened(told), asks_about=case.alarm.kind if case.alarm else None)


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
    reason = why_due(case, due, day)
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
    reason = shortened(alarm_told(alarm))
    return Candidate(working[0].id, case.customer_id, Why.ANOMALY, reason, worth, alarm.kind, alarm.kind)


def _beside(found: Candidate, rep: Rep, going: Sequence[Rep]) -> Candidate:
    others = ", ".join(other.name for other in going if other != rep)
    told = f"; together with {others}" if others else ""
    return replace(found, rep_id=rep.id, reason=shortened(f"{found.reason}{told}"))


def _worth(case: Case, urgency: float, factor: float = 1.0) -> int:
    return max(1, round(case.tier.value * urgency * factor))
