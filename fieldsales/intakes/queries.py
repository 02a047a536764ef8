"""Files that were handed over, as they stand, and what was imported before."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.imports.models import ImportMapping, ImportRun
from fieldsales.intakes.models import Intake
from fieldsales.intakes.rules import IntakeNotFound
from fieldsales.people.models import User
from fieldsales.people.rules import Actor


@dataclass(frozen=True, slots=True)
class RunTold:
    """A file that was imported, and by whom (None: in the terminal)."""

    run: ImportRun
    by: str | None


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


def _told(session: Session, runs: Sequence[ImportRun]) -> list[RunTold]:
    ids = {run.actor_id for run in runs if run.actor_id}
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).tuples().all())
    return [RunTold(run, names.get(run.actor_id) if run.actor_id else None) for run in runs]
