"""Bugs in how changes come down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from simulation.planted.plant import plant, replacing
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from fieldsales.changes import queries
from fieldsales.changes.models import Change
from fieldsales.changes.queries import Frontier
from fieldsales.customers.models import Assignment
from sync import feed, pull


@plant("The newest transaction is the horizon; nobody looks at those that are still running.", on="postgresql")
def horizon_is_the_newest(_: Engine) -> Iterator[None]:
    real = queries.frontier

    def frontier(session: Session) -> Frontier:
        found = real(session)
        return Frontier(found.end, found.end, found.epoch)

    with replacing(queries, "frontier", frontier):
        yield


@plant("The next cursor follows the last row that was seen.", on="postgresql")
def cursor_follows_the_last_row(_: Engine) -> Iterator[None]:
    real = queries.frontier

    def frontier(session: Session) -> Frontier:
        newest = session.scalar(select(func.max(Change.tx))) or 0
        return Frontier(newest + 1, newest + 1, real(session).epoch)

    with replacing(queries, "frontier", frontier):
        yield


@plant("A phone has everything up to its cursor, so ask for what is beyond it.")
def cursor_is_off_by_one(_: Engine) -> Iterator[None]:
    real = feed.looked_at

    def looked_at(session: Session, user_id: Any, span: tuple[int, int], *more: Any, **options: Any) -> Any:
        since, until = span
        return real(session, user_id, (since + 1 if since else 0, until), *more, **options)

    with replacing(feed, "looked_at", looked_at):
        yield


@plant("Every page reads up to the horizon of its own moment.")
def horizon_moves_between_pages(_: Engine) -> Iterator[None]:
    real = pull._resume

    with replacing(pull, "_resume", lambda *told: replace(real(*told), horizon=None)):
        yield


@plant("A page that is full is the last one.")
def rest_of_the_pages_is_forgotten(_: Engine) -> Iterator[None]:
    real = feed.looked_at

    def looked_at(*told: Any, **options: Any) -> Any:
        *first, limit = told
        return real(*first, limit, **options)[: limit - 1]

    with replacing(feed, "looked_at", looked_at):
        yield


def _moved(keep_served: bool) -> Any:
    real = feed._moved_customers

    def moved(session: Session, user_id: Any, span: tuple[int, int]) -> set[Any]:
        found = real(session, user_id, span)
        served = set(session.scalars(select(Assignment.customer_id).where(feed.served_by(user_id))))
        return found & served if keep_served else found - served

    return replacing(feed, "_moved_customers", moved)


@plant("Who gets a customer gets what happens there from now on.")
def joining_sends_only_what_is_new(_: Engine) -> Iterator[None]:
    with _moved(keep_served=False):
        yield


@plant("Who loses a customer hears no more of it.")
def leaving_sends_nothing(_: Engine) -> Iterator[None]:
    with _moved(keep_served=True):
        yield


@plant("What cannot be seen is not told of.")
def deletes_are_not_told(_: Engine) -> Iterator[None]:
    real = pull._told

    def told(*facts: Any, **options: Any) -> Any:
        return tuple(each for each in real(*facts, **options) if each.document is not None)

    with replacing(pull, "_told", told):
        yield


@plant("A cursor is good for ever.", on="postgresql")
def epoch_is_ignored(_: Engine) -> Iterator[None]:
    def resume(_user_id: Any, text: str, _frontier: Frontier) -> Any:
        return pull.parse_cursor(text)

    with replacing(pull, "_resume", resume):
        yield
