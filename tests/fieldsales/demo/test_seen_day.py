"""The demo has a day to look at: tracks, photos, and visits in doubt."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine, func, select

from fieldsales.db.session import reading, transaction
from fieldsales.demo.city import build_city
from fieldsales.demo.load import load_city
from fieldsales.demo.seen_day import tell_a_day
from fieldsales.integrity.models import VisitScore
from fieldsales.storage import open_storage
from fieldsales.tracks.models import TrackPoint
from fieldsales.visits.models import Photo

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def test_the_two_visits_that_are_not_what_they_claim_are_found_and_no_other(engine: Engine, tmp_path: Path) -> None:
    city = build_city(7, date(2026, 3, 2), 90, 2)
    with transaction(engine) as session:
        load_city(session, city, now=NOW)
        told = tell_a_day(session, open_storage("", tmp_path), 7, NOW)
    assert told is not None
    assert told.doubtful == 2
    with reading(engine) as session:
        doubtful = session.scalars(select(VisitScore).where(VisitScore.doubtful)).all()
        codes = {signal["code"] for each in doubtful for signal in each.signals}
        assert {"far_from_customer", "told_from_the_start", "in_and_out", "photo_reused"} <= codes
        assert {each.decision for each in doubtful} == {None}
        assert session.scalar(select(func.count()).select_from(TrackPoint)) > 100
        assert session.scalar(select(func.count()).select_from(Photo)) == 6


def test_a_city_without_calls_has_no_day_to_look_at(engine: Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        assert tell_a_day(session, open_storage("", tmp_path), 7, NOW) is None
