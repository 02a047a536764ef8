"""Judging an order by the policy `selling`."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import replace
from datetime import date

from fieldsales.db.desk import Desk
from fieldsales.selling.queries import photos_of, switches_set
from fieldsales.selling.rules import SELLING, Sale, Then, judge_sale
from fieldsales.visits.queries import visits_to_change


def check_sale(
    desk: Desk, sale: Sale, day: date, visit_id: uuid.UUID | None, *, approved: Collection[str], built_in: bool
) -> tuple[str, ...]:
    """Return what an order of a visit is flagged with by the policy of its day.

    Where nobody set one, the built-in one holds if `built_in`, else none. Raises what `judge_sale` raises.
    """
    policy = desk.find(switches_set, day)
    if policy is None:
        if not built_in:
            return ()
        policy = SELLING.read(SELLING.default)
    visit = desk.find(visits_to_change, visit_id) if visit_id else None
    if visit is not None:
        photos = 0
        if policy.photo is not Then.OFF:
            desk.write()  # the photo may have come in the same batch
            photos = photos_of(desk.session, [visit.id]).get(visit.id, 0)
        sale = replace(sale, checked_in_at=visit.checked_in_at, checked_out_at=visit.checked_out_at, photos=photos)
    return judge_sale(policy, sale, approved=approved)
