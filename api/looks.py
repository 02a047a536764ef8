"""Writing down who looks at whose positions: in a short transaction between the reading and the answer."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from api.afterwards import before_answering
from api.database import db
from api.guard import actor
from api.settings import now
from fieldsales.accesses.rules import Way
from fieldsales.accesses.service import note_looks
from fieldsales.db.session import insist


def note_looks_at(rep_ids: Iterable[uuid.UUID], day: date, way: Way) -> None:
    """Note that whoever asks sees positions of these reps; without that note there is no answer."""
    who, at, engine = actor().user_id, now(), db.engine
    others = {rep_id for rep_id in rep_ids if rep_id != who}
    if others:
        before_answering(lambda: insist(engine, lambda books: note_looks(books, others, day, way, by=who, now=at)))
