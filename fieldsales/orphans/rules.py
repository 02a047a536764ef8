"""Customers whom nobody looks after, and why."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Why nobody looks after a customer."""

    NO_OWNER = "no_owner"
    OWNER_OFF = "owner_off"
    OWNER_AWAY = "owner_away"


TOLD: Mapping[Why, str] = {
    Why.NO_OWNER: "No rep owns it.",
    Why.OWNER_OFF: "Its owner was switched off, and nobody stands in.",
    Why.OWNER_AWAY: "Its owner is off for {days} working days, and nobody stands in.",
}


@dataclass(frozen=True, slots=True)
class Orphan:
    """An active customer whom nobody looks after: why, whose it was, and its territory."""

    customer_id: uuid.UUID
    name: str
    territory_id: uuid.UUID
    why: Why
    owner_id: uuid.UUID | None
    told: str


@dataclass(frozen=True, slots=True)
class Check:
    """What a look at all customers found: customers whom nobody looks after, alerts opened and resolved."""

    customers: int
    opened: int
    resolved: int
