"""What a person selects to become a plan, and what became of it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from fieldsales.anomalies.models import Anomaly
from fieldsales.anomalies.queries import AnomalyFilter
from fieldsales.customers.queries import CustomerFilter
from fieldsales.errors import Invalid
from fieldsales.spreads.rules import Fate, Slot

MOST_CHOSEN = 500
"""How many customers one selection may hold."""

GAP_OF_ANOMALIES = 3
"""How many days a visit for an anomaly lies from others of the customer, where nothing else is said."""


class SelectionAmbiguous(Invalid):
    """A selection is one of three: ids of anomalies, a filter of anomalies, or a filter of customers."""

    code = "selection.ambiguous"
    title = "It is not clear what is selected"


class SelectionTooLarge(Invalid):
    """More than 500 customers are selected. Narrow the filter."""

    code = "selection.too_large"
    title = "Too many are selected at once"


@dataclass(frozen=True, slots=True)
class CustomerChoice:
    """A filter of customers; `not_visited_since`: those where nobody was on that day or later."""

    only: CustomerFilter
    not_visited_since: date | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What should become a plan: exactly one of the three. Raises `SelectionAmbiguous`.

    `minimum_gap_days` goes before `GAP_OF_ANOMALIES` and the cadences of tiers; `reason` is what visits to customers
    say why they are made.
    """

    anomaly_ids: tuple[uuid.UUID, ...] | None = None
    anomalies: AnomalyFilter | None = None
    customers: CustomerChoice | None = None
    minimum_gap_days: int | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        given = [each for each in (self.anomaly_ids, self.anomalies, self.customers) if each is not None]
        if len(given) != 1:
            raise SelectionAmbiguous(
                f"{len(given)} selections are given.",
                mend="Give one of “anomaly_ids”, “anomalies” and “customers”.",
            )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one customer: on whose days it is (`slots`), or why on nobody's."""

    customer_id: uuid.UUID
    customer_name: str
    fate: Fate
    reason: str
    slots: tuple[Slot, ...] = ()
    anomaly_id: uuid.UUID | None = None
    promotion: str | None = None


@dataclass(frozen=True, slots=True)
class Selected:
    """What became of a selection, the most valuable customer first; `held_out`: anomalies passed over by lot."""

    days: tuple[date, ...]
    outcomes: tuple[Outcome, ...]
    held_out: tuple[Anomaly, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many fared how."""
        return dict(Counter(str(each.fate) for each in self.outcomes))

    @property
    def changed(self) -> Collection[Slot]:
        """The rep's days on which something is different."""
        return {slot for each in self.outcomes if each.fate in {Fate.PLANNED, Fate.JOINED} for slot in each.slots}
