"""What spreading visits starts from: the room on reps' days, and what is known of the customers."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.calendars.queries import free_days
from fieldsales.candidates.queries import Served, as_rep, last_visits_at, served_among
from fieldsales.cases.rules import Contact, Rep, Shop
from fieldsales.clock import second_of_day
from fieldsales.customers.models import Customer
from fieldsales.history.rules import CLEAR_ORDERS, CLEAR_SHARE
from fieldsales.hours import HoursNotUnderstood, open_on
from fieldsales.ladders.queries import ladder_on
from fieldsales.ladders.rules import Ladder, Tier
from fieldsales.orders.models import Order, OrderKind, OrderState
from fieldsales.people.models import User
from fieldsales.planning.models import PlannedVisit, PlanStatus, Route, RouteStop
from fieldsales.spreads.rules import Slot

STANDS = (PlanStatus.PLANNED, PlanStatus.DONE)
USUAL_LEG_S = 600
"""The mean leg of a rep who has driven no route yet."""
LEGS_OF, LOOK_AROUND, YEAR = timedelta(days=60), timedelta(days=90), timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Diary:
    """The days of some reps: free seconds by rep and day, and each rep's mean leg in seconds."""

    reps: Mapping[uuid.UUID, User]
    room_s: Mapping[Slot, int]
    travel_s: Mapping[uuid.UUID, int]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of some customers: who serves each, how it stands, and who was or will be there."""

    served: Mapping[uuid.UUID, Served]
    tiers: Mapping[uuid.UUID, Tier]
    made: Mapping[uuid.UUID, Sequence[Contact]]
    planned: Mapping[uuid.UUID, Sequence[PlannedVisit]]
    weekdays: Mapping[uuid.UUID, int]

    def service_s(self, customer_id: uuid.UUID) -> int:
        """How long a visit takes."""
        own = self.served[customer_id].shop.service_minutes
        return 60 * (own or self.tiers[customer_id].service_minutes)

    def there(self, customer_id: uuid.UUID, days: Collection[date]) -> tuple[PlannedVisit, ...]:
        """The visits that are planned or were made on some days."""
        return tuple(visit for visit in self.planned.get(customer_id, ()) if visit.day in days)

    def elsewhere(self, customer_id: uuid.UUID, days: Collection[date]) -> tuple[date, ...]:
        """The other days on which somebody was or will be there."""
        made = {contact.day for contact in self.made.get(customer_id, ())}
        return tuple(sorted(made | {each.day for each in self.planned.get(customer_id, ()) if each.day not in days}))


def coming_days(reps: Iterable[Rep], after: date, many: int) -> tuple[date, ...]:
    """Return the next days after another on which any of these reps works."""
    weekdays = {weekday for rep in reps for weekday in rep.weekdays}
    coming = (after + timedelta(days=ahead) for ahead in range(1, 7 * many + 1))
    return tuple(day for day in coming if day.weekday() in weekdays)[:many]


def diary_of(session: Session, reps: Sequence[User], days: Sequence[date]) -> Diary:
    """Return what room there is: the shift less lunch, the way home, and what is planned already."""
    ids = [rep.id for rep in reps]
    legs = _mean_legs(session, ids, min(days))
    free = free_days(session, reps, min(days), max(days))
    room = {
        (rep.id, day): _shift_s(rep) - legs[rep.id]
        for rep in reps
        for day in days
        if rep.work_pattern and as_rep(rep, free[rep.id]).works_on(day)
    }
    ladder = ladder_on(session, min(days))
    rows = session.execute(
        select(PlannedVisit.rep_id, PlannedVisit.day, Customer.service_minutes, Customer.tier)
        .join(Customer, Customer.id == PlannedVisit.customer_id)
        .where(PlannedVisit.rep_id.in_(ids), PlannedVisit.day.in_(days), PlannedVisit.status.in_(STANDS))
    )
    for rep_id, day, minutes, tier in rows:
        if (rep_id, day) in room:
            room[rep_id, day] -= 60 * (minutes or _tier(ladder, tier).service_minutes) + legs[rep_id]
    return Diary({rep.id: rep for rep in reps}, room, legs)


def known_of(session: Session, customer_ids: Collection[uuid.UUID], days: Sequence[date], today: date) -> Known:
    """Return what is known of those of some customers who are active and served, as of a day."""
    served = served_among(session, customer_ids)
    ladder = ladder_on(session, min(days))
    tiers = session.execute(select(Customer.id, Customer.tier).where(Customer.id.in_(served)))
    planned: dict[uuid.UUID, list[PlannedVisit]] = defaultdict(list)
    span = (min(today, *days) - LOOK_AROUND, max(days) + LOOK_AROUND)
    rows = select(PlannedVisit).where(PlannedVisit.customer_id.in_(served), PlannedVisit.day.between(*span))
    for visit in session.scalars(rows.order_by(PlannedVisit.day, PlannedVisit.id)):
        if visit.status is PlanStatus.DONE or (visit.status is PlanStatus.PLANNED and visit.day >= today):
            planned[visit.customer_id].append(visit)
    return Known(
        served=served,
        tiers={who: _tier(ladder, tier) for who, tier in tiers},
        made=last_visits_at(session, list(served), today + timedelta(days=1)),
        planned=planned,
        weekdays=_usual_weekdays(session, list(served), min(days)),
    )


def open_days(shop: Shop, days: Iterable[date], reps: Iterable[User]) -> frozenset[date]:
    """Return the days on which a shop opens while any of these reps works; hours that nobody can read are unknown."""
    shifts = [
        (second_of_day(rep.work_pattern.shift_from), second_of_day(rep.work_pattern.shift_to))
        for rep in reps
        if rep.work_pattern
    ]
    return frozenset(day for day in days if _opens(shop, day, shifts))


def _opens(shop: Shop, day: date, shifts: Sequence[tuple[int, int]]) -> bool:
    try:
        windows = open_on(shop.opening_hours, day, shop.country).windows
    except HoursNotUnderstood:
        return True
    return any(opens < to_s and closes > from_s for opens, closes in windows for from_s, to_s in shifts)


def _shift_s(rep: User) -> int:
    pattern = rep.work_pattern
    assert pattern is not None
    return second_of_day(pattern.shift_to) - second_of_day(pattern.shift_from) - 60 * pattern.lunch_minutes


def _tier(ladder: Ladder, name: str | None) -> Tier:
    return ladder.find(name) or ladder.tiers[-1]


def _mean_legs(session: Session, rep_ids: Collection[uuid.UUID], before: date) -> dict[uuid.UUID, int]:
    """The mean leg of each rep by the routes of late, the way home counted as one."""
    stops = select(func.count()).where(RouteStop.route_id == Route.id).scalar_subquery()
    rows = session.execute(
        select(Route.rep_id, Route.travel_s, stops).where(
            Route.rep_id.in_(rep_ids), Route.day.between(before - LEGS_OF, before)
        )
    )
    driven, legs = Counter[uuid.UUID](), Counter[uuid.UUID]()
    for rep_id, travel_s, many in rows:
        driven[rep_id] += travel_s
        legs[rep_id] += many + 1
    return {rep_id: round(driven[rep_id] / legs[rep_id]) if legs[rep_id] else USUAL_LEG_S for rep_id in rep_ids}


def _usual_weekdays(session: Session, customer_ids: Collection[uuid.UUID], until: date) -> dict[uuid.UUID, int]:
    """The weekday on which each customer usually orders, by the same measure as when days are planned."""
    days = session.execute(
        select(Order.customer_id, Order.ordered_on)
        .where(Order.customer_id.in_(customer_ids), Order.ordered_on >= until - YEAR, Order.ordered_on < until)
        .where(Order.state == OrderState.PLACED, Order.kind == OrderKind.SALE)
        .distinct()
    )
    counts: dict[uuid.UUID, Counter[int]] = defaultdict(Counter)
    for customer_id, day in days:
        counts[customer_id][day.weekday()] += 1
    most = {who: found.most_common(1)[0] for who, found in counts.items()}
    return {
        who: weekday
        for who, (weekday, many) in most.items()
        if counts[who].total() >= CLEAR_ORDERS and many >= CLEAR_SHARE * counts[who].total()
    }
