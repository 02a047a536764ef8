"""One vehicle's route as VROOM's steps: arrivals, waits, setups and loads, breaks among the jobs.

A plan of ours starts each visit and each break at a moment; between them VROOM wants to see driving first, then
waiting. A setup that was planned and is not needed after all is waited out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from routing.breaks import back_by, begins
from routing.route import DayRoute, LunchPlace, PlacedLunch
from routing.vroom.document import Place, Vehicle
from routing.vroom.fields import Json
from routing.vroom.problem import Translated
from routing.worker import Lunch


@dataclass(frozen=True, slots=True)
class _Event:
    """Something that begins at ``start_s`` after so much driving (seconds, metres) since the event before."""

    driven: tuple[int, int]
    start_s: int | None
    step: Json
    place: Place | None
    setup_s: int = 0
    service_s: int = 0


class Timeline:
    """The steps of one route that visits somebody."""

    def __init__(self, known: Translated, number: int, route: DayRoute) -> None:
        """Lay out the events of the vehicle of that number."""
        self.known, self.route = known, route
        self.vehicle: Vehicle = known.document.vehicles[number]
        self.owed = known.problem.workers[number].breaks
        self.breaks = known.breaks[number]
        jobs = {str(job.id): job for job in known.document.jobs}
        self.jobs = [jobs[visit.stop_id] for visit in route.visits]

    def steps(self) -> list[Json]:
        """From start to end."""
        here, clock, driven_s, driven_m, made = self._start(), self._leaves_s(), 0, 0, 0
        steps = [self._step({"type": "start"}, here, clock, (0, 0), self._loaded(0))]
        for event in self._events():
            clock += event.driven[0]
            driven_s, driven_m = driven_s + event.driven[0], driven_m + event.driven[1]
            start_s = clock if event.start_s is None else event.start_s
            setup_s = event.setup_s if event.place and event.place.key != here.key else 0
            made += event.step["type"] == "job"
            step = self._step(event.step, event.place, clock, (driven_s, driven_m), self._loaded(made))
            steps.append({**step, "setup": setup_s, "service": event.service_s, "waiting_time": start_s - clock})
            clock = start_s + setup_s + event.service_s
            here = event.place or here
        return steps

    def _start(self) -> Place:
        return self.vehicle.start or self.jobs[0].place

    def _first_on_road(self) -> int:
        """The number of the first break that is not had before leaving."""
        if self.route.breaks:
            return self.route.breaks[0].number
        fits = (had for had, latest_s in enumerate(back_by(self.owed)) if self.route.ends_s <= latest_s)
        return next(had for had in fits if self._can_have_before(had))

    def _can_have_before(self, many: int) -> bool:
        return many == 0 or self._over(self.owed[:many], 0) <= self.route.starts_s

    def _over(self, breaks: Sequence[Lunch], clock: int) -> int:
        for lunch in breaks:
            clock = begins(lunch, clock) + lunch.duration_s
        return clock

    def _before(self) -> list[int]:
        """Starts of the breaks had before leaving: as late as the leaving and the windows allow."""
        by_s, starts = self.route.starts_s, []
        for lunch in reversed(self.owed[: self._first_on_road()]):
            latest = [
                min(window.closes_s, by_s) - lunch.duration_s
                for window in lunch.windows
                if window.opens_s + lunch.duration_s <= by_s
            ]
            by_s = max(latest)
            starts.append(by_s)
        return starts[::-1]

    def _leaves_s(self) -> int:
        before = self._before()
        return before[0] if before else self.route.starts_s

    def _events(self) -> Iterator[_Event]:
        for number, start_s in enumerate(self._before()):
            yield self._break(number, (0, 0), start_s)
        left_s = self.route.starts_s
        for made, visit in enumerate(self.route.visits):
            events, rest = self._on_leg(made, left_s, (visit.travel_s, visit.distance_m))
            yield from events
            job = self.jobs[made]
            step: Json = {"type": "job", "id": job.id, "job": job.id, **_described(job.description)}
            causes = {"way": visit.way_cause, "wait": visit.wait_cause}
            told = {name: cause.text for name, cause in causes.items() if cause}
            step |= {"reasons": told} if told else {}
            yield _Event(rest, visit.start_s, step, job.place, job.setup_s, job.service_s)
            left_s = visit.departure_s
        yield from self._homewards(left_s)

    def _homewards(self, left_s: int) -> Iterator[_Event]:
        events, rest = self._on_leg(len(self.route.visits), left_s, (self.route.last_leg_s, self.route.last_leg_m))
        yield from events
        clock = self.route.ends_s
        for number in range(self._first_on_road() + len(self.route.breaks), len(self.owed)):
            clock = begins(self.owed[number], clock)
            yield self._break(number, rest, clock)
            clock += self.owed[number].duration_s
            rest = (0, 0)
        yield _Event(rest, None, {"type": "end"}, self.vehicle.end or self.jobs[-1].place)

    def _on_leg(self, made: int, left_s: int, way: tuple[int, int]) -> tuple[list[_Event], tuple[int, int]]:
        """The breaks after so many visits, and what is left to drive after them, in seconds and metres."""
        events, clock, (rest_s, rest_m) = [], left_s, way
        for had in self.route.breaks:
            if had.after_visits == made:
                driven_s = self._driven_s(had, clock, rest_s)
                driven_m = round(rest_m * driven_s / rest_s) if rest_s else 0
                events.append(self._break(had.number, (driven_s, driven_m), had.start_s))
                clock, rest_s, rest_m = had.end_s, rest_s - driven_s, rest_m - driven_m
        return events, (rest_s, rest_m)

    def _driven_s(self, had: PlacedLunch, clock: int, rest_s: int) -> int:
        if had.place is LunchPlace.ON_ARRIVAL:
            return rest_s
        return 0 if had.place is LunchPlace.BEFORE_DRIVE else had.start_s - clock

    def _break(self, number: int, driven: tuple[int, int], start_s: int) -> _Event:
        source = self.breaks[number]
        step = {"type": "break", "id": source.id, **_described(source.description)}
        return _Event(driven, start_s, step, None, 0, source.service_s)

    def _loaded(self, made: int) -> list[int] | None:
        if not self.vehicle.capacity:
            return None
        to_come, done = self.jobs[made:], self.jobs[:made]
        return [
            sum(_at(job.delivery, axis) for job in to_come) + sum(_at(job.pickup, axis) for job in done)
            for axis in range(len(self.vehicle.capacity))
        ]

    def _step(
        self, step: Json, place: Place | None, arrival_s: int, so_far: tuple[int, int], load: list[int] | None
    ) -> Json:
        made = {**step, **located(place), "setup": 0, "service": 0, "waiting_time": 0}
        if load is not None:
            made["load"] = load
        arrival = arrival_s + self.known.horizon.begins_s
        if self.known.has_distances:
            made["distance"] = so_far[1]
        return {**made, "arrival": arrival, "duration": so_far[0], "violations": []}


def located(place: Place | None) -> Json:
    """Where a place is, as it was given."""
    found: Json = {}
    if place and place.lon_lat:
        found["location"] = list(place.lon_lat)
    if place and place.index is not None:
        found["location_index"] = place.index
    return found


def _described(text: str | None) -> Json:
    return {} if text is None else {"description": text}


def _at(amount: Sequence[int], axis: int) -> int:
    return amount[axis] if amount else 0
