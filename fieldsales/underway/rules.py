"""A rep's day under way as values: what is asked, how the day stands, and the two as a question to the routing room."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from fieldsales.clock import zone
from fieldsales.driving.rules import Call, WorkDay, day_problem
from fieldsales.errors import Conflict, Invalid
from routing.errors import InvalidProblem
from routing.living import LivingDay, Made
from routing.problem import LATEST_S, Point, Window

WAIT_WEIGHT = 1.0
"""As in planning: a minute at a closed door is as bad as one at the wheel."""


class NotAWorkingDay(Conflict):
    """The rep has no working pattern, so that nobody knows when and where the day ends. Set one first."""

    code = "replan.no_working_day"
    title = "This rep has no working day"


class BadReplan(Invalid):
    """What is asked contradicts itself or the day: a visit both dropped and locked, one that is not ahead."""

    code = "replan.invalid"
    title = "The day cannot be replanned like that"


class Hold(StrEnum):
    """How a visit is locked: it stays the n-th from now on, or in order with the others that are so locked."""

    PLACE = "place"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Drop:
    """A planned visit that is not to be made, and why, in the words of the policy `planning`."""

    planned_visit_id: uuid.UUID
    code: str = "no_time"
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a rep's day.

    Attributes:
        rep_id: Whose day.
        day: Which one.
        now: The moment from which on it is planned again.
        position: Where the rep is, latitude and longitude; None for where the last visit was, or the day starts.
        urgent: Customers who must be visited, too.
        drop: Planned visits that are not to be made.
        locks: Planned visits that do not move.
        late_s: By how many seconds the rep is held up from now on.
        shift_ends_s: When the shift ends instead, in seconds from midnight.
        lunch_had: Whether the rep had lunch; None: so if the planned one is over.
        fill: Fit in visits that had no room, too.
        reason: Why; it stands in the history.
    """

    rep_id: uuid.UUID
    day: date
    now: datetime
    position: tuple[float, float] | None = None
    urgent: tuple[uuid.UUID, ...] = ()
    drop: tuple[Drop, ...] = ()
    locks: Mapping[uuid.UUID, Hold] | None = None
    late_s: int = 0
    shift_ends_s: int | None = None
    lunch_had: bool | None = None
    fill: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class OnDay:
    """A planned visit of the day; `place` is its number on the route, `arrival_at` when the rep was to be there."""

    id: uuid.UUID
    customer_id: uuid.UUID
    name: str
    status: str
    version: int
    by_hand: bool
    place: int | None = None
    arrival_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """A call that was made, or is being made: `until` is None as long as the rep is there."""

    customer_id: uuid.UUID
    at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Situation:
    """How a rep's day stands in the books. Two that are equal ask the same question.

    `planned` comes in the order of the route, those without a place last; `calls` are all customers of the day who
    have a position. `lunch` is when the planned one begins and ends.
    """

    rep_id: uuid.UUID
    rep: str
    zone: str
    work: WorkDay
    planned: tuple[OnDay, ...]
    called: tuple[Called, ...]
    calls: tuple[Call, ...]
    names: Mapping[uuid.UUID, str]
    lunch: tuple[datetime, datetime] | None = None
    ends_at: datetime | None = None
    travel_s: int = 0

    def visit(self, visit_id: uuid.UUID) -> OnDay | None:
        """Return the planned visit of an id."""
        return next((each for each in self.planned if each.id == visit_id), None)

    @property
    def ahead(self) -> tuple[OnDay, ...]:
        """The visits that are still to be made, in the order of the route."""
        gone = {each.customer_id for each in self.called}
        return tuple(
            each for each in self.planned if each.place and each.status == "planned" and each.customer_id not in gone
        )


def living_day(situation: Situation, wish: Wish) -> LivingDay:
    """Return the question to the routing room; a stop's id is the customer's. Raises `BadReplan`."""
    dropped = {visit.customer_id for each in wish.drop if (visit := situation.visit(each.planned_visit_id))}
    wanted = _wanted(situation, wish) - dropped
    calls = [call for call in situation.calls if call.customer_id in wanted]
    seconds = _Seconds(wish.day, situation.zone)
    located = {call.customer_id for call in calls}
    locks = _locked(situation, wish, dropped)
    try:
        living = LivingDay(
            problem=day_problem(situation.work, calls),
            standing=tuple(str(each.customer_id) for each in situation.ahead if each.customer_id in located),
            now_s=seconds.of(wish.now),
            here=Point(*wish.position) if wish.position else None,
            made=tuple(_made(situation, located, seconds)),
            in_place=locks[Hold.PLACE],
            in_order=locks[Hold.ORDER],
            lunch_had=_lunch_had(situation, wish),
            wait_weight=WAIT_WEIGHT,
        )
        living = living.later(wish.late_s)
        return living.until(_until(situation, wish)) if wish.shift_ends_s is not None else living
    except InvalidProblem as wrong:
        raise BadReplan(
            f"The day makes no sense as asked: {wrong}.", mend="Look at the fields that it names."
        ) from wrong


def _wanted(situation: Situation, wish: Wish) -> set[uuid.UUID]:
    """Everybody whom the rep was at, is to visit, or might: those without room if asked for, or put by a person."""
    wanted = {each.customer_id for each in situation.called} | set(wish.urgent)
    for each in situation.planned:
        may = each.status == "planned" or (each.status == "left_out" and (wish.fill or each.by_hand))
        if may:
            wanted.add(each.customer_id)
    return wanted


def _made(situation: Situation, located: Collection[uuid.UUID], seconds: _Seconds) -> list[Made]:
    """The calls, each customer once; one that was never closed ended when the next began."""
    calls = list({each.customer_id: each for each in situation.called if each.customer_id in located}.values())
    made = []
    for at, each in enumerate(calls):
        until = each.until or (calls[at + 1].at if at + 1 < len(calls) else None)
        made.append(Made(str(each.customer_id), seconds.of(each.at), None if until is None else seconds.of(until)))
    return made


def _locked(situation: Situation, wish: Wish, dropped: Collection[uuid.UUID]) -> dict[Hold, frozenset[str]]:
    ahead = {each.id: each for each in situation.ahead}
    for visit_id in wish.locks or {}:
        if visit_id not in ahead or ahead[visit_id].customer_id in dropped:
            raise BadReplan(
                f"The planned visit {visit_id} is not ahead on the route, so it cannot be locked.",
                mend="Lock visits that are still to be made and not dropped.",
                id=str(visit_id),
            )
    return {
        hold: frozenset(str(ahead[each].customer_id) for each, how in (wish.locks or {}).items() if how is hold)
        for hold in Hold
    }


def _lunch_had(situation: Situation, wish: Wish) -> bool:
    if wish.lunch_had is not None:
        return wish.lunch_had
    return situation.lunch is not None and situation.lunch[1] <= wish.now


def _until(situation: Situation, wish: Wish) -> int:
    begins_s, ends_s = situation.work.shift[0], wish.shift_ends_s or 0
    if not begins_s < ends_s <= LATEST_S:
        raise BadReplan("The shift would end before it begins.", mend="Name a later end.", field="shift_ends")
    return Window(begins_s, ends_s).closes_s


@dataclass(frozen=True, slots=True)
class _Seconds:
    """Moments as seconds by the wall clock from a day's midnight; those of a day before count as its midnight."""

    day: date
    zone: str

    def of(self, moment: datetime) -> int:
        wall = moment.astimezone(zone(self.zone))
        seconds = (wall.date() - self.day).days * 86_400 + wall.hour * 3600 + wall.minute * 60 + wall.second
        return min(max(0, seconds), LATEST_S - 1)
