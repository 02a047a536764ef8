"""When a tier may be given by hand, and how that is told."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from fieldsales.errors import Invalid, NotFound

LONGEST = timedelta(days=731)
"""For how long a tier may be given by hand. What should hold for longer belongs into the policy."""

OPERATOR = "the operator"


class BadOverride(Invalid):
    """A tier is given by hand with a reason, until a day from today on and within two years."""

    code = "tier_override.invalid"
    title = "The tier cannot be given by hand like that"


class NoOverride(NotFound):
    """The customer's tier was not given by hand, or that has ended already."""

    code = "tier_override.not_found"
    title = "This customer has no tier by hand"


@dataclass(frozen=True, slots=True)
class ByHand:
    """A tier given by hand that is in force: by whom, why, and through which day."""

    override_id: uuid.UUID
    tier: str
    reason: str
    until: date
    by: str

    def __str__(self) -> str:
        return f"{self.tier}, by hand by {self.by} until {self.until}: {self.reason}"


def check_override(reason: str, until: date, today: date) -> None:
    """Raise `BadOverride` for an empty reason or a day that is over or too far ahead."""
    if not reason.strip():
        raise BadOverride("There is no reason.", mend="Say why; whoever plans will read it.", field="reason")
    if not today <= until <= today + LONGEST:
        raise BadOverride(
            f"A tier cannot be given by hand until {until}.",
            mend=f"Use a day from {today} to {today + LONGEST}.",
            field="until",
        )
