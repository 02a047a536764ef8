"""Remembering something about a customer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from fieldsales.customers.queries import CustomerNotFound
from fieldsales.errors import Conflict
from fieldsales.notes.models import Note
from fieldsales.visits.queries import standing_of
from fieldsales.visits.rules import merged, standing_flags
from fieldsales.visits.service import Call, VisitTaken, VisitUnknown, own_visit


class NoteTaken(Conflict):
    """The id stands for another note. Give each note an id of its own."""

    code = "note.id_taken"
    title = "That note is another one"


@dataclass(frozen=True, slots=True)
class Remark:
    """A note as a phone wrote it."""

    note_id: uuid.UUID
    customer_id: uuid.UUID
    text: str
    visit_id: uuid.UUID | None = None


def add_note(session: Session, remark: Remark, call: Call) -> Note:
    """Keep a note. It is never refused for where or when it was made.

    Raises `CustomerNotFound`, `VisitUnknown`, `VisitTaken`, `NoteTaken`.
    """
    standing = standing_of(session, call.rep_id, remark.customer_id, call.at)
    if standing is None:
        raise CustomerNotFound(f"There is no customer {remark.customer_id}.", customer_id=str(remark.customer_id))
    if session.get(Note, remark.note_id) is not None:
        raise NoteTaken("The id stands for another note.", mend="Give each note an id of its own.")
    if remark.visit_id is not None:
        _check_visit(session, remark, remark.visit_id, call.rep_id)
    note = Note(
        id=remark.note_id,
        customer_id=remark.customer_id,
        rep_id=call.rep_id,
        visit_id=remark.visit_id,
        text=remark.text,
        noted_at=call.at,
        flags=merged([*call.flags], *standing_flags(active=standing.customer.active, served=standing.served)),
    )
    session.add(note)
    session.flush()
    return note


def _check_visit(session: Session, remark: Remark, visit_id: uuid.UUID, rep_id: uuid.UUID) -> None:
    visit = own_visit(session, visit_id, rep_id)
    if visit is None:
        raise VisitUnknown(f"There is no visit {visit_id}.", mend="Check in first.", visit_id=str(visit_id))
    if visit.customer_id != remark.customer_id:
        raise VisitTaken("The visit is at another customer.", mend="Name the note's own visit.")
