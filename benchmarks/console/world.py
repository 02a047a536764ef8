"""Fifty reps with forty stops each on one day in the demo city, half of the day made."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fieldsales.cli.demo import DEMO_PASSWORD
from fieldsales.clock import local_day
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.db.base import new_id
from fieldsales.db.session import transaction
from fieldsales.demo.atlas import city_geojson
from fieldsales.demo.city import build_city
from fieldsales.demo.shops import Shop
from fieldsales.people.models import Role, Territory, User, WorkPattern
from fieldsales.people.service import set_password
from fieldsales.planning.models import PlannedVisit, PlanStatus, Route, RouteStop, Source
from fieldsales.visits.models import EventKind, Visit, VisitEvent

LOGIN = "boss"
HOURS = (8, 18)


def noon_zone(now: datetime) -> str:
    """Return the time zone in which it is about one o'clock now: so the day is half made whenever this runs."""
    ahead = (13 - now.hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def build(engine: Engine, data: Path, *, reps: int, stops: int, now: datetime) -> None:
    """Fill an empty, migrated database and the data folder; all that was due before `now` was visited."""
    city = build_city(7, now.date(), reps * stops * 11 // 10, 4)
    shops = [shop for shop in city.shops if shop.position]
    shops.sort(key=lambda shop: _spot(shop)[0])
    data.mkdir(parents=True, exist_ok=True)
    (data / "streets.geojson").write_text(city_geojson(city), encoding="utf-8")
    with transaction(engine) as session:
        town = Territory(code="t", name=city.name, time_zone=noon_zone(now), region="FR", currency="EUR")
        session.add(town)
        session.flush()
        boss = User(login=LOGIN, name="Boss", role=Role.MANAGER, created_at=now)
        session.add(boss)
        session.flush()
        set_password(session, boss.id, DEMO_PASSWORD, now=now)
        for number in range(reps):
            _rep_day(session, town, number, shops[number * stops : (number + 1) * stops], now)


def _spot(shop: Shop) -> tuple[float, float]:
    if shop.position is None:
        raise ValueError(shop.name)
    return shop.position.latitude, shop.position.longitude


def _rep_day(session: Session, town: Territory, number: int, shops: Sequence[Shop], now: datetime) -> None:
    """One rep's customers, plan, route, and what was done of it by now."""
    chance = random.Random(number)
    rep = User(login=f"rep{number}", name=f"Rep {number + 1:02}", role=Role.REP, territory_id=town.id, created_at=now)
    rep.work_pattern = WorkPattern(
        start_latitude=_spot(shops[0])[0],
        start_longitude=_spot(shops[0])[1],
        shift_from=time(8),
        shift_to=time(18),
        lunch_from=time(12),
        lunch_to=time(14),
        lunch_minutes=30,
    )
    session.add(rep)
    session.flush()
    shift = timedelta(hours=HOURS[1] - HOURS[0])
    begins = (now - timedelta(hours=13 - HOURS[0])).replace(minute=0, second=0, microsecond=0)
    step = shift / len(shops)
    day = local_day(now, town.time_zone)
    route = Route(
        rep_id=rep.id,
        day=day,
        starts_at=begins,
        ends_at=begins + shift,
        lunch_minutes=30,
        travel_s=9000,
        wait_s=0,
        service_s=24000,
        distance_m=60_000,
        home_travel_s=0,
        home_distance_m=0,
        fingerprint="bench",
    )
    session.add(route)
    order = sorted(shops, key=lambda shop: _spot(shop)[1])
    for place, shop in enumerate(order):
        latitude, longitude = _spot(shop)
        customer = Customer(
            name=shop.name,
            territory_id=town.id,
            category=str(shop.category),
            address=shop.address,
            latitude=latitude,
            longitude=longitude,
            service_minutes=shop.service_minutes,
            tier="B",
            flags=[],
            created_at=now,
            updated_at=now,
        )
        session.add(customer)
        session.flush()
        session.add(Assignment(customer_id=customer.id, rep_id=rep.id, kind=AssignmentKind.OWNER, assigned_at=now))
        due = begins + place * step
        done = due < now and chance.random() < 0.95
        planned = PlannedVisit(
            rep_id=rep.id,
            customer_id=customer.id,
            day=day,
            source=Source.TIER,
            value=100,
            reason="Tier B: every second week, last visited two weeks ago.",
            status=PlanStatus.DONE if done else PlanStatus.PLANNED,
        )
        session.add(planned)
        session.flush()
        route.stops.append(
            RouteStop(
                position=place,
                planned_visit_id=planned.id,
                arrival_at=due,
                wait_s=0,
                service_s=600,
                departure_at=due + timedelta(minutes=10),
                travel_s=225,
                distance_m=1500,
            )
        )
        if done:
            _visit(session, rep, customer, day=day, at=due + timedelta(minutes=chance.uniform(-5, 5)), now=now)
    session.flush()


def _visit(session: Session, rep: User, customer: Customer, *, day: date, at: datetime, now: datetime) -> None:
    visit = Visit(
        id=new_id(),
        customer_id=customer.id,
        rep_id=rep.id,
        day=day,
        checked_in_at=at,
        checked_out_at=at + timedelta(minutes=9),
        summary="Shelf was filled.",
        flags=[],
    )
    session.add(visit)
    session.flush()
    for kind, moment in ((EventKind.CHECK_IN, at), (EventKind.CHECK_OUT, at + timedelta(minutes=9))):
        session.add(
            VisitEvent(
                visit_id=visit.id,
                rep_id=rep.id,
                kind=kind,
                at=moment,
                received_at=now,
                latitude=customer.latitude,
                longitude=customer.longitude,
                accuracy_m=8,
                flags=[],
            )
        )
