"""Policies and tiers from the terminal."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine
from worlds import small_town

from api.command import main
from fieldsales.cli.context import Context
from fieldsales.clock import utc_now
from fieldsales.config import Settings
from fieldsales.db.session import transaction

Run = Any


@pytest.fixture
def run(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Type a command in the town; errors come out as they do for an operator."""
    with transaction(engine) as session:
        small_town.build(session)
    monkeypatch.chdir(tmp_path)
    url = engine.url.render_as_string(hide_password=False)

    def typed(line: str, status: int = 0) -> Result:
        context = Context(Settings(database_url=url, data_dir=tmp_path / "data"))
        result = CliRunner().invoke(main, line.split(), obj=context)
        context.close()
        assert result.exit_code == status, result.output
        return result

    return typed


def test_what_is_shown_can_be_edited_tried_and_set(run: Run, tmp_path: Path) -> None:
    assert "2000-01-01" in run("policies show").output
    run("policies show tiers --save tiers.json")
    file = tmp_path / "tiers.json"
    document = json.loads(file.read_text())
    assert json.loads(run("policies show tiers").output) == document
    document["tiers"][0]["visit_value"] = 120
    file.write_text(json.dumps(document))
    tried = run("policies put tiers tiers.json --dry-run").output
    assert "/tiers/0/visit_value: 100 → 120" in tried
    assert "6 of 6 customers would move" in tried
    assert "nothing was kept" in tried
    assert json.loads(run("policies show tiers").output)["tiers"][0]["visit_value"] == 100
    assert "“tiers” holds from 2099-01-01" in run("policies put tiers tiers.json --from 2099-01-01 --note later").output
    assert json.loads(run("policies show tiers --day 2099-01-01").output)["tiers"][0]["visit_value"] == 120
    told = run("policies history tiers").output
    assert [line.split()[0] for line in told.splitlines()[1:]] == ["2099-01-01", "2000-01-01"]
    version = told.splitlines()[1].split()[1]
    assert "the operator" in told
    assert "Withdrawn" in run(f"policies withdraw tiers {version}").output
    assert json.loads(run("policies show tiers --day 2099-01-01").output)["tiers"][0]["visit_value"] == 100
    assert "Nobody has set" in run("policies history value_score").output


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "policy.invalid"),
        ("[]", "policy.invalid"),
        ('{"tiers": []}', "policy.invalid"),
        ('{"tiers": [NaN]}', "policy.invalid"),
    ],
)
def test_a_file_that_is_no_policy_is_told_in_one_line(run: Run, tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "tiers.json").write_text(text)
    for line in ("policies put tiers tiers.json", "policies put tiers tiers.json --dry-run"):
        told = run(line, status=2).output
        assert f"[{code}]" in told
        assert "Traceback" not in told


def test_a_refresh_moves_everybody_once_and_a_preview_nobody(run: Run) -> None:
    assert "6 of 6 customers would move" in run("tiers preview").output
    assert "6 of 6 customers would move" in run("tiers refresh --dry-run").output
    assert "6 customers changed tier" in run("tiers refresh").output
    assert "0 customers changed tier" in run("tiers refresh").output
    told = run("tiers preview").output
    assert "0 of 6 customers would move" in told
    shown = run("tiers show C-Fish").output
    assert shown.splitlines()[0] == "Fish: D: no order in 365 days"
    assert "B → D  (orders)  D: no order in 365 days" in shown
    assert "[customer.not_found]" in run("tiers show nobody", status=2).output


def test_a_tier_is_given_and_released_by_hand(run: Run) -> None:
    run("tiers refresh")
    soon = (utc_now() + timedelta(days=30)).date()
    given = run(f"tiers give C-Fish A --until {soon} --reason fair").output
    assert given == f"Fish: A, by hand by the operator until {soon}: fair; by its orders D\n"
    assert "0 customers changed tier" in run("tiers refresh").output
    assert run("tiers release C-Fish").output == "Fish: D: no order in 365 days\n"
    assert "[tier_override.not_found]" in run("tiers release C-Fish", status=2).output
    assert "[tiers.unknown]" in run(f"tiers give C-Fish Z --until {soon} --reason fair", status=2).output
    assert "[tier_override.invalid]" in run("tiers give C-Fish A --until 2020-01-01 --reason fair", status=2).output


def test_a_preview_takes_documents_of_several_kinds(run: Run, tmp_path: Path) -> None:
    plain = [{name: value for name, value in tier.items() if name != "revenue_share_bp"} for tier in small_town.TIERS]
    tiers = [
        {**tier, "customer_share_bp": share} for tier, share in zip(plain, (5000, 10000, 10000, 10000), strict=True)
    ]
    (tmp_path / "tiers.json").write_text(json.dumps({"by": "customer_share", "tiers": tiers}))
    (tmp_path / "weights.json").write_text(json.dumps({"weights": {"revenue": 1}}))
    told = run("tiers preview --policy tiers.json --policy weights.json --all").output
    assert "6 of 6 customers would move" in told
    assert "place 1 of 6; no order in 365 days" in told
    assert "Anna" in told
    (tmp_path / "odd.json").write_text('{"weather": "fine"}')
    assert "[policy.not_found]" in run("tiers preview --policy odd.json", status=2).output
