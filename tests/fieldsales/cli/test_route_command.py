"""`fieldsales route solve`: the page's own example, files that are refused, and where the answer goes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.command import main
from fieldsales.cli.context import Context
from fieldsales.config import Settings

PAGE = (Path(__file__).parents[3] / "docs" / "route-solve.md").read_text(encoding="utf-8")


def run(tmp_path: Path, problem: str, *options: str) -> Result:
    """Solve a file."""
    source = tmp_path / "problem.json"
    source.write_text(problem, encoding="utf-8")
    context = Context(Settings(database_url=f"sqlite:///{tmp_path / 'none.sqlite3'}"))
    return CliRunner().invoke(main, ["route", "solve", str(source), "--time-limit", "1", *options], obj=context)


def example() -> str:
    """The problem on the page."""
    found = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_the_example_of_the_page_is_answered_as_the_page_says(tmp_path: Path) -> None:
    told = run(tmp_path, example())
    assert told.exit_code == 0, told.output
    answer = json.loads(told.stdout)
    assert (answer["code"], answer["summary"]["priority"]) == (0, 120)
    for reason in answer["reasons"]:
        assert f"| {reason['id']} | {reason['reason']} | {reason['remedies'][0]['text']} |" in PAGE
    assert not list(tmp_path.glob("*.sqlite3"))


def test_the_answer_can_go_to_a_file(tmp_path: Path) -> None:
    told = run(tmp_path, example(), "--output", str(tmp_path / "solution.json"))
    assert (told.exit_code, told.stdout) == (0, "")
    assert json.loads((tmp_path / "solution.json").read_text(encoding="utf-8"))["code"] == 0


def test_an_unknown_key_is_told_beside_the_answer(tmp_path: Path) -> None:
    told = run(tmp_path, json.dumps({**json.loads(example()), "colour": "red"}))
    assert told.exit_code == 0
    assert "warning: colour is not known" in told.stderr
    assert json.loads(told.stdout)["code"] == 0


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        ("{", "no JSON"),
        ("[]", "no JSON object"),
        (json.dumps({**json.loads(example()), "shipments": [{}]}), "shipments .* not supported"),
    ],
)
def test_a_problem_that_is_refused_is_told_in_one_plain_line(tmp_path: Path, problem: str, message: str) -> None:
    told = run(tmp_path, problem)
    assert (told.exit_code, told.stdout) == (2, "")
    assert re.search(message, told.stderr)
    assert "Traceback" not in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_the_map_draws_every_job_and_asks_nothing_of_any_server(tmp_path: Path) -> None:
    page = tmp_path / "map.html"
    told = run(tmp_path, example(), "--map", str(page))
    assert told.exit_code == 0, told.output
    drawn = page.read_text(encoding="utf-8")
    assert all(f"Job {number}" in drawn for number in (1, 2, 3, 4))
    assert "Nobody who works that day has what it needs: 9." in drawn
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", drawn)


def test_a_problem_without_coordinates_has_no_map(tmp_path: Path) -> None:
    document = {
        "vehicles": [{"id": 1, "start_index": 0}],
        "jobs": [{"id": 1, "location_index": 1}],
        "matrices": {"car": {"durations": [[0, 60], [60, 0]]}},
    }
    told = run(tmp_path, json.dumps(document), "--map", str(tmp_path / "map.html"))
    assert (told.exit_code, told.stdout) == (2, "")
    assert "no map to draw" in told.stderr
