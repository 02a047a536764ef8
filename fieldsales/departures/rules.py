"""What a rep who leaves has in hand, and what a night did about covers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class InHand:
    """What a rep has in hand on a day: what moves along with the customers, and what the rep has to give back before.

    Attributes:
        customers, key_accounts, planned_visits: How many; the visits of days to come that are not made yet.
        open_orders: Orders that the rep took and that are not delivered, not called off.
        owed_minor: What these customers owe, by currency.
        van_pieces: Pieces in the rep's van. To be unloaded before the rep leaves.
        cash_minor: Money taken and not handed in, by currency. To be handed in before the rep leaves.
    """

    customers: int
    key_accounts: int
    planned_visits: int
    open_orders: int
    owed_minor: Mapping[str, int] = field(default_factory=dict)
    van_pieces: int = 0
    cash_minor: Mapping[str, int] = field(default_factory=dict)

    @property
    def to_give_back(self) -> tuple[str, ...]:
        """What has to be done before the rep leaves, in words."""
        told = []
        if self.van_pieces:
            told.append(f"{self.van_pieces} pieces are in the van: unload and count them.")
        told += [
            f"{amount} {currency} (minor units) are not handed in." for currency, amount in self.cash_minor.items()
        ]
        return tuple(told)


@dataclass(frozen=True, slots=True)
class Carried:
    """What a night did: customers given out, absences that are over, reps who left."""

    given_out: int
    over: int
    departed: tuple[uuid.UUID, ...]
