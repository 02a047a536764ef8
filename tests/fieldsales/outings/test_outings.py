"""A day as it was: the visits, the stays between, how long and how far apart in time."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree as Xml

from worlds.seen_visits import SHOP, fix, north
from worlds.small_town import NOON

from fieldsales.outings.rules import NAMESPACE, Halt, as_geojson, as_gpx, halts

TRACK = [
    fix(minute, SHOP if minute < 20 else north(4000) if minute >= 30 else north((minute - 19) * 400))
    for minute in range(50)
]
VISIT = Halt(NOON, NOON + timedelta(minutes=18), SHOP, "Bäckerei <&> \x0bSohn")


def test_a_stay_that_belongs_to_no_visit_stands_beside_the_visits_with_the_gap_before_it() -> None:
    first, second = halts([VISIT], TRACK)
    assert (first.name, first.seconds, first.gap_s) == (VISIT.name, 18 * 60, None)
    assert (second.name, second.seconds) == (None, 20 * 60)
    assert second.gap_s == (second.since - VISIT.until).total_seconds()


def test_geojson_has_longitude_first_and_the_track_last() -> None:
    told = as_geojson(halts([VISIT], TRACK), TRACK)["features"]
    assert [each["properties"]["kind"] for each in told] == ["visit", "stay", "track"]
    assert told[0]["geometry"]["coordinates"] == [SHOP[1], SHOP[0]]
    assert len(told[2]["geometry"]["coordinates"]) == len(TRACK)


def test_gpx_can_be_read_whatever_a_shop_is_called() -> None:
    root = Xml.fromstring(as_gpx("Anna", halts([VISIT], TRACK), TRACK))
    names = [each.findtext(f"{{{NAMESPACE}}}name") for each in root.findall(f"{{{NAMESPACE}}}wpt")]
    assert names == ["1 Bäckerei <&> Sohn", "2 stay"]
    assert len(root.findall(f".//{{{NAMESPACE}}}trkpt")) == len(TRACK)


def test_a_day_without_anything_is_empty() -> None:
    assert halts([], []) == []
    assert as_geojson([], [])["features"] == []
