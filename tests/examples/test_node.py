"""What every example that runs on Node keeps to."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FOLDERS = sorted(each.parent for each in (Path(__file__).parents[2] / "examples").glob("*/package.json"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.name))
def test_an_example_pins_its_packages_and_is_never_published(folder: Path) -> None:
    told = json.loads((folder / "package.json").read_text())
    locked = json.loads((folder / "package-lock.json").read_text())["packages"]
    assert told["private"] is True
    assert all(version[0].isdigit() for version in told["dependencies"].values())
    assert locked[""]["dependencies"] == told["dependencies"]
    assert [name for name, each in locked.items() if name and "integrity" not in each] == []
    assert (folder / "README.md").exists()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.name))
def test_what_an_example_depends_on_is_installed(folder: Path, node_example: Callable[[str], Any]) -> None:
    for package in json.loads((folder / "package.json").read_text())["dependencies"]:
        assert (node_example(folder.name).folder / "node_modules" / package).exists()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.name))
def test_an_example_that_is_told_nothing_says_in_one_line_what_it_needs(
    folder: Path, node_example: Callable[[str], Any]
) -> None:
    start = json.loads((folder / "package.json").read_text())["scripts"]["start"].split()
    place = node_example(folder.name).folder
    blank = {name: value for name, value in os.environ.items() if name not in {"SERVER", "LOGIN", "PASSWORD"}}
    done = subprocess.run(start, cwd=place, env=blank, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: SERVER=")
    assert done.stderr.count("\n") == 1
