"""What reps do with goods once they are sold, or without selling: amend, call off, take back, give away."""

from __future__ import annotations

import uuid
from typing import Any

from simulation.books import is_sound
from simulation.phones import Handset, Mutation
from simulation.world import STEADY, World

SALES = ("order.submit", "order.amend")
Lines = list[tuple[uuid.UUID, int, int]]


def lines_for(world: World, customer_id: uuid.UUID | str) -> Lines:
    """Return products and quantities, at prices that may stand."""
    skus = world.chance.sample(sorted(STEADY), world.chance.randint(1, len(STEADY)))
    return [
        (
            world.products[sku],
            world.chance.randint(1, 9),
            world.price(customer_id, sku) + world.pick([0, 0, 0, 1, -2, 3]),
        )
        for sku in skus
    ]


def amend(world: World) -> None:
    """Put another order in the place of one: of one's own, nearly always; perhaps twice, perhaps at half the price."""
    phone = world.phone()
    known = _known_sales(world, None if world.often(0.1) else phone)
    if names := [name for name in sorted(known) if stays_put(name)]:
        name = world.pick(names)
        lines = lines_for(world, _customer_of(known, name) or "")
        if world.often(0.15):
            lines = [(product_id, quantity, price // 2) for product_id, quantity, price in lines]
        phone.amend(name, lines, **_perhaps_after(world, known[name]))


def go_to_and_fro(world: World) -> None:
    """Sell, and think otherwise, on all phones of the rep: two amendments of one order, a return, and all is off."""
    phone = world.phone()
    customer_id = world.pick(world.places(phone))
    sale = phone.order(customer_id, lines_for(world, customer_id))
    name = sale["data"]["order_id"]
    if not stays_put(name):
        return
    sold = [(line["product_id"], line["quantity"], line["unit_price_minor"]) for line in sale["data"]["lines"]]
    for _ in range(world.chance.randint(1, 4)):
        other = world.pick(world.colleagues(phone))
        what = world.chance.randrange(5)
        if what <= 1:
            other.give_back(customer_id, world.chance.sample(sold, 1), against_id=name)
        elif what <= 3:
            other.amend(name, lines_for(world, customer_id))
        else:
            other.cancel(name)


def call_off(world: World) -> None:
    """Call an order, a return or a gift off; somebody may have done so, or amended it, before."""
    phone = world.phone()
    known = _known(world, phone, (*SALES, "return.submit", "gift.submit"))
    if known:
        name = world.pick(sorted(known))
        phone.cancel(name, **_perhaps_after(world, known[name]))


def take_back(world: World) -> None:
    """Take goods back: of a sale that is known, all or some or too many; or of none."""
    phone = world.phone()
    known = {
        name: sale for name, sale in _known(world, phone, ("order.submit",)).items() if stays_put(name)
    }  # an amended one is named by the order that it took the place of
    if not known or world.often(0.2):
        customer_id = world.pick(world.places(phone))
        phone.give_back(customer_id, lines_for(world, customer_id))
        return
    name = world.pick(sorted(known))
    sold = [(line["product_id"], line["quantity"], line["unit_price_minor"]) for line in known[name]["data"]["lines"]]
    some = world.chance.sample(sold, world.chance.randint(1, len(sold)))
    lines = [(product_id, max(1, quantity + world.pick([-4, -1, 0, 1])), price) for product_id, quantity, price in some]
    phone.give_back(known[name]["data"]["customer_id"], lines, against_id=name)


def give_away(world: World) -> None:
    """Leave something for nothing."""
    phone = world.phone()
    goods = [(world.products[world.pick(["soap", "water"])], world.chance.randint(1, 3))]
    phone.gift(world.pick(world.places(phone)), goods)


def stays_put(order_id: str) -> bool:
    """Tell whether the office never books an order on another customer by mistake: those are amended and returned."""
    return uuid.UUID(order_id).int % 2 == 0


def _known_sales(world: World, phone: Handset | None) -> dict[str, Mutation]:
    return _known(world, phone, SALES)


def _known(world: World, phone: Handset | None, kinds: tuple[str, ...]) -> dict[str, Mutation]:
    """Return what the rep of a phone, or anybody, has sold, by the id of the order; sent or still in a queue."""
    mine = world.phones if phone is None else world.colleagues(phone)
    told = [each.payload for each in world.books.stored.values() if each.phone in mine]
    told += [each for other in mine for each in other.queue]
    return {each["entity"]["id"]: each for each in told if is_sound(each) and each["type"] in kinds}


def _customer_of(known: dict[str, Mutation], name: str) -> str | None:
    """Return at whose shop an order was taken, however often it was amended since."""
    while name in known and known[name]["type"] == "order.amend":
        name = known[name]["data"]["amends_id"]
    return known[name]["data"]["customer_id"] if name in known else None


def _perhaps_after(world: World, sale: Mutation) -> dict[str, Any]:
    return {"after": [sale["id"]]} if world.often(0.2) else {}
