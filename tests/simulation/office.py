"""What happens in the office meanwhile: customers change hands, prices change, days are planned."""

from __future__ import annotations

import uuid
from datetime import timedelta

from simulation.goods import stays_put
from simulation.review import decide_something
from simulation.shops import edit_in_office
from simulation.world import World
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from worlds.small_town import NOON

from fieldsales.catalog.models import Product, TierPrice
from fieldsales.changes.service import new_epoch
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.orders.models import Order
from fieldsales.planning.models import PlannedVisit, Route, RouteStop, Source

NOUGHTS = dict.fromkeys(
    ("lunch_minutes", "travel_s", "wait_s", "service_s", "distance_m", "home_travel_s", "home_distance_m"), 0
)


def _in_force(session: Session) -> list[Assignment]:
    return list(session.scalars(select(Assignment).where(Assignment.ended_at.is_(None)).order_by(Assignment.id)))


def end_assignment(world: World, session: Session) -> None:
    """A rep serves a customer no more."""
    if found := _in_force(session):
        world.pick(found).ended_at = world.now


def begin_assignment(world: World, session: Session) -> None:
    """A rep gets a customer, as its owner or as a key account; an owner takes it from another."""
    rep_id, kind = world.pick(world.rep_ids()), world.pick([AssignmentKind.OWNER, AssignmentKind.KEY_ACCOUNT])
    customer_id = world.pick(session.scalars(select(Customer.id).order_by(Customer.id)).all())
    for each in _in_force(session):
        if each.customer_id == customer_id and each.kind is kind:
            if each.rep_id == rep_id:
                return
            if kind is AssignmentKind.OWNER:
                each.ended_at = world.now
    session.flush()
    session.add(Assignment(rep_id=rep_id, customer_id=customer_id, kind=kind, assigned_at=world.now))


def switch_customer(world: World, session: Session) -> None:
    """A shop closes, or opens again."""
    found = session.get_one(Customer, world.pick(world.customers))
    found.active = not found.active


def switch_product(world: World, session: Session) -> None:
    """A product goes on sale or off it."""
    found = session.get_one(Product, world.pick(list(world.products.values())))
    found.active = not found.active


def _unsteady(world: World) -> uuid.UUID:
    return world.products[world.pick(["water", "rice"])]


def change_price(world: World, session: Session) -> None:
    """A product costs something else."""
    session.get_one(Product, _unsteady(world)).price_minor = world.chance.randrange(10_000)


def agree_price(world: World, session: Session) -> None:
    """A tier gets a price of its own."""
    price = world.chance.randrange(10_000)
    session.add(TierPrice(tier="B", product_id=_unsteady(world), price_minor=price))


def forget_prices(world: World, session: Session) -> None:
    """Prices of tiers go, in bulk and for good."""
    session.execute(delete(TierPrice).where(TierPrice.price_minor < world.chance.randrange(10_000)))


def plan_visit(world: World, session: Session) -> None:
    """A visit is planned, or given to another rep."""
    rep_id, customer_id = world.pick(world.rep_ids()), world.pick(world.customers)
    day = NOON.date() + timedelta(days=world.chance.randrange(2))
    there = session.scalars(select(PlannedVisit).filter_by(customer_id=customer_id, day=day)).first()
    if there is None:
        session.add(
            PlannedVisit(
                rep_id=rep_id, customer_id=customer_id, day=day, source=Source.MANUAL, reason="Because.", value=1
            )
        )
    else:
        there.rep_id = rep_id


def lay_route(world: World, session: Session) -> None:
    """A rep's day is laid out anew: another route, other stops."""
    rep_id = world.pick(world.rep_ids())
    own = select(Route.id).filter_by(rep_id=rep_id)
    session.execute(delete(RouteStop).where(RouteStop.route_id.in_(own)))
    session.execute(delete(Route).where(Route.rep_id == rep_id))
    visits = session.scalars(
        select(PlannedVisit).where(PlannedVisit.rep_id == rep_id, PlannedVisit.day == NOON.date())
    ).all()
    route = Route(
        rep_id=rep_id, day=NOON.date(), starts_at=NOON, ends_at=NOON, lunch_at=None, fingerprint="", **NOUGHTS
    )
    route.stops = [_stop(position, visit.id, world.chance.randrange(1000)) for position, visit in enumerate(visits)]
    session.add(route)


def _stop(position: int, planned_visit_id: uuid.UUID, travel_s: int) -> RouteStop:
    return RouteStop(
        position=position, planned_visit_id=planned_visit_id, arrival_at=NOON, departure_at=NOON,
        wait_s=0, service_s=0, distance_m=0, travel_s=travel_s,
    )  # fmt: skip


def move_order(world: World, session: Session) -> None:
    """An order is booked on another customer by mistake, and soon booked back: nothing of ours does such a thing."""
    if world.astray:
        order_id, customer_id = world.astray.popitem()
        session.get_one(Order, order_id).customer_id = customer_id
    elif orders := session.scalars(select(Order).order_by(Order.id)).all():
        order = world.pick(orders)
        if stays_put(str(order.id)):
            return
        world.astray[order.id] = order.customer_id
        order.customer_id = world.pick(world.customers)


def restore_backup(world: World, session: Session) -> None:
    """The database comes from a backup: the feed begins a new epoch."""
    new_epoch(session)
    world.trace.note("     every cursor is worthless now")


ASSIGNING = (begin_assignment, end_assignment)
STEPS = (
    *ASSIGNING, begin_assignment, switch_customer, switch_product, change_price, agree_price, forget_prices,
    plan_visit, plan_visit, lay_route, move_order, restore_backup, edit_in_office, edit_in_office,
    *[decide_something] * 5,
)  # fmt: skip
