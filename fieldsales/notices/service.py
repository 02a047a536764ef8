"""Keeping what was told of prices, and letting each hold from its day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from fieldsales.catalog.service import set_list_price, set_tier_price
from fieldsales.notices.models import PriceNotice
from fieldsales.notices.rules import PriceFate, VersionTaken, is_older


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told of one price: `key` names it, `body` says it, `version` orders what is told of it."""

    key: str
    body: Mapping[str, Any]
    version: int | None = None
    from_on: date | None = None
    series: str = ""


def take_note(session: Session, told: Notice, now: datetime) -> PriceFate | None:
    """Keep what is told; return why nothing is to be done, or None where it says something new.

    Whoever tells of the same price at the same time waits. Raises `VersionTaken`.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = insert(PriceNotice).values(
        key=told.key,
        series=told.series or told.key,
        from_on=told.from_on,
        version=told.version,
        body=dict(told.body),
        told_at=now,
        applied_at=None,
    )
    if session.scalar(fresh.on_conflict_do_nothing(index_elements=["key"]).returning(PriceNotice.key)) is not None:
        return None
    mine = select(PriceNotice).where(PriceNotice.key == told.key).with_for_update()
    held = session.scalars(mine.execution_options(populate_existing=True)).one()
    if is_older(told.version, held.version):
        return PriceFate.OLDER
    if held.body == dict(told.body):
        held.version = told.version if told.version is not None else held.version
        return PriceFate.SAME
    if told.version is not None and told.version == held.version:
        raise VersionTaken(
            f"Version {told.version} of {told.key} says something else.",
            mend="Send what is new with a higher version.",
            version=told.version,
        )
    held.version = told.version if told.version is not None else held.version
    held.body, held.told_at, held.applied_at = dict(told.body), now, None
    return None


def mark_applied(session: Session, key: str, now: datetime) -> None:
    """Say that what was told holds."""
    session.get_one(PriceNotice, key, populate_existing=True).applied_at = now


def apply_due(session: Session, day: date, now: datetime) -> int:
    """Let the prices hold whose day has come: of a series the one that begins last. Return how many changed hands."""
    due = select(PriceNotice).where(PriceNotice.applied_at.is_(None), PriceNotice.from_on <= day)
    waiting = session.scalars(due.order_by(PriceNotice.series, PriceNotice.from_on).with_for_update()).all()
    changed = 0
    for series, rows in groupby(waiting, key=lambda each: each.series):
        *_, last = these = list(rows)
        if not _followed(session, series, last.from_on, day):
            _set(session, last.body, now)
            changed += 1
        for each in these:
            each.applied_at = now
    session.flush()
    return changed


def _followed(session: Session, series: str, since: date | None, day: date) -> bool:
    after = select(PriceNotice.key).where(
        PriceNotice.series == series, PriceNotice.from_on > since, PriceNotice.from_on <= day
    )
    return session.scalar(after.limit(1)) is not None


def is_followed(session: Session, told: Notice, day: date) -> bool:
    """Tell whether another price of the series, which begins later, holds already."""
    return _followed(session, told.series, told.from_on, day)


def _set(session: Session, body: Mapping[str, Any], now: datetime) -> None:
    product_id, price = UUID(body["product_id"]), int(body["price_minor"])
    if body.get("tier") is None:
        set_list_price(session, product_id, price, actor_id=None, now=now)
    else:
        set_tier_price(session, product_id, body["tier"], price, actor_id=None, now=now)
