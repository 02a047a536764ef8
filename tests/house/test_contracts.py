"""The rooms and floors hold, and each contract fails when it is broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "fieldsales", "migrations", "routing", "sync")

PLANTED = [
    ("rooms", "routing/problem.py", "import fieldsales.money"),
    ("rooms", "fieldsales/orders/models.py", "import sync.models"),
    ("floors", "fieldsales/people/models.py", "import fieldsales.customers.models"),
    ("floors", "fieldsales/attic.py", "X = 1"),
    ("routing-is-pure", "routing/problem.py", "import sqlalchemy"),
    ("http-stays-in-api", "fieldsales/visits/models.py", "import flask"),
    ("no-json-in-the-business", "fieldsales/visits/models.py", "import marshmallow"),
    ("rules-are-pure", "fieldsales/planning/rules.py", "import sqlalchemy"),
    ("services-do-not-render", "fieldsales/planning/service.py", "import click"),
]


def lint_imports(where: Path, contract: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    if contract:
        command += ["--contract", contract]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)


@pytest.fixture
def copy_of_the_house(tmp_path: Path) -> Path:
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_the_house_stands() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("contract", "module", "line"), PLANTED)
def test_a_planted_violation_breaks_its_contract(
    copy_of_the_house: Path, contract: str, module: str, line: str
) -> None:
    path = copy_of_the_house / module
    path.write_text((path.read_text() if path.exists() else "") + f"\n{line}\n")
    result = lint_imports(copy_of_the_house, contract)
    assert result.returncode == 1, result.stdout
    assert "BROKEN" in result.stdout
