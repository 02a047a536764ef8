"""Drawing up a day: everything that bears on it is read once, and the rules are asked. Writes nothing."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from fieldsales.arrangements.queries import arranged
from fieldsales.arrangements.rules import NOTHING, Terms
from fieldsales.cadence.rules import LONGEST_LEAVE, Wish, level_weekdays
from fieldsales.calendars.queries import free_days
from fieldsales.candidates.queries import Served, as_rep, crew, last_visits, served_by, visits_on
from fieldsales.candidates.rules import Candidate, Why, choose_all
from fieldsales.cases.rules import Case, Contact, Rep
from fieldsales.causes.queries import causes_on
from fieldsales.doors.rules import Hours, open_weekdays, waits_for_another_day
from fieldsales.drafts.queries import newest_order, stored_plans
from fieldsales.drafts.rules import (
    BEGUN,
    DONE,
    Around,
    Draft,
    Line,
    Plan,
    Standing,
    Stored,
    make_plan,
)
from fieldsales.driving.queries import work_day
from fieldsales.driving.rules import Driving
from fieldsales.hours import DAY_S
from fieldsales.journeys.queries import plan_days
from fieldsales.mornings.service import Morning, read_morning
from fieldsales.people.models import User
from fieldsales.turns.rules import going_together

NOBODY_THERE = Around()
LEAVE = timedelta(days=LONGEST_LEAVE)


@dataclass(frozen=True, slots=True)
class _Setting:
    """Who there is to go, on which days they do not work, what was arranged, and what journey plans say of the day."""

    people: Sequence[User]
    everybody: Sequence[Rep]
    terms: Mapping[uuid.UUID, Terms]
    journeys: Mapping[uuid.UUID, Mapping[uuid.UUID, Sequence[date]]]


def draft_day(
    session: Session,
    reps: Sequence[User],
    day: date,
    today: date,
    *,
    driving: Driving | None,
    with_anomalies: bool,
    now: datetime,
) -> Draft:
    """Return the day of these reps as it should stand, not yet searched for routes (never, without `driving`).

    Visits planned from `today` on count as visits that will be made. Tiers and anomalies are those of `today`, which
    is not after `day`: nobody has ordered yet on the days between.
    """
    rep_ids = {rep.id for rep in reps}
    stored = stored_plans(session, rep_ids, day, today)
    whoever = served_by(session, rep_ids)
    served = {who: each.on(day) for who, each in whoever.items()}
    people = crew(session)
    free = free_days(session, {each.id: each for each in (*people, *reps)}.values(), day - LEAVE, day)
    setting = _Setting(
        people=people,
        everybody=[as_rep(rep, free[rep.id]) for rep in people],
        terms=arranged(session),
        journeys=_but_between(plan_days(session, [rep.id for rep in people], day), today, day),
    )
    morning = read_morning(session, today, day)
    chosen = _choose(
        session, day, served, morning, stored, setting=setting, rep_ids=rep_ids, with_anomalies=with_anomalies
    )
    visited = {rep_id for rep_id, _ in visits_on(session, day)}
    assigned, mine = _customers_of(whoever.values()), _customers_of(served.values())
    plans, causes = [], causes_on(session, day)
    for rep in reps:
        here = _without(stored.standing[rep.id], mine[rep.id])
        begun = rep.id in visited or any(line.status == DONE for line in stored.standing[rep.id].lines)
        plan = replace(
            _blank(rep, day, here, begun=begun, off=free[rep.id].get(day)),
            drawn_from=stored.standing[rep.id],
            customers=frozenset(assigned[rep.id]),
        )
        if plan.note is None and rep.work_pattern is not None:
            plan = make_plan(
                plan,
                chosen[rep.id],
                work=work_day(rep.work_pattern),
                standing=here,
                facts={who: (served[who].shop, morning.tier_of(who).service_minutes) for who in mine[rep.id]},
                day=day,
                driving=driving,
                terms=setting.terms,
                causes=causes,
            )
        plans.append(plan)
    return Draft(day, today, tuple(plans), now, morning.tiers, morning.findings, newest_order(session, day))


def _but_between(
    journeys: Mapping[uuid.UUID, Mapping[uuid.UUID, Sequence[date]]], today: date, day: date
) -> dict[uuid.UUID, dict[uuid.UUID, list[date]]]:
    """Journey plans without the days from tomorrow to the planned one: still to come, so that nobody missed them."""
    return {
        rep_id: {who: [on for on in days if not today < on < day] for who, days in by_customer.items()}
        for rep_id, by_customer in journeys.items()
    }


def _choose(
    session: Session,
    day: date,
    served: Mapping[uuid.UUID, Served],
    morning: Morning,
    stored: Stored,
    *,
    setting: _Setting,
    rep_ids: set[uuid.UUID],
    with_anomalies: bool,
) -> dict[uuid.UUID, list[Candidate]]:
    """The candidates of each rep; nobody whom another rep visits that day, by plan or in fact, or was moved off it."""
    everybody = setting.everybody
    hours = {who: _hours_of(each, setting.people) for who, each in served.items()}
    made = last_visits(session, rep_ids, day)
    lines = (line for each in stored.standing.values() for line in each.lines)
    standing = {line.customer_id: line for line in sorted(lines, key=_by_hand)}  # of two reps' lines the one by hand
    by_hand = {
        (rep_id, each.customer_id) for rep_id, on in stored.standing.items() for each in on.lines if each.by_hand
    }
    gone_to = by_hand | visits_on(session, day)
    spoken_for = {customer_id for _, customer_id in gone_to}
    weekdays = _weekdays(served.values(), morning, setting, hours, day)
    chosen: dict[uuid.UUID, list[Candidate]] = defaultdict(list)
    for customer_id in served.keys() - set(stored.taken) - set(stored.moved_off):
        together = going_together(each for each in served[customer_id].key_accounts if each.counts_on(day))
        if customer_id in spoken_for and not together:
            continue
        if waits_for_another_day(served[customer_id].shop, day, hours[customer_id]):
            continue
        around = stored.around.get(customer_id, NOBODY_THERE)
        if customer_id in standing:
            around = replace(around, next_planned=None)  # stands on this day, so a later plan does not move it
        case = _case(
            served[customer_id],
            morning,
            setting,
            made=made.get(customer_id, ()),
            around=around,
            weekday=weekdays.get(customer_id),
        )
        stands_for = standing[customer_id].source if customer_id in standing else None
        for wanted in choose_all(case, day, everybody, with_anomalies=with_anomalies or stands_for == Why.ANOMALY):
            if (wanted.rep_id, customer_id) not in gone_to:
                chosen[wanted.rep_id].append(wanted)
    return chosen


def _by_hand(line: Line) -> bool:
    return line.by_hand


def _hours_of(served: Served, crew: Sequence[User]) -> Hours:
    """When anybody who serves a customer works; all day where nobody has said."""
    reps = {served.owner, *(account.rep_id for account in served.key_accounts)}
    patterns = [
        (as_rep(rep).weekdays, work_day(rep.work_pattern).shift) for rep in crew if rep.id in reps and rep.work_pattern
    ]
    return Hours(
        frozenset(weekday for weekdays, _ in patterns for weekday in weekdays),
        min((shift[0] for _, shift in patterns), default=0),
        max((shift[1] for _, shift in patterns), default=DAY_S),
    )


def _weekdays(
    served: Iterable[Served],
    morning: Morning,
    setting: _Setting,
    hours: Mapping[uuid.UUID, Hours],
    day: date,
) -> dict[uuid.UUID, int]:
    """The weekday of every customer who has an owner, levelled over the owner's week."""
    wishes: dict[uuid.UUID, dict[uuid.UUID, Wish]] = defaultdict(dict)
    for each in served:
        who = each.shop.id
        terms = setting.terms.get(who, NOTHING)
        period = terms.cadence(morning.tier_of(who).cadence).period_days
        if each.owner is not None and period >= 7:
            opened = open_weekdays(each.shop, day, hours[who])
            wanted = (opened & terms.weekdays or terms.weekdays) if terms.weekdays else opened
            habit = morning.weekdays.get(who)
            known = habit if terms.weekdays is None or habit in wanted else min(wanted)
            wishes[each.owner][who] = Wish(known, 7 / period, wanted)
    return {
        who: weekday
        for rep in setting.everybody
        for who, weekday in level_weekdays(wishes[rep.id], rep.weekdays).items()
    }


def _case(
    served: Served,
    morning: Morning,
    setting: _Setting,
    *,
    made: Sequence[Contact],
    around: Around,
    weekday: int | None,
) -> Case:
    who, tier = served.shop.id, morning.tier_of(served.shop.id)
    journey = setting.journeys.get(served.owner, {}).get(who) if served.owner else None
    return Case(
        customer_id=who,
        tier=replace(tier, cadence=setting.terms.get(who, NOTHING).cadence(tier.cadence)),
        owner=served.owner,
        key_accounts=tuple(served.key_accounts),
        contacts=(*made, *around.contacts),
        missed_since=around.missed_since,
        next_planned=around.next_planned,
        weekday=weekday,
        usual_weekday=morning.weekdays.get(who),
        alarm=morning.alarms.get(who),
        last_order=morning.last_orders.get(who),
        journey=None if journey is None else tuple(journey),
    )


def _blank(rep: User, day: date, standing: Standing, *, begun: bool, off: str | None) -> Plan:
    """The plan of a rep before anything is on it; with a note where nothing will be."""
    plan = Plan(as_rep(rep), rep.login, rep.territory.time_zone if rep.territory else "UTC")
    kept = tuple(line for line in standing.lines if line.by_hand)
    if begun:
        return replace(plan, note=BEGUN, frozen=True, lines=standing.lines)
    if rep.work_pattern is None:
        return replace(plan, note="has no working pattern: set where and when the day starts", lines=kept)
    if day.weekday() not in plan.rep.weekdays:
        return replace(plan, note=f"does not work on {day:%A}s", lines=kept)
    if off is not None:
        return replace(plan, note=f"is off: {off}", lines=kept)
    return plan


def _customers_of(served: Iterable[Served]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """The customers that each rep serves, as owner, with a key account or in another's place."""
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for each in served:
        if each.owner is not None:
            found[each.owner].add(each.shop.id)
        for account in each.key_accounts:
            found[account.rep_id].add(each.shop.id)
        for stands in each.stand_ins:
            found[stands.rep_id].add(each.shop.id)
    return found


def _without(standing: Standing, mine: set[uuid.UUID]) -> Standing:
    """What stands of a day but for customers whom the rep does not serve any more."""
    return Standing(tuple(line for line in standing.lines if line.customer_id in mine), standing.stamp)
