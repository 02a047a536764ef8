"""Mappings that people saved, and files that were imported before."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.errors import NotFound
from fieldsales.imports.models import ImportKind, ImportMapping, ImportRun
from fieldsales.people.models import Territory


class MappingMissing(NotFound):
    """Nobody saved a mapping of that name for files of that kind."""

    code = "import.mapping_missing"
    title = "There is no such mapping"


def saved_mapping(session: Session, kind: ImportKind, name: str) -> ImportMapping:
    """Return the mapping that was saved under a name. Raises `MappingMissing`."""
    found = session.scalar(select(ImportMapping).where(ImportMapping.kind == kind, ImportMapping.name == name))
    if found is None:
        names = session.scalars(
            select(ImportMapping.name).where(ImportMapping.kind == kind).order_by(ImportMapping.name)
        )
        there = ", ".join(names) or "none yet"
        raise MappingMissing(
            f"No mapping “{name}” was saved for {kind}.",
            mend=f"Saved are: {there}.",
            name=name,
        )
    return found


def common_currency(session: Session) -> str | None:
    """Return the currency of all territories, if they have one in common."""
    currencies = session.scalars(select(Territory.currency).distinct().limit(2)).all()
    return currencies[0] if len(currencies) == 1 else None


def earlier_run(session: Session, kind: ImportKind, sha256: str) -> ImportRun | None:
    """Return the last run that imported a file with the same bytes, if there was one."""
    return session.scalar(
        select(ImportRun)
        .where(ImportRun.kind == kind, ImportRun.sha256 == sha256)
        .order_by(ImportRun.started_at.desc())
        .limit(1)
    )
