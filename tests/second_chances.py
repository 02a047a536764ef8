"""Which tests may be tried once more after they failed beside others, and which may not."""

from __future__ import annotations

import pytest

_FINDING_DIRECTORIES = frozenset({"simulation", "kills"})
_FINDING_WORDS = ("race", "concurren")


def is_finding(item: pytest.Item) -> bool:
    """Whether one failure of this test says something of the code, whatever else the machine did meanwhile.

    True of simulated courses, killed servers, races and drawn properties: what such a test met once was there, though
    the next try may draw another course.
    """
    function = getattr(item, "obj", None)
    return (
        getattr(function, "is_hypothesis_test", False)
        or bool(_FINDING_DIRECTORIES & set(item.path.parts))
        or any(word in item.nodeid for word in _FINDING_WORDS)
    )
