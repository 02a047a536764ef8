"""docs/sync-examples.md, sent request by request: the server answers what the page says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine
from worlds import web as webs
from worlds.small_town import NOON
from worlds.web import Web

from fieldsales.db.session import transaction
from fieldsales.passwords import hash_password
from fieldsales.people.models import User
from sync.handlers.registry import HANDLERS

PAGE = (Path(__file__).parents[2] / "docs" / "sync-examples.md").read_text()
JSON = r"```json\n(?P<{}>.*?)```\n"
EXAMPLE = re.compile(
    r"^(?P<who>\w+): `(?P<method>[A-Z]+) (?P<path>\S+)`\n\n"
    rf"(?:{JSON.format('body')}\n)?answers (?P<status>\d+)(?:\.|:\n\n{JSON.format('told')})",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Example:
    """A request as the page has it, and what the page says that it answers (None: the page does not say)."""

    who: str
    method: str
    path: str
    body: Any
    status: int
    told: Any


def examples() -> Iterator[Example]:
    for found in EXAMPLE.finditer(PAGE):
        body, told = (json.loads(found[name]) if found[name] else None for name in ("body", "told"))
        yield Example(found["who"].lower(), found["method"], found["path"], body, int(found["status"]), told)


def masked(answer: Any, told: Any) -> Any:
    """Return an answer with `…` wherever the page has it."""
    if told == "…":
        return "…"
    if isinstance(answer, dict) and isinstance(told, dict):
        return {name: masked(each, told.get(name)) for name, each in answer.items()}
    if isinstance(answer, list) and isinstance(told, list) and len(answer) == len(told):
        return [masked(each, other) for each, other in zip(answer, told, strict=True)]
    return answer


def town(engine: Engine) -> Web:
    """The small town a day later, in which Anna has a password."""
    web = webs.build(engine)
    web.now = NOON + timedelta(days=1, hours=1)
    with transaction(engine) as session:
        session.get_one(User, web.people["anna"]).password_hash = hash_password("a password for the examples")
    return web


def filled(example: Example, web: Web, cursor: str) -> tuple[str, Any]:
    """Return the address and the body that are sent: here `…` stands for what an earlier answer told."""
    path = example.path.replace("cursor=…", f"cursor={quote(cursor)}")
    path = path.replace("/devices/…", f"/devices/{web.ben.tokens.device_id}")
    spent = example.body == {"refresh_token": "…"}
    return path, {"refresh_token": web.anna.tokens.refresh_token} if spent else example.body


def test_the_server_answers_what_the_page_says(engine: Engine) -> None:
    web = town(engine)
    seen, cursor = 0, ""
    for example in examples():
        caller = getattr(web, example.who)
        answer = caller.ask(example.method, *filled(example, web, cursor))
        if example.told is not None and example.told.get("more") is False and answer.json.get("more"):
            # Somebody else wrote between two pages, as other databases of one server do: a phone asks again, at once.
            answer = caller.ask(example.method, *filled(example, web, answer.json["next_cursor"]))
        assert answer.status_code == example.status, f"{example.path}: {answer.text}"
        if example.told is not None:
            assert masked(answer.json, example.told) == example.told, example.path
            cursor = answer.json.get("next_cursor", cursor)
        if "access_token" in (answer.json or {}):
            names = ("access_token", "refresh_token")
            caller.tokens = replace(caller.tokens, **{name: answer.json[name] for name in names})
        seen += 1
    assert seen == PAGE.count("\nanswers ")


def test_the_page_shows_every_type_of_mutation() -> None:
    sent = {each["type"] for example in examples() if example.body for each in example.body.get("mutations", ())}
    assert {kind for kind, _ in HANDLERS} <= sent
