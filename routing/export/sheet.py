"""A day of one rep, ready to be put on a map, into a file or on paper: names, times of the clock, lines.

What the exports of this package share. Times are moments of a day whose date is known (aware, in the zone of the
places), or, where only the clock is known, moments without a zone on the day `UNDATED`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from routing.problem import DayProblem, Point
from routing.route import DayRoute, LeftOut
from routing.stop import Stop
from routing.team.problem import TeamProblem
from routing.team.route import TeamRoute
from routing.travel.matrix import Line, Roads, straight_legs
from routing.worker import Worker

UNDATED = datetime(1970, 1, 1)  # noqa: DTZ001 -- no date and no zone is what it says
"""Midnight of a day whose date nobody knows."""


@dataclass(frozen=True, slots=True)
class SheetVisit:
    """A visit in driving order.

    Attributes:
        name: Of the shop.
        at: Where it is; None when that is not known any more.
        arrives: At the door.
        begins: Service begins, after any wait.
        leaves: Out of the door.
        travel_s: Driving from the place before, in seconds.
        distance_m: Metres of the same.
        note: Why it is visited; may be empty.
        done: It was made already.
    """

    name: str
    at: Point | None
    arrives: datetime
    begins: datetime
    leaves: datetime
    travel_s: int
    distance_m: int
    note: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class SheetBreak:
    """A break, after so many visits (0: before the first)."""

    begins: datetime
    ends: datetime
    after_visits: int


@dataclass(frozen=True, slots=True)
class SheetAside:
    """A visit that the route does not make, and why: ``kind`` is ``left_out``, ``skipped`` or ``unrouted``."""

    name: str
    at: Point | None
    reason: str
    kind: str = "left_out"


@dataclass(frozen=True, slots=True)
class DaySheet:
    """One rep's day.

    Attributes:
        rep: Whose day it is.
        title: Which day; may be empty.
        start, end: Where it begins and ends; None where that is not known, or nowhere.
        span: When the rep leaves the start and is back; None for a day without a route.
        visits: In driving order.
        breaks: In order.
        aside: The visits that are not made.
        legs: The line of each way: to each visit, then to the end.
        by_street: Whether the lines follow streets.
        home_s, home_m: Driving from the last visit to the end, in seconds and metres.
        warnings: What the rep should know of the times, in sentences.
    """

    rep: str
    title: str = ""
    start: Point | None = None
    end: Point | None = None
    span: tuple[datetime, datetime] | None = None
    visits: tuple[SheetVisit, ...] = ()
    breaks: tuple[SheetBreak, ...] = ()
    aside: tuple[SheetAside, ...] = ()
    legs: tuple[Line, ...] = ()
    by_street: bool = False
    home_s: int = 0
    home_m: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def travel_s(self) -> int:
        """All driving, in seconds."""
        return sum(visit.travel_s for visit in self.visits) + self.home_s

    @property
    def distance_m(self) -> int:
        """All metres."""
        return sum(visit.distance_m for visit in self.visits) + self.home_m

    @property
    def is_dated(self) -> bool:
        """Whether its moments are known, and not only the clock."""
        return self.span is not None and self.span[0].tzinfo is not None


def follows_streets(legs: tuple[Line, ...]) -> bool:
    """Whether lines are more than the two ends of each way."""
    return any(len(leg) > 2 for leg in legs)


def sheet_of(
    problem: DayProblem,
    route: DayRoute,
    *,
    rep: str = "",
    names: Mapping[str, str] | None = None,
    legs: tuple[Line, ...] | None = None,
    midnight: datetime = UNDATED,
) -> DaySheet:
    """The sheet of a route that was found for a problem.

    Args:
        problem: The day.
        route: Its answer.
        rep: What to call whose day it is.
        names: What to call the stops; by their ids otherwise.
        legs: The lines of the ways, of which there is one more than visits if the day ends somewhere; straight if None.
        midnight: Of the day, with its zone where that is known.
    """
    return _sheet(problem.worker, problem.stops, route, rep=rep, names=names or {}, legs=legs, midnight=midnight)


def team_sheets(
    problem: TeamProblem,
    route: TeamRoute,
    *,
    reps: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    roads: Roads | None = None,
    midnight: datetime = UNDATED,
) -> list[DaySheet]:
    """The sheets of a team's day: one for each worker, and one of the visits that nobody makes.

    ``reps`` call the workers, ``names`` the stops, by their ids; ``roads`` draw the lines, which are straight without.
    Raises ``TravelError``.
    """
    called = names or {}
    sheets = []
    for worker, each in zip(problem.workers, route.routes, strict=True):
        rep = (reps or {}).get(worker.id, worker.id)
        sheet = _sheet(worker, problem.stops, each, rep=rep, names=called, legs=None, midnight=midnight)
        if roads is not None and sheet.visits:
            legs = roads.legs(places_of(worker.start, [visit.at for visit in sheet.visits], worker.end))
            sheet = replace(sheet, legs=legs, by_street=follows_streets(legs))
        sheets.append(sheet)
    aside = _aside(route.left_out, problem.stops, called)
    return [*sheets, DaySheet(rep="Nobody", aside=aside)] if aside else sheets


def _sheet(
    worker: Worker,
    stops: Sequence[Stop],
    route: DayRoute,
    *,
    rep: str,
    names: Mapping[str, str],
    legs: tuple[Line, ...] | None,
    midnight: datetime,
) -> DaySheet:
    at = {stop.id: stop.at for stop in stops}

    def moment(second: int) -> datetime:
        return midnight + timedelta(seconds=second)

    visits = tuple(
        SheetVisit(
            name=names.get(visit.stop_id, visit.stop_id),
            at=at[visit.stop_id],
            arrives=moment(visit.arrival_s),
            begins=moment(visit.start_s),
            leaves=moment(visit.departure_s),
            travel_s=visit.travel_s,
            distance_m=visit.distance_m,
        )
        for visit in route.visits
    )
    lines = straight_legs(places_of(worker.start, [visit.at for visit in visits], worker.end)) if legs is None else legs
    return DaySheet(
        rep=rep,
        start=worker.start,
        end=worker.end,
        span=(moment(route.starts_s), moment(route.ends_s)),
        visits=visits,
        breaks=tuple(SheetBreak(moment(each.start_s), moment(each.end_s), each.after_visits) for each in route.breaks),
        aside=_aside(route.left_out, stops, names),
        legs=lines,
        by_street=follows_streets(lines),
        home_s=route.last_leg_s,
        home_m=route.last_leg_m,
        warnings=route.warnings,
    )


def _aside(left_out: Iterable[LeftOut], stops: Sequence[Stop], names: Mapping[str, str]) -> tuple[SheetAside, ...]:
    at = {stop.id: stop.at for stop in stops}
    return tuple(SheetAside(names.get(each.stop_id, each.stop_id), at[each.stop_id], each.reason) for each in left_out)


def places_of(start: Point | None, visits: list[Point | None], end: Point | None) -> tuple[Point, ...]:
    """The places of a day in driving order, those that are known; none for a day without visits."""
    return tuple(place for place in (start, *visits, end) if place is not None) if visits else ()
