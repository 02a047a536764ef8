"""The daily report to look at and to take along, and who is sent it by mail."""

from __future__ import annotations

import uuid
from dataclasses import fields as fields_of
from datetime import date
from html import escape
from typing import Any

from flask import Response, request

from api.database import session
from api.guard import LEADERS, PUBLIC, actor
from api.openapi import Resource
from api.reports.schemas import (
    DailyQuery,
    DailyReportSchema,
    NewReportSubscriptionSchema,
    ReportSubscriptionSchema,
    ReportSubscriptionsSchema,
)
from api.settings import now, settings
from fieldsales.broadsheets.rules import report_pdf
from fieldsales.bulletins.rules import report_html
from fieldsales.clock import local_day
from fieldsales.dailies.queries import daily_report, time_zone_of
from fieldsales.dailies.rules import DailyReport
from fieldsales.headlines.rules import WORDS, Teller
from fieldsales.mailings import service
from fieldsales.mailings.models import ReportSubscription
from fieldsales.mailings.queries import subscription_of_secret, subscriptions_visible_to
from fieldsales.people.models import User

reports = Resource("reports", __name__, url_prefix="/api/v1/reports", description="A team's day as a report")
subscriptions = Resource(
    "report_subscriptions", __name__, url_prefix="/api/v1/report-subscriptions", description="Who is sent reports when"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
PAGE = "text/html; charset=utf-8"


@reports.on(
    "GET",
    "/daily",
    roles=LEADERS,
    query=DailyQuery,
    gives=DailyReportSchema,
    also=["text/html", "application/pdf"],
    problems=[404],
)
def read_daily_report(query: dict[str, Any]) -> dict[str, Any] | Response:
    """The report of a day: who visited what, what was sold and collected, and what wants a look

    As JSON, as a page (`format=html`) or as a PDF. What is usual is the median of the last four same weekdays.
    """
    territory = query.get("territory")
    report = daily_report(session(), actor(), query.get("day") or _today(territory), now(), territory)
    language = query.get("language") or _own_language()
    base = settings().public_url or request.host_url.rstrip("/")
    if query["format"] == "json":
        told = {each.name: getattr(report, each.name) for each in fields_of(DailyReport)}
        return told | {"figures": Teller(report, language, base).figures()}
    if query["format"] == "html":
        page = Response(report_html(report, language, base), content_type=PAGE)
        page.headers["Content-Security-Policy"] = _POLICY
        return page
    file = Response(report_pdf(report, language, base), content_type="application/pdf")
    file.headers["Content-Disposition"] = f'attachment; filename="report-{report.day}.pdf"'
    return file


@subscriptions.on("GET", "", roles=LEADERS, gives=ReportSubscriptionsSchema)
def list_subscriptions() -> dict[str, Any]:
    """My subscriptions to the daily report; a boss sees those of the people in scope too"""
    return {"subscriptions": subscriptions_visible_to(session(), actor())}


@subscriptions.on(
    "POST",
    "",
    roles=LEADERS,
    takes=NewReportSubscriptionSchema,
    gives=ReportSubscriptionSchema,
    status=201,
    problems=[404, 409],
)
def add_subscription(body: dict[str, Any]) -> ReportSubscription:
    """Have the daily report sent to me, or to somebody whom I lead"""
    user_id = body.pop("user_id") or actor().user_id
    return service.subscribe(session(), user_id, service.Wish(**body), by=actor(), now=now())


@subscriptions.on("DELETE", "/<uuid:subscription_id>", roles=LEADERS, status=204, problems=[404])
def end_subscription(subscription_id: uuid.UUID) -> None:
    """Send it no more"""
    service.unsubscribe(session(), subscription_id, by=actor(), now=now())


@subscriptions.on("GET", "/unsubscribe/<string:secret>", roles=PUBLIC, media_type="text/html", problems=[404])
def ask_to_unsubscribe(secret: str) -> Response:
    """The page that the link in a letter leads to

    It only asks: mail programs open links by themselves.
    """
    found = subscription_of_secret(session(), secret)
    words = _LEAVING[found.language if found.language in _LEAVING else "en"]
    return _page(words, found) if found.ended_at is None else _page(words)


@subscriptions.on("POST", "/unsubscribe/<string:secret>", roles=PUBLIC, media_type="text/html", problems=[404])
def unsubscribe_by_link(secret: str) -> Response:
    """End the subscription of a letter; mail programs post here too (RFC 8058)"""
    found = service.unsubscribe_by_link(session(), secret, now())
    return _page(_LEAVING[found.language if found.language in _LEAVING else "en"])


_LEAVING = {
    "en": (
        "Daily report",
        "Send the daily report to {email} no more?",
        "End it",
        "The daily report is not sent any more.",
    ),
    "zh": ("日报", "不再向 {email} 发送日报？", "取消订阅", "日报将不再发送。"),
}


def _page(words: tuple[str, str, str, str], asks: ReportSubscription | None = None) -> Response:
    title, question, button, done = words
    inside = f"<p>{escape(done)}</p>"
    if asks:
        told = escape(question.format(email=asks.email))
        inside = f'<p>{told}</p><form method="post"><button>{escape(button)}</button></form>'
    style = "font-family:sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem;font-size:1.1rem"
    page = Response(
        '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{escape(title)}</title></head><body style="{style}"><h1>{escape(title)}</h1>{inside}</body></html>',
        content_type=PAGE,
    )
    page.headers["Content-Security-Policy"] = _POLICY
    return page


def _today(territory: uuid.UUID | None) -> date:
    return local_day(now(), time_zone_of(session(), actor(), territory))


def _own_language() -> str:
    language = session().get_one(User, actor().user_id).language[:2]
    return language if language in WORDS else "en"
