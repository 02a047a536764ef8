"""Drawing up a day: everything that bears on it is read once, and the rules are asked. Writes nothing."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from fieldsales.anomalies.queries import open_anomalies
from fieldsales.anomalies.rules import HISTORY_DAYS, Finding, find_anomalies
from fieldsales.cadence.rules import Cadence, Wish, level_weekdays
from fieldsales.candidates.queries import Served, as_rep, crew, last_visits, served_by, visits_on
from fieldsales.candidates.rules import Alarm, Candidate, Case, Contact, Rep, TierVisit, Why, choose
from fieldsales.clock import second_of_day
from fieldsales.drafts.queries import newest_order, stored_plans
from fieldsales.drafts.rules import (
    BEGUN,
    DONE,
    Around,
    Draft,
    Hours,
    Line,
    Plan,
    Standing,
    Stored,
    make_plan,
    open_weekdays,
    waits_for_another_day,
)
from fieldsales.driving.rules import Driving, WorkDay
from fieldsales.history.queries import buying_history
from fieldsales.history.rules import History, usual_weekdays
from fieldsales.hours import DAY_S
from fieldsales.people.models import User, WorkPattern
from fieldsales.tiers.queries import policies
from fieldsales.tiers.rules import WINDOW_DAYS, TierGiven, give_tiers
from fieldsales.tiers.service import default_policies, tier_rules

NOBODY_THERE = Around()


@dataclass(frozen=True, slots=True)
class _Morning:
    """What the orders up to a day say: tiers, habits and anomalies, and what each tier means."""

    given: Mapping[uuid.UUID, str]
    visits: Mapping[str, TierVisit]
    lowest: str
    weekdays: Mapping[uuid.UUID, int | None]
    last_orders: Mapping[uuid.UUID, date]
    alarms: Mapping[uuid.UUID, Alarm]
    tiers: tuple[TierGiven, ...]
    findings: tuple[Finding, ...]

    def tier_of(self, customer_id: uuid.UUID) -> TierVisit:
        return self.visits[self.given.get(customer_id, self.lowest)]


def draft_day(
    session: Session,
    reps: Sequence[User],
    day: date,
    today: date,
    *,
    driving: Driving | None,
    with_anomalies: bool,
) -> Draft:
    """Return the day of these reps as it should stand, not yet searched for routes (never, without `driving`).

    Visits planned from `today` on count as visits that will be made. Tiers and anomalies are those of `today`, which
    is not after `day`: nobody has ordered yet on the days between.
    """
    rep_ids = {rep.id for rep in reps}
    stored = stored_plans(session, rep_ids, day, today)
    served = served_by(session, rep_ids)
    morning = _morning(session, today)
    chosen = _choose(session, day, served, morning, stored, rep_ids=rep_ids, with_anomalies=with_anomalies)
    visited = {rep_id for rep_id, _ in visits_on(session, day)}
    mine = _customers_of(served.values())
    plans = []
    for rep in reps:
        here = _without(stored.standing[rep.id], mine[rep.id])
        begun = rep.id in visited or any(line.status == DONE for line in stored.standing[rep.id].lines)
        plan = replace(
            _blank(rep, day, here, begun=begun),
            drawn_from=stored.standing[rep.id],
            customers=frozenset(mine[rep.id]),
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
            )
        plans.append(plan)
    return Draft(day, today, tuple(plans), morning.tiers, morning.findings, newest_order(session, day))


def work_day(pattern: WorkPattern) -> WorkDay:
    """Return a working pattern in seconds from midnight."""
    lunch = (second_of_day(pattern.lunch_from), second_of_day(pattern.lunch_to), 60 * pattern.lunch_minutes)
    return WorkDay(
        latitude=pattern.start_latitude,
        longitude=pattern.start_longitude,
        shift=(second_of_day(pattern.shift_from), second_of_day(pattern.shift_to)),
        lunch=lunch if pattern.lunch_minutes else None,
    )


def _morning(session: Session, day: date) -> _Morning:
    history = buying_history(session, day - timedelta(days=HISTORY_DAYS), day)
    tiers = policies(session) or default_policies()
    given = give_tiers(history, tier_rules(tiers), day)
    found = find_anomalies(history, day)
    return _Morning(
        given={each.customer_id: each.tier for each in given},
        visits={
            each.tier: TierVisit(
                each.tier, Cadence(each.rrule, each.minimum_gap_days), each.service_minutes, each.visit_value
            )
            for each in tiers
        },
        lowest=tiers[-1].tier,
        weekdays=_habits(history, day),
        last_orders=_last_orders(history, day),
        alarms=_alarms(session, found, day),
        tiers=tuple(given),
        findings=tuple(found),
    )


def _habits(history: History, day: date) -> dict[uuid.UUID, int | None]:
    return dict(zip(history.customers, usual_weekdays(history, day - timedelta(days=WINDOW_DAYS), day), strict=True))


def _last_orders(history: History, day: date) -> dict[uuid.UUID, date]:
    ordinals = zip(history.customers, history.last_order(day).tolist(), strict=True)
    return {who: date.fromordinal(ordinal) for who, ordinal in ordinals if ordinal}


def _alarms(session: Session, found: Iterable[Finding], day: date) -> dict[uuid.UUID, Alarm]:
    """One alarm for each customer, the one with the most money behind it, dated by when it was opened."""
    since = {(anomaly.customer_id, anomaly.kind): anomaly.opened_on for anomaly in open_anomalies(session)}
    alarms: dict[uuid.UUID, Alarm] = {}
    for finding in sorted(found, key=lambda finding: finding.at_risk_minor):
        opened = since.get((finding.customer_id, finding.kind))
        if finding.raised or opened:
            alarms[finding.customer_id] = Alarm(finding.kind, opened or day, finding.reason)
    return alarms


def _choose(
    session: Session,
    day: date,
    served: Mapping[uuid.UUID, Served],
    morning: _Morning,
    stored: Stored,
    *,
    rep_ids: set[uuid.UUID],
    with_anomalies: bool,
) -> dict[uuid.UUID, list[Candidate]]:
    """The candidates of each rep; nobody whom another rep visits that day, by plan or in fact."""
    people = crew(session)
    everybody = [as_rep(rep) for rep in people]
    hours = {who: _hours_of(each, people) for who, each in served.items()}
    made = last_visits(session, rep_ids, day)
    lines = (line for each in stored.standing.values() for line in each.lines)
    standing = {line.customer_id: line for line in sorted(lines, key=_by_hand)}  # of two reps' lines the one by hand
    by_hand = {who for who, line in standing.items() if line.added_by}
    seen_today = {customer_id for _, customer_id in visits_on(session, day)}
    weekdays = _weekdays(served.values(), morning, everybody, hours, day)
    chosen: dict[uuid.UUID, list[Candidate]] = defaultdict(list)
    for customer_id in served.keys() - by_hand - seen_today - set(stored.taken):
        if waits_for_another_day(served[customer_id].shop, day, hours[customer_id]):
            continue
        around = stored.around.get(customer_id, NOBODY_THERE)
        if customer_id in standing:
            around = replace(around, next_planned=None)  # stands on this day, so a later plan does not move it
        case = _case(served[customer_id], morning, made.get(customer_id, ()), around, weekdays.get(customer_id))
        stands_for = standing[customer_id].source if customer_id in standing else None
        wanted = choose(case, day, everybody, with_anomalies=with_anomalies or stands_for == Why.ANOMALY)
        if wanted is not None:
            chosen[wanted.rep_id].append(wanted)
    return chosen


def _by_hand(line: Line) -> bool:
    return line.added_by is not None


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
    morning: _Morning,
    crew: Sequence[Rep],
    hours: Mapping[uuid.UUID, Hours],
    day: date,
) -> dict[uuid.UUID, int]:
    """The weekday of every customer who has an owner, levelled over the owner's week."""
    wishes: dict[uuid.UUID, dict[uuid.UUID, Wish]] = defaultdict(dict)
    for each in served:
        who, period = each.shop.id, morning.tier_of(each.shop.id).cadence.period_days
        if each.owner is not None and period >= 7:
            wishes[each.owner][who] = Wish(
                morning.weekdays.get(who), 7 / period, open_weekdays(each.shop, day, hours[who])
            )
    return {who: weekday for rep in crew for who, weekday in level_weekdays(wishes[rep.id], rep.weekdays).items()}


def _case(served: Served, morning: _Morning, made: Sequence[Contact], around: Around, weekday: int | None) -> Case:
    who = served.shop.id
    return Case(
        customer_id=who,
        tier=morning.tier_of(who),
        owner=served.owner,
        key_accounts=tuple(served.key_accounts),
        contacts=(*made, *around.contacts),
        missed_since=around.missed_since,
        next_planned=around.next_planned,
        weekday=weekday,
        usual_weekday=morning.weekdays.get(who),
        alarm=morning.alarms.get(who),
        last_order=morning.last_orders.get(who),
    )


def _blank(rep: User, day: date, standing: Standing, *, begun: bool) -> Plan:
    """The plan of a rep before anything is on it; with a note where nothing will be."""
    plan = Plan(as_rep(rep), rep.login, rep.territory.time_zone if rep.territory else "UTC")
    kept = tuple(line for line in standing.lines if line.added_by)
    if begun:
        return replace(plan, note=BEGUN, frozen=True, lines=standing.lines)
    if rep.work_pattern is None:
        return replace(plan, note="has no working pattern: set where and when the day starts", lines=kept)
    if day.weekday() not in plan.rep.weekdays:
        return replace(plan, note=f"does not work on {day:%A}s", lines=kept)
    return plan


def _customers_of(served: Iterable[Served]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """The customers that each rep serves, as owner or with a key account."""
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for each in served:
        if each.owner is not None:
            found[each.owner].add(each.shop.id)
        for account in each.key_accounts:
            found[account.rep_id].add(each.shop.id)
    return found


def _without(standing: Standing, mine: set[uuid.UUID]) -> Standing:
    """What stands of a day but for customers whom the rep does not serve any more."""
    return Standing(tuple(line for line in standing.lines if line.customer_id in mine), standing.stamp)
