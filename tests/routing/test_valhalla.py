"""Travel by the streets of a map: built, asked and drawn by the real engine."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("valhalla", reason="the optional extra “roads” has no wheel for this machine")

from worlds.tiny_map import crossing, write_map, write_speeds

from routing.errors import TravelError
from routing.problem import Point
from routing.travel import NO_WAY_S, Valhalla
from routing.travel.child import Child
from routing.travel.valhalla_build import STAGES, Built, build_roads

HALFWAY_UP, FURTHER_UP = crossing(0.5, 0), crossing(1.5, 0)
EAST = crossing(0.5, 2)
SEA = Point(40.0, -30.0)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Built, list[str]]:
    """The roads of the tiny town, what was told of them, and what was told on the way."""
    folder = tmp_path_factory.mktemp("town")
    told: list[str] = []
    done = build_roads(write_map(folder / "town.osm.pbf"), folder / "roads", lambda doing, part: told.append(doing))
    return folder / "roads", done, told


@pytest.fixture(scope="module")
def roads(built: tuple[Path, Built, list[str]]) -> Iterator[Valhalla]:
    opened = Valhalla(built[0], timeout_s=30)
    yield opened
    opened.close()


def test_building_counts_the_streets_and_tells_each_stage_once_it_begins(built: tuple[Path, Built, list[str]]) -> None:
    _, done, told = built
    assert (done.ways, done.nodes, done.traffic) == (7, 11, False)
    assert list(dict.fromkeys(told)) == [*(doing for _, doing in STAGES), "done"]


def test_one_way_streets_make_the_way_back_longer(roads: Valhalla) -> None:
    """Up the one-way street it is one block; down again, around by the next street."""
    matrix = roads.matrix([HALFWAY_UP, FURTHER_UP])
    there, back = matrix.distance_m[0, 1], matrix.distance_m[1, 0]
    assert there == pytest.approx(334, abs=3)
    assert back == pytest.approx(1_670, abs=10)
    assert matrix.duration_s[1, 0] > 2 * matrix.duration_s[0, 1]
    assert matrix.duration_s.dtype == np.int64


def test_a_rectangle_is_a_part_of_the_square(roads: Valhalla) -> None:
    places = [HALFWAY_UP, FURTHER_UP, EAST]
    part = roads.table(places[:1], places[1:])
    assert np.array_equal(part.duration_s, roads.matrix(places).duration_s[:1, 1:])


def test_more_places_than_one_question_holds_are_asked_in_several(roads: Valhalla) -> None:
    places = [crossing(row / 10, 2) for row in range(20)] * 6
    durations = roads.matrix(places).duration_s
    assert durations.shape == (120, 120)
    assert np.array_equal(durations[:20, 20:40], roads.table(places[:20], places[:20]).duration_s)


def test_a_place_far_from_every_street_has_no_way_and_spoils_no_other(roads: Valhalla) -> None:
    durations = roads.matrix([HALFWAY_UP, SEA, EAST]).duration_s
    assert (durations[[0, 1, 1, 2], [1, 0, 2, 1]] >= NO_WAY_S).all()
    assert durations[0, 2] < NO_WAY_S


def test_a_street_on_an_island_has_no_way_but_along_itself(roads: Valhalla) -> None:
    one, other = crossing(0.2, 4), crossing(0.8, 4)
    durations = roads.matrix([HALFWAY_UP, one, other]).duration_s
    assert (durations[0, 1:] >= NO_WAY_S).all()
    assert durations[1, 2] < NO_WAY_S
    assert (roads.table([HALFWAY_UP], [one]).duration_s >= NO_WAY_S).all()


def test_legs_follow_the_streets(roads: Valhalla) -> None:
    (leg,) = roads.legs([FURTHER_UP, HALFWAY_UP])
    assert (leg[0], leg[-1]) == (FURTHER_UP, HALFWAY_UP)
    near = [max(abs(spot.lat - corner.lat), abs(spot.lon - corner.lon)) for spot in leg for corner in (crossing(2, 1),)]
    assert min(near) < 0.0001, "the way back leads over the second street"
    with pytest.raises(TravelError, match="road engine answers"):
        roads.legs([SEA, HALFWAY_UP])


def test_the_hour_counts_where_the_roads_know_it(tmp_path: Path, built: tuple[Path, Built, list[str]]) -> None:
    map_file = write_map(tmp_path / "town.osm.pbf")
    speeds = write_speeds(tmp_path / "speeds", built[0] / "tiles", free_kmh=40, by_day_kmh=10)
    assert build_roads(map_file, tmp_path / "roads", lambda doing, part: None, speeds).traffic
    timed, without = Valhalla(tmp_path / "roads", 30), Valhalla(built[0], 30)
    try:
        at_night, at_noon = (
            timed.matrix([HALFWAY_UP, EAST], datetime.fromisoformat(f"2026-03-02T{hour}:00")) for hour in ("03", "12")
        )
        assert at_noon.duration_s[0, 1] > 3 * at_night.duration_s[0, 1]
        assert timed.timed
        assert not without.timed
        assert timed.version != without.version
    finally:
        timed.close()
        without.close()


def test_other_threads_go_on_while_the_engine_calculates(roads: Valhalla) -> None:
    """In this process its interpreter lock would stop them all."""
    places = [crossing(row / 50, 2) for row in range(100)]
    ticks: list[float] = []
    done = threading.Event()

    def tick() -> None:
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    ticking = threading.Thread(target=tick)
    ticking.start()
    roads.matrix(places)
    done.set()
    ticking.join()
    assert len(ticks) > 5


def test_roads_built_anew_are_used_without_a_restart(tmp_path: Path, built: tuple[Path, Built, list[str]]) -> None:
    shutil.copytree(built[0], tmp_path / "roads")
    opened = Valhalla(tmp_path / "roads", 30)
    try:
        before, version = opened.matrix([HALFWAY_UP, FURTHER_UP]), opened.version
        speeds = write_speeds(tmp_path / "speeds", tmp_path / "roads" / "tiles", free_kmh=90, by_day_kmh=90)
        build_roads(write_map(tmp_path / "town.osm.pbf"), tmp_path / "roads", lambda doing, part: None, speeds)
        assert opened.version != version
        assert opened.matrix([HALFWAY_UP, FURTHER_UP]).duration_s[0, 1] < before.duration_s[0, 1]
    finally:
        opened.close()


def test_an_engine_that_was_killed_is_started_again(roads: Valhalla) -> None:
    before = roads.matrix([HALFWAY_UP, EAST])
    child = roads._child
    assert child is not None
    assert child._process is not None
    child._process.kill()
    with pytest.raises(TravelError, match="the road engine ended"):
        roads.matrix([HALFWAY_UP, EAST])
    assert np.array_equal(roads.matrix([HALFWAY_UP, EAST]).duration_s, before.duration_s)


def test_one_that_says_nothing_is_not_waited_for() -> None:
    deaf = Child(["sleep", "60"])
    begun = time.monotonic()
    with pytest.raises(TravelError, match=r"no answer within 0\.2 s"):
        deaf.ask({"do": "table"}, 0.2)
    assert time.monotonic() - begun < 5
    with pytest.raises(TravelError, match="cannot be started"):
        Child(["/no/such/engine"]).ask({}, 1)


def test_no_roads_and_broken_roads_are_travel_errors(tmp_path: Path, built: tuple[Path, Built, list[str]]) -> None:
    with pytest.raises(TravelError, match="build them with fieldsales roads build"):
        Valhalla(tmp_path / "nothing").matrix([HALFWAY_UP, EAST])
    broken = tmp_path / "broken"
    shutil.copytree(built[0], broken)
    for tile in broken.rglob("*.gph"):
        tile.write_bytes(b"no tile" * 10)
    opened = Valhalla(broken, 30)
    with pytest.raises(TravelError):
        opened.matrix([HALFWAY_UP, EAST])
    opened.close()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda file: file.write_text("<osm/>"), r"is no \.osm\.pbf file"),
        (lambda file: file.write_bytes(b""), r"is no \.osm\.pbf file"),
        (lambda file: write_map(file, streets=False), "no street|failed"),
        (lambda file: file.write_bytes(b"\0\0\0\x0d\x0a\x09OSMHeader" + b"\xff" * 200), "valhalla_build_tiles failed"),
        (lambda file: None, "cannot be read"),
    ],
)
def test_a_map_that_is_none_leaves_the_roads_of_before(
    tmp_path: Path, built: tuple[Path, Built, list[str]], make: object, told: str
) -> None:
    shutil.copytree(built[0], tmp_path / "roads")
    file = tmp_path / "bad.osm.pbf"
    make(file)  # type: ignore[operator]
    with pytest.raises(TravelError, match=told):
        build_roads(file, tmp_path / "roads", lambda doing, part: None)
    assert sorted(each.name for each in tmp_path.iterdir() if each != file) == ["roads"]
    assert list((tmp_path / "roads").rglob("*.gph"))
