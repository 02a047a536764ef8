"""Long lists in pages that stay right while rows come and go: each page starts after the last row seen."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from fieldsales.errors import Invalid

Row = TypeVar("Row")


class BadPage(Invalid):
    """The marker of a page was not made by this list. Start again without it."""

    code = "page.unknown"
    title = "There is no such page"


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and the marker of the page after them (None: this was the last)."""

    items: list[Row]
    next: str | None


@dataclass(frozen=True, slots=True)
class PageWanted:
    """Where a page starts (None: at the beginning) and how many rows it may hold."""

    after: str | None = None
    limit: int = 50


def fetch_page(
    session: Session,
    statement: Select[Row],
    keys: Sequence[InstrumentedAttribute[Any]],
    wanted: PageWanted,
    *,
    largest_first: bool = False,
) -> Page[Row]:
    """Return one page of the entities of a statement, ordered by `keys`: not null, and unique together.

    Raises `BadPage`.
    """
    if wanted.after is not None:
        here, seen = tuple_(*keys), tuple_(*_values(keys, wanted.after))
        statement = statement.where(here < seen if largest_first else here > seen)
    order = [key.desc() for key in keys] if largest_first else keys
    found = session.scalars(statement.order_by(*order).limit(wanted.limit + 1)).all()
    items = list(found[: wanted.limit])
    last = None
    if len(found) > wanted.limit:
        last = _marker([getattr(items[-1], key.key) for key in keys])
    return Page(items, last)


def _marker(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(value) for value in values]).encode()).decode().rstrip("=")


def _values(keys: Sequence[InstrumentedAttribute[Any]], marker: str) -> list[Any]:
    try:
        texts = json.loads(base64.urlsafe_b64decode(marker + "=" * (-len(marker) % 4)))
        if not isinstance(texts, list):
            raise ValueError("not a list")
        return [literal(_parse(key.type.python_type, text), key.type) for key, text in zip(keys, texts, strict=True)]
    except (ValueError, TypeError, RecursionError) as wrong:
        raise BadPage(
            "The page asked for does not belong to this list.", mend="Leave “after” out to start again."
        ) from wrong


def _parse(kind: type, text: str) -> object:
    if not isinstance(text, str) or "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("not text")
    if kind is datetime:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone")
        return moment
    if kind is date:
        return date.fromisoformat(text)
    if kind is uuid.UUID:
        return uuid.UUID(text)
    return kind(text)
