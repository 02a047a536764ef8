"""Orders, payments, invoices and postings of a period as files, streamed: their size is bounded by no memory."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api.database import db
from api.exports.schemas import OrderPeriodQuery, PeriodQuery
from api.guard import LEADERS, actor
from api.openapi import Resource
from api.tables.files import CSV, XLSX, blocks_of
from fieldsales.db.session import reading
from fieldsales.exports.queries import invoice_rows, order_rows, payment_rows, posting_rows
from fieldsales.exports.rules import (
    INVOICE_COLUMNS,
    ORDER_COLUMNS,
    PAYMENT_COLUMNS,
    POSTING_COLUMNS,
    Cell,
    as_texts,
    check_period,
)
from fieldsales.orders.models import OrderKind
from fieldsales.people.rules import Actor
from fieldsales.tabular.writing import csv_blocks, write_workbook

exports = Resource("exports", __name__, url_prefix="/api/v1/exports", description="Files for an ERP or a spreadsheet")
Rows = Callable[[Session], Iterable[list[Cell]]]
OfPeriod = Callable[[Session, Actor | None, date, date], Iterable[list[Cell]]]


@exports.on("GET", "/orders.csv", roles=LEADERS, query=OrderPeriodQuery, media_type=CSV, problems=[422])
def export_orders(query: dict[str, Any]) -> Response:
    """The lines of a period's orders and returns as CSV; of the customers whom one may see"""
    return csv_file("orders", ORDER_COLUMNS, _orders(query))


@exports.on("GET", "/orders.xlsx", roles=LEADERS, query=OrderPeriodQuery, media_type=XLSX, problems=[422])
def export_orders_workbook(query: dict[str, Any]) -> Response:
    """The lines of a period's orders and returns as a workbook"""
    return xlsx_file("orders", ORDER_COLUMNS, _orders(query))


@exports.on("GET", "/payments.csv", roles=LEADERS, query=PeriodQuery, media_type=CSV, problems=[422])
def export_payments(query: dict[str, Any]) -> Response:
    """A period's payments as CSV"""
    return csv_file("payments", PAYMENT_COLUMNS, _of_period(payment_rows, query))


@exports.on("GET", "/payments.xlsx", roles=LEADERS, query=PeriodQuery, media_type=XLSX, problems=[422])
def export_payments_workbook(query: dict[str, Any]) -> Response:
    """A period's payments as a workbook"""
    return xlsx_file("payments", PAYMENT_COLUMNS, _of_period(payment_rows, query))


@exports.on("GET", "/returns.csv", roles=LEADERS, query=PeriodQuery, media_type=CSV, problems=[422])
def export_returns(query: dict[str, Any]) -> Response:
    """The lines of a period's returns as CSV"""
    return csv_file("returns", ORDER_COLUMNS, _orders(query | {"kind": OrderKind.RETURN}))


@exports.on("GET", "/returns.xlsx", roles=LEADERS, query=PeriodQuery, media_type=XLSX, problems=[422])
def export_returns_workbook(query: dict[str, Any]) -> Response:
    """The lines of a period's returns as a workbook"""
    return xlsx_file("returns", ORDER_COLUMNS, _orders(query | {"kind": OrderKind.RETURN}))


@exports.on("GET", "/invoices.csv", roles=LEADERS, query=PeriodQuery, media_type=CSV, problems=[422])
def export_invoices(query: dict[str, Any]) -> Response:
    """The invoices issued in a period as CSV, with what is open of them now"""
    return csv_file("invoices", INVOICE_COLUMNS, _of_period(invoice_rows, query))


@exports.on("GET", "/invoices.xlsx", roles=LEADERS, query=PeriodQuery, media_type=XLSX, problems=[422])
def export_invoices_workbook(query: dict[str, Any]) -> Response:
    """The invoices issued in a period as a workbook"""
    return xlsx_file("invoices", INVOICE_COLUMNS, _of_period(invoice_rows, query))


@exports.on("GET", "/postings.csv", roles=LEADERS, query=PeriodQuery, media_type=CSV, problems=[422])
def export_postings(query: dict[str, Any]) -> Response:
    """A period's postings of the ledger as CSV"""
    return csv_file("postings", POSTING_COLUMNS, _of_period(posting_rows, query))


@exports.on("GET", "/postings.xlsx", roles=LEADERS, query=PeriodQuery, media_type=XLSX, problems=[422])
def export_postings_workbook(query: dict[str, Any]) -> Response:
    """A period's postings of the ledger as a workbook"""
    return xlsx_file("postings", POSTING_COLUMNS, _of_period(posting_rows, query))


def _orders(query: dict[str, Any]) -> Rows:
    first, last, kind, who = query["first"], query["last"], query.get("kind"), actor()
    check_period(first, last)
    return lambda session: order_rows(session, who, first, last, kind)


def _of_period(rows: OfPeriod, query: dict[str, Any]) -> Rows:
    first, last, who = query["first"], query["last"], actor()
    check_period(first, last)
    return lambda session: rows(session, who, first, last)


def csv_of(name: str, columns: tuple[str, ...], rows: Iterable[list[Cell]]) -> Response:
    """Return rows that are known already as a CSV file."""
    return _file(csv_blocks(columns, map(as_texts, rows)), f"{name}.csv", f"{CSV}; charset=utf-8")


def csv_file(name: str, columns: tuple[str, ...], rows: Rows) -> Response:
    """Return rows as a CSV file that is written while it is sent."""
    engine = db.engine

    def blocks() -> Iterator[bytes]:
        with reading(engine) as session:
            yield from csv_blocks(columns, map(as_texts, rows(session)))

    return _file(blocks(), f"{name}.csv", f"{CSV}; charset=utf-8")


def workbook_of(name: str, columns: tuple[str, ...], rows: Iterable[list[Cell]]) -> Response:
    """Return rows that are known already as a workbook."""
    return _workbook(name, columns, lambda: rows)


def xlsx_file(name: str, columns: tuple[str, ...], rows: Rows) -> Response:
    """Return rows as a workbook, made on disk first: it cannot begin before its last row is known."""
    with reading(db.engine) as session:
        return _workbook(name, columns, lambda: rows(session))


def _workbook(name: str, columns: tuple[str, ...], rows: Callable[[], Iterable[list[Cell]]]) -> Response:
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with the answer
    try:
        write_workbook(file, columns, rows())
    except BaseException:
        file.close()
        raise
    file.seek(0)
    answer = _file(blocks_of(file), f"{name}.xlsx", XLSX)
    answer.call_on_close(file.close)
    return answer


def _file(blocks: Iterator[bytes], name: str, content_type: str) -> Response:
    answer = Response(blocks, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
