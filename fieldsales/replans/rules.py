"""What replanning does with each visit of a day: how it stood, and how it stands."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from fieldsales.clock import at_second, zone
from fieldsales.drafts.rules import NO_POSITION
from fieldsales.underway.rules import Situation, Wish
from routing.living import Replanned


class What(StrEnum):
    """What replanning does with a visit."""

    MADE = "made"
    STAYS = "stays"
    MOVED = "moved"
    ADDED = "added"
    DROPPED = "dropped"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Change:
    """A visit before and after: its number on the route, and when the rep arrives.

    `dropped` is one that was asked to be; `left_out` one that has no room, now or still, with its code and reason.
    """

    what: What
    customer_id: uuid.UUID
    name: str
    planned_visit_id: uuid.UUID | None = None
    place_before: int | None = None
    arrival_before: datetime | None = None
    place_after: int | None = None
    arrival_after: datetime | None = None
    code: str | None = None
    reason: str | None = None


def changes_of(situation: Situation, wish: Wish, answer: Replanned) -> tuple[Change, ...]:
    """Return what becomes of every visit of the day: those made, the rest in its new order, those that fall out."""
    told = _made(situation)
    first = 1 + sum(each.place_before is not None for each in told)
    for place, visit in enumerate(answer.route.visits, start=first):
        what = What.MOVED if visit.stop_id in answer.moved else What.STAYS
        what = What.ADDED if visit.stop_id in answer.added else what
        arrival_at = at_second(wish.day, visit.arrival_s, situation.zone)
        told.append(
            replace(_change(situation, what, uuid.UUID(visit.stop_id)), place_after=place, arrival_after=arrival_at)
        )
    for left in answer.route.left_out:
        told.append(
            replace(_change(situation, What.LEFT_OUT, uuid.UUID(left.stop_id)), code=left.code, reason=left.reason)
        )
    for drop in wish.drop:
        if row := situation.visit(drop.planned_visit_id):
            told.append(replace(_change(situation, What.DROPPED, row.customer_id), code=drop.code, reason=drop.reason))
    located = {call.customer_id for call in situation.calls}
    for who in wish.urgent:
        if who not in located:
            code, reason = NO_POSITION
            told.append(replace(_change(situation, What.LEFT_OUT, who), code=code, reason=reason))
    return tuple(told)


def _made(situation: Situation) -> list[Change]:
    """The calls in their order, then what counts as made without one; those that the route passed keep a place."""
    called = {each.customer_id: each.at for each in situation.called}
    done = [each.customer_id for each in situation.planned if each.status == "done" and each.customer_id not in called]
    told, place = [], 0
    for who in (*called, *done):
        change = _change(situation, What.MADE, who)
        place += change.place_before is not None
        number = place if change.place_before is not None else None
        told.append(replace(change, place_after=number, arrival_after=called.get(who)))
    return told


def _change(situation: Situation, what: What, who: uuid.UUID) -> Change:
    row = next((each for each in situation.planned if each.customer_id == who), None)
    if row is None:
        return Change(what, who, situation.names[who])
    return Change(what, who, situation.names[who], row.id, row.place, row.arrival_at)


LONGEST_REASON = 500


def words_for(change: Change, wish: Wish, zone_name: str) -> str:
    """Return what the history says of a visit that replanning moved, left out or found room for."""
    clock = f"{wish.now.astimezone(zone(zone_name)):%H:%M}"
    told = f"replanned at {clock}"
    if change.what is What.MOVED and change.place_before and change.place_after:
        told += f", from place {change.place_before} to {change.place_after}"
    if change.what is What.ADDED:
        told += ", there is room for it"
    if change.what is What.LEFT_OUT and change.reason:
        told += f": {change.reason}"
    return (f"{wish.reason} ({told})" if wish.reason else told)[:LONGEST_REASON]
