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
    """Something that begins at ``start_s`` after so much driving since the event before."""

    driven_s: int
    start_s: int | None
    step: Json
    place: Place | None
    setup_s: int = 0
    service_s: int = 0
    load: tuple[int, ...] = ()


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
        events = list(self._events())
        here, clock, driven_s, metres = self._start(), self._leaves_s(), 0, self._metres()
        steps = [self._step({"type": "start"}, here, clock, (0, 0), self._loaded(0))]
        made = 0
        for event in events:
            clock += event.driven_s
            driven_s += event.driven_s
            start_s = clock if event.start_s is None else event.start_s
            setup_s = event.setup_s if event.place and here and event.place.key != here.key else 0
            made += event.step["type"] == "job"
            step = self._step(event.step, event.place, clock, (driven_s, metres[made]), self._loaded(made))
            if event.step["type"] == "end":
                step["distance"] = metres[-1]
            step |= {"setup": setup_s, "service": event.service_s, "waiting_time": start_s - clock}
            steps.append(step if self.known.has_distances else {k: v for k, v in step.items() if k != "distance"})
            clock = start_s + setup_s + event.service_s
            here = event.place or here
        steps[0] = {k: v for k, v in steps[0].items() if self.known.has_distances or k != "distance"}
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
        before = self._before()
        for number, start_s in enumerate(before):
            yield self._break(number, 0, start_s)
        left_s = self.route.starts_s
        for made, visit in enumerate(self.route.visits):
            events, rest_s = self._on_leg(made, left_s, visit.travel_s)
            yield from events
            job = self.jobs[made]
            step: Json = {"type": "job", "id": job.id, "job": job.id, **_described(job.description)}
            causes = {"way": visit.way_cause, "wait": visit.wait_cause}
            told = {name: cause.text for name, cause in causes.items() if cause}
            step |= {"reasons": told} if told else {}
            yield _Event(rest_s, visit.start_s, step, job.place, job.setup_s, job.service_s)
            left_s = visit.departure_s
        yield from self._homewards(left_s)

    def _homewards(self, left_s: int) -> Iterator[_Event]:
        events, rest_s = self._on_leg(len(self.route.visits), left_s, self.route.last_leg_s)
        yield from events
        clock = self.route.ends_s
        upto = len(self._before()) + len(self.route.breaks)
        for number in range(upto, len(self.owed)):
            clock = begins(self.owed[number], clock)
            yield self._break(number, rest_s, clock)
            clock += self.owed[number].duration_s
            rest_s = 0
        yield _Event(rest_s, None, {"type": "end"}, self.vehicle.end or self.jobs[-1].place)

    def _on_leg(self, made: int, left_s: int, way_s: int) -> tuple[list[_Event], int]:
        """The breaks after so many visits, and what is left to drive after them."""
        events, clock, rest_s = [], left_s, way_s
        for had in self.route.breaks:
            if had.after_visits == made:
                driven_s = self._driven_s(had, clock, rest_s)
                events.append(self._break(had.number, driven_s, had.start_s))
                clock, rest_s = had.end_s, rest_s - driven_s
        return events, rest_s

    def _driven_s(self, had: PlacedLunch, clock: int, rest_s: int) -> int:
        if had.place is LunchPlace.ON_ARRIVAL:
            return rest_s
        return 0 if had.place is LunchPlace.BEFORE_DRIVE else had.start_s - clock

    def _break(self, number: int, driven_s: int, start_s: int) -> _Event:
        source = self.breaks[number]
        step = {"type": "break", "id": source.id, **_described(source.description)}
        return _Event(driven_s, start_s, step, None, 0, source.service_s)

    def _metres(self) -> list[int]:
        """By number of visits made, the metres so far; the way home last."""
        total = [0]
        for visit in self.route.visits:
            total.append(total[-1] + visit.distance_m)
        return [*total, total[-1] + self.route.last_leg_m]

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
        return {**made, "arrival": arrival, "duration": so_far[0], "distance": so_far[1], "violations": []}


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
