"""Results: what measures there are, any of them by anything, and a rep beside peers."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.database import session
from api.exports.routes import csv_of, workbook_of
from api.guard import EVERYBODY, actor
from api.openapi import Resource
from api.results.schemas import ComparisonSchema, MeasuresSchema, PeersQuery, ResultsQuery, ResultsSchema
from api.settings import now
from api.tables.files import CSV, XLSX
from fieldsales.peers.queries import Comparison, compare
from fieldsales.registry.rules import MEASURES
from fieldsales.results.queries import ask
from fieldsales.results.rules import Answer, Question, Row
from fieldsales.sheets import rules as sheets

results = Resource("results", __name__, url_prefix="/api/v1/results", description="Any measure by anything")
measures = Resource("measures", __name__, url_prefix="/api/v1/measures", description="What can be asked of results")


@measures.on("GET", "", roles=EVERYBODY, gives=MeasuresSchema)
def list_measures() -> dict[str, Any]:
    """Every measure as it is defined: formula, unit, grain, source, and by what it can be asked

    docs/measures.md is the same.
    """
    return {"items": list(MEASURES.values())}


@results.on("GET", "", roles=EVERYBODY, query=ResultsQuery, gives=ResultsSchema, problems=[404, 422])
def read_results(query: Question) -> dict[str, Any]:
    """Measures by dimensions, of a period, in one call

    A rep sees the own results, a supervisor those of the reps and customers at and below the own territory. Cost and
    margin are told to managers only.
    """
    return _told(ask(session(), query, actor=actor(), now=now()))


@results.on("GET", "/export.csv", roles=EVERYBODY, query=ResultsQuery, media_type=CSV, problems=[404, 422])
def export_results(query: Question) -> Response:
    """The same as CSV, amounts in major units, the totals last"""
    answer = ask(session(), query, actor=actor(), now=now())
    return csv_of("results", tuple(sheets.columns(answer)), sheets.rows(answer))


@results.on("GET", "/export.xlsx", roles=EVERYBODY, query=ResultsQuery, media_type=XLSX, problems=[404, 422])
def export_results_workbook(query: Question) -> Response:
    """The same as a workbook"""
    answer = ask(session(), query, actor=actor(), now=now())
    return workbook_of("results", tuple(sheets.columns(answer)), sheets.rows(answer))


@results.on("GET", "/peers", roles=EVERYBODY, query=PeersQuery, gives=ComparisonSchema, problems=[404, 422])
def compare_with_peers(query: dict[str, Any]) -> Comparison:
    """A rep beside direct peers: same mix of segments, territory type and tenure

    Median and quartiles of the peers, and a rank with its interval. Fewer than 5 peers are not compared.
    """
    days = (query["first"], query["last"])
    return compare(session(), query["rep_id"], query["measure"], days, actor=actor(), now=now())


def _told(answer: Answer) -> dict[str, Any]:
    question = answer.question
    return {
        "by": [str(each) for each in question.by],
        "first": question.first,
        "last": question.last,
        "before_first": answer.before_first,
        "before_last": answer.before_last,
        "measures": answer.measures,
        "rows": [_row(row, question) for row in answer.rows],
        "totals": [_row(row, question) for row in answer.totals],
    }


def _row(row: Row, question: Question) -> dict[str, Any]:
    values = dict(zip(question.measures, row.values, strict=True))
    before = None if row.before is None else dict(zip(question.measures, row.before, strict=True))
    return {"keys": row.keys, "currency": row.currency, "values": values, "before": before}
