"""What may be arranged while a rep is away, and which customers it is about on which days."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fieldsales.covers.models import CoverKind
from fieldsales.errors import Conflict, Invalid

LONGEST_DAYS = 400


class BadCover(Invalid):
    """A cover needs days in order, a reason, and other active reps who stand in. The message says what is missing."""

    code = "cover.invalid"
    title = "Nobody can stand in like this"


class CoverOverlaps(Conflict):
    """Somebody stands in for the rep on these days already. Call that off first, or choose other days."""

    code = "cover.overlaps"
    title = "Somebody stands in already"


class StandInAway(Conflict):
    """Who is to stand in is away on some of these days. Name somebody else, or split the days."""

    code = "cover.stand_in_away"
    title = "The stand-in is away, too"


class CoverOver(Conflict):
    """The cover was called off, or is over: the rep is back or has left. Nothing of it can be changed any more."""

    code = "cover.over"
    title = "The cover is over"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is away, from which day until which (None: for good), why, and who stands in."""

    rep_id: uuid.UUID
    kind: CoverKind
    from_on: date
    until_on: date | None
    reason: str
    stand_ins: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A customer that the rep serves, and between which days (None: no bound)."""

    customer_id: uuid.UUID
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A customer that somebody is to serve in the rep's place, from a day until another, both included."""

    customer_id: uuid.UUID
    rep_id: uuid.UUID
    from_on: date
    until_on: date | None


def check_wanted(wanted: Wanted, today: date) -> None:
    """Raise `BadCover` unless the days are in order and to come, and others than the rep stand in."""
    if not wanted.reason.strip():
        raise BadCover("Why the rep is away is not told.", mend="Give a reason, such as Leave.", field="reason")
    if not wanted.stand_ins:
        raise BadCover("Nobody stands in.", mend="Name at least one other rep.", field="stand_ins")
    if wanted.rep_id in wanted.stand_ins:
        raise BadCover("A rep cannot stand in for himself.", mend="Name somebody else.", field="stand_ins")
    if (wanted.until_on is None) != (wanted.kind is CoverKind.DEPARTURE):
        raise BadCover(
            "An absence has a last day, and a departure none.", mend="Give `until_on` for an absence.", field="until_on"
        )
    if wanted.until_on is None:
        return
    if wanted.until_on < wanted.from_on:
        raise BadCover(
            f"{wanted.from_on} to {wanted.until_on} is the wrong way round.", mend="Swap the days.", field="until_on"
        )
    if (wanted.until_on - wanted.from_on).days > LONGEST_DAYS:
        raise BadCover(f"Longer than {LONGEST_DAYS} days.", mend="Make it a departure, or shorter.", field="until_on")
    if wanted.until_on < today:
        raise BadCover(f"{wanted.until_on} is over.", mend="Choose days to come.", field="until_on")


def relieved(rep_id: uuid.UUID, instead: Mapping[uuid.UUID, uuid.UUID]) -> uuid.UUID:
    """Return who goes in a rep's place; of one who stands in and is away too, whoever stands in for that one.

    A circle of people who stand in for each other ends at the last who is not the first.
    """
    seen = {rep_id}
    while (after := instead.get(rep_id)) is not None and after not in seen:
        seen.add(after)
        rep_id = after
    return rep_id


def parts(
    held: Iterable[Held],
    stand_in_of: Mapping[uuid.UUID, uuid.UUID],
    serving: Mapping[uuid.UUID, Iterable[uuid.UUID]],
    from_on: date,
    until_on: date | None,
) -> Iterator[Part]:
    """Yield what the stand-ins are to serve: what the rep holds on the days of the cover, each customer once.

    `stand_in_of` names who stands in at each customer. Who is `serving` a customer needs no second assignment there.
    """
    seen: set[uuid.UUID] = set()
    for each in held:
        begins = max(from_on, each.from_on or from_on)
        ends = min((day for day in (until_on, each.until_on) if day is not None), default=None)
        if each.customer_id in seen or (ends is not None and ends < begins):
            continue
        seen.add(each.customer_id)
        rep_id = stand_in_of[each.customer_id]
        if rep_id not in serving.get(each.customer_id, ()):
            yield Part(each.customer_id, rep_id, begins, ends)
