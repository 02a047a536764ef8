"""A customer on the morning of a day: who serves it, who was there, what is open about it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date

from fieldsales.anomalies.models import AnomalyKind
from fieldsales.cadence.rules import Cadence
from fieldsales.turns.rules import FACTORS, KeyAccount, own_cadence, priority_of

KEY_ACCOUNT_FACTOR = 2.0


@dataclass(frozen=True, slots=True)
class Rep:
    """A rep as far as the choice needs: a name for reasons, the weekdays worked (Monday is 0), and days off."""

    id: uuid.UUID
    name: str
    weekdays: tuple[int, ...]
    off: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        """Whether the rep works on a day."""
        return day.weekday() in self.weekdays and day not in self.off


@dataclass(frozen=True, slots=True)
class Shop:
    """A customer as a stop: where, when open (in which country's holidays), and for how long a visit takes."""

    id: uuid.UUID
    name: str
    latitude: float | None
    longitude: float | None
    opening_hours: str | None
    country: str | None
    service_minutes: int | None


@dataclass(frozen=True, slots=True)
class TierVisit:
    """What a tier means for a visit."""

    tier: str
    cadence: Cadence
    service_minutes: int
    value: int


@dataclass(frozen=True, slots=True)
class Contact:
    """A rep was at the customer on a day, or is planned to be on a coming one."""

    rep_id: uuid.UUID
    day: date
    made: bool = True


@dataclass(frozen=True, slots=True)
class Alarm:
    """An anomaly that is open, and since when."""

    kind: AnomalyKind
    opened_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Case:
    """One customer on the morning of a day.

    `contacts` lie before the day. `missed_since` is the first day on which a visit was planned and not made, for a
    customer without a contact. `next_planned` is the nearest day after this one on which the customer is planned.
    `weekday` is the one that the visits are kept to, `usual_weekday` the one on which the customer orders, and
    `last_order` the last day before this one on which it did, as far as the history goes back. `journey` are
    the days of the owner's journey plan, None where none covers the day.
    """

    customer_id: uuid.UUID
    tier: TierVisit
    owner: uuid.UUID | None
    key_accounts: tuple[KeyAccount, ...] = ()
    contacts: tuple[Contact, ...] = ()
    missed_since: date | None = None
    next_planned: date | None = None
    weekday: int | None = None
    usual_weekday: int | None = None
    alarm: Alarm | None = None
    last_order: date | None = None
    journey: tuple[date, ...] | None = None

    def last_seen_by(self, rep_id: uuid.UUID) -> date | None:
        """The last day on which a rep was there."""
        return max((contact.day for contact in self.contacts if contact.rep_id == rep_id), default=None)

    def is_to_come(self, on: date) -> bool:
        """Whether the visit on a day is only planned."""
        return not any(contact.made for contact in self.contacts if contact.day == on)

    def on(self, day: date) -> Case:
        """The case with the key accounts that count on a day, and with their cadence where they have one."""
        accounts = tuple(each for each in self.key_accounts if each.counts_on(day))
        own = own_cadence(accounts)
        return replace(self, key_accounts=accounts, tier=replace(self.tier, cadence=own) if own else self.tier)

    @property
    def key_account_factor(self) -> float:
        """How many times its value a visit is worth to a key account of this priority."""
        return KEY_ACCOUNT_FACTOR * FACTORS[priority_of(self.key_accounts)]

    @property
    def last_contact(self) -> Contact | None:
        """The last visit of anybody."""
        return max(self.contacts, key=lambda contact: contact.day, default=None)
