"""Files that were handed over, as they stand, and what was imported before."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.errors import FieldsalesError
from fieldsales.imports.models import ImportMapping, ImportRun
from fieldsales.imports.service import Prepared, prepare, terms_of
from fieldsales.intakes.models import Intake
from fieldsales.intakes.rules import OPEN, Asked, IntakeNotFound, legible, propose, without_options
from fieldsales.people.models import User
from fieldsales.people.rules import Actor
from fieldsales.tabular.table import TableFile, examine

SAMPLE_ROWS = 8
LONGEST_SAMPLE = 80


@dataclass(frozen=True, slots=True)
class RunTold:
    """A file that was imported, and by whom (None: in the terminal)."""

    run: ImportRun
    by: str | None


def examined(path: Path, reading: Mapping[str, str | None] = MappingProxyType({})) -> TableFile:
    """Return how to read a file, as `examine` does; errors name the file and not where it lies.

    `reading` holds what is given: encoding, delimiter, sheet.
    """
    with _by_name(path):
        return examine(path, **reading)


def prepared(session: Session, file: TableFile, asked: Asked, *, by: Actor, currency: str) -> Prepared:
    """Return a file ready to be imported as somebody asked. Raises what `prepare` raises."""
    with _by_name(file.path):
        terms = terms_of(session, asked.options, currency=currency, by=by)
        return prepare(session, asked.kind, file, given=asked.columns, saved=asked.saved, terms=terms)


def look_of(file: TableFile, given: Mapping[str, str | None] = MappingProxyType({})) -> dict[str, Any]:
    """Return what a file looks like: how it is read, its columns, its first rows, and what it could be.

    `given` is what somebody said about reading it.
    """
    with _by_name(file.path), file.open() as table:
        rows = [
            {"line": row.line, "cells": [legible(cell)[:LONGEST_SAMPLE] for cell in row.cells[: len(file.columns)]]}
            for row in islice(table.rows(), SAMPLE_ROWS)
        ]
    names = ("encoding", "delimiter", "sheet", "sheets", "mended", "columns")
    return {
        **{name: getattr(file, name) for name in names},
        "given": {name: text for name, text in given.items() if text},
        "sample": rows,
        "proposals": [
            {
                "kind": str(each.kind),
                "columns": {match.field: match.column for match in each.matches},
                "missing": list(each.missing),
            }
            for each in propose(file.columns)
        ],
    }


def open_intakes(session: Session) -> list[tuple[uuid.UUID, int]]:
    """Return the files that wait or are worked on by the books, each with its attempt."""
    found = session.execute(select(Intake.id, Intake.attempt).where(Intake.state.in_(OPEN)))
    return [(row.id, row.attempt) for row in found]


def kept_ids(session: Session) -> set[uuid.UUID]:
    """Return the ids of all files that the books know."""
    return set(session.scalars(select(Intake.id)))


def require_intake(session: Session, actor: Actor, intake_id: uuid.UUID, now: datetime) -> Intake:
    """Return a file that the actor handed over and that is still kept. Raises `IntakeNotFound`."""
    found = session.get(Intake, intake_id)
    if found is None or found.handed_in_by != actor.user_id or found.expires_at <= now:
        raise IntakeNotFound(
            f"There is no file {intake_id} of yours, or its time was up.",
            mend="Hand it over again.",
            id=str(intake_id),
        )
    return found


def intakes_of(session: Session, actor: Actor, now: datetime) -> Sequence[Intake]:
    """Return the files that the actor handed over and that are still kept, the last one first."""
    kept = select(Intake).where(Intake.handed_in_by == actor.user_id, Intake.expires_at > now)
    return session.scalars(kept.order_by(Intake.handed_in_at.desc(), Intake.id.desc())).all()


def imported_before(session: Session, sha256: str) -> RunTold | None:
    """Return the last import of a file with the same bytes, if there was one."""
    same = select(ImportRun).where(ImportRun.sha256 == sha256, ImportRun.finished_at.is_not(None))
    run = session.scalar(same.order_by(ImportRun.started_at.desc()).limit(1))
    return None if run is None else _told(session, [run])[0]


def runs_seen_by(session: Session, actor: Actor, wanted: PageWanted) -> Page[RunTold]:
    """Return a page of what was imported, the last first: all of it for who sees all territories, else the own."""
    statement = select(ImportRun)
    if not actor.sees_everything:
        statement = statement.where(ImportRun.actor_id == actor.user_id)
    page = fetch_page(session, statement, (ImportRun.started_at, ImportRun.id), wanted, largest_first=True)
    return Page(_told(session, page.items), page.next)


def saved_mappings(session: Session) -> Sequence[ImportMapping]:
    """Return all mappings that people saved, by kind and name."""
    return session.scalars(select(ImportMapping).order_by(ImportMapping.kind, ImportMapping.name)).all()


@contextmanager
def _by_name(path: Path) -> Iterator[None]:
    try:
        yield
    except FieldsalesError as wrong:
        facts = {name: value for name, value in wrong.facts.items() if name != "path"}
        detail = without_options(legible(wrong.detail.replace(str(path), path.name)))
        raise type(wrong)(detail, mend=wrong.mend and without_options(legible(wrong.mend)), **facts) from wrong


def _told(session: Session, runs: Sequence[ImportRun]) -> list[RunTold]:
    ids = {run.actor_id for run in runs if run.actor_id}
    names = {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(ids)))}
    return [RunTold(run, names.get(run.actor_id) if run.actor_id else None) for run in runs]
