"""The small town, committed, with a phone in each rep's pocket."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Engine
from worlds import phone, small_town

from fieldsales.db.session import transaction


@dataclass
class PhoneTown:
    """Ids by name, and two phones."""

    engine: Engine
    anna: phone.TestPhone
    ben: phone.TestPhone
    sara_id: uuid.UUID
    customers: dict[str, uuid.UUID]
    products: dict[str, uuid.UUID]


def build(engine: Engine) -> PhoneTown:
    """Anna owns Bakery, Corner and Dairy; Ben owns Fish, Grocer and Hotel. All are of tier B (5 % off)."""
    with transaction(engine) as session:
        world = small_town.build(session)
        return PhoneTown(
            engine,
            anna=phone.give(session, world.anna, small_town.NOON),
            ben=phone.give(session, world.ben, small_town.NOON),
            sara_id=world.sara.id,
            customers={name: each.id for name, each in world.customers.items()},
            products={sku: each.id for sku, each in world.products.items()},
        )
