"""Mutations that wait for each other in a circle, which no arrival would ever end.

The rule: of the mutations of a circle, the one with the lowest `seq` (of equals, the lowest id) that names others of
the circle in `after` is done as if those were done, and flagged. That frees the rest, in their turn.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable

from sync.models import Mutation
from sync.waiting import Waiting, brought_by

CIRCLE_BROKEN = "circle_broken"
Free = Callable[[Mutation, frozenset[uuid.UUID]], None]
"""Settles a mutation without waiting for some others."""


def untangle(waiting: Waiting, free: Free) -> None:
    """Break the circles among a user's held mutations, one after the other; each mutation is freed at most once.

    Who is in no circle does not come into one while others are freed, but where one of those waits for something new;
    so one pass in the order of the rule is enough, and is made again only as long as it frees any.
    """
    done: set[uuid.UUID] = set()
    found = True
    while found:
        found = False
        for each in _stuck(waiting):
            if each.id not in done and (circle := _circle(each, waiting)):
                found = True
                done.add(each.id)
                waiting.forget(each)
                free(each, circle)


def _stuck(waiting: Waiting) -> list[Mutation]:
    """Return what no order of doing the held mutations comes to, in the order of the rule (Kahn's algorithm)."""
    bringers: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for mutation in waiting.mutations.values():
        for name in brought_by(mutation):
            bringers[name].add(mutation.id)
    none: set[uuid.UUID] = set()
    before = {
        each: set().union(*(bringers.get(name, none) for name in names)) - {each}
        for each, names in waiting.names.items()
    }
    after: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for each, firsts in before.items():
        for first in firsts:
            after[first].append(each)
    can_be_done = [each for each, firsts in before.items() if not firsts]
    while can_be_done:
        first = can_be_done.pop()
        del before[first]
        for each in after[first]:
            before[each].discard(first)
            if not before[each]:
                can_be_done.append(each)
    return sorted((waiting.mutations[each] for each in before), key=lambda stuck: (stuck.seq, stuck.id))


def _circle(mutation: Mutation, waiting: Waiting) -> frozenset[uuid.UUID]:
    """Return those that a mutation names in `after` and that wait for it in their turn, directly or not."""
    if mutation.id not in waiting.names:
        return frozenset()
    named = {uuid.UUID(each) for each in mutation.payload.get("after", ())} - {mutation.id}
    named &= waiting.names[mutation.id]
    reached: set[uuid.UUID] = set()
    ahead = [mutation.id] if named else []
    while ahead:
        for name in brought_by(waiting.mutations[ahead.pop()]):
            new = waiting.who.get(name, reached) - reached
            reached |= new
            ahead.extend(new)
    return frozenset(named & reached)
