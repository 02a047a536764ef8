"""Records up: each becomes what its rep did, is answered by itself, and is done once however often it is pushed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from fieldsales.changes.service import tell_again
from fieldsales.db.session import insist
from fieldsales.errors import FieldsalesError
from fieldsales.visits.models import Photo
from sync import documents
from sync.faces.handover import Raw, Sender, hand_in
from sync.faces.records import Deed
from sync.faces.watermelon.tables import TABLES
from sync.faces.watermelon.writing import ReadOnly, Verb, Written, deeds_of, written_in
from sync.models import Status
from sync.outcomes import RETRY, ItemResult
from sync.shapes import SHAPES
from sync.wire import problem_of

_WORST = (RETRY, Status.REJECTED.value, Status.HELD.value, Status.APPLIED.value)
Key = tuple[str, uuid.UUID]
PART = 100
"""Records in one transaction: none tells so much that a batch of mutations would be too large."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one record: the answers to all that it told, and our refusal of what else was in it.

    It `stays` unsent on the phone if nothing was stored, or if it is a new record that was refused: only the phone
    has it. Any other is ours from now on, and comes with the next pull as it is here.
    """

    written: Written
    results: tuple[ItemResult, ...]
    refusal: FieldsalesError | None
    stays: bool

    @property
    def status(self) -> str:
        """The worst that happened to it: nobody must take a record for done of which a part was refused."""
        found = {each.status for each in self.results} | ({Status.REJECTED.value} if self.refusal else set())
        return next((each for each in _WORST if each in found), Status.APPLIED.value)

    @property
    def problem(self) -> dict[str, Any] | None:
        """Why it is not simply applied, if so."""
        told = [each.problem for each in self.results if each.status == self.status and each.problem]
        return told[0] if told else (problem_of(self.refusal) if self.refusal else None)


@dataclass(frozen=True, slots=True)
class _Told:
    written: Written
    deeds: Sequence[Deed | Raw]
    refusal: FieldsalesError | None


def push_changes(engine: Engine, sender: Sender, changes: object) -> tuple[Answer, ...]:
    """Do what the records of a push tell, and answer each; all that is answered is durable.

    Raises `ChangesInvalid` before anything is done, and `WrongDevice`.
    """
    records = written_in(changes)
    answers: list[Answer] = []
    for first in range(0, len(records), PART):
        part = records[first : first + PART]
        answers += insist(engine, partial(_push, sender=sender, records=part))
    return tuple(answers)


def _push(session: Session, sender: Sender, records: Sequence[Written]) -> list[Answer]:
    visits = {("visit", each.id) for each in records if each.table == "visits" and each.id}
    found = documents.visible(session, sender.phone.user_id, visits)
    part = [_Told(each, *deeds_of(each, found.get(("visit", each.id), {}) if each.id else {})) for each in records]
    results = iter(hand_in(session, sender, [deed for each in part for deed in each.deeds]))
    answered = [(each, tuple(next(results) for _ in each.deeds)) for each in part]
    here = _here(session, sender.phone.user_id, [each.written for each in part])
    answers = [_answer(each, found, _key(each.written) in here) for each, found in answered]
    again = [each.written for each in answers if each.written.verb is not Verb.CREATED or each.problem]
    tell_again(session, _told_by(session, again))
    return answers


def _answer(told: _Told, results: tuple[ItemResult, ...], here: bool) -> Answer:
    refusal = told.refusal
    if told.written.verb is Verb.DELETED and here and refusal is None:
        refusal = ReadOnly("A phone cannot delete what is stored here.", mend="It comes back with the next pull.")
    lost = any(each.status == RETRY for each in results)
    only_there = told.written.verb is Verb.CREATED and not here and _refused(results, refusal)
    return Answer(told.written, results, refusal, stays=lost or only_there)


def _refused(results: Sequence[ItemResult], refusal: FieldsalesError | None) -> bool:
    return refusal is not None or any(each.status == Status.REJECTED.value for each in results)


def _key(written: Written) -> Key | None:
    return (TABLES[written.table].entity, written.id) if written.table in TABLES and written.id else None


def _here(session: Session, user_id: uuid.UUID, records: Sequence[Written]) -> set[Key]:
    """Return which of these records are stored here and may be seen by the user."""
    keys = {key for each in records if (key := _key(each))}
    found = set(documents.visible(session, user_id, {key for key in keys if key[0] in SHAPES}))
    photos = {identity for kind, identity in keys if kind == "photo"}
    return found | {("photo", each) for each in session.scalars(select(Photo.id).where(Photo.id.in_(photos)))}


def _told_by(session: Session, records: Sequence[Written]) -> set[Key]:
    """Return the entities of the feed that tell of these records: a photo comes with its visit."""
    keys = {key for each in records if (key := _key(each))}
    photos = {identity for kind, identity in keys if kind == "photo"}
    visits = session.scalars(select(Photo.visit_id).where(Photo.id.in_(photos)))
    return {key for key in keys if key[0] in SHAPES} | {("visit", each) for each in visits}
