"""`fieldsales uplift`, as a manager reads it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from sqlalchemy import Engine
from worlds import trial_town

from fieldsales.cli import uplift as command
from fieldsales.cli.context import Context
from fieldsales.config import Settings
from fieldsales.db.session import transaction
from fieldsales.uplift.rules import BadPeriod

Run = Callable[..., tuple[Result, str]]


@pytest.fixture
def run(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command over an empty database as of the day of the trial town; return the result and what was told."""
    monkeypatch.setattr(command, "utc_now", lambda: trial_town.NOW)

    def invoke(*words: str) -> tuple[Result, str]:
        told = io.StringIO()
        context = Context(Settings(), Console(file=told, width=120, highlight=False))
        context.__dict__["engine"] = engine
        result = CliRunner().invoke(command.uplift, list(words), obj=context)
        return result, told.getvalue() + result.output

    return invoke


@pytest.fixture
def trial(engine: Engine) -> None:
    """A town where visits add much."""
    with transaction(engine) as session:
        trial_town.drawn(session, 1, shops=400, helps=0.3, share_bp=4000)


@pytest.mark.usefixtures("trial")
def test_every_number_comes_with_its_interval_and_a_sentence(run: Run) -> None:
    result, told = run()
    assert result.exit_code == 0, result.output
    assert "Visits and anomalies from 2025-03-02 to 2026-03-01, 28 days from each on, as of 2026-03-02." in told
    assert re.search(r"\+\d+\.\d \(\+\d+\.\d to \+\d+\.\d\)", told)
    assert re.search(r"• anomaly, experiment: Of \d+ customers open to a visit \d+\.\d % ordered within 28 days", told)
    assert "so visits helped." in told
    assert "by chance" in told


@pytest.mark.usefixtures("trial")
def test_json_and_csv_tell_the_same_numbers(run: Run) -> None:
    document = json.loads(run("--json")[0].output)
    lines = list(csv.DictReader(io.StringIO(run("--csv")[0].output)))
    [row] = document["rows"]
    assert [line["measure"] for line in lines] == [effect["measure"] for effect in row["effects"]]
    for line, effect in zip(lines, row["effects"], strict=True):
        assert float(line["estimate"]) == effect["estimate"]
        assert float(line["low"]) == effect["low"]
        assert (line["source"], line["design"], line["verdict"]) == ("anomaly", "experiment", effect["verdict"])


@pytest.mark.usefixtures("trial")
def test_the_rows_are_by_what_is_asked_for(run: Run) -> None:
    for by, group in (("kind", "churn_risk"), ("rep", "Ada (ada)"), ("tier", "B")):
        [row] = json.loads(run("--by", by, "--json")[0].output)["rows"]
        assert row["group"] == group


def test_a_house_without_plans_is_told_so(run: Run) -> None:
    assert "Nothing was planned in these days, and nothing was drawn." in run()[1]


def test_days_in_the_wrong_order_are_refused(run: Run) -> None:
    result, _ = run("--since", "2026-02-01", "--until", "2026-01-01")
    assert isinstance(result.exception, BadPeriod)


def test_the_page_tells_the_table_that_the_command_prints(run: Run) -> None:
    page = (Path(__file__).parents[3] / "docs" / "uplift.md").read_text()
    rows = [line.split() for line in run("--needed")[1].splitlines() if re.match(r"\s*\d+ %\s", line)]
    assert len(rows) == len(command.ANYWAY) * len(command.HELPS)
    for anyway, _, helps, _, *many in rows:
        assert f"| {anyway} % | {helps} points | {' | '.join(many)} |" in page
