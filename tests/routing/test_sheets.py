"""A day as a page and as GPX: read back by parsers that are strict about them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from xml.etree import ElementTree as Xml
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from worlds.rep_days import OFFICE, day, hours, noon_lunch, shop

from routing.budget import Budget
from routing.day import solve_day
from routing.export import PAGE_POLICY, DaySheet, SheetAside, SheetVisit, route_gpx, route_page, sheet_of
from routing.export.drawing import SIDE, Plane
from routing.problem import Point
from routing.travel import GreatCircle

HELSINKI = ZoneInfo("Europe/Helsinki")
MIDNIGHT = datetime(2026, 3, 3, tzinfo=HELSINKI)
KIOSK, BAKERY, LATE = Point(52.05, 5.02), Point(52.06, 5.04), Point(52.01, 5.07)
GPX = "{http://www.topografix.com/GPX/1/1}"
ORDER = {
    "gpx": ["metadata", "wpt", "rte", "trk", "extensions"],
    "rte": ["name", "cmt", "desc", "src", "link", "number", "type", "extensions", "rtept"],
    "trk": ["name", "cmt", "desc", "src", "link", "number", "type", "extensions", "trkseg"],
    "trkseg": ["trkpt", "extensions"],
    "point": ["ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link", "sym", "type"],
}
"""The sequences of the schema, https://www.topografix.com/GPX/1/1/gpx.xsd."""


def small_sheet(*, midnight: datetime | None = MIDNIGHT, **more: object) -> DaySheet:
    """A kiosk and a bakery with lunch between them, and a bar that opens after the shift."""
    problem = day(
        shop("kiosk", at=KIOSK, windows=hours("09:00-11:30")),
        shop("bakery", at=BAKERY, windows=hours("13:30-16:00")),
        shop("bar", at=LATE, windows=hours("20:00-23:00")),
        lunch=noon_lunch(),
    )
    route = solve_day(problem, GreatCircle(), Budget(patience=1))
    names = {"kiosk": "Kiosk & Söhne <1>", "bakery": "Bakery"}
    given_midnight = {"midnight": midnight} if midnight else {}
    return replace(sheet_of(problem, route, rep="Anna", names=names, **given_midnight), **more)  # type: ignore[arg-type]


def gpx_faults(document: bytes) -> list[str]:
    """What breaks the rules of the GPX 1.1 schema: names, order, positions, times."""
    root = Xml.fromstring(document)
    faults = [] if root.tag == f"{GPX}gpx" and root.get("version") == "1.1" and root.get("creator") else ["no gpx 1.1"]
    for element in root.iter():
        name = element.tag.removeprefix(GPX)
        kind = "point" if name in {"wpt", "rtept", "trkpt"} else name
        children = [child.tag.removeprefix(GPX) for child in element]
        places = [ORDER[kind].index(child) if child in ORDER.get(kind, []) else -1 for child in children]
        if -1 in places or places != sorted(places):
            faults.append(f"{name} holds {children}")
        single = [child for child in children if child not in {"wpt", "rte", "trk", "rtept", "trkseg", "trkpt"}]
        if len(single) != len(set(single)):
            faults.append(f"{name} repeats one of {single}")
        if kind == "point":
            lat, lon = float(element.get("lat", "nan")), float(element.get("lon", "nan"))
            if not (-90 <= lat <= 90 and -180 <= lon < 180):
                faults.append(f"{lat}, {lon} is not on the globe")
        if name == "time" and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.text or ""):
            faults.append(f"{element.text} is no moment")
    return faults


def test_gpx_has_the_route_in_driving_order_with_moments_in_utc() -> None:
    document = route_gpx([small_sheet()])
    assert gpx_faults(document) == []
    points = Xml.fromstring(document).findall(f"{GPX}rte/{GPX}rtept")
    assert [point.findtext(f"{GPX}name") for point in points] == ["Start", "1. Kiosk & Söhne <1>", "2. Bakery", "End"]
    arrived = small_sheet().visits[1].arrives
    assert (points[2].findtext(f"{GPX}time") or "").startswith(f"2026-03-03T{arrived.hour - 2:02}")


def test_gpx_has_visits_left_out_as_waypoints_with_their_reason() -> None:
    (waypoint,) = Xml.fromstring(route_gpx([small_sheet()])).findall(f"{GPX}wpt")
    assert (waypoint.findtext(f"{GPX}type"), waypoint.get("lat")) == ("left_out", "52.010000")
    assert (waypoint.findtext(f"{GPX}desc") or "").startswith("Open only outside the shift")


def test_gpx_has_a_track_only_where_streets_are_known() -> None:
    assert Xml.fromstring(route_gpx([small_sheet()])).find(f"{GPX}trk") is None
    legs = tuple((OFFICE, Point(52.02, 5.0), KIOSK) for _ in range(3))
    document = route_gpx([small_sheet(legs=legs, by_street=True)])
    assert gpx_faults(document) == []
    assert len(Xml.fromstring(document).findall(f"{GPX}trk/{GPX}trkseg")) == 3


def test_a_day_whose_date_is_not_known_has_no_moments() -> None:
    document = route_gpx([small_sheet(midnight=None)])
    assert gpx_faults(document) == []
    assert b"<time>" not in document


@given(st.text(), st.text(), st.floats(-90, 90), st.floats(-180, 180))
def test_no_name_and_no_place_breaks_a_file(name: str, reason: str, lat: float, lon: float) -> None:
    at, now = Point(lat, lon), MIDNIGHT
    visit = SheetVisit(name, at, now, now, now, 60, 1000, reason)
    sheet = DaySheet(name, "", at, at, (now, now), (visit,), (), (SheetAside(name, at, reason),), ((at, at), (at, at)))
    assert gpx_faults(route_gpx([sheet])) == []
    assert Page(route_page([sheet])).faults == []


class Page(HTMLParser):
    """What a page holds: text, links outward, marks and whom they lead to; faults in its nesting."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.outward: list[str] = []
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.labels: list[str] = []
        self.rows: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"{tag} is never closed" for tag in self.open]
        self.faults += [f"{each} is there twice" for each in set(self.ids) if self.ids.count(each) > 1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "li":
            self.rows.append("")
        for name, value in attrs:
            if name in {"src", "xlink:href", "action"} or tag in {"link", "img", "iframe"}:
                self.outward.append(f"{tag} {name}={value}")
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.hrefs.append(value or "")
            if name == "aria-label":
                self.labels.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes another")

    def handle_data(self, data: str) -> None:
        if "li" in self.open:
            self.rows[-1] += f" {data.strip()}"


def test_a_page_asks_nothing_of_any_server() -> None:
    text = route_page([small_sheet()])
    page = Page(text)
    assert page.faults == page.outward == []
    assert all(href.startswith("#") for href in page.hrefs)
    assert not re.search(r"""url\(|@import|fetch\(|XMLHttp|WebSocket|src=""", text)
    assert PAGE_POLICY.startswith("default-src 'none';")
    assert "unsafe" not in PAGE_POLICY


def test_every_mark_on_the_map_leads_to_its_line_of_the_list() -> None:
    page = Page(route_page([small_sheet()]))
    assert page.hrefs == ["#r0-a1", "#r0-v1", "#r0-v2"]
    assert {href[1:] for href in page.hrefs} <= set(page.ids)
    assert "1. Kiosk & Söhne <1>, " in " ".join(page.labels)


def test_the_list_tells_the_day_in_driving_order_with_the_break_between() -> None:
    rows = Page(route_page([small_sheet()])).rows
    assert [row.split()[-1] if "Leave" in row else row.split()[0] for row in rows] == [
        "Leave",
        "1",
        "☕",
        "2",
        "⌂",
        "×",
    ]
    assert "Kiosk & Söhne <1>" in rows[1]
    assert re.search(r"\d\d:\d\d–\d\d:\d\d", rows[1])
    assert "45 min" in rows[2]
    assert "Open only outside the shift" in rows[-1]


def test_a_warning_stands_above_the_map() -> None:
    text = route_page([small_sheet(warnings=("Times are a <guess>.",))])
    assert '<p class="warning" role="note">Times are a &lt;guess&gt;.</p>' in text
    assert text.index("a &lt;guess&gt;") < text.index("<svg")


def test_a_team_has_a_colour_and_a_heading_for_each_rep() -> None:
    text = route_page([small_sheet(), replace(small_sheet(), rep="Ben")], "Team")
    assert Page(text).faults == []
    assert "Anna</h2>" in text
    assert "Ben</h2>" in text
    assert 'class="leg c1"' in text


def test_a_day_without_a_route_and_no_day_at_all_are_pages_too() -> None:
    for sheets in ([DaySheet("Anna")], []):
        page = Page(route_page(sheets))
        assert page.faults == []
    assert "There is no route" in route_page([DaySheet("Anna")])


@given(st.lists(st.builds(Point, st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=8))
def test_every_place_is_inside_the_drawing(points: list[Point]) -> None:
    plane = Plane(points)
    width, height = plane.size
    assert max(width, height) <= SIDE + 1e-6
    for x, y in map(plane.spot, points):
        assert -1e-6 <= x <= width + 1e-6
        assert -1e-6 <= y <= height + 1e-6


def test_a_day_across_the_date_line_stays_together() -> None:
    plane = Plane([Point(-17, 179.99), Point(-17.001, -179.99)])
    west, east = plane.spot(Point(-17, 179.99)), plane.spot(Point(-17.001, -179.99))
    assert east[0] > west[0]
    assert plane.units_per_m > 0.2
