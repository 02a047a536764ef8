"""Seeded batches of everything that phones send, good and bad, in any order and tangled up in each other."""

from __future__ import annotations

import copy
import random
import uuid
from typing import Any

from worlds.phone_town import PhoneTown

from fieldsales.db.base import new_id

NEVER = uuid.UUID(int=7)


class RandomWork:
    """Makes batches for Anna. What was made before comes up again: visits, orders, photos, whole mutations."""

    def __init__(self, town: PhoneTown, seed: int) -> None:
        self.town, self.chance = town, random.Random(seed)
        self.visits = [new_id() for _ in range(4)]
        self.orders: list[dict[str, Any]] = []
        self.made: list[dict[str, Any]] = []

    def batch(self) -> list[Any]:
        """Return the next batch."""
        self.town.anna.queue.clear()
        self.town.anna.wait(self.chance.choice([1, 30, 90]))
        steps = [self.arrive] * 4 + [self.leave] * 3 + [self.sell] * 4 + [self.picture] * 2
        steps += [self.note, self.amend, self.poison, self.future]
        batch: list[Any] = [self.chance.choice(steps)() for _ in range(self.chance.randrange(1, 12))]
        for each in batch:
            self.tangle(each, batch)
        if self.made and self.chance.random() < 0.5:
            batch.append(copy.deepcopy(self.chance.choice(self.made)))
        self.made += [each for each in batch if isinstance(each, dict)]
        if self.chance.random() < 0.2:
            batch.append(self.chance.choice([None, "nonsense", {}, {"id": str(new_id())}]))
        self.chance.shuffle(batch)
        return batch

    def shop(self) -> uuid.UUID:
        """Mostly one of Anna's."""
        return self.chance.choice([*self.town.customers.values(), NEVER])

    def visit(self) -> uuid.UUID:
        """One of a few, or one that never begins."""
        return self.chance.choice([*self.visits, self.visits[0], NEVER])

    def there(self) -> Any:
        """A position, or none."""
        lat = self.chance.choice([38.24, 38.24, 38.26, 38.26, 39.0, 91])
        return self.chance.choice([None, {"lat": lat, "lon": 21.72, "accuracy_m": 8.0, "mock": False}])

    def arrive(self) -> dict[str, Any]:
        """Check in."""
        return self.town.anna.check_in(self.shop(), self.visit(), self.there())

    def leave(self) -> dict[str, Any]:
        """Check out, sometimes naming the customer."""
        found = self.town.anna.check_out(str(self.visit()), self.there())
        if self.chance.random() < 0.4:
            found["data"]["customer_id"] = str(self.shop())
        return found

    def sell(self) -> dict[str, Any]:
        """Order, at prices within the band and beyond it."""
        prices = [589, 590, 48, 189, 1188]
        lines = [
            (self.chance.choice([*self.town.products.values()]), 1 + line, self.chance.choice(prices))
            for line in range(self.chance.randrange(4))
        ]
        if self.chance.random() < 0.1:
            lines.append((NEVER, 1, 1))
        found = self.town.anna.order(self.shop(), lines, self.chance.choice([None, str(self.visit())]))
        if self.orders and self.chance.random() < 0.2:
            found["entity"]["id"] = found["data"]["order_id"] = self.chance.choice(self.orders)["data"]["order_id"]
        self.orders.append(found)
        return found

    def picture(self) -> dict[str, Any]:
        """Announce one of two pictures."""
        return self.town.anna.photo(str(self.visit()), self.chance.choice(["ab", "cd"]) * 32)

    def note(self) -> dict[str, Any]:
        """Write something down: a type that needs a savepoint of its own."""
        note_id = new_id()
        data = {"note_id": str(note_id), "customer_id": str(self.shop()), "visit_id": str(self.visit()), "text": "Hm."}
        return self.town.anna.do("note.add", ("note", note_id), data)

    def amend(self) -> dict[str, Any]:
        """Call an order off: another such type, about what the others made."""
        order_id = uuid.UUID(self.chance.choice(self.orders)["data"]["order_id"]) if self.orders else NEVER
        return self.town.anna.do("order.cancel", ("order", order_id), {"order_id": str(order_id), "reason": "Hm."})

    def poison(self) -> dict[str, Any]:
        """Something of the wrong shape."""
        found = self.arrive()
        self.chance.choice([found, found["data"], found["entity"]])["extra"] = 1
        return found

    def future(self) -> dict[str, Any]:
        """Something of a newer app."""
        return self.town.anna.do("visit.levitate", ("visit", self.visit()), {})

    def tangle(self, each: dict[str, Any], batch: list[dict[str, Any]]) -> None:
        """Let a mutation wait for others, earlier or later, or for one that never comes."""
        while self.chance.random() < 0.12:
            other = self.chance.choice([*batch, *self.made, {"id": str(NEVER)}])
            each["after"].append(other["id"])
