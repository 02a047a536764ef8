"""The documents keep their word: every command exists, every link leads somewhere, every make target is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from api.command import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FILES = (
    "shops.csv",
    "items.xlsx",
    "history.csv.gz",
    "orders.csv",
    "products.csv",
    "customers.csv",
    "tiers.json",
    "jobs.json",
    "causes.json",
    "problem.json",
    "prices.csv",
    "invoices.csv",
    "stock.csv",
    "count.csv",
    "scheme.json",
)


def typed_in(page: Path) -> list[str]:
    """The `fieldsales` commands in a page's code blocks, continued lines joined."""
    blocks = re.findall(r"```\w*\n(.*?)```", page.read_text(), flags=re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [line.split(" #")[0].strip() for line in lines if line.startswith("fieldsales ")]


COMMANDS = [(page.name, line) for page in PAGES for line in typed_in(page)]


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_a_command_in_the_documents_is_understood(
    page: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in FILES:
        (tmp_path / name).write_text("")
    words = shlex.split(line)[1:]
    command: click.Command = main
    while isinstance(command, click.Group):
        name = words.pop(0)
        assert name in command.commands, f"{page}: there is no command “{name}”"
        command = command.commands[name]
    with command.make_context(command.name, words):
        pass


def test_the_readme_opens_with_its_two_commands() -> None:
    block = (ROOT / "README.md").read_text().split("```")[1]
    assert [line.split("#")[0].strip() for line in block.strip().splitlines()] == ["make demo", "make test"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    for page in PAGES:
        named = set(re.findall(r"^make ([a-z-]+)", page.read_text(), flags=re.MULTILINE))
        assert named <= targets, page.name


def test_no_page_names_a_path_of_somebodys_machine() -> None:
    for page in [*PAGES, ROOT / "Makefile", ROOT / "setup.cfg", ROOT / "constraints.txt"]:
        assert not re.search(r"(?<![\w.])/(work|root|home)/|file://", page.read_text()), page.name
