"""A small town with many phones, the hour, and chance: all that a run's events play in."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from simulation.books import Books
from simulation.model import Facts
from simulation.moments import Moments
from simulation.phones import Handset
from simulation.trace import Trace
from simulation.trade import Settled
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.phone import give

from fieldsales.db.session import transaction
from fieldsales.people.models import User

T = TypeVar("T")
STEADY = {"soap": 189, "coffee": 589}
"""Products whose prices nobody changes, at what a unit costs a customer of tier B: five percent off the list."""
LISTED = {"soap": 199, "coffee": 620}
"""What the same cost a shop that nobody has put into a tier yet."""


@dataclass
class World:
    """Everything that a run's events may touch.

    `late_boots` are those of which a request came late: it may have spoiled how the counter of that boot is read, and
    once the phone has started anew nothing mends that. `edits` are those of shops that the office made: which shop,
    which field, what it was, what it is now; `told` is what anybody ever wrote there.
    """

    engine: Engine
    moments: Moments
    chance: random.Random
    phones: list[Handset]
    customers: list[uuid.UUID]
    products: dict[str, uuid.UUID]
    supervisor_id: uuid.UUID
    territory_id: uuid.UUID
    now: datetime = small_town.NOON
    books: Books = field(default_factory=Books)
    trace: Trace = field(default_factory=Trace)
    astray: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    found: defaultdict[uuid.UUID, list[uuid.UUID]] = field(default_factory=lambda: defaultdict(list))
    edits: list[tuple[str, str, str | None, str]] = field(default_factory=list)
    told: defaultdict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    late_boots: set[str] = field(default_factory=set)
    pausing: bool = False
    flags_are_certain: bool = True

    def pass_time(self) -> None:
        """Let a moment pass, or most of an hour, on every phone."""
        self.now += timedelta(seconds=self.chance.choice([1, 7, 60, 300, 2400]))
        for phone in self.phones:
            phone.now = self.now

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of several."""
        return self.chance.choice(choices)

    def often(self, share: float) -> bool:
        """Say yes in a share of all cases."""
        return self.chance.random() < share

    def phone(self) -> Handset:
        """Return one of the phones."""
        return self.pick(self.phones)

    def rep_ids(self) -> list[uuid.UUID]:
        """Return the reps."""
        return list(dict.fromkeys(phone.who.user_id for phone in self.phones))

    def first_phones(self) -> list[Handset]:
        """Return one phone of each rep."""
        return list({phone.who.user_id: phone for phone in reversed(self.phones)}.values())

    def places(self, phone: Handset) -> list[uuid.UUID]:
        """Return where a phone's rep may work: at what was there before, and at the shops that the rep has found."""
        return self.customers + self.found[phone.who.user_id]

    def colleagues(self, phone: Handset) -> list[Handset]:
        """Return all phones of a phone's rep."""
        return [each for each in self.phones if each.who.user_id == phone.who.user_id]

    def facts(self, found: Mapping[str, Settled]) -> Facts:
        """Return what the model must know; `found` is what the server made of each mutation."""
        steady, listed = (
            {str(self.products[sku]): price for sku, price in prices.items()} for prices in (STEADY, LISTED)
        )
        return Facts(frozenset(map(str, self.customers)), steady, listed, self.books.rulings, found)

    def price(self, customer_id: uuid.UUID | str, sku: str) -> int:
        """Return what a unit costs a customer."""
        return (STEADY if str(customer_id) in map(str, self.customers) else LISTED)[sku]


def build(engine: Engine, moments: Moments, seed: int) -> World:
    """Put the town into an empty database, with one to three phones for each of its two reps."""
    chance = random.Random(seed)
    with transaction(engine) as session:
        town = small_town.build(session)
        phones = [
            _phone(session, rep, number) for rep in (town.anna, town.ben) for number in range(chance.randint(1, 3))
        ]
        return World(
            engine,
            moments,
            chance,
            phones,
            customers=[each.id for each in town.customers.values()],
            products={sku: each.id for sku, each in town.products.items()},
            supervisor_id=town.sara.id,
            territory_id=town.town.id,
        )


def _phone(session: Session, rep: User, number: int) -> Handset:
    name = f"{rep.login}-{number + 1}"
    given = give(session, rep, small_town.NOON, name)
    return Handset(given.who, given.installation, small_town.NOON, boot_id=f"{name} boot 1", name=name)
