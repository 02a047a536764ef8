"""`fieldsales roads` and `fieldsales route export`, as an operator meets them."""

from __future__ import annotations

import importlib
import io
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from click.testing import CliRunner, Result
from icalendar import Calendar
from rich.console import Console
from sqlalchemy import Engine
from worlds import small_town
from worlds.osrm_server import Town, osrm_server

from fieldsales.cli.context import Context
from fieldsales.cli.main import main
from fieldsales.config import Settings
from fieldsales.db.session import transaction
from fieldsales.orders.models import Order, Origin

DAY = "2026-03-03"
Run = Callable[..., tuple[Result, str]]


@pytest.fixture
def run(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """Run a command over the small town; return the result and all that was printed."""
    with transaction(sqlite_engine) as session:
        for customer in small_town.build(session).customers.values():
            for week in range(1, 30):
                ordered = {"origin": Origin.IMPORT, "ordered_on": date.fromisoformat(DAY) - timedelta(days=7 * week)}
                session.add(Order(customer_id=customer.id, currency="EUR", amount_minor=10_000, **ordered))
    contexts = []

    def invoke(*words: str, **more: object) -> tuple[Result, str]:
        told = io.StringIO()
        given = {"solver_workers": 0, "solve_seconds": 0.05, "data_dir": tmp_path, "roads_dir": tmp_path / "roads"}
        settings = Settings(database_url=str(sqlite_engine.url), **(given | more))  # type: ignore[arg-type]
        context = Context(settings, Console(file=told, width=140, highlight=False))
        contexts.append(context)
        result = CliRunner().invoke(main, list(words), obj=context)
        return result, told.getvalue() + result.output

    yield invoke
    for context in contexts:
        context.close()


def test_a_planned_day_is_written_in_every_format(run: Run, tmp_path: Path) -> None:
    assert run("plan", DAY)[0].exit_code == 0
    for kind in ("html", "gpx", "geojson", "ics"):
        result, told = run("route", "export", "--rep", "anna", "--day", DAY, "--out", str(tmp_path / f"anna.{kind}"))
        assert result.exit_code == 0, told
    assert "<svg" in (tmp_path / "anna.html").read_text()
    assert Xml.parse(tmp_path / "anna.gpx").getroot().tag.endswith("gpx")
    assert json.loads((tmp_path / "anna.geojson").read_text())["type"] == "FeatureCollection"
    assert Calendar.from_ical((tmp_path / "anna.ics").read_bytes()).walk("VEVENT")


def test_several_reps_share_a_page_but_no_calendar(run: Run, tmp_path: Path) -> None:
    team = ("route", "export", "--rep", "anna", "--rep", "ben", "--day", DAY)
    result, _ = run(*team, "--out", str(tmp_path / "team.html"))
    assert result.exit_code == 0
    assert (tmp_path / "team.html").read_text().count("<article>") == 2
    result, told = run(*team, "--format", "ics")
    assert result.exit_code != 0
    assert "holds one rep's day" in told


def test_what_cannot_be_written_is_told_in_a_line(run: Run, tmp_path: Path) -> None:
    anna = ("route", "export", "--rep", "anna", "--day", DAY)
    for words, told in (
        (("--out", str(tmp_path / "no" / "folder.html")), "No such file or directory"),
        (("--out", str(tmp_path / "anna.pdf")), "“pdf” is no format"),
        (("--day", "someday"), "is not a date"),
    ):
        result, printed = run(*anna, *words)
        assert result.exit_code != 0
        assert told in printed
        assert not isinstance(result.exception, OSError | ValueError)


def test_a_dead_router_is_told_below_the_day_and_costs_no_day(run: Run) -> None:
    with osrm_server(Town()) as gone:
        pass
    result, told = run("plan", DAY, travel="osrm", osrm_url=gone.url)
    assert result.exit_code == 0
    assert "Driving times are estimated from straight lines, not from streets" in told


def test_asking_the_router_tells_both_ways(run: Run) -> None:
    with osrm_server(Town()) as town:
        result, told = run("roads", "ask", "52.0,5.0", "52.01,5.0", travel="osrm", osrm_url=town.url)
    assert result.exit_code == 0
    assert "There: 1.7 min, 1.00 km" in told
    assert "Back: 4.2 min, 2.50 km" in told
    result, told = run("roads", "ask", "52.0,5.0", "52.01,5.0", travel="osrm", osrm_url=town.url)
    assert result.exit_code == 2
    assert "cannot be asked" in told
    assert "roads.unavailable" in told


def test_roads_are_built_from_a_map_and_then_asked(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("valhalla", reason="the optional extra “roads” has no wheel for this machine")
    write_map = importlib.import_module("worlds.tiny_map").write_map
    result, told = run("roads", "build", str(write_map(tmp_path / "town.osm.pbf")))
    assert result.exit_code == 0, told
    assert "7 streets, 11 crossings" in told
    assert "FIELDSALES_TRAVEL=valhalla" in told
    result, told = run("roads", "ask", "60.0015,25.0", "60.0045,25.0", travel="valhalla", travel_timeout=60.0)
    assert "There: 0.6 min, 0.33 km" in told
    assert "1.67 km" in told
    (tmp_path / "notes.osm.pbf").write_text("no map")
    result, told = run("roads", "build", str(tmp_path / "notes.osm.pbf"))
    assert result.exit_code == 2
    assert "is no .osm.pbf file" in told


def test_a_solved_problem_is_drawn_beside_its_solution(run: Run, tmp_path: Path) -> None:
    job = {"service": 600, "priority": 5}
    problem = {
        "vehicles": [
            {"id": 1, "description": "Anna", "start": [5.0, 52.0], "end": [5.0, 52.0], "time_window": [28800, 36000]},
            {"id": 2, "start": [5.1, 52.0], "time_window": [28800, 36000]},
        ],
        "jobs": [
            {"id": 1, "description": "Kiosk <1>", "location": [5.01, 52.01], **job},
            {"id": 2, "location": [5.11, 52.01], **job},
            {"id": 3, "location": [9.0, 55.0], **job},
        ],
    }
    file, page = tmp_path / "problem.json", tmp_path / "routes.html"
    file.write_text(json.dumps(problem))
    result, told = run("route", "solve", str(file), "--time-limit", "0.3", "--map", str(page))
    assert result.exit_code == 0, told
    text = page.read_text()
    for name in ("Anna", "Vehicle 2", "Kiosk &lt;1&gt;", "Job 2", "Nobody", "Job 3"):
        assert name in text
    result, told = run("route", "solve", str(file), "--map", str(tmp_path / "no" / "folder.html"))
    assert result.exit_code != 0
    assert "No such file" in told


def test_places_that_are_only_rows_of_a_matrix_cannot_be_drawn(run: Run, tmp_path: Path) -> None:
    problem = {
        "vehicles": [{"id": 1, "start_index": 0, "end_index": 0}],
        "jobs": [{"id": 1, "location_index": 1}],
        "matrices": {"car": {"durations": [[0, 60], [60, 0]]}},
    }
    (tmp_path / "problem.json").write_text(json.dumps(problem))
    result, told = run("route", "solve", str(tmp_path / "problem.json"), "--map", str(tmp_path / "routes.html"))
    assert result.exit_code == 2
    assert "no coordinates" in told
