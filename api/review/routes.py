"""Review: what phones did and a person must look at, and what is decided about it."""

from __future__ import annotations

import uuid
from typing import Any

from api.database import session
from api.guard import LEADERS, actor
from api.looks import note_looks_at
from api.openapi import Resource
from api.review.schemas import UNDER_REVIEW, CaseSchema, ReviewPageSchema, ReviewQuery, RulingSchema
from api.settings import now
from fieldsales.accesses.rules import Way
from fieldsales.clock import local_day
from fieldsales.db.paging import Page
from fieldsales.people.models import User
from fieldsales.privacy.queries import zone_of
from sync.ledger import holds_positions
from sync.review import queries, service
from sync.review.queries import Case, Sought, UnderReview
from sync.review.service import Ruling

review = Resource("review", __name__, url_prefix="/sync/v1/review", description="What a person must decide")


@review.on("GET", "", roles=LEADERS, query=ReviewQuery, gives=ReviewPageSchema, rows="items")
def list_review(query: dict[str, Any]) -> Page[UnderReview]:
    """What waits for a person, the oldest first

    Of the people whom I may see: what is held, and what was applied but wants somebody's eye.
    """
    sought = Sought(
        user_id=query.get("user"),
        type=query.get("type"),
        code=query.get("code"),
        status=UNDER_REVIEW.get(query.get("what", "")),
        received_before=query.get("received_before"),
    )
    return queries.queue(session(), actor(), sought, query["page"])


@review.on("GET", "/<uuid:mutation_id>", roles=LEADERS, gives=CaseSchema, problems=[404])
def read_case(mutation_id: uuid.UUID) -> Case:
    """One mutation as it was sent, its problem, what it waits for, and what was done about it

    Whose positions a track holds can read that I looked.
    """
    return _looked_at(queries.case(session(), actor(), mutation_id))


@review.on(
    "POST",
    "/<uuid:mutation_id>",
    roles=LEADERS,
    takes=RulingSchema,
    gives=CaseSchema,
    problems=[404, 409],
    example={"action": "discard", "reason": "Ordered twice; the shop confirmed it."},
)
def decide(body: dict[str, Any], mutation_id: uuid.UUID) -> Case:
    """Decide about it: retry, apply as corrected, accept, or discard

    What waited for it goes on by itself, and the phone hears of it among its changes. 409 when somebody was faster;
    422 `review.refused` when the rules refuse it, with nothing changed.
    """
    service.decide(session(), mutation_id, Ruling(**body), by=actor(), now=now())
    return _looked_at(queries.case(session(), actor(), mutation_id))


def _looked_at(found: Case) -> Case:
    mutation, rep_id = found.subject.mutation, found.subject.rep.id
    if holds_positions(mutation):
        day = local_day(mutation.at or mutation.received_at, zone_of(session().get_one(User, rep_id)))
        note_looks_at([rep_id], day, Way.REVIEW)
    return found
