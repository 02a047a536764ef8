"""Turning a selection into a plan with one call: every visit where there is room, and nothing twice."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from fieldsales.anomalies.models import Anomaly
from fieldsales.anomalies.queries import held_among
from fieldsales.causes.queries import causes_on
from fieldsales.causes.rules import Causes
from fieldsales.customers.queries import CustomerFilter
from fieldsales.people.models import Role, User
from fieldsales.people.queries import reps_visible_to
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, Source
from fieldsales.planning.service import ask_for_cause, put_visit
from fieldsales.selections.queries import chosen_anomalies, chosen_customers, names_of, open_among
from fieldsales.selections.rules import GAP_OF_ANOMALIES, CustomerChoice, Outcome, Selected, Selection
from fieldsales.spreads.queries import Known, diary_of, known_of, open_days
from fieldsales.spreads.rules import TOLD, Fate, Told, Wish, spread
from fieldsales.spreads.service import days_wanted, keep_others_out, today_of
from fieldsales.turns.rules import whose_turn
from fieldsales.wording.rules import MOST_WORDS, alarm_words, short_day

NEVER = 999
"""As many days ago was the last visit of a customer where nobody ever was, when the most neglected goes first."""


@dataclass(frozen=True, slots=True)
class _Desk:
    """Everything that a selection is judged by; `alarms` are the open anomalies that may be told of, by customer.

    `causes` are the lists that hold on each of the days.
    """

    by: Actor
    now: datetime
    today: date
    days: tuple[date, ...]
    reps: Mapping[uuid.UUID, User]
    known: Known
    causes: Mapping[date, Causes]
    alarms: Mapping[uuid.UUID, Sequence[Anomaly]]
    chosen: Selection


def plan_selection(
    session: Session,
    wanted: Selection,
    *,
    by: Actor,
    now: datetime,
    days: Collection[date] | None = None,
    dry_run: bool = False,
) -> Selected:
    """Plan a visit for each customer that is selected, on the days there is room; the same again changes nothing.

    Customers go to whoever serves them among the reps whom the actor may see; a rep plans for the own customers. One
    that is on a plan within the days stays there, and that visit asks for the cause from now on. With `dry_run` it is
    told what would happen, and nothing is written. Raises `AnomalyNotFound`, `SelectionTooLarge`, `DayOver`,
    `SpanTooFar`.
    """
    reps = reps_visible_to(session, by)
    today = today_of(reps, now)
    span = days_wanted(reps, days, today)
    anomalies, ids = _chosen(session, by, wanted)
    if not ids or not span:
        return Selected(span, ())
    if not dry_run:
        keep_others_out(session, [rep.id for rep in reps], ids)
        reps, (anomalies, ids) = reps_visible_to(session, by), _chosen(session, by, wanted)
    alarms = _by_customer(anomalies) if wanted.customers is None else open_among(session, ids)
    known = known_of(session, ids, span, today)
    causes = {day: causes_on(session, day) for day in span}
    desk = _Desk(by, now, today, span, {rep.id: rep for rep in reps}, known, causes, alarms, wanted)
    diary = diary_of(session, reps, span)
    told = spread([_wish(desk, who) for who in ids], diary.room_s, diary.travel_s)
    names = names_of(session, ids)
    outcomes = tuple(_settle(session, desk, each, names[each.customer_id], dry_run=dry_run) for each in told)
    session.flush()
    held = held_among(session, [each.id for each in anomalies], span[-1])
    return Selected(span, outcomes, tuple(held))


def _chosen(session: Session, by: Actor, wanted: Selection) -> tuple[Sequence[Anomaly], list[uuid.UUID]]:
    """The anomalies that are selected, and the customers, each once."""
    if wanted.customers is not None:
        return (), chosen_customers(session, by, wanted.customers)
    anomalies = chosen_anomalies(session, by, wanted)
    return anomalies, list(dict.fromkeys(each.customer_id for each in anomalies))


def _by_customer(anomalies: Sequence[Anomaly]) -> dict[uuid.UUID, list[Anomaly]]:
    found: dict[uuid.UUID, list[Anomaly]] = defaultdict(list)
    for anomaly in anomalies:
        found[anomaly.customer_id].append(anomaly)
    return found


def _wish(desk: _Desk, who: uuid.UUID) -> Wish:
    served = desk.known.served.get(who)
    there = desk.known.there(who, desk.days)
    reps = _who_may_go(desk, who)
    days, refused = _days_for(desk, who)
    made = desk.known.made.get(who, ())
    return Wish(
        customer_id=who,
        reps=reps,
        service_s=desk.known.service_s(who) if served else 0,
        value=_value(desk, who, max((each.day for each in made), default=None)),
        days=days,
        open_days=open_days(served.shop, days, [desk.reps[rep] for rep in reps]) if served else frozenset(),
        near=desk.known.elsewhere(who, desk.days),
        minimum_gap_days=_gap(desk, who),
        weekday=desk.known.weekdays.get(who),
        there=tuple((visit.rep_id, visit.day) for visit in there),
        refused=refused,
    )


def _who_may_go(desk: _Desk, who: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """Those who serve the customer and whom the actor may send, whose turn it is first; a rep sends nobody else."""
    served = desk.known.served.get(who)
    if served is None:
        return ()
    live = [each.rep_id for each in served.key_accounts if any(each.counts_on(day) for day in desk.days)]
    instead = [each.rep_id for each in served.stand_ins if any(each.counts_on(day) for day in desk.days)]
    serving = [rep for rep in dict.fromkeys([served.owner, *instead, *live]) if rep is not None and rep in desk.reps]
    if desk.by.role is Role.REP:
        serving = [rep for rep in serving if rep == desk.by.user_id]
    seen = {each.rep_id: each.day for each in desk.known.made.get(who, ())}
    turns = []
    while serving:
        turns.append(whose_turn(serving, seen) if live else serving[0])
        serving.remove(turns[-1])
    return tuple(turns)


def _days_for(desk: _Desk, who: uuid.UUID) -> tuple[frozenset[date], tuple[Fate, str] | None]:
    """The days on which somebody may be sent, and why there are none."""
    if desk.chosen.customers is not None:
        return frozenset(desk.days), None
    standing = [each for each in desk.alarms[who] if each.closed_on is None]
    if not standing:
        closed = max(desk.alarms[who], key=lambda each: each.closed_on or date.min)
        return frozenset(), (Fate.NOT_OPEN, f"Closed on {closed.closed_on}: {closed.closed_because}.")
    days = frozenset(day for day in desk.days if any(not each.held_on(day) for each in standing))
    return days, None if days else (Fate.HELD_OUT, TOLD[Fate.HELD_OUT])


def _value(desk: _Desk, who: uuid.UUID, last: date | None) -> int:
    if desk.chosen.customers is None:
        return sum(each.at_risk_minor for each in desk.alarms[who] if each.closed_on is None)
    tier = desk.known.tiers.get(who)
    waited = NEVER if last is None else min(NEVER, (desk.today - last).days)
    return (tier.visit_value if tier else 0) * (NEVER + 1) + waited


def _gap(desk: _Desk, who: uuid.UUID) -> int:
    if desk.chosen.minimum_gap_days is not None:
        return desk.chosen.minimum_gap_days
    tier = desk.known.tiers.get(who)
    return GAP_OF_ANOMALIES if desk.chosen.customers is None or tier is None else tier.minimum_gap_days


def _settle(session: Session, desk: _Desk, told: Told, name: str, *, dry_run: bool) -> Outcome:
    """Write what was found for one customer, unless it is a dry run, and tell it."""
    day = told.slots[0][1] if told.slots else None
    alarm = next((each for each in desk.alarms.get(told.customer_id, ()) if day and _asks(each, day)), None)
    fate, reason = told.fate, told.reason
    if fate is Fate.PLANNED and day:
        reason = _why(session, desk, alarm, day)
        if not dry_run:
            for slot in told.slots:
                source = Source.MANUAL if desk.chosen.customers else Source.ANOMALY
                visit = put_visit(
                    session,
                    told.customer_id,
                    slot,
                    source=source,
                    reason=reason,
                    by=desk.by.user_id,
                    now=desk.now,
                    value=desk.known.tiers[told.customer_id].visit_value,
                )
                if alarm:
                    ask_for_cause(visit, alarm, desk.causes[day])
    elif fate is Fate.THERE:
        joining = [each for each in desk.known.there(told.customer_id, desk.days) if alarm and _may_join(each)]
        fate, reason = (Fate.JOINED if joining else fate), "It is on the plan already."
        for visit in joining if not dry_run else ():
            _join(session, visit, alarm, desk)
    promotion = desk.causes[day].promotion_for(alarm.kind) if alarm and day else None
    return Outcome(told.customer_id, name, fate, reason, told.slots, alarm.id if alarm else None, promotion)


def _asks(anomaly: Anomaly, day: date) -> bool:
    return anomaly.closed_on is None and not anomaly.held_on(day)


def _may_join(visit: PlannedVisit) -> bool:
    return not visit.asks_cause and visit.status == "planned"


def _join(session: Session, visit: PlannedVisit, alarm: Anomaly | None, desk: _Desk) -> None:
    """Have a visit that is planned already ask for the cause, and stay through new planning: a person wants it."""
    assert alarm is not None
    told = f"{visit.reason}; {alarm_words(alarm.kind)}: {alarm.reason}"
    put_visit(
        session,
        visit.customer_id,
        (visit.rep_id, visit.day),
        source=visit.source,
        reason=told[:MOST_WORDS],
        by=desk.by.user_id,
        now=desk.now,
        value=visit.value,
    )
    ask_for_cause(visit, alarm, desk.causes[visit.day])


def _why(session: Session, desk: _Desk, alarm: Anomaly | None, day: date) -> str:
    told = f"{alarm_words(alarm.kind)}: {alarm.reason}" if alarm else ""
    if desk.chosen.customers is None:
        return told[:MOST_WORDS]
    selected = desk.chosen.reason or _selected_by(session, desk, desk.chosen.customers, day)
    return "; ".join(part for part in (selected, told) if part)[:MOST_WORDS]


def _selected_by(session: Session, desk: _Desk, choice: CustomerChoice, day: date) -> str:
    """Say by what a customer was selected, and by whom."""
    person = session.get_one(User, desk.by.user_id).name
    only: CustomerFilter = choice.only
    since = choice.not_visited_since
    words = [
        f"tier {only.tier}" if only.tier else "",
        only.category or "",
        f"“{only.search}”" if only.search else "",
        f"not visited since {short_day(since, day)}" if since else "",
    ]
    told = ", ".join(word for word in words if word)
    return f"selected by {person}" + (f": {told}" if told else "")
