"""Pay runs: a month is reckoned, looked at and closed; every line explains itself."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from api.database import session
from api.exports.routes import csv_file, xlsx_file
from api.guard import BOSSES, EVERYBODY, actor
from api.openapi import Resource
from api.pay_runs.schemas import (
    ExplanationSchema,
    NewRunSchema,
    PayFileQuery,
    PayLinePageSchema,
    PayLineQuery,
    RunCheckSchema,
    RunDetailSchema,
    RunPageSchema,
    RunQuery,
)
from api.settings import now
from api.tables.files import CSV, XLSX
from fieldsales.db.paging import Page
from fieldsales.explanations.queries import check_run, explain
from fieldsales.payfiles.queries import COLUMNS, pay_rows
from fieldsales.payruns import queries, service
from fieldsales.payruns.models import PayLine, PayRun, PaySlip
from fieldsales.people.models import Role, User

pay_runs = Resource("pay_runs", __name__, url_prefix="/api/v1/pay-runs", description="What reps are paid, and why")


@pay_runs.on("GET", "", roles=EVERYBODY, query=RunQuery, gives=RunPageSchema)
def list_runs(query: dict[str, Any]) -> Page[Any]:
    """Runs, the latest month first; a rep sees closed ones, and the own amount in them"""
    page = queries.find_runs(session(), actor(), query["page"], query.get("scheme"))
    return Page([_for_who_asks(each) for each in page.items], page.next)


@pay_runs.on(
    "POST", "", roles=BOSSES, takes=NewRunSchema, gives=RunDetailSchema, status=201, problems=[403, 404, 409, 422]
)
def run_month(body: dict[str, Any]) -> dict[str, Any]:
    """Reckon a month by a scheme

    An open run of the month is discarded; a closed one stands. With `dry_run` the slips are told and nothing is kept.
    """
    if not body["dry_run"]:
        return _detail(service.make_run(session(), body["scheme"], body["month"], by=actor(), now=now()))
    run, found, entries = service.try_run(session(), body["scheme"], body["month"], by=actor())
    slips = []
    for who in sorted({*found.slips, *(each.rep_id for each in entries)}):
        amount = sum(each.amount_minor for each in entries if each.rep_id == who)
        content = service.slip_content(found, entries, who)
        slips.append((PaySlip(rep_id=who, amount_minor=amount, content=content), session().get_one(User, who)))
    return {"run": run, "slips": _slips(slips)}


@pay_runs.on("GET", "/<uuid:run_id>", roles=EVERYBODY, gives=RunDetailSchema, problems=[404])
def read_run(run_id: uuid.UUID) -> dict[str, Any]:
    """One run with the slips that I may see"""
    return _detail(queries.require_run(session(), actor(), run_id))


@pay_runs.on(
    "GET", "/<uuid:run_id>/lines", roles=EVERYBODY, query=PayLineQuery, gives=PayLinePageSchema, problems=[404]
)
def list_lines(query: dict[str, Any], run_id: uuid.UUID) -> Page[PayLine]:
    """The lines of the slips that I may see, rep by rep"""
    run = queries.require_run(session(), actor(), run_id)
    wanted = query.pop("page")
    return queries.find_lines(session(), queries.lines_of(session(), actor(), run, now(), **query), wanted)


@pay_runs.on(
    "GET", "/<uuid:run_id>/lines/<uuid:line_id>/explain", roles=EVERYBODY, gives=ExplanationSchema, problems=[404]
)
def explain_line(run_id: uuid.UUID, line_id: uuid.UUID) -> dict[str, Any]:
    """Why a line is what it is: order, last order line, payment, and rule"""
    queries.require_run(session(), actor(), run_id)
    return explain(session(), queries.require_line(session(), actor(), line_id, now(), run_id))


@pay_runs.on("GET", "/<uuid:run_id>/check", roles=BOSSES, gives=RunCheckSchema, problems=[404])
def check_a_run(run_id: uuid.UUID) -> dict[str, Any]:
    """Reckon a run again from its stored lines, to the cent"""
    return {"faults": check_run(session(), queries.require_run(session(), actor(), run_id))}


@pay_runs.on("POST", "/<uuid:run_id>/close", roles=BOSSES, gives=RunDetailSchema, problems=[403, 404, 409])
def close_a_run(run_id: uuid.UUID) -> dict[str, Any]:
    """Close a run: the month is paid, and nothing of it changes any more

    It is reckoned once more, and must come to the same.
    """
    return _detail(service.close_run(session(), run_id, by=actor(), now=now()))


@pay_runs.on("POST", "/<uuid:run_id>/discard", roles=BOSSES, gives=RunDetailSchema, problems=[403, 404, 409])
def discard_a_run(run_id: uuid.UUID) -> dict[str, Any]:
    """Give an open run up"""
    return _detail(service.discard_run(session(), run_id, by=actor(), now=now()))


@pay_runs.on("GET", "/<uuid:run_id>/slips.csv", roles=EVERYBODY, query=PayFileQuery, media_type=CSV, problems=[404])
def export_slips(query: dict[str, Any], run_id: uuid.UUID) -> Response:
    """The slips that I may see as CSV, a row for each line of each order"""
    run, who, at = queries.require_run(session(), actor(), run_id), actor(), now()
    name, rep_id = f"pay-{run.code}-{run.first:%Y-%m}", query["rep_id"]
    return csv_file(
        name, COLUMNS, lambda there: pay_rows(there, who, queries.require_run(there, who, run_id), at, rep_id)
    )


@pay_runs.on("GET", "/<uuid:run_id>/slips.xlsx", roles=EVERYBODY, query=PayFileQuery, media_type=XLSX, problems=[404])
def export_slips_workbook(query: dict[str, Any], run_id: uuid.UUID) -> Response:
    """The slips that I may see as a workbook"""
    run, who, at = queries.require_run(session(), actor(), run_id), actor(), now()
    name, rep_id = f"pay-{run.code}-{run.first:%Y-%m}", query["rep_id"]
    return xlsx_file(
        name, COLUMNS, lambda there: pay_rows(there, who, queries.require_run(there, who, run_id), at, rep_id)
    )


def _detail(run: PayRun) -> dict[str, Any]:
    return {"run": _for_who_asks(run), "slips": _slips(queries.slips_of(session(), actor(), run, now()))}


def _slips(found: list[tuple[PaySlip, User]]) -> list[dict[str, Any]]:
    return [
        {"rep_id": each.rep_id, "rep": rep.name, "amount_minor": each.amount_minor, "content": each.content}
        for each, rep in found
    ]


def _for_who_asks(run: PayRun) -> Any:
    """Who does not see the pay of others is told the own amount in the place of the run's."""
    if queries.sees_pay(session(), actor(), now()) and actor().role is not Role.SUPERVISOR:
        return run
    columns = {each.key: getattr(run, each.key) for each in PayRun.__mapper__.column_attrs}
    mine = queries.slips_of(session(), actor(), run, now())
    return columns | {"amount_minor": sum(slip.amount_minor for slip, _ in mine), "lines": 0, "nobodys_minor": 0}
