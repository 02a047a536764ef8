"""Questions about results, answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldsales.cuts.queries import Cut, names_of, teams_of
from fieldsales.flows.queries import Asked, Keys, Sums
from fieldsales.people.queries import days_at, require_territory_in_scope
from fieldsales.people.rules import Actor
from fieldsales.registry.rules import Measure, check_askable, check_told, require_measure
from fieldsales.results.rules import Answer, Key, Question, Row, Value, check_question
from fieldsales.rollups.queries import dirty_days, roomy
from fieldsales.spans.rules import Span, compared_with, name_of, pieces, start_of
from fieldsales.sums.queries import sums_of

Pair = tuple[Sums, Sums]


def ask(session: Session, question: Question, *, actor: Actor | None, now: datetime) -> Answer:
    """Return the answer to a question, of what an actor may see (None: the operator, everything).

    Raises `QuestionWrong`, `PeriodWrong`, `MeasureUnknown`, `NotAskable`, `MeasureNotForYou`, `TerritoryNotFound`.
    """
    check_question(question)
    measures = tuple(require_measure(code) for code in question.measures)
    for each in measures:
        check_told(each, actor.role if actor else None)
        check_askable(each, (*question.by, *question.only.dimensions))
    if question.only.territory:
        require_territory_in_scope(session, actor, question.only.territory)
    roomy(session)
    cut = Cut(question.by, question.only, actor, teams_of(session))
    today, _ = days_at(session, now)
    now_sums = _summed(session, cut, (question.first, question.last), today, measures)
    if question.compared is None:
        return _answer(session, question, measures, now_sums)
    first, last = compared_with(question.first, question.last, question.compared)
    rows, whole = _summed(session, cut, (first, last), today, measures)
    before = (_moved(rows, question, first, last), whole)
    return _answer(session, question, measures, now_sums, (before, (first, last)))


def _summed(session: Session, cut: Cut, days: tuple[date, date], today: date, measures: Sequence[Measure]) -> Pair:
    return sums_of(session, Asked(cut, *days, today, dirty_days(session, *days)), measures)


def _moved(rows: Sums, question: Question, first: date, last: date) -> Sums:
    """Return the rows of the earlier period under the keys of the later: its third month stands beside the third."""
    span = question.span
    if span is None:
        return rows
    at = question.by.index(span)
    earlier, later = (
        [start_of(start, span) for start, _ in pieces(*days, span)]
        for days in ((first, last), (question.first, question.last))
    )
    places = dict(zip(earlier, later, strict=False))
    return {(*keys[:at], places[keys[at]], *keys[at + 1 :]): sums for keys, sums in rows.items() if keys[at] in places}


def _answer(
    session: Session,
    question: Question,
    measures: tuple[Measure, ...],
    found: Pair,
    before: tuple[Pair, tuple[date, date]] | None = None,
) -> Answer:
    (old_rows, old_whole), earlier = before or ((None, None), (None, None))
    rows, whole = found[0] | (old_rows or {}), found[1] | (old_whole or {})
    named = _names(session, question, rows)

    def told(keys: Keys, sums: Sums, compared: Sums | None) -> Iterable[Row]:
        there = sums.get(keys, {})
        then = compared.get(keys, {}) if compared is not None else {}
        names = tuple(name(each) for name, each in zip(named, keys, strict=False))
        for currency in _currencies(there, then):
            past = _values(measures, then, currency) if compared is not None else None
            yield Row(names, currency, _values(measures, there, currency), past)

    listed = [row for keys in rows for row in told(keys, found[0], old_rows)]
    totals = [row for keys in (whole or {(): {}}) for row in told(keys, found[1], old_whole)]
    return Answer(question, measures, tuple(_ordered(listed, question)), tuple(totals), *earlier)


def _values(
    measures: Sequence[Measure], sums: dict[str | None, dict[str, int]], currency: str | None
) -> tuple[Value, ...]:
    there = sums.get(None, {}) | (sums.get(currency, {}) if currency else {})
    return tuple(each.value(there) for each in measures)


def _currencies(*sums: dict[str | None, dict[str, int]]) -> list[str | None]:
    """Return the currencies that a row is told in; what has none is told once."""
    found = sorted({currency for each in sums for currency in each if currency is not None})
    return [*found] or [None]


def _ordered(rows: list[Row], question: Question) -> list[Row]:
    rows.sort(key=lambda row: ([(each.id is None, each.name, each.id or "") for each in row.keys], row.currency or ""))
    if question.top is None:
        return rows
    rows.sort(key=lambda row: -(row.values[0] or 0))
    return rows[: question.top]


def _names(session: Session, question: Question, rows: Sums) -> list[Any]:
    """Return for each dimension what makes a `Key` of a value."""
    makers = []
    for at, by in enumerate(question.by):
        if isinstance(by, Span):
            makers.append(lambda start, span=by: Key(start.isoformat(), name_of(start, span)))
            continue
        names = names_of(session, by, list({keys[at] for keys in rows if keys[at] is not None}))
        makers.append(
            lambda each, names=names: Key(None, "") if each is None else Key(str(each), names.get(each, str(each)))
        )
    return makers
