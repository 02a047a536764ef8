"""Counting what is expected of a rep, and signing for it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session
from worlds.small_town import NOON, SmallTown

from fieldsales.people.models import Role, User
from fieldsales.people.rules import Actor
from fieldsales.settlements.models import Settlement
from fieldsales.settlements.queries import expected_of
from fieldsales.settlements.rules import GoodsCount, MoneyCount
from fieldsales.settlements.service import Count, count_day, sign

TODAY = NOON.date()


def who(user: User) -> Actor:
    """Return a person as one who asks for something."""
    return Actor(user.id, user.role, None if user.role is Role.MANAGER else user.territory_id)


def exactly(session: Session, world: SmallTown, day: date = TODAY, off: int = 0) -> tuple[MoneyCount, ...]:
    """Return a count of what is expected of Anna, the first form by `off` minor units too much."""
    sums: dict[Any, int] = {}
    for each in expected_of(session, world.anna.id, day).items:
        sums[each.currency, each.form] = sums.get((each.currency, each.form), 0) + each.amount_minor
    return tuple(
        MoneyCount(currency, form, max(amount + (0 if number else off), 0), note="Counted twice.")
        for number, ((currency, form), amount) in enumerate(sorted(sums.items()))
    )


def counted(session: Session, world: SmallTown, day: date = TODAY, **told: Any) -> Settlement:
    """Have Sara count Anna's day, exactly as expected unless `money`, `goods` or `off` say otherwise."""
    goods: tuple[GoodsCount, ...] | None = told.pop("goods", None)
    money = told.pop("money", None) or exactly(session, world, day, **told)
    count = Count(world.anna.id, day, money, goods)
    return count_day(session, count, by=who(world.sara), now=NOON)


def settled(session: Session, world: SmallTown, day: date = TODAY, **told: Any) -> Settlement:
    """Have Anna's day counted, and signed by her and by Sara."""
    found = counted(session, world, day, **told)
    for each in (world.anna, world.sara):
        sign(session, found.id, found.content_hash, by=who(each), now=NOON)
    return found
