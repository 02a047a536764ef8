"""A first plan for a team: visits handed out one by one, the most valuable for their time first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from routing.compiled import NEVER_S, CompiledDay
from routing.polish import inserted

Orders = list[list[int]]
"""By worker, the numbers of the stops in driving order, from 1 as in a compiled day over all stops."""


@dataclass(slots=True)
class Handout:
    """The plan in the making. ``days`` are the workers' days, each over all stops of the team."""

    days: Sequence[CompiledDay]
    preference_s: int
    orders: Orders
    offers: dict[int, dict[int, "Offer"]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """A worker's best way to take a visit on: the order that it makes, and the seconds that it costs."""

    order: list[int]
    cost_s: int


def hand_out(days: Sequence[CompiledDay], preference_s: int, orders: Orders, is_late: Callable[[], bool]) -> Orders:
    """``orders`` with visits added until none fits, or it is late.

    The next visit is a mandatory one that fewest workers can take, else the one with most prize per second.
    """
    plan = Handout(days, preference_s, [list(order) for order in orders])
    taken = {place for order in orders for place in order}
    size = days[0].end if days else 1
    for place in range(1, size):
        if place not in taken:
            offers = {number: offer for number in range(len(days)) if (offer := _offer(plan, number, place))}
            if offers:
                plan.offers[place] = offers
    while plan.offers and not is_late():
        _give(plan, max(plan.offers, key=lambda place: _urgency(plan, place)))
    return plan.orders


def _offer(plan: Handout, number: int, place: int) -> Offer | None:
    day = plan.days[number]
    order = plan.orders[number]
    if day.earliest_start(place, day.shift.opens_s) == NEVER_S:
        return None
    wider = inserted(day, order, place)
    if wider is None:
        return None
    stop = day.stop(place)
    is_stranger = bool(stop.prefers) and day.problem.worker.id not in stop.prefers
    cost_s = day.driving_s(wider) - day.driving_s(order) + is_stranger * plan.preference_s
    return Offer(wider, cost_s)


def _urgency(plan: Handout, place: int) -> tuple[bool, int, float, str]:
    offers, stop = plan.offers[place], plan.days[0].stop(place)
    cheapest_s = min(offer.cost_s for offer in offers.values())
    density = stop.prize / max(1, cheapest_s + stop.service_s)
    return stop.mandatory, -len(offers) if stop.mandatory else 0, density, stop.id


def _give(plan: Handout, place: int) -> None:
    """The visit to whom it costs least; what that worker can still take on is looked at again."""
    offers = plan.offers.pop(place)
    number = min(offers, key=lambda each: (offers[each].cost_s, plan.days[each].problem.worker.id))
    plan.orders[number] = offers[number].order
    for other in list(plan.offers):
        if number not in plan.offers[other]:
            continue
        again = _offer(plan, number, other)
        if again:
            plan.offers[other][number] = again
        else:
            del plan.offers[other][number]
            if not plan.offers[other]:
                del plan.offers[other]
