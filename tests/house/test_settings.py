"""Settings come from the environment, are all documented, and say what is wrong with them."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from fieldsales.config import PREFIX, Settings
from fieldsales.errors import BadSetting

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda setting: str(setting.name))
def test_each_setting_is_documented_with_its_default(setting) -> None:  # type: ignore[no-untyped-def]
    about = setting.metadata["about"]
    default = setting.default if str(setting.default) else "none"
    assert f"| `{PREFIX}{setting.name.upper()}` | `{default}` | {about} |" in DOCS.read_text()


def test_a_number_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(BadSetting, match="FIELDSALES_SPEED_KMH is “fast”, which is not a number"):
        Settings.from_environment({"FIELDSALES_SPEED_KMH": "fast"})


def test_a_misspelt_setting_is_refused_rather_than_ignored() -> None:
    with pytest.raises(BadSetting, match="FIELDSALES_DATABSE_URL is not a setting"):
        Settings.from_environment({"FIELDSALES_DATABSE_URL": "sqlite://"})


def test_other_peoples_variables_are_left_alone() -> None:
    assert Settings.from_environment({"PATH": "/bin"}) == Settings()


@pytest.mark.parametrize(("name", "value"), [("SPEED_KMH", "0"), ("CIRCUITY", "0.5"), ("SPEED_KMH", "nan")])
def test_a_number_out_of_range_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"FIELDSALES_{name} is .* must be at least"):
        Settings.from_environment({f"FIELDSALES_{name}": value})
