"""The map of a page: places and lines as SVG, in a plane of its own."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from math import asinh, atan2, degrees, hypot, radians, tan

from routing.export.sheet import DaySheet
from routing.problem import Point

Spot = tuple[float, float]

SIDE = 1000.0
"""The longer side of the plane, in units of the drawing."""

MARGIN = 60.0
LEAST_M = 400.0
"""The least that the plane shows, in metres: a day in one building is no dot blown up to the size of the page."""

MOST_NORTH = 85.0
"""Mercator's projection has no poles."""

METRES_PER_RADIAN = 6_378_137.0
"""Of the sphere of Web Mercator (EPSG:3857)."""


class Plane:
    """Web Mercator, moved and stretched so that some places fill the drawing; y grows to the south."""

    def __init__(self, points: Iterable[Point]) -> None:
        """Longitudes are unrolled around the first place, so that a day across the date line stays together."""
        some = list(points) or [Point(0, 0)]
        self._around = some[0].lon
        xs, ys = zip(*(self._projected(point) for point in some), strict=True)
        self._left, self._top = min(xs), min(ys)
        width, height = max(xs) - self._left, max(ys) - self._top
        least = LEAST_M / METRES_PER_RADIAN
        self._left -= max(0.0, least - width) / 2
        self._top -= max(0.0, least - height) / 2
        width, height = max(width, least), max(height, least)
        self._scale = (SIDE - 2 * MARGIN) / max(width, height)
        self.size = (width * self._scale + 2 * MARGIN, height * self._scale + 2 * MARGIN)
        self.units_per_m = self._scale / METRES_PER_RADIAN / _stretch(some[0].lat)

    def spot(self, point: Point) -> Spot:
        """Where a place is in the drawing."""
        x, y = self._projected(point)
        return (x - self._left) * self._scale + MARGIN, (y - self._top) * self._scale + MARGIN

    def _projected(self, point: Point) -> Spot:
        turned = (point.lon - self._around + 180) % 360 - 180
        lat = max(-MOST_NORTH, min(MOST_NORTH, point.lat))
        return radians(turned), -asinh(tan(radians(lat)))


def _stretch(lat: float) -> float:
    """Metres of the earth for each metre of Mercator at a latitude: the cosine."""
    angle = radians(max(-MOST_NORTH, min(MOST_NORTH, lat)))
    return float(1 / hypot(1, tan(angle)))


def places(sheets: Iterable[DaySheet]) -> list[Point]:
    """Every place that a map of these days shows."""
    found: list[Point] = []
    for sheet in sheets:
        marks = [sheet.start, sheet.end, *(visit.at for visit in sheet.visits), *(each.at for each in sheet.aside)]
        found += [place for place in marks if place is not None]
        found += [place for leg in sheet.legs for place in leg]
    return found


def draw(sheets: Sequence[DaySheet]) -> str:
    """The SVG of some days: lines below, visits not made above them, then starts, and the visits on top."""
    plane = Plane(places(sheets))
    width, height = plane.size
    layers = [
        *(_lines(sheet, index, plane) for index, sheet in enumerate(sheets)),
        *(_asides(sheet, index, plane) for index, sheet in enumerate(sheets)),
        *(_ends(sheet, index, plane) for index, sheet in enumerate(sheets)),
        *(_visits(sheet, index, plane) for index, sheet in enumerate(sheets)),
    ]
    return (
        f'<svg id="map" viewBox="0 0 {width:.1f} {height:.1f}" data-units-per-m="{plane.units_per_m:.8f}" '
        f'role="group" aria-label="Map of the route; the list tells the same in words">{"".join(layers)}</svg>'
    )


def _lines(sheet: DaySheet, index: int, plane: Plane) -> str:
    drawn = []
    for number, leg in enumerate(sheet.legs, start=1):
        spots = [plane.spot(place) for place in leg]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        kind = "leg home" if number > len(sheet.visits) else "leg"
        drawn.append(f'<path class="casing" d="{path}"/><path class="{kind} c{index % 8}" d="{path}"/>')
        drawn.append(_arrow(spots, index))
    return f'<g class="lines{"" if sheet.by_street else " crow"}">{"".join(drawn)}</g>'


def _arrow(spots: Sequence[Spot], index: int) -> str:
    """A chevron halfway along the line, pointing the way that is driven."""
    steps = [(a, b, hypot(b[0] - a[0], b[1] - a[1])) for a, b in pairwise(spots)]
    left = sum(length for *_, length in steps) / 2
    for (ax, ay), (bx, by), length in steps:
        if length >= left and length > 0:
            x, y = ax + (bx - ax) * left / length, ay + (by - ay) * left / length
            turned = degrees(atan2(by - ay, bx - ax))
            mark = f'<path class="arrow c{index % 8}" d="M-4 -5L5 0L-4 5Z" transform="rotate({turned:.0f})"/>'
            return _pin(x, y, mark, "way")
        left -= length
    return ""


def _asides(sheet: DaySheet, index: int, plane: Plane) -> str:
    mark = '<circle class="aside" r="7"/><path class="cross" d="M-3 -3L3 3M3 -3L-3 3"/>'
    return "".join(
        _link(
            f"r{index}-a{number}",
            f"Not visited: {aside.name}. {aside.reason}",
            _pin(*plane.spot(aside.at), mark, "apart"),
        )
        for number, aside in enumerate(sheet.aside, start=1)
        if aside.at is not None
    )


def _ends(sheet: DaySheet, index: int, plane: Plane) -> str:
    mark = f'<path class="end c{index % 8}" d="M-9 1L0 -9L9 1H6V9H-6V1Z"/>'
    spots = {plane.spot(place) for place in (sheet.start, sheet.end) if place is not None}
    told = f"<title>Start and end of {escape(sheet.rep or 'the day')}</title>"
    return "".join(f"<g>{_pin(x, y, told + mark, 'apart')}</g>" for x, y in sorted(spots))


def _visits(sheet: DaySheet, index: int, plane: Plane) -> str:
    drawn = []
    for number, visit in enumerate(sheet.visits, start=1):
        if visit.at is not None:
            state = " done" if visit.done else ""
            mark = f'<circle class="visit c{index % 8}{state}" r="11"/><text dy="4">{number}</text>'
            told = f"{number}. {visit.name}, {visit.arrives:%H:%M}"
            drawn.append(_link(f"r{index}-v{number}", told, _pin(*plane.spot(visit.at), mark, "apart visit-pin")))
    return "".join(drawn)


def _pin(x: float, y: float, mark: str, kind: str = "") -> str:
    """Something that keeps its size while the map grows."""
    place = f'data-x="{x:.1f}" data-y="{y:.1f}" transform="translate({x:.1f} {y:.1f})"'
    return f'<g class="pin {kind}" {place}><g>{mark}</g></g>'


def _link(to: str, told: str, mark: str) -> str:
    return f'<a href="#{to}" data-to="{to}" aria-label="{escape(told)}"><title>{escape(told)}</title>{mark}</a>'
