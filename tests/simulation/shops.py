"""Shops that reps find on the road and work at at once, and facts about shops that two sides edit."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from simulation.books import Ruled, Stored, is_readable
from simulation.model import NOT_SERVED, Expected
from simulation.trace import Broken, hold
from simulation.world import World
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds.small_town import NOON

from fieldsales.customers.models import Assignment, Customer
from fieldsales.db.base import new_id

FIELDS = ("city", "address")


def find_shop(world: World) -> None:
    """Come upon a shop that nobody knew; whatever is done there waits for it, also on the rep's other phone."""
    phone = world.phone()
    customer_id = new_id()
    data = {"customer_id": str(customer_id), "name": f"Shop {phone.seq} of {phone.name}", "position": None}
    data |= {field: _first(str(customer_id), field) for field in FIELDS}
    phone.do("customer.propose", ("customer", customer_id), data)
    world.found[phone.who.user_id].append(customer_id)


def edit_shop(world: World) -> None:
    """Tell better of a shop what the phone held of it, which may be what it was long ago."""
    phone = world.phone()
    customer_id = str(world.pick(world.places(phone)))
    fields = {}
    for field in world.chance.sample(FIELDS, world.chance.randint(1, 2)):
        values = [_first_of(world, customer_id, field), *world.told[customer_id, field]]
        was = values[-1] if world.often(0.7) else world.pick(values)
        now = f"{field} {phone.seq} by {phone.name}, {len(values)}"
        world.told[customer_id, field].append(now)
        fields[field] = {"now": now, "was": was}
    data = {"customer_id": customer_id, "fields": fields}
    phone.do("customer.update", ("customer", uuid.UUID(customer_id)), data)


def edit_in_office(world: World, session: Session) -> Callable[[], None]:
    """Somebody in the office knows better."""
    customer = session.get_one(Customer, world.pick(world.customers), with_for_update=True)
    field = world.pick(FIELDS)
    was, now = getattr(customer, field), f"{field} {len(world.edits)} by the office"
    setattr(customer, field, now)
    key = str(customer.id), field

    def note() -> None:
        world.edits.append((*key, was, now))
        world.told[key].append(now)

    return note


def _first(customer_id: str, field: str) -> str:
    return f"{field} of {customer_id[-6:]}"


def _first_of(world: World, customer_id: str, field: str) -> str | None:
    return None if uuid.UUID(customer_id) in world.customers else _first(customer_id, field)


def check_shops(world: World, session: Session, expected: Expected, rows: Mapping[str, Any]) -> None:
    """Each field went from value to value as it was told, and no edit was lost: each stands, was followed, or is kept.

    All values are different, so that what was applied forms a chain, each edit of what the one before made of it.
    """
    steps: dict[tuple[str, str], dict[str | None, str]] = defaultdict(dict)
    for customer_id, field, was, now in world.edits:
        _step(steps[customer_id, field], was, now)
    served = {(str(each.customer_id), each.rep_id): each.assigned_at for each in _assigned(session)}
    for name, each in world.books.stored.items():
        since = served.get((_shop_of(each), each.phone.who.user_id))
        accepted = world.books.rulings.get(name, Ruled()).accepted
        if expected.statuses[name] == NOT_SERVED and since is not None and since <= NOON:
            raise Broken("who served a shop may edit it", each.payload)
        if expected.statuses[name] == ("applied", None) and each.payload["type"] == "customer.update":
            hold("only who served a shop edits it", since is not None or accepted, True)
            _weigh(steps, each, rows[name].outcome["result"])
    for customer in session.scalars(select(Customer)):
        for field in FIELDS:
            chain = steps[str(customer.id), field]
            hold("no edit of a shop is lost", getattr(customer, field), _end(world, str(customer.id), field, chain))
    hold(
        "every shop that was found is there once",
        {str(each) for each in session.scalars(select(Customer.id))},
        expected.shops,
    )


def _assigned(session: Session) -> list[Assignment]:
    """Return who was ever given a shop, the earliest last."""
    return list(session.scalars(select(Assignment).order_by(Assignment.assigned_at.desc())))


def _shop_of(each: Stored) -> str:
    return str(each.payload["data"].get("customer_id")) if is_readable(each.payload) else ""


def _weigh(steps: Mapping[tuple[str, str], dict[str | None, str]], each: Stored, result: Mapping[str, Any]) -> None:
    data = each.payload["data"]
    told = Counter([*result["applied"], *result["unchanged"], *result["kept"]])
    hold("every field that was edited is applied or kept, once", told, Counter(dict.fromkeys(data["fields"], 1)))
    for field in result["applied"]:
        _step(steps[data["customer_id"], field], data["fields"][field]["was"], data["fields"][field]["now"])
    for field, loser in result["kept"].items():
        edit = data["fields"][field]
        if loser["yours"] != edit["now"] or loser["ours"] == edit["was"]:
            raise Broken("a conflict is one", f"{edit}: {loser}")


def _step(chain: dict[str | None, str], was: str | None, now: str) -> None:
    if was in chain:
        raise Broken("of two edits of one value one is kept", f"{was}: {chain[was]}, and {now}")
    chain[was] = now


def _end(world: World, customer_id: str, field: str, chain: Mapping[str | None, str]) -> str | None:
    value = _first_of(world, customer_id, field)
    for _ in chain:
        value = chain.get(value, f"nothing follows {value}")
    return value
