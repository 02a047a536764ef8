"""What a phone holds of visits, and of what is asked in them."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, and_

from fieldsales.causes.rules import CAUSES
from fieldsales.policies.models import Policy
from fieldsales.visits.models import Photo, Visit, VisitEvent
from sync.shape import Children, Shape, of_served


def _causes(_user_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(Policy.kind == CAUSES.name, Policy.withdrawn_at.is_(None))


VISIT = Shape(
    columns=(
        Visit.id,
        Visit.customer_id,
        Visit.rep_id,
        Visit.day,
        Visit.checked_in_at,
        Visit.checked_out_at,
        Visit.summary,
        Visit.cause_code,
        Visit.flags,
    ),
    visible=of_served(Visit.customer_id),
    children=(
        Children(
            "events",
            VisitEvent.visit_id,
            (VisitEvent.at, VisitEvent.kind, VisitEvent.distance_m, VisitEvent.flags),
            order=(VisitEvent.at, VisitEvent.id),
        ),
        Children(
            "photos",
            Photo.visit_id,
            (
                Photo.id,
                Photo.kind,
                Photo.sha256,
                Photo.size_bytes,
                Photo.content_type,
                Photo.taken_at,
                Photo.stored_at,
                Photo.flags,
            ),
            order=(Photo.id,),
        ),
    ),
)

CAUSE_LIST = Shape((Policy.id, Policy.effective_from, Policy.made_at, Policy.body), _causes)
