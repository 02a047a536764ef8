"""What is known of a team's day, gathered for its report: the same queries as the console's, so the same numbers."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Select, and_, column, func, or_, select, table
from sqlalchemy.orm import Session

from fieldsales.anomalies.models import Anomaly
from fieldsales.approvals.models import ApprovalState
from fieldsales.approvals.queries import find_approvals
from fieldsales.clock import at_second, local_day
from fieldsales.customers.models import Customer
from fieldsales.customers.queries import visible_customers
from fieldsales.dailies.rules import (
    Call,
    CallState,
    DailyReport,
    Doubt,
    Figures,
    Finding,
    Phone,
    RepReport,
    Request,
    days_before,
    together,
    usual,
)
from fieldsales.db.paging import PageWanted
from fieldsales.integrity.models import Decision, VisitScore
from fieldsales.integrity.queries import Wanted, find_scores
from fieldsales.orders.models import Order, OrderKind
from fieldsales.orders.queries import counted
from fieldsales.people.models import Device, Role, Territory, User
from fieldsales.people.queries import require_territory_in_scope
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlanStatus
from fieldsales.teams.queries import RepOfDay, TeamStop, team_day
from fieldsales.visits.models import Visit

MOST = 25
"""So many of each list are told; the console has the rest."""
_OPERATOR = uuid.UUID(int=0)
_MUTATION = table("mutation", column("user_id", User.id.type), column("review"))
"""A table of the room above, by its name: what of a rep's work waits for a person."""


def scope_of(session: Session, actor: Actor | None, territory_id: uuid.UUID | None) -> tuple[Actor, Territory | None]:
    """Return an actor who sees what `actor` sees (None: the operator, everything) of a territory, and the territory.

    Without one it is all that the actor sees. Raises `TerritoryNotFound`.
    """
    whole = actor or Actor(_OPERATOR, Role.ADMIN, None)
    wanted = territory_id or whole.territory_id
    if wanted is None:
        return whole, None
    found = require_territory_in_scope(session, actor, wanted)
    return replace(whole, territory_id=found.id), found


def daily_report(
    session: Session, actor: Actor | None, day: date, now: datetime, territory_id: uuid.UUID | None = None
) -> DailyReport:
    """Return the report of a day, of what an actor sees of a territory. Raises `TerritoryNotFound`."""
    scope, territory = scope_of(session, actor, territory_id)
    zone, currency = _ground(session, territory)
    reps = _reps(session, scope, day, now)
    past = [together(each.figures for each in _reps(session, scope, before, now)) for before in days_before(day)]
    findings, findings_count = _findings(session, scope, day)
    requests = _requests(session, scope, now)
    return DailyReport(
        day=day,
        territory_id=territory.id if territory else None,
        territory=territory.name if territory else None,
        time_zone=zone,
        currency=currency,
        made_at=now,
        over=local_day(now, zone) > day,
        total=together(each.figures for each in reps),
        usual=usual(past),
        reps=tuple(each for each in reps if not each.figures.is_empty or each.calls),
        doubts=_doubts(session, scope, day),
        findings=findings,
        findings_count=findings_count,
        requests=requests[:MOST],
        requests_count=len(requests),
        phones=_phones(session, reps, at_second(day, 0, zone)),
    )


def time_zone_of(session: Session, actor: Actor | None, territory_id: uuid.UUID | None = None) -> str:
    """Return the clock that a report goes by. Raises `TerritoryNotFound`."""
    return _ground(session, scope_of(session, actor, territory_id)[1])[0]


def _ground(session: Session, territory: Territory | None) -> tuple[str, str]:
    """The clock and the currency: the territory's, or those that most territories have."""
    if territory is not None:
        return territory.time_zone, territory.currency
    most = select(Territory.time_zone, Territory.currency).group_by(Territory.time_zone, Territory.currency)
    found = session.execute(most.order_by(func.count().desc(), Territory.time_zone).limit(1)).first()
    return (found[0], found[1]) if found else ("UTC", "EUR")


def _reps(session: Session, scope: Actor, day: date, now: datetime) -> list[RepReport]:
    team = team_day(session, scope, day, now).reps
    ids = [each.rep.id for each in team]
    doubted = _doubted(session, ids, day)
    returned = _by_rep(session, _orders(ids, day).where(Order.kind == OrderKind.RETURN), Order.rep_id)
    sold = _by_rep(session, _orders(ids, day), Order.rep_id, Order.customer_id)
    names = _names(session, {visit.customer_id for each in team for visit in each.visits})
    return [_rep(each, returned.get(each.rep.id, {}), doubted, sold, names) for each in team]


def _rep(
    rep: RepOfDay,
    returned: Mapping[str, int],
    doubted: Mapping[uuid.UUID, uuid.UUID],
    sold: Mapping[Any, Mapping[str, int]],
    names: Mapping[uuid.UUID, str],
) -> RepReport:
    visits, calls = _visits(rep), _calls(rep, doubted, sold, names)
    states = [each.state for each in calls]
    first_at = min((visit.checked_in_at for visit in visits if visit.checked_in_at), default=None)
    last_at = max((at for visit in visits if (at := visit.checked_out_at or visit.checked_in_at)), default=None)
    figures = Figures(
        planned=rep.planned,
        done=states.count(CallState.DONE),
        missed=states.count(CallState.MISSED),
        to_do=states.count(CallState.TO_DO),
        off_plan=states.count(CallState.OFF_PLAN),
        skipped=rep.skipped,
        left_out=rep.left_out,
        orders=rep.sold.orders,
        sold=rep.sold.amounts,
        returned={currency: -minor for currency, minor in returned.items()},
        collected=rep.collected,
        field_s=int((last_at - first_at).total_seconds()) if first_at and last_at else 0,
        store_s=sum(_stay(visit) or 0 for visit in visits),
        doubted=sum(who == rep.rep.id for who in doubted.values()),
    )
    return RepReport(rep.rep.id, rep.rep.name, figures, calls, first_at, last_at)


def _visits(rep: RepOfDay) -> Sequence[Visit]:
    """The visits of a day in full, as `team_day` reads them."""
    return cast(Sequence[Visit], rep.visits)


def _calls(
    rep: RepOfDay,
    doubted: Mapping[uuid.UUID, uuid.UUID],
    sold: Mapping[Any, Mapping[str, int]],
    names: Mapping[uuid.UUID, str],
) -> tuple[Call, ...]:
    """The planned visits and what came of them, then those that nobody planned, all in the order of the day."""
    made = {visit.customer_id: visit for visit in _visits(rep)}

    def call(customer_id: uuid.UUID, name: str, state: CallState, stop: TeamStop | None = None) -> Call:
        visit = made.get(customer_id)
        planned = stop.planned if stop else None
        return Call(
            customer_id=customer_id,
            customer=name,
            state=state,
            visit_id=visit.id if visit else None,
            at=(visit.checked_in_at if visit else None) or (stop.arrival_at if stop else None),
            store_s=_stay(visit) if visit else None,
            sold=sold.get((rep.rep.id, customer_id), {}),
            doubtful=visit is not None and visit.id in doubted,
            why=(planned.skip_reason or planned.left_out_reason) if planned and not visit else None,
        )

    on_plan = [
        call(stop.planned.customer_id, stop.planned.customer.name, _state(rep, stop), stop) for stop in rep.stops
    ]
    known = {each.customer_id for each in on_plan}
    off_plan = [
        call(customer_id, names.get(customer_id, "?"), CallState.OFF_PLAN)
        for customer_id in made
        if customer_id not in known
    ]
    return tuple(sorted([*on_plan, *off_plan], key=lambda each: (each.at is None, each.at or 0)))


def _state(rep: RepOfDay, stop: TeamStop) -> CallState:
    if stop.is_done:
        return CallState.DONE
    if stop.planned.status is PlanStatus.SKIPPED:
        return CallState.SKIPPED
    if stop.planned.status is PlanStatus.LEFT_OUT:
        return CallState.LEFT_OUT
    return CallState.MISSED if rep.over else CallState.TO_DO


def _stay(visit: Visit) -> int | None:
    if visit.checked_in_at is None or visit.checked_out_at is None:
        return None
    return int((visit.checked_out_at - visit.checked_in_at).total_seconds())


def _orders(rep_ids: Collection[uuid.UUID], day: date) -> Select[Any]:
    """What counts as sold: as `orders.queries.sold_on` has it."""
    return select(Order).where(Order.rep_id.in_(rep_ids), Order.ordered_on == day, *counted())


def _by_rep(session: Session, orders: Select[Any], *keys: Any) -> dict[Any, dict[str, int]]:
    """The sums of some orders by key and currency; a single key stands for itself."""
    rows = session.execute(
        orders.with_only_columns(*keys, Order.currency, func.sum(Order.amount_minor)).group_by(*keys, Order.currency)
    )
    found: dict[Any, dict[str, int]] = defaultdict(dict)
    for *key, currency, minor in rows:
        found[tuple(key) if len(key) > 1 else key[0]][currency] = int(minor)
    return found


def _doubted(session: Session, rep_ids: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, uuid.UUID]:
    """The visits in doubt that nobody found honest, with whose they are."""
    rows = select(VisitScore.visit_id, VisitScore.rep_id).where(
        VisitScore.rep_id.in_(rep_ids),
        VisitScore.day == day,
        VisitScore.doubtful,
        or_(VisitScore.decision.is_(None), VisitScore.decision != Decision.HONEST),
    )
    found: Any = session.execute(rows)
    return dict(found.all())


def _doubts(session: Session, scope: Actor, day: date) -> tuple[Doubt, ...]:
    found = find_scores(session, scope, Wanted(day=day, doubtful=True), PageWanted(limit=MOST)).items
    return tuple(
        Doubt(
            each.score.visit_id,
            each.rep,
            each.customer,
            each.score.score,
            tuple(str(signal.get("says", signal.get("code", ""))) for signal in each.score.signals),
        )
        for each in found
        if each.score.decision is not Decision.HONEST
    )


def _findings(session: Session, scope: Actor, day: date) -> tuple[tuple[Finding, ...], int]:
    theirs = visible_customers(scope).with_only_columns(Customer.id)
    new = and_(Anomaly.opened_on == day, Anomaly.customer_id.in_(theirs))
    rows = session.execute(
        select(Anomaly, Customer.name, Territory.currency)
        .join(Customer, Customer.id == Anomaly.customer_id)
        .join(Territory, Territory.id == Customer.territory_id)
        .where(new)
        .order_by(Anomaly.at_risk_minor.desc(), Anomaly.id)
        .limit(MOST)
    )
    found = tuple(
        Finding(each.customer_id, name, str(each.kind), each.reason, each.at_risk_minor, currency)
        for each, name, currency in rows
    )
    return found, session.scalar(select(func.count()).select_from(Anomaly).where(new)) or 0


def _requests(session: Session, scope: Actor, now: datetime) -> tuple[Request, ...]:
    """All that is open, the oldest first."""
    found = find_approvals(session, scope, PageWanted(limit=1000), now, ApprovalState.OPEN).items
    customers = _names(session, {each.customer_id for each in found if each.customer_id})
    askers = {each.asked_by for each in found}
    people: Any = session.execute(select(User.id, User.name).where(User.id.in_(askers)))
    names = dict(people.all())
    return tuple(
        Request(
            each.id,
            str(each.kind),
            customers.get(each.customer_id) if each.customer_id else None,
            names.get(each.asked_by),
            each.asked_at,
            each.amount_minor,
            each.currency,
        )
        for each in found
    )


def _phones(session: Session, reps: Collection[RepReport], since: datetime) -> tuple[Phone, ...]:
    """The phones that want a look: silent since the day began though a visit was planned, or with work held up."""
    ids = [each.rep_id for each in reps]
    seen: Any = session.execute(
        select(Device.user_id, func.max(Device.last_seen_at))
        .where(Device.user_id.in_(ids), Device.revoked_at.is_(None))
        .group_by(Device.user_id)
    )
    last = dict(seen.all())
    held: Any = session.execute(
        select(_MUTATION.c.user_id, func.count())
        .where(_MUTATION.c.user_id.in_(ids), _MUTATION.c.review == "open")
        .group_by(_MUTATION.c.user_id)
    )
    waits = dict(held.all())
    found = []
    for each in reps:
        seen_at = last.get(each.rep_id)
        silent = bool(each.figures.planned) and (seen_at is None or seen_at < since)
        if silent or waits.get(each.rep_id):
            found.append(Phone(each.rep_id, each.name, seen_at, silent, waits.get(each.rep_id, 0)))
    return tuple(found)


def _names(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    if not ids:
        return {}
    found: Any = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(ids)))
    return dict(found.all())
