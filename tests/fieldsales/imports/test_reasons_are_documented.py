"""Every reason and flag that a row may get stands in `docs/importing.md`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fieldsales.imports.customers.rules import POSITION_FLAGS

ROOT = Path(__file__).parents[3]
SOURCES = [*(ROOT / "fieldsales/imports").rglob("*.py"), *(ROOT / "fieldsales/tabular").rglob("*.py")]
TEXT = "\n".join(path.read_text() for path in SOURCES)
PATTERNS = (
    r"(?:BadValue|Fault)\(\s*f?\"([a-z_.{}]+)\"",
    r"Names\(load, find, \"([a-z_.]+)\"",
    r"= \"(row\.[a-z_]+)\"",
    r"flag\([\w.]+, \"([a-z_]+)\"\)",
    r"flags\.add\(f?\"([a-z_{}]+)\"\)",
    r"\"([a-z_]+_invalid)\"",
)
CODES = sorted({code for pattern in PATTERNS for code in re.findall(pattern, TEXT)} | POSITION_FLAGS)


@pytest.mark.parametrize("code", CODES)
def test_a_reason_is_documented(code: str) -> None:
    """A code with a field's name in it stands there with at least one."""
    documented = re.findall(r"`([a-z_.]+)`", (ROOT / "docs/importing.md").read_text())
    pattern = re.sub(r"\\{\w+\\}", "[a-z_]+", re.escape(code))
    assert any(re.fullmatch(pattern, each) for each in documented)


def test_the_codes_were_found() -> None:
    assert {"number.ambiguous", "row.nul", "customer.unknown", "taken_in_field", "{name}.too_long"} <= set(CODES)
