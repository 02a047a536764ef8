"""The example of docs/webhooks.md that checks a signature does so."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fieldsales.webhooks.rules import sign

PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"


def test_the_example_takes_what_is_ours_and_nothing_else() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    told: dict[str, Any] = {}
    exec(code, told)
    check = told["is_from_fieldsales"]
    now, body = datetime.now(UTC), '{"shop":"咖啡"}'.encode()
    header = sign("secret", body, now)
    assert check("secret", header, body)
    assert not check("another", header, body)
    assert not check("secret", header, body + b" ")
    assert not check("secret", header.replace("t=", "t=1"), body)
    assert not check("secret", sign("secret", body, now - timedelta(minutes=6)), body)
    assert not check("secret", "nonsense", body)
    assert not check("secret", "t=1,v1=é", body)
