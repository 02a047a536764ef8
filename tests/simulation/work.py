"""What reps do, on one phone or on two, well or badly; everything goes into a phone's queue and nowhere else."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from simulation.books import is_sound
from simulation.goods import amend, call_off, give_away, go_to_and_fro, lines_for, take_back
from simulation.phones import Handset, Mutation
from simulation.shops import edit_shop, find_shop
from simulation.world import STEADY, World

from fieldsales.db.base import new_id


def call_on_shop(world: World) -> None:
    """Arrive, sell, take a picture and leave; some of it on the rep's other phone."""
    phone = world.phone()
    call_with_both(world, phone, world.pick(world.colleagues(phone)))


def call_with_both(world: World, phone: Handset, other: Handset) -> None:
    """Arrive with one phone, and leave with another; somebody may set a clock meanwhile."""
    customer_id = world.pick(world.places(phone))
    visit_id = _of(phone.check_in(customer_id), "visit_id")
    if world.often(0.1):
        world.pass_time()
        phone.ahead -= timedelta(hours=world.pick([1, 26]))
    for _ in range(world.chance.randrange(3)):
        _sell(world, world.pick([phone, other]), customer_id, visit_id)
    if world.often(0.5):
        _photograph(world, other, visit_id)
    if world.often(0.1):
        other.check_in(customer_id, uuid.UUID(visit_id))
    if world.often(0.3):
        other.summarize(
            visit_id, summary=f"Said {other.seq} on {other.name}.", cause_code=world.pick(["closed", "new"])
        )
    if world.often(0.7):
        other.check_out(visit_id, **_perhaps_after(world, phone))


def leave_only(world: World) -> None:
    """Leave a shop without ever having come, naming the shop or not."""
    phone = world.phone()
    left = phone.check_out(str(new_id()))
    if world.often(0.6):
        left["data"]["customer_id"] = str(world.pick(world.customers))


def sell_by_phone(world: World) -> None:
    """Take an order without a visit, perhaps after whatever was done last."""
    phone = world.phone()
    _sell(world, phone, world.pick(world.places(phone)), None, **_perhaps_after(world, phone))


def _sell(world: World, phone: Handset, customer_id: uuid.UUID, visit_id: str | None, **more: Any) -> Mutation:
    return phone.order(customer_id, lines_for(world, customer_id), visit_id, **more)


def collect_or_note(world: World) -> None:
    """Take money, or remember something; the visit may be here, or never come: neither waits for it."""
    phone = world.phone()
    customer_id = world.pick(world.places(phone))
    if world.often(0.6):
        phone.collect(customer_id, world.chance.randint(1, 100_000), world.pick([None, new_id()]))
    else:
        phone.note(customer_id, f"Note {phone.seq} of {phone.name}.")


def walk(world: World) -> None:
    """Be somewhere between visits; the same moment may be told twice."""
    points = [{"ago_ms": 1000 * world.chance.randrange(5), "lat": 38.24, "lon": 21.73} for _ in range(3)]
    world.phone().track(points)


def sell_too_cheap(world: World) -> None:
    """Promise a price that only somebody else may grant."""
    phone = world.phone()
    phone.order(world.pick(world.customers), [(world.products["soap"], 1, STEADY["soap"] // 2)])


def _photograph(world: World, phone: Handset, visit_id: str) -> None:
    """Take a picture; there are few different ones, so that the same is seen again."""
    phone.photo(visit_id, sha256=f"{phone.who.user_id.hex}{world.chance.randrange(4):032x}")


def _perhaps_after(world: World, phone: Handset) -> dict[str, Any]:
    """Name something that must be done before: something in a queue of this rep's, or what nobody ever sends."""
    waiting = [each["id"] for other in world.colleagues(phone) for each in other.queue if is_sound(each)]
    if world.often(0.04):
        return {"after": [str(new_id())]}
    return {"after": world.chance.sample(waiting, min(len(waiting), 2))} if world.often(0.4) else {}


def poison(world: World) -> None:
    """Do something that can never be done, in one way or another."""
    phone, customer_id = world.phone(), world.pick(world.customers)
    world.pick([_no_shape, _no_id, _no_mutation, _wrong_total, _no_such_product, _no_such_customer])(
        world, phone, customer_id
    )


def _no_shape(world: World, phone: Handset, customer_id: uuid.UUID) -> None:
    del phone.check_in(customer_id)[world.pick(["seq", "type", "at", "data"])]


def _no_id(_world: World, phone: Handset, customer_id: uuid.UUID) -> None:
    phone.check_in(customer_id)["id"] = f"number {phone.seq} of {phone.name}"


def _no_mutation(world: World, phone: Handset, _customer_id: uuid.UUID) -> None:
    phone.queue.append(world.pick([None, 17, "check in", [], {"text": f"on {phone.name}"}]))


def _wrong_total(world: World, phone: Handset, customer_id: uuid.UUID) -> None:
    _sell(world, phone, customer_id, None)["data"]["total_minor"] += 1


def _no_such_product(_world: World, phone: Handset, customer_id: uuid.UUID) -> None:
    phone.order(customer_id, [(new_id(), 1, 100)])


def _no_such_customer(_world: World, phone: Handset, _customer_id: uuid.UUID) -> None:
    phone.check_in(new_id())


def claim_order(world: World) -> None:
    """Use the id of an order that is known to have been taken, of any rep's, for another one."""
    taken = [each.result for each in world.books.answers.values() if each.status == "applied" and each.result]
    again = _sell(world, world.phone(), world.pick(world.customers), None)
    if orders := [each["order_id"] for each in taken if "order_id" in each]:
        again["data"]["order_id"] = again["entity"]["id"] = world.pick(orders)


def tomorrows_app(world: World) -> None:
    """Do something that this server has not learned yet, or does no more."""
    phone = world.phone()
    made = phone.check_in(world.pick(world.customers))
    made |= world.pick([{"type": "shelf.count"}, {"v": 99}])


def reuse_id(world: World) -> None:
    """Say something under an id that the server knows, or what another rep has said already, word for word."""
    phone = world.phone()
    if known := [each for each in world.books.stored.values() if is_sound(each.payload)]:
        chosen = world.pick(known)
        other = chosen.phone.who.user_id != phone.who.user_id and world.often(0.5)
        phone.queue.append(chosen.payload if other else chosen.payload | {"after": [str(new_id())]})


def send_again(world: World) -> None:
    """Put something back into the queue that was answered long ago."""
    phone = world.phone()
    if own := [each for each in world.books.stored.values() if each.phone is phone]:
        phone.queue.append(world.pick(own).payload)


def jump_clock(world: World) -> None:
    """A clock is set wrong, or right again."""
    world.phone().ahead = timedelta(seconds=world.pick([0, 0, -90, 3600, -86_400, 40_000_000]))


def reboot(world: World) -> None:
    """A phone starts anew."""
    world.phone().reboot()


def reinstall(world: World) -> None:
    """The app is installed anew; what was in its queue may be gone."""
    world.phone().reinstall(keep_queue=world.often(0.6))


def _of(mutation: Mutation, key: str) -> str:
    return str(mutation["data"][key])


STEPS = (
    *[call_on_shop] * 5,
    *[sell_by_phone] * 2,
    *[collect_or_note] * 2,
    *[go_to_and_fro] * 2,
    amend,
    amend,
    call_off,
    take_back,
    take_back,
    give_away,
    sell_too_cheap,
    find_shop,
    edit_shop,
    edit_shop,
    walk,
    leave_only,
    poison,
    claim_order,
    tomorrows_app,
    reuse_id,
    send_again,
    jump_clock,
    reboot,
    reinstall,
)
