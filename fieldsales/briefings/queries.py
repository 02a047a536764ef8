"""What a rep takes along for a day: each stop with what the rep wants to know at the customer's counter."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.anomalies.models import Anomaly
from fieldsales.catalog.queries import discount_of, prices
from fieldsales.catalog.rules import Price
from fieldsales.customers.models import Customer
from fieldsales.customers.queries import CustomerCard, cards_of
from fieldsales.orders.queries import Buying, Favourite, PastOrder, buying_summary
from fieldsales.people.models import User, WorkPattern
from fieldsales.planning.models import PlannedVisit, Route, RouteStop
from fieldsales.planning.queries import rep_day
from fieldsales.visits.models import Visit
from fieldsales.visits.queries import last_visit_days, visits_of_rep_on
from routing.export import NavigationLinks, navigation_links
from routing.problem import Point


@dataclass(frozen=True, slots=True)
class PricedFavourite:
    """A product that the customer buys often, and what a unit costs there today."""

    product: Favourite
    price: Price


@dataclass(frozen=True, slots=True)
class CustomerBriefing:
    """A customer as the customer screens show it. `navigation` is None for one without a position."""

    card: CustomerCard
    last_visit_on: date | None
    last_orders: tuple[PastOrder, ...]
    favourites: tuple[PricedFavourite, ...]
    discount_bp: int
    anomalies: tuple[Anomaly, ...]
    navigation: NavigationLinks | None


@dataclass(frozen=True, slots=True)
class VisitBriefing:
    """A planned visit; `stop` is its place on the route, `made` the call itself once the rep is or was there."""

    planned: PlannedVisit
    customer: CustomerBriefing
    stop: RouteStop | None
    made: Visit | None


@dataclass(frozen=True, slots=True)
class DayBriefing:
    """A rep's day: the stops in driving order, visits that the route does not pass, and those that are not made.

    These are `left_out` for want of room, or `skipped` by a person.
    """

    rep: User
    day: date
    zone: str
    route: Route | None
    start: WorkPattern | None
    stops: tuple[VisitBriefing, ...]
    unrouted: tuple[VisitBriefing, ...]
    left_out: tuple[VisitBriefing, ...]
    skipped: tuple[VisitBriefing, ...]


def day_briefing(session: Session, rep_id: uuid.UUID, day: date) -> DayBriefing:
    """Return a rep's day, in a number of queries that does not grow with the stops. Raises `PersonNotFound`."""
    plan = rep_day(session, rep_id, day)
    stop_of = {stop.planned_visit_id: stop for stop in plan.stops}
    on_route = [stop.planned_visit for stop in plan.stops]
    customers = {each.customer_id: each.customer for each in (*on_route, *plan.unrouted, *plan.left_out, *plan.skipped)}
    known = customer_briefings(session, list(customers.values()), day)
    made = {visit.customer_id: visit for visit in visits_of_rep_on(session, rep_id, day)}

    def briefed(visits: Sequence[PlannedVisit]) -> tuple[VisitBriefing, ...]:
        return tuple(
            VisitBriefing(each, known[each.customer_id], stop_of.get(each.id), made.get(each.customer_id))
            for each in visits
        )

    return DayBriefing(
        rep=plan.rep,
        day=day,
        zone=plan.zone,
        route=plan.route,
        start=plan.rep.work_pattern,
        stops=briefed(on_route),
        unrouted=briefed(plan.unrouted),
        left_out=briefed(plan.left_out),
        skipped=briefed(plan.skipped),
    )


def customer_briefings(session: Session, customers: Sequence[Customer], day: date) -> dict[uuid.UUID, CustomerBriefing]:
    """Return what there is to know of some customers on the morning of a day."""
    ids = [customer.id for customer in customers]
    buying = buying_summary(session, ids, day)
    visited = last_visit_days(session, ids, day)
    alarms = _open_anomalies(session, ids)
    discounts = {tier: discount_of(session, tier) for tier in {customer.tier for customer in customers}}
    costs = _favourite_prices(session, customers, buying)
    return {
        card.customer.id: CustomerBriefing(
            card=card,
            last_visit_on=visited.get(card.customer.id),
            last_orders=buying[card.customer.id].last_orders,
            favourites=_priced(buying[card.customer.id].favourites, costs[card.customer.tier]),
            discount_bp=discounts[card.customer.tier],
            anomalies=tuple(alarms[card.customer.id]),
            navigation=_links(card.customer),
        )
        for card in cards_of(session, customers)
    }


def _favourite_prices(
    session: Session, customers: Sequence[Customer], buying: Mapping[uuid.UUID, Buying]
) -> dict[str | None, dict[uuid.UUID, Price]]:
    """Return what the favourites cost, by tier."""
    wanted: dict[str | None, set[uuid.UUID]] = defaultdict(set)
    for customer in customers:
        wanted[customer.tier] |= {each.product_id for each in buying[customer.id].favourites}
    return {tier: prices(session, ids, tier) for tier, ids in wanted.items()}


def _priced(favourites: Sequence[Favourite], costs: Mapping[uuid.UUID, Price]) -> tuple[PricedFavourite, ...]:
    return tuple(PricedFavourite(each, costs[each.product_id]) for each in favourites)


def _open_anomalies(session: Session, customer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Anomaly]]:
    found: dict[uuid.UUID, list[Anomaly]] = defaultdict(list)
    statement = select(Anomaly).where(Anomaly.customer_id.in_(customer_ids), Anomaly.closed_on.is_(None))
    for anomaly in session.scalars(statement.order_by(Anomaly.at_risk_minor.desc(), Anomaly.id)):
        found[anomaly.customer_id].append(anomaly)
    return found


def _links(customer: Customer) -> NavigationLinks | None:
    if customer.latitude is None or customer.longitude is None:
        return None
    return navigation_links(Point(customer.latitude, customer.longitude), customer.name)
