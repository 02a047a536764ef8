"""All kinds of policies there are, and what a change of the tiers would do, as plain values.

A kind is made by the noun that it belongs to; here they come together for the API and the terminal.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fieldsales.approvals.rules import APPROVALS
from fieldsales.calendars.rules import DAYS_OFF
from fieldsales.causes.rules import CAUSES
from fieldsales.conduct.rules import VISITS
from fieldsales.credits.rules import CREDIT
from fieldsales.deliveries.rules import DELIVERIES
from fieldsales.edits.rules import PLANNING
from fieldsales.gifts.rules import GIFTS
from fieldsales.holdout.rules import HOLDOUT
from fieldsales.integrity.rules import INTEGRITY
from fieldsales.jobs.rules import JOBS
from fieldsales.ladders.rules import TIERS, Ladder
from fieldsales.payruns.rules import PAY
from fieldsales.policies.rules import Body, Difference, Kind, PolicyNotFound
from fieldsales.privacy.rules import TRACKING
from fieldsales.selling.rules import SELLING
from fieldsales.settlements.rules import SETTLEMENTS
from fieldsales.stock.rules import STOCK
from fieldsales.taxes.rules import TAXES
from fieldsales.tiers.rules import TierGiven
from fieldsales.worth.rules import VALUE_SCORE

_ALL: tuple[Kind[Any], ...] = (
    TIERS,
    VALUE_SCORE,
    HOLDOUT,
    CAUSES,
    DAYS_OFF,
    PLANNING,
    SELLING,
    VISITS,
    INTEGRITY,
    TAXES,
    CREDIT,
    APPROVALS,
    SETTLEMENTS,
    DELIVERIES,
    GIFTS,
    STOCK,
    JOBS,
    TRACKING,
    PAY,
)
KINDS: Mapping[str, Kind[Any]] = {kind.name: kind for kind in _ALL}

NOBODY = "nobody"
"""Who serves a customer that no rep owns."""


@dataclass(frozen=True, slots=True)
class Known:
    """A customer as it is known: its name, its tier today, and the rep who owns it."""

    name: str
    tier: str | None
    owner_id: uuid.UUID | None
    owner: str = NOBODY


@dataclass(frozen=True, slots=True)
class Move:
    """A customer who would change tier, and why. `anyway`: under the policies as they are it would, too."""

    customer_id: uuid.UUID
    name: str
    before: str | None
    after: str
    reason: str
    anyway: bool


@dataclass(frozen=True, slots=True)
class TierCount:
    """How many customers a tier has, and would have; None for those without a tier."""

    tier: str | None
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class RepWork:
    """What a rep's customers ask for in a mean week, and would: visits by cadence, and minutes in the shops."""

    rep_id: uuid.UUID | None
    name: str
    customers: int
    visits_before: float
    visits_after: float
    minutes_before: float
    minutes_after: float


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of the tiers of all active customers, as of the orders before a day. `moves` are by tiers."""

    day: date
    customers: int
    moves: tuple[Move, ...]
    counts: tuple[TierCount, ...]
    reps: tuple[RepWork, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a policy would change from a day on: in its document, and in the tiers where it bears on them."""

    kind: str
    day: date
    differences: tuple[Difference, ...]
    tiers: Preview | None


def kind_named(name: str) -> Kind[Any]:
    """Return a kind of policy; raise `PolicyNotFound` naming those there are."""
    if name not in KINDS:
        raise PolicyNotFound(f"There is no policy “{name}”.", mend=f"There are: {', '.join(KINDS)}.", kind=name)
    return KINDS[name]


def kind_of(body: Body) -> Kind[Any]:
    """Return the kind that a document looks like, by the fields that it must have; raise `PolicyNotFound`."""
    for kind in KINDS.values():
        needed = kind.schema.get("required", ())
        if needed and isinstance(body, Mapping) and set(needed) <= body.keys():
            return kind
    raise PolicyNotFound("The document looks like no policy.", mend=f"There are: {', '.join(KINDS)}.")


def preview_moves(
    day: date,
    known: Mapping[uuid.UUID, Known],
    given: Sequence[TierGiven],
    anyway: Mapping[uuid.UUID, str],
    ladders: tuple[Ladder, Ladder],
) -> Preview:
    """Return what would become of the customers: `given` are their tiers then, `anyway` without the change.

    `ladders` are the one that holds and the one that would.
    """
    given = [each for each in given if each.customer_id in known]
    moves = [
        Move(who, known[who].name, known[who].tier, each.tier, each.reason, anyway.get(who) == each.tier)
        for each in given
        if known[who := each.customer_id].tier != each.tier
    ]
    moves.sort(key=lambda move: (move.before or "", move.after, move.name, move.customer_id))
    before = Counter(known[each.customer_id].tier for each in given)
    after = Counter(each.tier for each in given)
    names = dict.fromkeys([*(tier.tier for ladder in reversed(ladders) for tier in ladder.tiers), *before])
    counts = tuple(TierCount(name, before[name], after[name] if name else 0) for name in names)
    return Preview(day, len(given), tuple(moves), counts, tuple(_work(known, given, ladders)))


def _work(
    known: Mapping[uuid.UUID, Known], given: Sequence[TierGiven], ladders: tuple[Ladder, Ladder]
) -> Iterable[RepWork]:
    now, then = (_weekly(ladder) for ladder in ladders)
    sums: dict[tuple[str, uuid.UUID | None], list[float]] = {}
    for each in given:
        who = known[each.customer_id]
        (visits, minutes), (visits_then, minutes_then) = now.get(who.tier, now[None]), then[each.tier]
        row = sums.setdefault((who.owner, who.owner_id), [0.0] * 5)
        for at, value in enumerate((1.0, visits, visits_then, minutes, minutes_then)):
            row[at] += value
    for (name, rep_id), (customers, visits, visits_then, minutes, minutes_then) in sorted(sums.items(), key=_by_name):
        yield RepWork(rep_id, name, int(customers), visits, visits_then, minutes, minutes_then)


def _by_name(row: tuple[tuple[str, uuid.UUID | None], list[float]]) -> tuple[bool, str, str]:
    """Those whom nobody serves stand at the end."""
    (name, rep_id), _ = row
    return rep_id is None, name, str(rep_id)


def _weekly(ladder: Ladder) -> dict[str | None, tuple[float, float]]:
    """Visits and minutes in a mean week by tier; planning counts a customer without one to the lowest."""
    found: dict[str | None, tuple[float, float]] = {
        tier.tier: (tier.visits_a_week, tier.visits_a_week * tier.service_minutes) for tier in ladder.tiers
    }
    return found | {None: found[ladder.tiers[-1].tier]}
