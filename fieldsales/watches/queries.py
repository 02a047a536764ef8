"""Which rules there are, whom each is about, and what it reads."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from fieldsales.alerts.models import Alert, AlertState
from fieldsales.alerts.rules import About
from fieldsales.catalog.models import Product
from fieldsales.clock import local_day
from fieldsales.customers.models import Customer
from fieldsales.cuts.rules import Only
from fieldsales.people.models import Role, Territory, User
from fieldsales.people.queries import in_territories_of, territories_below
from fieldsales.people.rules import Actor
from fieldsales.readings.queries import Wanted, readings
from fieldsales.readings.rules import Reading, measured
from fieldsales.registry.rules import Dimension, Source
from fieldsales.spans.rules import Compared
from fieldsales.targets.queries import CONFIDENTIAL
from fieldsales.watches.models import Watch
from fieldsales.watches.rules import Grain, WatchNotFound, window_days

_BOSSES = (Role.MANAGER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a rule reads: as of a day, of some days, for whom, and what there is of each."""

    today: date
    days: tuple[date, date]
    subjects: Mapping[str | None, About]
    readings: Mapping[str | None, Reading]


def watches_visible_to(session: Session, actor: Actor | None) -> Sequence[Watch]:
    """Return the rules of an actor's territories, and those that the actor owns, that have not ended, by name."""
    found = select(Watch).where(Watch.ended_at.is_(None))
    if actor is not None and not actor.sees_everything:
        here = and_(Watch.territory_id.is_not(None), in_territories_of(actor, Watch.territory_id))
        found = found.where(or_(here, Watch.owner_id == actor.user_id))
    if actor is not None and actor.role not in _BOSSES:
        found = found.where(Watch.measure.not_in(CONFIDENTIAL))
    return session.scalars(found.order_by(Watch.name, Watch.id)).all()


def require_watch(session: Session, actor: Actor | None, watch_id: uuid.UUID) -> Watch:
    """Return a rule that an actor may see; raise `WatchNotFound`."""
    found = next((each for each in watches_visible_to(session, actor) if each.id == watch_id), None)
    if found is None:
        raise WatchNotFound(f"There is no rule {watch_id}.", id=str(watch_id))
    return found


def is_anything_watched(session: Session) -> bool:
    """Tell whether there is a rule that has not ended, or that left alerts open."""
    watched = select(Watch.id).where(Watch.ended_at.is_(None)).limit(1)
    left = select(Alert.id).where(Alert.watch_id.is_not(None), Alert.state == AlertState.OPEN).limit(1)
    return session.scalar(watched) is not None or session.scalar(left) is not None


def next_due(session: Session, now: datetime) -> Watch | None:
    """Return a rule that is to be looked at, locked, leaving out what another worker has."""
    due = select(Watch).where(Watch.ended_at.is_(None), Watch.next_at <= now).order_by(Watch.next_at, Watch.id)
    return session.scalars(due.limit(1).with_for_update(skip_locked=True)).first()


def zone_of(session: Session, territory_id: uuid.UUID | None) -> str:
    """Return the time zone of a territory; of the whole house that of the first territory at the top."""
    found = select(Territory.time_zone)
    if territory_id is not None:
        return session.scalar(found.where(Territory.id == territory_id)) or "UTC"
    return session.scalar(found.where(Territory.parent_id.is_(None)).order_by(Territory.code).limit(1)) or "UTC"


def look_at(session: Session, watch: Watch, now: datetime) -> Look:
    """Return what a rule reads now."""
    today = local_day(now, zone_of(session, watch.territory_id))
    days = window_days(watch.window, watch.days, today)
    return Look(today, days, subjects_of(session, watch), _readings(session, watch, days, now))


def subjects_of(session: Session, watch: Watch) -> dict[str | None, About]:
    """Return whom a rule is about, by the keys of results; who works, buys or is sold no longer is left out."""
    areas = territories_below(watch.territory_id)
    lands = {each.id: each for each in session.scalars(select(Territory))}
    if watch.grain is Grain.WHOLE:
        area = lands.get(watch.territory_id) if watch.territory_id else None
        name = area.name if area else "*"
        return {None: About(name, watch.territory_id, zone=zone_of(session, watch.territory_id))}
    if watch.grain is Grain.TERRITORY:
        found = session.scalars(select(Territory).where(Territory.id.in_(areas)).order_by(Territory.code))
        return {str(each.id): About(each.name, each.id, zone=each.time_zone) for each in found}
    if watch.grain is Grain.REP:
        reps = select(User).where(User.role == Role.REP, User.active, User.territory_id.in_(areas))
        return {
            str(each.id): About(each.name, each.territory_id, rep_id=each.id, zone=_zone(lands, each.territory_id))
            for each in session.scalars(reps.order_by(User.login))
        }
    if watch.grain is Grain.PRODUCT:
        zone = zone_of(session, watch.territory_id)
        goods = session.execute(_goods(watch))
        return {str(each): About(name, watch.territory_id, product_id=each, zone=zone) for each, name in goods}
    shops = select(Customer.id, Customer.name, Customer.territory_id).where(
        Customer.active, Customer.territory_id.in_(areas)
    )
    shops = shops if watch.tier is None else shops.where(Customer.tier == watch.tier)
    return {
        str(each): About(name, area, customer_id=each, zone=_zone(lands, area))
        for each, name, area in session.execute(shops.order_by(Customer.name, Customer.id))
    }


def _goods(watch: Watch) -> Select[uuid.UUID, str]:
    found = select(Product.id, Product.name).where(Product.active).order_by(Product.sku)
    found = found if watch.brand is None else found.where(Product.brand == watch.brand)
    return found if watch.category is None else found.where(Product.category == watch.category)


def _zone(lands: Mapping[uuid.UUID, Territory], area: uuid.UUID | None) -> str:
    return lands[area].time_zone if area is not None and area in lands else "UTC"


def _readings(session: Session, watch: Watch, days: tuple[date, date], now: datetime) -> dict[str | None, Reading]:
    """Return what there is of each; territories, each with all below it, are asked one by one."""
    compared = Compared(watch.compared) if watch.compared else None
    wanted = Wanted(watch.measure, days, watch.currency, now, compared)
    if watch.grain is Grain.TERRITORY:
        found: dict[str | None, Reading] = {}
        for area in session.scalars(
            select(Territory.id).where(Territory.id.in_(territories_below(watch.territory_id)))
        ):
            found |= {str(area): each for each in readings(session, wanted, None, _only(watch, area)).values()}
        return found
    by = None if watch.grain is Grain.WHOLE else Dimension(watch.grain)
    narrowed = watch.territory_id if watch.grain is not Grain.REP else None
    return dict(readings(session, wanted, by, _only(watch, narrowed)))


def _only(watch: Watch, area: uuid.UUID | None) -> Only:
    return Only(territory=area, brand=watch.brand, category=watch.category, tier=watch.tier)


def nothing(watch: Watch) -> Reading:
    """Return what there is of somebody of whom results tell nothing: 0 of a sum, nothing of a ratio.

    But what no customer buys has a distribution: none of them.
    """
    measure = measured(watch.measure)
    return Reading(None, None) if measure.is_ratio and measure.source is not Source.RANGE else Reading(0, 0)
