"""A route for maps and navigation apps."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from worlds.rep_days import OFFICE, day, hours, shop

from routing.budget import Budget
from routing.day import solve_day
from routing.export import navigation_links, route_geojson
from routing.problem import DayProblem, Point
from routing.travel import GreatCircle

KIOSK, LATE = Point(52.05, 5.02), Point(52.01, 5.07)


def exported(problem: DayProblem) -> dict[str, list[dict[str, object]]]:
    """The features of a solved day by kind, having been through JSON."""
    collection = json.loads(json.dumps(route_geojson(problem, solve_day(problem, GreatCircle(), Budget(patience=1)))))
    assert collection["type"] == "FeatureCollection"
    kinds: dict[str, list[dict[str, object]]] = {}
    for feature in collection["features"]:
        assert feature["type"] == "Feature"
        kinds.setdefault(feature["properties"]["kind"], []).append(feature)
    return kinds


def small_day(*, home: bool = True) -> DayProblem:
    """A kiosk that is visited and a bar that opens after the shift."""
    return day(shop("kiosk", at=KIOSK), shop("bar", at=LATE, windows=hours("20:00-23:00")), home=home)


def test_positions_are_longitude_first() -> None:
    (visit,) = exported(small_day())["visit"]
    assert visit["geometry"] == {"type": "Point", "coordinates": [5.02, 52.05]}


def test_visits_are_numbered_and_carry_their_times() -> None:
    (visit,) = exported(small_day())["visit"]
    properties = visit["properties"]
    assert isinstance(properties, dict)
    assert (properties["number"], properties["stop_id"], properties["service_s"]) == (1, "kiosk", 1800)
    assert properties["departure_s"] == properties["start_s"] + 1800


def test_stops_left_out_are_on_the_map_with_their_reason() -> None:
    (left,) = exported(small_day())["left_out"]
    assert left["geometry"] == {"type": "Point", "coordinates": [5.07, 52.01]}
    assert isinstance(left["properties"], dict)
    assert left["properties"]["code"] == "hours_miss_shift"
    assert left["properties"]["reason"].startswith("Open only outside the shift")


def test_the_line_runs_from_the_start_over_the_visits_to_the_end() -> None:
    start, kiosk = [OFFICE.lon, OFFICE.lat], [5.02, 52.05]
    (line,) = exported(small_day())["route"]
    assert line["geometry"] == {"type": "LineString", "coordinates": [start, kiosk, start]}
    (open_end,) = exported(small_day(home=False))["route"]
    assert open_end["geometry"] == {"type": "LineString", "coordinates": [start, kiosk]}


def test_a_day_without_visits_has_no_line() -> None:
    """A line of one position is no line (RFC 7946, section 3.1.4)."""
    assert set(exported(day(shop("closed", windows=())))) == {"start", "end", "left_out"}


def test_geo_uris_follow_rfc_5870() -> None:
    assert navigation_links(Point(48.2010, 16.3695)).geo == "geo:48.201,16.3695"


@pytest.mark.parametrize(
    ("point", "uri"),
    [
        (Point(-0.0000001, 10.0), "geo:0,10"),
        (Point(0.000001, -180.0), "geo:0.000001,-180"),
        (Point(90.0, 100.0), "geo:90,100"),
    ],
)
def test_geo_uris_have_no_exponent_and_no_minus_nought(point: Point, uri: str) -> None:
    assert navigation_links(point).geo == uri


def test_google_and_apple_get_latitude_first() -> None:
    links = navigation_links(Point(31.2304, 121.4737), "老王便利店")
    assert links.google == "https://www.google.com/maps/dir/?api=1&destination=31.2304,121.4737&travelmode=driving"
    assert links.apple == "https://maps.apple.com/?daddr=31.2304,121.4737&dirflg=d"


def test_amap_gets_longitude_first_the_name_and_the_datum() -> None:
    amap = urlsplit(navigation_links(Point(31.2304, 121.4737), "老王便利店, 静安 & 分店").amap)
    assert (amap.scheme, amap.netloc, amap.path) == ("https", "uri.amap.com", "/navigation")
    query = parse_qs(amap.query)
    assert query["to"] == ["121.4737,31.2304,老王便利店  静安 & 分店"]
    assert query["coordinate"] == ["wgs84"]
    assert query["mode"] == ["car"]


def test_a_nameless_place_has_a_link_too() -> None:
    assert "to=121.4737,31.2304&" in navigation_links(Point(31.2304, 121.4737)).amap
