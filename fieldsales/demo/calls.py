"""The last weeks' calls of the reps: orders of that time were taken on site, so that plans have a past to go by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fieldsales.demo.city import City
from fieldsales.demo.dice import dice
from fieldsales.demo.orders import Order
from fieldsales.demo.places import Position
from fieldsales.demo.shops import Shop

WEEKS = 5
_FIRST = time(8, 40)
_CLOSING = time(17, 30)
_PER_DEGREE_M = 111_195.0


@dataclass(frozen=True, slots=True)
class Call:
    """A rep was at a shop and took an order. `distance_m` is how far from the shop's position the phone stood."""

    order_number: str
    shop_ref: str
    rep_login: str
    day: date
    arrived_at: datetime
    left_at: datetime
    seen_at: Position
    distance_m: float


def build_calls(city: City) -> Iterator[Call]:
    """Return the calls of the last weeks, day by day, each rep's one after the other.

    An order of a Saturday, of a shop without a position, or past the end of a rep's day came by telephone.
    """
    since = city.as_of - timedelta(weeks=WEEKS)
    shops = {shop.ref: shop for shop in city.shops}
    chance = dice(city.seed, "calls")
    days: dict[tuple[date, str], list[tuple[Order, Shop, Position]]] = defaultdict(list)
    for order in city.orders():
        shop = shops[order.customer_ref]
        if order.day >= since and order.day.weekday() < 5 and shop.position:
            days[order.day, shop.rep_login].append((order, shop, shop.position))
    zone = ZoneInfo(city.time_zone)
    for (day, rep), visited in days.items():
        arrived = datetime.combine(day, _FIRST, tzinfo=zone)
        for order, shop, position in visited:
            left = arrived + timedelta(minutes=shop.service_minutes + chance.randint(-3, 4))
            if left.time() > _CLOSING:
                break
            off = round(chance.uniform(2, 35), 1)
            seen = Position(round(position.latitude + off / _PER_DEGREE_M, 6), position.longitude)
            yield Call(order.number, shop.ref, rep, day, arrived.astimezone(UTC), left.astimezone(UTC), seen, off)
            arrived = left + timedelta(minutes=chance.randint(3, 9))
