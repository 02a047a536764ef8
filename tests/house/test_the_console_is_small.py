"""What a browser must load before the console shows anything, as it goes over the wire."""

from __future__ import annotations

import gzip
import re

from api.console.routes import SITE

MOST_BYTES = 200_000


def loaded_first() -> dict[str, int]:
    """The scripts that the page names, and all that they import at once, each with its size when packed."""
    wanted = re.findall(r'(?:src|href)="/console/(assets/[^"]+\.js)"', (SITE / "index.html").read_text())
    assert wanted, "the page names no script"
    found: dict[str, int] = {}
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        script = (SITE / name).read_bytes()
        found[name] = len(gzip.compress(script, 9))
        text = script.decode()
        wanted += [f"assets/{each}" for each in re.findall(r'(?:from|import)\s*"\./([^"]+\.js)"', text)]
    return found


def test_the_first_load_is_under_200_kb_of_packed_script() -> None:
    sizes = loaded_first()
    assert sum(sizes.values()) <= MOST_BYTES, sizes


def test_the_first_page_with_its_map_is_under_200_kb_too() -> None:
    names = [each for each in (SITE / "assets").glob("*.js") if re.match(r"(today|fieldmap)-", each.name)]
    assert len(names) == 2, "the page of today and its map are fetched by themselves"
    lazily = sum(len(gzip.compress(each.read_bytes(), 9)) for each in names)
    assert sum(loaded_first().values()) + lazily <= MOST_BYTES


def test_pages_are_fetched_when_they_are_shown() -> None:
    first = loaded_first()
    pages = ("visits", "plans", "approvals", "customers", "anomalies", "sync", "settings")
    assert not [name for name in first for page in pages if name.startswith(f"assets/{page}-")]
