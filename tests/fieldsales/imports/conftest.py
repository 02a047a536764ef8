"""A desk where files are imported: a database with two territories, and a folder."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from fieldsales.db.session import transaction
from fieldsales.imports import service
from fieldsales.imports.models import ImportKind
from fieldsales.imports.service import Terms, prepare, run_import
from fieldsales.imports.tally.rules import Tally
from fieldsales.imports.writing.rules import Writing
from fieldsales.people.models import Territory
from fieldsales.tabular.rejects import write_rejects
from fieldsales.tabular.table import examine

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass
class Desk:
    """Imports what it is handed, as the command does. `rejects` is the rejects file of the last import."""

    engine: Engine
    folder: Path
    rejects: Path = field(init=False)

    def __post_init__(self) -> None:
        self.rejects = self.folder / "rejects.csv"

    def file(self, content: str | bytes, name: str = "in.csv") -> Path:
        """Write a file into the folder."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def take(
        self,
        kind: ImportKind,
        source: str | Path,
        *,
        given: dict[str, str] | None = None,
        writing: Writing | None = None,
        **terms: Any,
    ) -> Tally:
        """Import a text or a file."""
        file = examine(self.file(source) if isinstance(source, str) else source)
        self.rejects.unlink(missing_ok=True)
        asked = Terms(writing=writing or Writing(), **({"territory": "N"} | terms))
        with write_rejects(self.rejects, file.columns) as rejects, transaction(self.engine) as session:
            prepared = prepare(session, kind, file, given=given or {}, saved={}, terms=asked)
            return run_import(session, prepared, rejects, clock=lambda: NOON)

    def customers(self, source: str | Path, **options: Any) -> Tally:
        """Import customers."""
        return self.take(ImportKind.CUSTOMERS, source, **options)

    def products(self, source: str | Path, **options: Any) -> Tally:
        """Import products."""
        return self.take(ImportKind.PRODUCTS, source, **options)

    def orders(self, source: str | Path, **options: Any) -> Tally:
        """Import orders."""
        return self.take(ImportKind.ORDERS, source, **options)

    def all(self, model: type[Any]) -> list[Any]:
        """Return all rows of a table."""
        with Session(self.engine, expire_on_commit=False) as session:
            return list(session.scalars(select(model)).unique())

    def rejected(self) -> list[dict[str, str]]:
        """Return the rows of the last rejects file."""
        if not self.rejects.exists():
            return []
        return list(csv.DictReader(self.rejects.read_text(encoding="utf-8-sig").splitlines()))

    def mend(self, old: str, new: str) -> Path:
        """Edit the last rejects file, as a person would, and return a copy of it to import."""
        text = self.rejects.read_text(encoding="utf-8-sig")
        assert old in text
        return self.file(text.replace(old, new), "mended.csv")


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    """An empty desk; customers whose file names no territory go to N, in Greece."""
    with transaction(engine) as session:
        session.add(Territory(code="N", name="North", time_zone="Europe/Athens", region="GR", currency="EUR"))
        session.add(Territory(code="S", name="South", time_zone="Europe/Berlin", region="DE", currency="EUR"))
    folder = tmp_path / "desk"
    folder.mkdir()
    return Desk(engine, folder)


@pytest.fixture
def stocked(desk: Desk) -> Desk:
    """A desk that has the customers K1 to K3 and the products P1 to P3 already."""
    desk.customers("code,name,lat,lon\nK1,Kiosk,38.1,21.7\nK2,Shop,38.2,21.7\nK3,Bar,38.3,21.7\n")
    desk.products("sku,name,price\nP1,Water,0.50\nP2,Coffee,6.20\nP3,Soap,1.99\n")
    return desk


@pytest.fixture(params=[2, 4096])
def batches(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Whatever a file says must not depend on where batches end."""
    monkeypatch.setattr(service, "BATCH", request.param)
    return request.param
