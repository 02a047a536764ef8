"""What is to be done once the request's own work is committed, and must not undo it."""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date

from flask import g

from api.database import session
from api.planner import planner
from api.settings import now
from fieldsales.customers.queries import assignments_in_force

_KEY = "fieldsales_afterwards"
_BEFORE = "fieldsales_before_answering"
_log = logging.getLogger("fieldsales.api")


def afterwards(work: Callable[[], None]) -> None:
    """Have something done after the commit of this request, in transactions of its own."""
    g.setdefault(_KEY, []).append(work)


def work_off() -> None:
    """Do what was put off; called by the edge after a commit, which a failure here can no longer undo."""
    for work in g.pop(_KEY, []):
        try:
            work()
        except Exception:
            _log.exception("What was to follow a request failed [%s]", g.get("request_id"))


def before_answering(work: Callable[[], None]) -> None:
    """Have something done when the request's own transaction is over, in one of its own, before it is answered.

    For what must be written although the request only reads: if it cannot be, there is no answer either.
    """
    g.setdefault(_BEFORE, []).append(work)


def settle_up() -> None:
    """Do what must be done before answering; called by the edge. What fails there fails the request."""
    for work in g.pop(_BEFORE, []):
        work()


def replan_afterwards(rep_ids: Collection[uuid.UUID], day: date | None = None) -> None:
    """Bring plans up to date: the coming days that these reps have a route for, or one such day."""
    if rep_ids:
        afterwards(lambda: planner().replan(rep_ids, now=now(), only=day))


def replan_slots_afterwards(slots: Collection[tuple[uuid.UUID, date]]) -> None:
    """Bring some reps' days up to date, those for which there is a route."""
    reps_of: dict[date, set[uuid.UUID]] = defaultdict(set)
    for rep_id, day in slots:
        reps_of[day].add(rep_id)
    for day, rep_ids in sorted(reps_of.items()):
        replan_afterwards(rep_ids, day)


@contextmanager
def plans_follow(customer_ids: Collection[uuid.UUID]) -> Iterator[None]:
    """Bring plans up to date if what is done inside changes who serves these customers."""
    before = _serving(customer_ids)
    yield
    after = _serving(customer_ids)
    if before != after:
        replan_afterwards({rep_id for rep_id, _ in before | after})


def _serving(customer_ids: Collection[uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    return {(each.rep_id, each.customer_id) for each in assignments_in_force(session(), customer_ids)}
