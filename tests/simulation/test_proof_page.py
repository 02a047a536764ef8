"""docs/proof.md tells of exactly the bugs that are planted."""

from __future__ import annotations

import re
from pathlib import Path

from simulation.planted import feed_bugs, ledger_bugs, trigger_bugs, work_bugs
from simulation.planted.plant import PLANTS

PAGE = Path(__file__).parents[2] / "docs" / "proof.md"
MODULES = (feed_bugs, ledger_bugs, trigger_bugs, work_bugs)
AT_LEAST = 24


def test_the_page_lists_the_bugs_that_are_planted() -> None:
    section = PAGE.read_text().split("## Planted bugs")[1].split("\n## ")[0]
    listed = re.findall(r"^\| ([a-z -]+) \| [^|]+ \| (?:\d+|–) \|$", section, re.MULTILINE)
    assert listed == sorted(PLANTS)
    assert len(listed) >= AT_LEAST


def test_every_bug_says_what_somebody_might_have_thought() -> None:
    assert all(plant.thought.endswith(".") for plant in PLANTS.values())
    assert all(module.__doc__ for module in MODULES)
