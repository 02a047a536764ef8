"""Pay from the terminal: tried, adopted, run, shown, explained, checked, closed, exported."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, func, select
from worlds import small_town
from worlds.paid_town import body, scheme, sell, share_out

from api.command import main
from fieldsales.cli.context import Context
from fieldsales.config import Settings
from fieldsales.db.session import transaction
from fieldsales.payruns.models import PayLine, PayRun

Run = Any


@pytest.fixture
def run(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Type a command in the town, where Anna sold three rice to the Bakery, which is hers and Ben's."""
    with transaction(engine) as session:
        world = small_town.build(session)
        share_out(session, world, "Bakery", "anna", "ben")
        sell(session, world, date(2026, 3, 10), rice=3, soap=2)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scheme.json").write_text(json.dumps(body(split={"key_accounts": "equal"})))
    url = engine.url.render_as_string(hide_password=False)

    def typed(line: str, status: int = 0) -> Result:
        context = Context(Settings(database_url=url, data_dir=tmp_path / "data"))
        result = CliRunner().invoke(main, line.split(), obj=context)
        context.close()
        assert result.exit_code == status, result.output
        return result

    return typed


def kept(engine: Engine) -> int:
    with transaction(engine) as session:
        return session.scalar(select(func.count()).select_from(PayRun)) or 0


def test_a_month_is_tried_paid_and_explained(run: Run, engine: Engine, tmp_path: Path) -> None:
    assert "nothing was kept" in run("pay adopt field scheme.json --from 2026-03 --dry-run").output
    assert "Nobody has put a scheme yet" in run("pay schemes").output
    simulated = run("pay simulate scheme.json --from 2026-03 --months 2").output
    assert re.search(r"all +4\.14 EUR", simulated)
    assert "“field” pays from 2026-03-01" in run("pay adopt field scheme.json --from 2026-03").output
    assert json.loads(run("pay schemes field").output) == json.loads((tmp_path / "scheme.json").read_text())
    assert "4.14 EUR" in run("pay run field 2026-03 --dry-run").output
    assert kept(engine) == 0
    told = run("pay run field 2026-03").output
    assert "2 lines, 4.14 EUR" in told
    shown = run("pay show field 2026-03 --rep anna").output
    line = re.findall(r"[0-9a-f-]{36}", shown)[-1]
    why = run(f"pay explain {line}").output
    assert "share: 1 of 2" in why
    assert re.search(r"1 +rice +Rice +3 +3,750", why)
    assert "All 2 lines add up to the cent" in run("pay check field 2026-03").output
    assert "Dry run" in run("pay close field 2026-03 --dry-run").output
    assert "open" in run("pay show").output
    assert "closed" in run("pay close field 2026-03").output
    assert "pay.run_closed" in run("pay run field 2026-03", status=2).output
    assert "4 rows written" in run("pay export field 2026-03 march.csv").output
    rows = list(csv.DictReader((tmp_path / "march.csv").read_text("utf-8-sig").splitlines()))
    assert sum(round(100 * float(row["amount"])) for row in rows) == 414


def test_the_monthly_job_makes_what_is_missing(run: Run, engine: Engine) -> None:
    with transaction(engine) as session:
        scheme(session)
    assert "field" in run("pay run").output
    assert "No run is missing." in run("pay run").output
    assert kept(engine) == 1


def test_a_run_that_does_not_add_up_is_found(run: Run, engine: Engine) -> None:
    with transaction(engine) as session:
        scheme(session)
    run("pay run field 2026-03")
    with transaction(engine) as session:
        line = session.scalars(select(PayLine)).one()
        facts = json.loads(json.dumps(line.facts))
        facts["parts"][0][-1] += 1
        told = {each.key: getattr(line, each.key) for each in PayLine.__mapper__.column_attrs}
        session.delete(line)
        session.flush()
        session.add(PayLine(**told | {"facts": facts}))
    faults = run("pay check field 2026-03", status=1).output
    assert "its parts do not add up to it" in faults
    assert "the lines are not those that the run was made of" in faults
