"""VROOM's seconds, from any moment on and without end, and the seconds of a plan of at most two weeks."""

from collections.abc import Iterator
from dataclasses import dataclass

from routing.place import LATEST_S, Window
from routing.vroom.document import Document, Span, Vehicle
from routing.vroom.fields import Unsupported

DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Horizon:
    """The plan begins at the document's second ``begins_s``, a midnight, and lasts ``length_s`` at most."""

    begins_s: int
    length_s: int

    def window(self, span: Span, lasts_s: int) -> Window | None:
        """The window of a task that may start within ``span`` and lasts so long; None where it is past the plan."""
        opens_s = max(0, span[0] - self.begins_s)
        closes_s = min(span[1] - self.begins_s + lasts_s, LATEST_S)
        return Window(opens_s, closes_s) if opens_s < closes_s and opens_s + lasts_s <= closes_s else None

    @property
    def all_of_it(self) -> Span:
        """From the beginning to the end, in the document's seconds."""
        return self.begins_s, self.begins_s + self.length_s

    def shift(self, vehicle: Vehicle) -> Window | None:
        """When a vehicle works; None for one that has no time at all."""
        opens_s, closes_s = vehicle.span or self.all_of_it
        opens_s, closes_s = max(0, opens_s - self.begins_s), min(closes_s - self.begins_s, LATEST_S)
        return Window(opens_s, closes_s) if opens_s < closes_s else None


def horizon_of(document: Document, longest_way_s: int) -> Horizon:
    """The horizon into which everything fits that the document asks for.

    Raises:
        Unsupported: where windows lie more than two weeks apart.
    """
    bounds = list(_bounds(document))
    works = [vehicle.span[0] for vehicle in document.vehicles if vehicle.span and is_bounded(vehicle.span)]
    all_bounded = len(works) == len(document.vehicles)
    first_s = min(works if all_bounded else (opens_s for opens_s, _ in bounds), default=0)
    begins_s = max(0, (first_s - (0 if all_bounded else DAY_S)) // DAY_S * DAY_S)
    latest_s = max((at for at, _ in bounds), default=0) - begins_s
    if latest_s >= LATEST_S:
        raise Unsupported(f"time windows lie further apart than {LATEST_S} s (two weeks), which is not supported")
    work_s = sum(job.setup_s + job.service_s + longest_way_s for job in document.jobs) + longest_way_s
    rest_s = max(sum(each.service_s for each in vehicle.breaks) for vehicle in document.vehicles)
    return Horizon(begins_s, min(LATEST_S, max(0, latest_s) + work_s + rest_s + 1))


def is_bounded(span: Span | None) -> bool:
    """Whether a span says more than "any time"."""
    return span is not None and span[1] - span[0] < LATEST_S


def _bounds(document: Document) -> Iterator[Span]:
    """Every span that says more than "any time"."""
    of_jobs = [span for job in document.jobs for span in job.spans or ()]
    of_vehicles = [vehicle.span for vehicle in document.vehicles if vehicle.span]
    of_breaks = [span for vehicle in document.vehicles for each in vehicle.breaks for span in each.spans or ()]
    yield from (span for span in (*of_jobs, *of_vehicles, *of_breaks) if is_bounded(span))
