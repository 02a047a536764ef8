"""What the folders promise a newcomer: a noun holds four kinds of module, a vendor lives in one file."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "fieldsales", "migrations", "routing", "sync")
NOT_NOUNS = ("chores", "cli", "darkroom", "db", "demo", "tabular")
NOUNS = sorted(
    str(init.parent.relative_to(ROOT / "fieldsales"))
    for init in (ROOT / "fieldsales").rglob("*/__init__.py")
    if init.relative_to(ROOT / "fieldsales").parts[0] not in NOT_NOUNS
)
VENDORS = (
    "PIL",
    "argon2",
    "babel",
    "celery",
    "fpdf",
    "geographiclib",
    "icalendar",
    "jsonschema",
    "obstore",
    "opening_hours",
    "openpyxl",
    "ortools",
    "packaging",
    "phonenumbers",
    "rapidfuzz",
    "segno",
    "smtplib",
    "prometheus_client",
    "stdnum",
    "valhalla",
    "waitress",
    "wcwidth",
    "xlsxwriter",
    "zstandard",
)


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.fixture(scope="module")
def users() -> dict[str, list[str]]:
    """Which modules import each top-level package."""
    found = defaultdict(list)
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for name in imports_of(path):
                found[name].append(str(path.relative_to(ROOT)))
    return found


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendor_is_imported_in_exactly_one_module(vendor: str, users: dict[str, list[str]]) -> None:
    """Pillow has two: hostile pictures are decoded in a process of their own, receipts are drawn in ours."""
    assert len(users[vendor]) == (2 if vendor == "PIL" else 1), users[vendor]


@pytest.mark.parametrize("noun", NOUNS)
def test_a_noun_holds_only_models_queries_rules_and_service(noun: str) -> None:
    modules = {path.stem for path in (ROOT / "fieldsales" / noun).glob("*.py")} - {"__init__"}
    assert modules <= {"models", "queries", "rules", "service"}


def test_the_packages_themselves_import_nothing() -> None:
    """`import fieldsales` must be cheap and free of cycles."""
    for room in ("api", "fieldsales", "routing", "sync"):
        assert imports_of(ROOT / room / "__init__.py") == set()


@pytest.mark.parametrize("noun", sorted({noun.split("/")[0] for noun in NOUNS} | set(NOT_NOUNS)))
def test_every_floor_is_in_the_picture(noun: str) -> None:
    picture = (ROOT / "docs" / "architecture.md").read_text().split("```")[1]
    assert re.search(rf"\b{noun}\b", picture)


def test_every_module_of_sync_is_on_the_map() -> None:
    told = (ROOT / "docs" / "architecture.md").read_text().partition("## A map of `sync/`")[2].partition("\n## ")[0]
    modules = {path.stem for path in (ROOT / "sync").glob("*.py")} - {"__init__"}
    folders = {path.parent.name for path in (ROOT / "sync").glob("*/__init__.py")}
    assert [name for name in modules if f"`{name}`" not in told and f"`{name}." not in told] == []
    assert [name for name in folders if f"`{name}/" not in told] == []
