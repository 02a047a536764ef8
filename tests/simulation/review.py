"""A supervisor looks at what was held, and at what was done oddly, and decides in the middle of it all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulation.books import Ruled, is_readable
from simulation.world import World
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.people.models import Role
from fieldsales.people.rules import Actor
from sync.models import Mutation, Review, Status
from sync.outcomes import reasons_in
from sync.review.service import Action, NotUnderReview, RulesRefuse, Ruling, decide

Afterwards = Callable[[], None]
PRICED = ("order.submit", "order.amend", "return.submit")


def decide_something(world: World, session: Session) -> Afterwards | None:
    """Decide about one mutation under review; return how to note that once it is committed."""
    under_review = session.scalars(select(Mutation).where(Mutation.review == Review.OPEN).order_by(Mutation.id)).all()
    if not under_review:
        return None
    chosen = world.pick(under_review)
    name, ruling = str(chosen.id), _ruling(world, chosen)
    held, passed = chosen.status is Status.HELD, _passed(chosen, ruling)
    world.trace.note(f"     {ruling.action.value} {name[-4:]}, a {chosen.type} that is {chosen.status.value}")
    by = Actor(world.supervisor_id, Role.SUPERVISOR, world.territory_id)
    try:
        decide(session, chosen.id, ruling, by=by, now=world.now)
    except (RulesRefuse, NotUnderReview) as refused:
        world.trace.note(f"     {refused.code}")
        return None
    return lambda: world.books.ruled(name, Ruled(ruling.action.value, ruling.data, passed)) if held else None


def _passed(chosen: Mutation, ruling: Ruling) -> frozenset[str]:
    if ruling.action is not Action.ACCEPT:
        return frozenset()
    return reasons_in(chosen.outcome.get("problem") or {}) | frozenset(chosen.outcome.get("accepted", ()))


def _ruling(world: World, chosen: Mutation) -> Ruling:
    if chosen.status is not Status.HELD:
        return Ruling(Action.ACCEPT)
    action = world.pick([Action.RETRY, Action.ACCEPT, Action.ACCEPT, Action.APPLY, Action.DISCARD])
    if action is Action.DISCARD:
        return Ruling(action, "Not like this.")
    if action is Action.APPLY:
        data = _at_our_prices(world, chosen)
        return Ruling(Action.RETRY) if data is None else Ruling(action, "At our prices.", data)
    return Ruling(action)


def _at_our_prices(world: World, chosen: Mutation) -> dict[str, Any] | None:
    """Return the data of an order or a return with our prices; None where there are none."""
    if chosen.type not in PRICED or not is_readable(chosen.payload):
        return None
    data = chosen.payload["data"]
    skus = {str(product_id): sku for sku, product_id in world.products.items()}
    if any(line["product_id"] not in skus for line in data["lines"]):
        return None
    customer_id = data.get("customer_id", world.customers[0])
    lines = [line | {"unit_price_minor": world.price(customer_id, skus[line["product_id"]])} for line in data["lines"]]
    total = sum(line["quantity"] * line["unit_price_minor"] for line in lines)
    return data | {"lines": lines, "total_minor": total}
