"""What a mute is, and whom it covers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from fieldsales.errors import Invalid, NotFound

LONGEST = timedelta(days=92)
"""Nobody is forgotten for longer; it can be said anew."""


class MuteInvalid(Invalid):
    """A mute is of one customer, rep, territory or webhook, has a reason, and ends within 92 days."""

    code = "mute.invalid"
    title = "That cannot be muted so"


class MuteNotFound(NotFound):
    """There is no such mute that still holds."""

    code = "mute.not_found"
    title = "There is no such mute"


@dataclass(frozen=True, slots=True)
class Muted:
    """The mutes that hold, by whom they are of, and the tree of territories: each one's parent."""

    customers: Mapping[uuid.UUID, uuid.UUID]
    reps: Mapping[uuid.UUID, uuid.UUID]
    territories: Mapping[uuid.UUID, uuid.UUID]
    webhooks: Mapping[uuid.UUID, uuid.UUID]
    above: Mapping[uuid.UUID, uuid.UUID | None]

    def covering(
        self, customer_id: uuid.UUID | None, rep_id: uuid.UUID | None, territory_id: uuid.UUID | None
    ) -> uuid.UUID | None:
        """Return the mute that covers somebody, the nearest one; None where nothing does."""
        if customer_id is not None and customer_id in self.customers:
            return self.customers[customer_id]
        if rep_id is not None and rep_id in self.reps:
            return self.reps[rep_id]
        while territory_id is not None:
            if territory_id in self.territories:
                return self.territories[territory_id]
            territory_id = self.above.get(territory_id)
        return None
